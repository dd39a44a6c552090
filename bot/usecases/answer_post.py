"""Files of answers in the moderators' group: made for whoever asks for one, fetched and taken in when one is sent.

Both are wishes that outlive a restart: what was asked for is a fact of the database, what was sent is a row.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import partial

from bot.domain.answer_file import AskedIssue, SentFile
from bot.domain.errors import DeliveryError, NotAllowedNow, Refusal
from bot.domain.message import Address, ChannelName, Words
from bot.domain.role import RIGHTS, By
from bot.domain.text import fold
from bot.ports import Clock, PhotoSource, Store, Transaction
from bot.texts.keys import Key
from bot.usecases import named
from bot.usecases.answer_files import AnswerFiles, Choice, Review
from bot.usecases.answer_forms import AnswerForms
from bot.usecases.answer_words import AnswerWords
from bot.usecases.pulse import Pulse
from bot.usecases.rights import Rights, may_act
from bot.usecases.running import Running
from bot.usecases.slip_desk import Given
from bot.usecases.voice import Voice

_log = logging.getLogger(__name__)
MAX_BYTES = 10 << 20
_ASKED = "answer_forms.asked"
_LOOK_AGAIN = 60.0
_AFTER_A_FAULT = 30.0
_MOST_LINES = 20
_LONGEST_NAME = 120
ALL = "tatca"
_CHOICES = {"nhan": Choice.TAKE, "giu": Choice.KEEP}


@dataclass(frozen=True, slots=True)
class _Wish:
    """Files that somebody asked for: of one department (its id; "": of all), for a chat."""

    department: str
    channel: str
    bot: str
    chat: str

    @property
    def address(self) -> Address:
        return Address(ChannelName(self.channel), self.bot, self.chat)


class AnswerPost:
    """What the group's command for answers does, and the work behind it."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        voice: Voice,
        running: Running,
        rights: Rights,
        forms: AnswerForms,
        files: AnswerFiles,
    ) -> None:
        """A file that came by a bot without a source (see `come_from`) waits."""
        self._store = store
        self._clock = clock
        self._voice = voice
        self._words = AnswerWords(voice)
        self._running = running
        self._rights = rights
        self._forms = forms
        self._files = files
        self._sources: dict[tuple[ChannelName, str], PhotoSource] = {}
        self._pause: dict[int, datetime] = {}

    def come_from(self, channel: ChannelName, bot: str, source: PhotoSource) -> None:
        """`source` fetches what is sent to this bot, in whatever chat."""
        self._sources[channel, bot] = source

    # -------------------------------------------------------------- typed in the group

    async def look(self) -> str:
        """How files go out and come back, and the rows that wait for a person."""
        rows = self._words.open_rows(await self._files.undecided(), _MOST_LINES)
        decide = [self._voice.text(Key.AF_HOW_TO_DECIDE)] if len(rows) > 1 else []
        return "\n".join([self._voice.text(Key.AF_HOW), "", *rows, *decide])

    async def order(self, tx: Transaction, argument: str, address: Address, by: By) -> str:
        """Decide about a row (`nhan 3`, `giu 3`), or ask for the file of a department or of all of them.

        Raises a Refusal.
        """
        if not RIGHTS[by.role]:
            raise NotAllowedNow(Key.REFUSE_VIEWER)
        first, _, rest = fold(argument).partition(" ")
        if first in _CHOICES:
            return await self._decide(tx, _CHOICES[first], rest.strip(), by)
        _, routing = await self._running.view(tx)
        whole = "".join(fold(argument).split()) == ALL
        department = "" if whole else named.department(argument, routing).id
        wish = _Wish(department, address.channel.value, address.bot, address.chat)
        wishes = await self._wishes(tx)
        if wish not in wishes:
            await self._keep(tx, [*wishes, wish])
        return self._voice.text(Key.AF_BEING_MADE)

    async def _decide(self, tx: Transaction, choice: Choice, number: str, by: By) -> str:
        if not (number.isascii() and number.isdigit()):
            raise Refusal(Key.AF_WHICH_ROW)
        row_id = int(number[:9])
        answer = await self._files.decide(tx, row_id, choice, by)
        row = await tx.answer_files.get(row_id)
        members = await tx.submissions.of_issue(row.issue_id) if row else []
        key = Key.AF_DONE_TAKE if answer else Key.AF_DONE_KEEP
        return self._voice.text(key, number=row_id, code=members[0].code if members else "…")

    # -------------------------------------------------------------- sent to the group

    async def receive(self, sent: SentFile, size: int, inbox_id: int | None = None) -> None:
        """Put a file into the queue and say so; the kept update is marked done in the same commit. `size` in bytes, 0
        where unknown. A refusal is answered.
        """
        async with self._store.transaction() as tx:
            if inbox_id is not None and await tx.inbox.is_done(inbox_id):
                return
            try:
                answer = await self._take_in(tx, sent, size)
            except Refusal as refusal:
                answer = self._voice.text(refusal.key, **refusal.values)
            await self._say(tx, sent, answer)
            if inbox_id is not None:
                await tx.inbox.done(inbox_id, self._clock.now())

    async def _take_in(self, tx: Transaction, sent: SentFile, size: int) -> str:
        by = await self._rights.in_group(tx, sent.by, sent.account)
        may_act(by)
        if not RIGHTS[by.role]:
            raise NotAllowedNow(Key.REFUSE_VIEWER)
        if size > MAX_BYTES:
            raise Refusal(Key.AF_TOO_BIG, limit=MAX_BYTES >> 20)
        name = sent.name[-_LONGEST_NAME:]
        await tx.answer_files.sent(replace(sent, programme=self._running.code, name=name))
        return self._voice.text(Key.AF_RECEIVED, file=name)

    # -------------------------------------------------------------- done beside the chats

    async def run(self, pulse: Pulse) -> None:
        """Make and fetch, until cancelled."""
        news = pulse.of("answer_files", "facts")
        while True:
            seen = news.count
            while await self.step():
                pass
            await news.wait(seen, _AFTER_A_FAULT if self._pause else _LOOK_AGAIN)

    async def step(self) -> bool:
        """Make what somebody asked for, or take one file in; False where there is nothing to do now."""
        async with self._store.reading() as tx:
            wishes = await self._wishes(tx)
        if wishes:
            await self._make(wishes[0])
            return True
        file = await self._next()
        if file is None:
            return False
        try:
            content = await self._sources[file.address.channel, file.address.bot].fetch(file.file_id, MAX_BYTES)
        except DeliveryError as fault:
            if fault.permanent:
                await self._refuse(file, Refusal(Key.AF_GONE))
            else:
                _log.warning("file %d of answers was not fetched: %s", file.id, fault.reason)
                self._pause[file.id] = self._clock.now()
            return True
        self._pause.pop(file.id, None)
        await self._take(file, content)
        return True

    async def _next(self) -> SentFile | None:
        now = self._clock.now()
        self._pause = {id_: at for id_, at in self._pause.items() if (now - at).total_seconds() < _AFTER_A_FAULT}
        async with self._store.reading() as tx:
            file = await tx.answer_files.next_to_fetch()
            while file is not None and not self._can_fetch(file):
                file = await tx.answer_files.next_to_fetch(file.id)
        return file

    def _can_fetch(self, file: SentFile) -> bool:
        """What another programme of this database was sent is fetched when that one runs."""
        ours = file.programme == self._running.code
        return ours and file.id not in self._pause and (file.address.channel, file.address.bot) in self._sources

    async def _take(self, file: SentFile, content: bytes | None) -> None:
        if content is None:
            await self._refuse(file, Refusal(Key.AF_TOO_BIG, limit=MAX_BYTES >> 20))
            return
        try:
            async with self._store.reading() as tx:
                by = await self._rights.in_group(tx, file.by, file.account)
            may_act(by)
            await self._files.take(Given(content, file.name), by, file, then=partial(self._tell, file))
        except Refusal as refusal:
            await self._refuse(file, refusal)

    async def _tell(self, file: SentFile, tx: Transaction, review: Review) -> None:
        lines = self._words.lines(review)
        more = [self._voice.text(Key.AF_MORE, count=len(lines) - _MOST_LINES)] if len(lines) > _MOST_LINES else []
        rows: list[str] = []
        if review.waiting:
            issues: dict[int, AskedIssue | None] = {one.open.id: one.found.issue for one in review.outcomes if one.open}
            open_rows = [(row, issues[row.id]) for row in review.waiting]
            rows = [*self._words.open_rows(open_rows, _MOST_LINES), self._voice.text(Key.AF_HOW_TO_DECIDE)]
        await self._say(tx, file, "\n".join([self._words.summary(review), *lines[:_MOST_LINES], *more, *rows]))

    async def _refuse(self, file: SentFile, refusal: Refusal) -> None:
        why = self._voice.text(refusal.key, **refusal.values)
        async with self._store.transaction() as tx:
            await tx.answer_files.refused(file.id, why)
            await self._say(tx, file, self._voice.text(Key.AF_REFUSED, by=file.by, file=file.name, why=why))

    async def _say(self, tx: Transaction, file: SentFile, text: str) -> None:
        await tx.outbox.say(file.address, Words(self._voice.marked(text)), self._clock.now(), thread=file.thread)

    # -------------------------------------------------------------- files that were asked for

    async def _make(self, wish: _Wish) -> None:
        """The wish goes in the commit that sends the files: after a crash they are made again and sent once."""
        said = ""
        try:
            made = await self._forms.write([wish.department] if wish.department else None)
            said = "" if made else self._voice.text(Key.AF_NOTHING_ASKED)
        except Refusal as refusal:
            made, said = [], self._voice.text(refusal.key, **refusal.values)
        now = self._clock.now()
        async with self._store.transaction() as tx:
            wishes = await self._wishes(tx)
            if wish not in wishes:
                return
            await self._keep(tx, [one for one in wishes if one != wish])
            for form, file in made:
                caption = self._voice.text(Key.AF_CAPTION, department=form.department, count=len(form.rows))
                await tx.outbox.file(wish.address, file, self._voice.marked(caption), now)
            if said:
                await tx.outbox.say(wish.address, Words(self._voice.marked(said)), now)

    @staticmethod
    async def _wishes(tx: Transaction) -> list[_Wish]:
        kept = await tx.facts.get(_ASKED)
        return [_Wish(**one) for one in json.loads(kept)] if kept else []

    @staticmethod
    async def _keep(tx: Transaction, wishes: list[_Wish]) -> None:
        await tx.facts.put(_ASKED, json.dumps([asdict(one) for one in wishes]))
