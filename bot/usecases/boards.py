"""The chats in which moderators see cards, and what befalls such a chat: it gets another id, or takes nothing of ours.

Telegram gives a group another id when it becomes a supergroup. What waits then goes there, in one transaction, and the
database remembers the new id, so that a restart with the old setting finds the group.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

from bot.domain.errors import Shut
from bot.domain.message import Address, Say
from bot.ports import Board, Clock, Store, Transaction
from bot.texts.keys import Key
from bot.usecases.voice import Voice

_log = logging.getLogger(__name__)

TRY_AGAIN = timedelta(minutes=1)
"""How long a chat that takes nothing is left alone: not everything that opens it again is told to a bot."""


class Boards(Mapping[Address, Board]):
    """The boards of this house by where they are now. Whoever keeps this object is never behind."""

    def __init__(self, store: Store, clock: Clock, voice: Voice) -> None:
        self._store = store
        self._clock = clock
        self._voice = voice
        self._boards: Mapping[Address, Board] = {}
        self._followers: list[Callable[[Address, Address], Awaitable[None]]] = []

    def __getitem__(self, address: Address) -> Board:
        return self._boards[address]

    def __iter__(self) -> Iterator[Address]:
        return iter(self._boards)

    def __len__(self) -> int:
        return len(self._boards)

    def put(self, address: Address, board: Board) -> None:
        """Add a board."""
        self._boards = {**self._boards, address: board}

    def on_move(self, follow: Callable[[Address, Address], Awaitable[None]]) -> None:
        """`follow` is awaited with the former and the new address after each move."""
        self._followers.append(follow)

    # -------------------------------------------------------------- another id

    async def moved(self, old: Address, chat: str) -> bool:
        """The chat has this id now: everything goes there. False, and nothing happens, where `old` is no board of ours
        (any more).
        """
        new = replace(old, chat=chat)
        before = self._boards
        try:
            async with self._store.transaction() as tx:
                if old not in self._boards or new == old:
                    return False
                await self._take_along(tx, old, new)
                # Within the transaction: nobody else writes meanwhile, and whoever writes next has the new address.
                before = self._boards
                self._boards = {new if address == old else address: board for address, board in before.items()}
        except BaseException:
            self._boards = before
            raise
        _log.warning("the group has another id now, and it is remembered: set DOITHOAI_TELEGRAM_GROUP=%s", chat)
        for follow in self._followers:
            await follow(old, new)
        return True

    async def _take_along(self, tx: Transaction, old: Address, new: Address) -> None:
        now = self._clock.now()
        await tx.facts.put(_moved(old), new.chat)
        await tx.facts.put(_shut(old), "")
        await tx.outbox.rehome(old, new)
        await tx.threads.drop(old)  # their ids mean nothing there: the new chat gets threads of its own
        cards = await tx.board.rehome(old, new)
        digests = await tx.lists.rehome(old, new)
        await tx.outbox.say(new, self._voice.words(Say(Key.BOARD_MOVED, {"chat": new.chat})), now)
        for submission_id in cards:
            await tx.outbox.card(new, submission_id, now)
        for list_id in digests:
            await tx.outbox.listing(new, list_id, now)

    # -------------------------------------------------------------- nothing gets in

    async def shut(self, tx: Transaction, address: Address, why: Shut) -> None:
        """The chat takes nothing of ours at present; said once in the log, and on the web board while it lasts."""
        if await tx.facts.get(_shut(address)) != why.value:
            await tx.facts.put(_shut(address), why.value)
            _log.error("nothing can be sent to the group %s (%s); what is for it waits", address.chat, why.value)

    async def opened(self, tx: Transaction, address: Address) -> None:
        """Something got in, or may: what waits for this chat waits no longer."""
        if await tx.facts.get(_shut(address)):
            await tx.facts.put(_shut(address), "")
            await tx.outbox.hurry(address, self._clock.now())
            _log.warning("the group %s takes messages again; what waited goes out", address.chat)

    async def told(self, address: Address, why: Shut | None) -> None:
        """The platform says that the bot may write to this chat (None), or why it may not."""
        if address in self:
            async with self._store.transaction() as tx:
                await (self.opened(tx, address) if why is None else self.shut(tx, address, why))

    async def trouble(self) -> Key | None:
        """The sentence about a board of ours that takes nothing; None where all do."""
        async with self._store.reading() as tx:
            found = [why for address in self if (why := await tx.facts.get(_shut(address)))]
        return Key(f"board.shut_{found[0]}") if found else None

    async def was_here(self, address: Address) -> bool:
        """Whether this is a former id of a board."""
        async with self._store.reading() as tx:
            return await tx.facts.get(_moved(address)) is not None and await where_now(tx, address) in self


async def where_now(tx: Transaction, address: Address) -> Address:
    """The address of a chat that may have got another id since, perhaps more than once."""
    seen = {address}
    while (chat := await tx.facts.get(_moved(address))) is not None and replace(address, chat=chat) not in seen:
        address = replace(address, chat=chat)
        seen.add(address)
    return address


def _moved(address: Address) -> str:
    return f"board.moved.{address.channel.value}.{address.bot}.{address.chat}"


def _shut(address: Address) -> str:
    return f"board.shut.{address.channel.value}.{address.bot}.{address.chat}"
