"""The board remembers which card it showed where, and the nonce that its buttons carry."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, delete, func, select, update

from bot.domain.message import Address, ChannelName
from bot.domain.submission import State
from bot.ports import ListKind, ShownCard
from storage.prepared import Prepared
from storage.schema import SENDING, cards, is_state, listed, lists, outbox, submissions
from storage.work import Work, address_of, address_values, here, is_address, is_here

NONCE_BYTES = 9  # 72 bits: twelve URL-safe signs, short enough for a button


_OPEN = Prepared(
    lambda insert: insert(cards).on_conflict_do_nothing(index_elements=["channel", "bot", "chat", "submission_id"])
)
_OPENED = Prepared(lambda _: select(cards).where(is_here(cards), cards.c.submission_id == bindparam("submission_id")))


class Board:
    """See bot.ports.BoardTable."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def open(self, address: Address, submission_id: int) -> ShownCard:
        subject = {**address_values(address), "submission_id": submission_id}
        await self._work.run(_OPEN, {**subject, "nonce": _nonce(), "menu": ""})
        (row,) = await self._work.rows(_OPENED, here(address) | {"submission_id": submission_id})
        return _card(row)

    async def by_nonce(self, nonce: str) -> ShownCard | None:
        return next(iter(await self._find(cards.c.nonce == nonce)), None)

    async def of_submission(self, submission_id: int) -> list[ShownCard]:
        return await self._find(cards.c.submission_id == submission_id)

    async def shown(self, id_: int, message_id: str, shelf: str = "", nonce: str = "") -> None:
        (card,) = await self._find(cards.c.id == id_)
        now = {"message_id": message_id, "former": "", "shelf": shelf, "thread": ""}
        if nonce not in ("", card.nonce) and card.message_id is None and not card.walk:
            now = {"former": " ".join(dict.fromkeys((*card.former, message_id)))}
        await self._work.run(update(cards).where(cards.c.id == id_).values(now))

    async def set_menu(self, id_: int, menu: str) -> None:
        await self._work.run(update(cards).where(cards.c.id == id_).values(menu=menu))

    async def undecided(self, address: Address, programme: str) -> int:
        shown = select(func.count()).select_from(submissions.join(cards)).where(is_address(cards, address))
        return int(await self._work.value(shown.where(_waiting(programme))))

    async def cardless(
        self,
        address: Address,
        programme: str,
        limit: int,
        *,
        after: int = 0,
        among: Collection[int] | None = None,
        of_one: int | None = None,
    ) -> list[int]:
        has_card = select(cards.c.id).where(is_address(cards, address), cards.c.submission_id == submissions.c.id)
        without = select(submissions.c.id).where(_waiting(programme), ~has_card.exists(), submissions.c.id > after)
        if among is not None:
            without = without.where(submissions.c.id.in_(among))
        if of_one is not None:
            without = without.where(_in_turn(of_one))
        return [row.id for row in await self._work.rows(without.order_by(submissions.c.id).limit(limit))]

    async def by_message(self, address: Address, message_id: str) -> ShownCard | None:
        return next(iter(await self._find(is_address(cards, address) & (cards.c.message_id == message_id))), None)

    async def move(self, id_: int, submission_id: int) -> None:
        moved = {"submission_id": submission_id, "nonce": _nonce(), "menu": "", "walk": True, "shelf": ""}
        await self._work.run(update(cards).where(cards.c.id == id_).values(moved))

    async def set_walk(self, id_: int, thread: str = "") -> None:
        await self._work.run(update(cards).where(cards.c.id == id_).values(walk=True, thread=thread))

    async def anew(self, address: Address, submission_id: int, thread: str = "") -> ShownCard:
        card = await self.open(address, submission_id)
        former = " ".join(filter(None, (*card.former, card.message_id)))
        fresh = {"nonce": _nonce(), "menu": "", "message_id": None, "walk": False, "former": former, "thread": thread}
        await self._work.run(update(cards).where(cards.c.id == card.id).values(fresh))
        return await self.open(address, submission_id)

    async def unseen(self, address: Address, programme: str, of_one: int | None = None) -> list[int]:
        being_sent = select(outbox.c.id).where(
            is_address(outbox, address),
            is_state(outbox.c.state, SENDING),
            outbox.c.kind == "card",
            outbox.c.submission_id == submissions.c.id,
        )
        sent = select(cards.c.id).where(
            is_address(cards, address), cards.c.submission_id == submissions.c.id, cards.c.message_id.is_not(None)
        )
        in_digest = (
            select(listed.c.list_id)
            .join(lists)
            .where(
                is_address(lists, address),
                lists.c.kind == ListKind.DIGEST.value,
                listed.c.submission_id == submissions.c.id,
            )
        )
        found = select(submissions.c.id).where(
            _waiting(programme),
            submissions.c.source != ChannelName.SLIP.value,
            ~being_sent.exists(),
            ~sent.exists(),
            ~in_digest.exists(),
        )
        if of_one is not None:
            found = found.where(_in_turn(of_one))
        return [row.id for row in await self._work.rows(found.order_by(submissions.c.number))]

    async def take_back(self, address: Address, submission_ids: Collection[int]) -> None:
        never_sent = is_address(cards, address) & cards.c.message_id.is_(None)
        await self._work.run(delete(cards).where(never_sent, cards.c.submission_id.in_(submission_ids)))

    async def rehome(self, old: Address, new: Address) -> list[int]:
        for card in await self._find(is_address(cards, old)):
            fresh = {"nonce": _nonce(), "menu": "", "message_id": None, "former": "", "shelf": "", "thread": ""}
            await self._work.run(update(cards).where(cards.c.id == card.id).values(fresh | address_values(new)))
        undecided = select(submissions.c.id).select_from(submissions.join(cards)).where(is_address(cards, new))
        undecided = undecided.where(submissions.c.state == State.WAITING.value, ~submissions.c.private)
        return [row.id for row in await self._work.rows(undecided.order_by(submissions.c.number))]

    async def _find(self, which: ColumnElement[bool]) -> list[ShownCard]:
        return [_card(row) for row in await self._work.rows(select(cards).where(which).order_by(cards.c.id))]


def _waiting(programme: str) -> ColumnElement[bool]:
    waiting = and_(submissions.c.programme == programme, submissions.c.state == State.WAITING.value)
    return and_(waiting, ~submissions.c.private)


def _in_turn(of_one: int) -> ColumnElement[bool]:
    """Fewer than `of_one` of the same asker's wait before it; what nobody is known to have asked is always in turn."""
    before = submissions.alias("before")
    waiting = (before.c.programme == submissions.c.programme) & (before.c.state == State.WAITING.value)
    theirs = (before.c.person_id == submissions.c.person_id) & (before.c.id < submissions.c.id)
    count = select(func.count()).select_from(before).where(theirs, waiting, before.c.whole_id.is_(None))
    return count.scalar_subquery() < of_one


def _card(row: Row[Any]) -> ShownCard:
    return ShownCard(
        row.id,
        address_of(row),
        row.submission_id,
        row.nonce,
        row.message_id,
        row.menu,
        row.walk,
        tuple(row.former.split()),
        row.shelf,
        row.thread,
    )


def _nonce() -> str:
    return secrets.token_urlsafe(NONCE_BYTES)
