"""Commands that moderators type in their group."""

from __future__ import annotations

from bot.domain.message import Address, Words
from bot.ports import Clock, Store
from bot.texts.keys import Key
from bot.usecases.voice import Voice

EXPORT_ASKED = "export.asked_by"
EXPORT_COMMAND, HELP_COMMAND = "/xuat", "/trogiup"


class Staff:
    """Answers a command, or notes the wish for the scheduler, which makes a workbook without holding up a chat."""

    def __init__(self, store: Store, clock: Clock, voice: Voice) -> None:
        self._store = store
        self._clock = clock
        self._voice = voice

    async def command(self, command: str, address: Address, by: str, inbox_id: int | None = None) -> None:
        """Carry out one command (`/xuat`, `/trogiup`); the kept update is marked done in the same commit."""
        key = Key.STAFF_EXPORT_BUSY if command == EXPORT_COMMAND else Key.STAFF_HELP
        now = self._clock.now()
        async with self._store.transaction() as tx:
            if command == EXPORT_COMMAND:
                await tx.facts.put(EXPORT_ASKED, by)
            await tx.outbox.say(address, Words(self._voice.marked(self._voice.text(key))), now)
            if inbox_id is not None:
                await tx.inbox.done(inbox_id, now)
