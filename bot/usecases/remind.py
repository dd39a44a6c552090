"""Half an hour before the cutoff: whoever has a draft that was never sent sees it once more."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.conversation.advance import remind
from bot.conversation.session import Scene, Session
from bot.domain.message import Address
from bot.domain.programme import Intake
from bot.ports import Clock, Store
from bot.usecases.running import Running
from bot.usecases.voice import Voice

BEFORE = timedelta(minutes=30)
KEEP_WITHOUT_CONSENT = timedelta(hours=24)


class Remind:
    """Reminds each person once for each draft."""

    def __init__(self, store: Store, clock: Clock, voice: Voice, running: Running) -> None:
        self._store = store
        self._clock = clock
        self._voice = voice
        self._running = running

    async def __call__(self) -> int:
        """Remind everybody who is due; returns how many. Does nothing outside the last half hour."""
        now = self._clock.now()
        async with self._store.reading() as tx:
            window = (await self._running.programme(tx)).window
            due = window.closes_at - BEFORE <= now < window.closes_at
            drafts = await tx.sessions.with_drafts() if due else []
        reminded = 0
        for address, stored in drafts:
            if not Session.from_json(stored).reminded:
                reminded += await self._remind(address)
        return reminded

    async def _remind(self, address: Address) -> bool:
        now = self._clock.now()
        async with self._store.transaction() as tx:
            programme = await self._running.programme(tx)
            session = Session.from_json(await tx.sessions.get(address) or Session().to_json())
            in_time = session.draft_typed_at and programme.window.judge(session.draft_typed_at, now) is Intake.OPEN
            if session.reminded or not session.consent_version or not session.draft or not in_time:
                return False
            turn = remind(session, Scene(programme, now))
            assert turn.session is not None
            words = [self._voice.words(say) for say in turn.says]
            offered = self._voice.folded_choices(words[-1])
            kept = replace(turn.session, offered=offered)
            await tx.sessions.put(address, kept.to_json(), now, draft_open=True)
            for message in words:
                await tx.outbox.say(address, message, now)
        return True


class ForgetUnconsented:
    """Words that somebody typed before consenting are held for a day, no longer (Luật 91/2025/QH15 Điều 9, 14)."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def __call__(self) -> int:
        """Delete what was held too long; returns how many chats were forgotten."""
        async with self._store.transaction() as tx:
            return await tx.sessions.forget_unconsented(self._clock.now() - KEEP_WITHOUT_CONSENT)
