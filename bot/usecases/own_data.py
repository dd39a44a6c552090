"""What a young person does with their own data in the chat: see it, have it erased, ask for something else.

What the bot can do it does at once, and that is on record as a request that is done; the rest waits for the responsible
person with a term.
"""

from __future__ import annotations

from bot.conversation import session
from bot.conversation.session import Copied, CopyData, Demand, Gone, Requested, Weigh, Weighed
from bot.domain.message import Address, ChannelName
from bot.domain.privacy import Erasure, RequestKind, due
from bot.domain.submission import ASKER
from bot.domain.text import storable
from bot.ports import Clock, Transaction
from bot.texts.keys import Key
from bot.usecases.erase import Erase
from bot.usecases.running import Running
from bot.usecases.voice import Voice

_KINDS = {
    Erasure.KEEP: RequestKind.ERASURE,
    Erasure.WORDS: RequestKind.ERASURE,
    Erasure.CONSENT: RequestKind.WITHDRAWAL,
}


class OwnData:
    """Works within a transaction of the caller."""

    def __init__(self, clock: Clock, voice: Voice, running: Running, erase: Erase) -> None:
        self._clock = clock
        self._voice = voice
        self._running = running
        self._erase = erase

    async def __call__(
        self, tx: Transaction, address: Address, wish: CopyData | Weigh | session.Erase | Demand
    ) -> Copied | Weighed | Gone | Requested:
        """Do what somebody wishes; the event that the conversation goes on with."""
        match wish:
            case CopyData():
                return await self.copy(tx, address)
            case Weigh(choice):
                return await self.weigh(tx, address, choice)
            case session.Erase(choice):
                return await self.erase(tx, address, choice)
            case Demand(kind, text):
                return await self.demand(tx, address, kind, text)

    async def copy(self, tx: Transaction, address: Address) -> Copied:
        """Have a copy handed over. The page fetches it by itself, because a browser cannot be sent anything."""
        if await tx.people.get(address) is None:
            return Copied("")
        code = await self._done(tx, RequestKind.ACCESS, address)
        if address.channel is ChannelName.WEB:
            return Copied(code, ready=True)
        await tx.outbox.copy(address, self._clock.now())
        return Copied(code)

    async def weigh(self, tx: Transaction, address: Address, choice: Erasure | None) -> Weighed:
        """What an erasure would be about, and what of it others have already."""
        person = await tx.people.get(address)
        if person is None:
            return Weighed(known=False, count=0, shared="", choice=choice)
        ids = await tx.privacy.submissions_of(person.id)
        found = [one for id_ in ids if (one := await tx.submissions.get(id_)) is not None]
        return Weighed(
            known=True,
            count=sum(not one.part for one in found),
            shared=await self._shared(tx, {one.id: one.code for one in found}),
            choice=choice,
        )

    async def erase(self, tx: Transaction, address: Address, choice: Erasure) -> Gone | Weighed:
        """Do it. Pressed once more by somebody of whom nothing is left, it says so."""
        person = await tx.people.get(address)
        if person is None:
            return Weighed(known=False, count=0, shared="")
        code = await self._done(tx, _KINDS[choice], address)
        await self._erase.person(tx, person, choice, ASKER, request=code)
        return Gone(code, choice)

    async def demand(self, tx: Transaction, address: Address, kind: RequestKind, text: str) -> Requested:
        """Keep a request for the responsible person."""
        now = self._clock.now()
        request = await tx.privacy.ask(
            kind, address.channel.value, now, due(kind, now), address=address, words=storable(text)
        )
        return Requested(request.code, request.done_by)

    async def _done(self, tx: Transaction, kind: RequestKind, address: Address) -> str:
        """A request that is done as it comes; nothing of whoever made it is kept with it."""
        now = self._clock.now()
        request = await tx.privacy.ask(kind, address.channel.value, now, due(kind, now))
        await tx.privacy.finish(request.id, now, ASKER, kind.value)
        return request.code

    async def _shared(self, tx: Transaction, codes: dict[int, str]) -> str:
        sent = await tx.privacy.sent(codes)
        if not sent:
            return ""
        _, routing = await self._running.view(tx)
        somebody = self._voice.text(Key.COPY_NOBODY_YET)
        departments = dict.fromkeys(routing.name(one.lead) or somebody for one in sent)
        named = dict.fromkeys(codes[one.submission_id] for one in sent)
        return self._voice.text(Key.ERASE_SHARED, codes=", ".join(named), departments=", ".join(departments))
