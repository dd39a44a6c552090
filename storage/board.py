"""The board remembers which card it showed where, and the nonce that its buttons carry."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, select, update

from bot.domain.message import Address
from bot.domain.submission import State
from bot.ports import ShownCard
from storage.schema import cards, submissions
from storage.work import Work, address_of, address_values, is_address

NONCE_BYTES = 9  # 72 bits: twelve URL-safe signs, short enough for a button


class Board:
    """See bot.ports.BoardTable."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def open(self, address: Address, submission_id: int) -> ShownCard:
        new = self._work.insert(cards).values(
            **address_values(address), submission_id=submission_id, nonce=secrets.token_urlsafe(NONCE_BYTES), menu=""
        )
        await self._work.run(new.on_conflict_do_nothing(index_elements=["channel", "bot", "chat", "submission_id"]))
        (card,) = await self._find(is_address(cards, address) & (cards.c.submission_id == submission_id))
        return card

    async def by_nonce(self, nonce: str) -> ShownCard | None:
        return next(iter(await self._find(cards.c.nonce == nonce)), None)

    async def of_submission(self, submission_id: int) -> list[ShownCard]:
        return await self._find(cards.c.submission_id == submission_id)

    async def shown(self, id_: int, message_id: str) -> None:
        await self._work.run(update(cards).where(cards.c.id == id_).values(message_id=message_id))

    async def set_menu(self, id_: int, menu: str) -> None:
        await self._work.run(update(cards).where(cards.c.id == id_).values(menu=menu))

    async def undecided(self, address: Address, programme: str) -> int:
        shown = select(func.count()).select_from(submissions.join(cards)).where(is_address(cards, address))
        return int(await self._work.value(shown.where(_waiting(programme))))

    async def cardless(self, address: Address, programme: str, limit: int) -> list[int]:
        has_card = select(cards.c.id).where(is_address(cards, address), cards.c.submission_id == submissions.c.id)
        without = select(submissions.c.id).where(_waiting(programme), ~has_card.exists())
        return [row.id for row in await self._work.rows(without.order_by(submissions.c.number).limit(limit))]

    async def _find(self, which: ColumnElement[bool]) -> list[ShownCard]:
        return [_card(row) for row in await self._work.rows(select(cards).where(which).order_by(cards.c.id))]


def _waiting(programme: str) -> ColumnElement[bool]:
    waiting = and_(submissions.c.programme == programme, submissions.c.state == State.WAITING.value)
    return and_(waiting, ~submissions.c.private)


def _card(row: Row[Any]) -> ShownCard:
    return ShownCard(row.id, address_of(row), row.submission_id, row.nonce, row.message_id, row.menu)
