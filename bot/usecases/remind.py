"""In the last half hour before the cutoff: whoever has an older draft that was never sent sees it once more."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.conversation.advance import remind
from bot.conversation.session import EXPECTS_WORDS, Scene, Session
from bot.domain.message import Address
from bot.domain.programme import Window
from bot.ports import Clock, Store
from bot.usecases.running import Running
from bot.usecases.voice import Voice

BEFORE = timedelta(minutes=30)
KEEP_WITHOUT_CONSENT = timedelta(hours=24)
_LOOK_EACH = timedelta(minutes=10)


class Remind:
    """Reminds each person once for each cutoff; an extended window has another one."""

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
            if _is_due(Session.from_json(stored), window):
                reminded += await self._remind(address)
        return reminded

    async def _remind(self, address: Address) -> bool:
        now = self._clock.now()
        async with self._store.transaction() as tx:
            programme = await self._running.programme(tx)
            session = Session.from_json(await tx.sessions.get(address) or Session().to_json())
            if not _is_due(session, programme.window):
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


def _is_due(session: Session, window: Window) -> bool:
    """Only a draft that lay there before the last half hour began, and never in the middle of typing a new wording."""
    typed_at = session.draft_typed_at
    lying = bool(session.draft) and typed_at is not None and window.opens_at <= typed_at < window.closes_at - BEFORE
    asked_for = session.step in EXPECTS_WORDS or bool(session.editing) or not session.consent_version
    # Whoever told of danger is not hurried about it.
    return lying and not asked_for and not session.confiding and session.reminded_for != window.closes_at


class ForgetUnconsented:
    """Words that somebody typed before consenting are held for a day, no longer (Luật 91/2025/QH15 Điều 9, 14)."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._looked_at: datetime | None = None

    async def __call__(self) -> int:
        """Delete what was held too long, looking at most every ten minutes; returns how many chats were forgotten."""
        now = self._clock.now()
        if self._looked_at is not None and timedelta() <= now - self._looked_at < _LOOK_EACH:
            return 0
        self._looked_at = now
        async with self._store.transaction() as tx:
            return await tx.sessions.forget_unconsented(self._clock.now() - KEEP_WITHOUT_CONSENT)
