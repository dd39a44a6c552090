"""The outbox: everything that is to be said, drawn or handed over, in the order of its chat, once it is committed.

Words are kept as they were rendered; a card is only its subject, and one that still waits serves every later wish for
the same card.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, Select, bindparam, delete, select, update

from bot.domain.message import Address, Words
from bot.ports import OutboxRow, Said
from storage.prepared import Prepared
from storage.schema import FAILED, SENDING, SENT, WAITING, is_state, outbox
from storage.work import Work, address_of, address_values, here, is_address, is_here, same_address

_SHUT = "shut: "
WORDS, CARD, LIST, FILE, COPY = "words", "card", "list", "file", "copy"


_SAY = Prepared(lambda insert: insert(outbox).returning(outbox.c.id))
_SHOW = Prepared(lambda insert: insert(outbox).on_conflict_do_nothing())
_CLAIM = Prepared(
    lambda _: (
        update(outbox)
        .where(outbox.c.id == bindparam("row"), is_state(outbox.c.state, WAITING))
        .values(state=SENDING)
        .returning(outbox)
    )
)
_GONE = Prepared(lambda _: delete(outbox).where(outbox.c.id == bindparam("row"), outbox.c.ephemeral))
_SENT = Prepared(
    lambda _: (
        update(outbox)
        .where(outbox.c.id == bindparam("row"))
        .values(state=SENT, handled_at=bindparam("at"), message_id=bindparam("known_as"), error="")
    )
)
_REOPEN = Prepared(
    lambda _: (
        update(outbox)
        .where(
            is_here(outbox),
            is_state(outbox.c.kind, WORDS) & ~outbox.c.ephemeral,  # the index of what was said finds them
            outbox.c.state == FAILED,
            outbox.c.error.startswith(_SHUT),
        )
        .values(state=WAITING, tries=0, due_at=bindparam("at"), handled_at=None, error="")
    )
)
_DUE = Prepared(
    lambda _: (
        heads()
        .where(outbox.c.due_at <= bindparam("at"), outbox.c.id > bindparam("after"))
        .order_by(outbox.c.id)
        .limit(bindparam("most", type_=Integer))
    )
)


class Outbox:
    """See bot.ports.OutboxTable."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def say(
        self,
        address: Address,
        words: Words,
        at: datetime,
        *,
        ephemeral: bool = False,
        thread: str = "",
        shelf: str = "",
    ) -> int:
        where = {"thread": thread, "shelf": shelf}
        row = _row(WORDS, address, at) | {"words": _dump(words), "ephemeral": ephemeral} | where
        return int(await self._work.value(_SAY, row))

    async def card(self, address: Address, submission_id: int, at: datetime) -> None:
        row = _row(CARD, address, at) | {"submission_id": submission_id}
        await self._work.run(_SHOW, row)

    async def listing(self, address: Address, list_id: int, at: datetime) -> None:
        row = _row(LIST, address, at) | {"list_id": list_id}
        await self._work.run(self._work.insert(outbox).values(row).on_conflict_do_nothing())

    async def drop_cards(self, address: Address, submission_ids: Collection[int]) -> None:
        waiting = is_state(outbox.c.state, WAITING) & (outbox.c.kind == CARD) & is_address(outbox, address)
        await self._work.run(delete(outbox).where(waiting, outbox.c.submission_id.in_(submission_ids)))

    async def file(self, address: Address, file: Path, caption: str, at: datetime) -> int:
        row = _row(FILE, address, at) | {"file": str(file), "words": _dump(Words(caption))}
        return int(await self._work.value(self._work.insert(outbox).values(row).returning(outbox.c.id)))

    async def copy(self, address: Address, at: datetime) -> None:
        await self._work.run(self._work.insert(outbox).values(_row(COPY, address, at)))

    async def claim(self, at: datetime, ready: Callable[[Address], bool], *, limit: int = 10) -> list[OutboxRow]:
        chosen = await self._choose(at, ready, limit)
        if not chosen:
            return []
        return [_claimed(row) for id_ in sorted(chosen) for row in await self._work.rows(_CLAIM, {"row": id_})]

    async def sent(self, id_: int, at: datetime, message_id: str) -> None:
        if not await self._work.erase(_GONE, {"row": id_}):
            await self._work.run(_SENT, {"row": id_, "at": at, "known_as": message_id})

    async def later(self, id_: int, due_at: datetime, error: str) -> None:
        await self._drop_twins(outbox.c.id == id_)
        await self._work.run(
            update(outbox)
            .where(outbox.c.id == id_)
            .values(state=WAITING, tries=outbox.c.tries + 1, due_at=due_at, error=error)
        )

    async def failed(self, id_: int, at: datetime, error: str, *, shut: bool = False) -> None:
        if await self._work.erase(_GONE, {"row": id_}):  # of whoever blocks the bot nothing stays either
            return
        said = _SHUT + error if shut else error
        await self._work.run(
            update(outbox)
            .where(outbox.c.id == id_)
            .values(state=FAILED, tries=outbox.c.tries + 1, handled_at=at, error=said)
        )

    async def reopen(self, address: Address, at: datetime) -> int:
        return await self._work.run(_REOPEN, here(address) | {"at": at})

    async def forget(self, address: Address, *, waiting: bool = False) -> None:
        here = is_address(outbox, address)
        if waiting:
            await self._work.erase(delete(outbox).where(here))
            return
        await self._work.erase(delete(outbox).where(here, ~is_state(outbox.c.state, WAITING, SENDING)))
        await self._work.run(update(outbox).where(here).values(ephemeral=True))

    async def abandon(self, at: datetime) -> int:
        waiting = is_state(outbox.c.state, WAITING, SENDING)
        return await self._work.run(
            update(outbox).where(waiting).values(state=FAILED, handled_at=at, error="Abandoned")
        )

    async def rehome(self, old: Address, new: Address) -> None:
        there: dict[str, object] = {**address_values(new), "thread": ""}
        await self._work.run(update(outbox).where(is_address(outbox, old)).values(there))

    async def hurry(self, address: Address, at: datetime) -> None:
        later = is_address(outbox, address) & is_state(outbox.c.state, WAITING) & (outbox.c.due_at > at)
        await self._work.run(update(outbox).where(later).values(due_at=at))

    async def bring_forward(self, latest: datetime, at: datetime) -> int:
        behind = is_state(outbox.c.state, WAITING) & (outbox.c.due_at > latest)
        return await self._work.run(update(outbox).where(behind).values(due_at=at))

    async def recover(self) -> int:
        sending = is_state(outbox.c.state, SENDING)
        await self._drop_twins(sending)
        return await self._work.run(update(outbox).where(sending).values(state=WAITING, repeats=outbox.c.repeats + 1))

    async def is_busy(self, address: Address) -> bool:
        open_here = is_address(outbox, address) & is_state(outbox.c.state, WAITING, SENDING)
        return await self._work.first(select(outbox.c.id).where(open_here).limit(1)) is not None

    async def is_due(self, at: datetime, ready: Callable[[Address], bool]) -> bool:
        return bool(await self._choose(at, ready, 1))

    async def next_due(self) -> datetime | None:
        # Rows behind one that waits for its retry, or is on its way, are not counted: they can only follow it.
        due: datetime | None = await self._work.value(
            heads().with_only_columns(outbox.c.due_at).order_by(outbox.c.due_at).limit(1)
        )
        return due

    async def said(self, address: Address, after_id: int) -> list[Said]:
        """Words to an address since `after_id`, oldest first, whatever became of them."""
        rows = await self._work.rows(
            select(outbox.c.id, outbox.c.words, outbox.c.created_at)
            .where(is_address(outbox, address), is_state(outbox.c.kind, WORDS), outbox.c.id > after_id)
            .order_by(outbox.c.id)
        )
        return [Said(row.id, _load(row.words), row.created_at) for row in rows]

    async def _choose(self, at: datetime, ready: Callable[[Address], bool], limit: int) -> list[int]:
        """Ids of the first `limit` heads whose chat is ready, asking for larger pages where many are not."""
        chosen: list[int] = []
        after, size = 0, 4 * limit
        while True:
            page = await self._work.rows(_DUE, {"at": at, "after": after, "most": size})
            for row in page:
                if ready(address_of(row)):
                    chosen.append(row.id)
                if len(chosen) == limit:
                    return chosen
            if len(page) < size:
                return chosen
            after, size = page[-1].id, 4 * size

    async def _drop_twins(self, older: ColumnElement[bool]) -> None:
        """A card that goes back to waiting takes the place of one that was asked for while it was being sent."""
        twin = outbox.alias("twin")
        same_card = (outbox.c.kind == CARD) & (twin.c.submission_id == outbox.c.submission_id)
        same_list = (outbox.c.kind == LIST) & (twin.c.list_id == outbox.c.list_id)
        twins = select(twin.c.id).where(
            older,
            twin.c.kind == outbox.c.kind,
            is_state(twin.c.state, WAITING),
            same_address(twin, outbox),
            same_card | same_list,
            twin.c.id != outbox.c.id,
        )
        ids = [row.id for row in await self._work.rows(twins)]
        if ids:
            await self._work.run(delete(outbox).where(outbox.c.id.in_(ids)))


def heads() -> Select[Any]:
    """Waiting rows that are next in their chat: none older there waits or is being sent."""
    older = outbox.alias("older")
    blocked = select(older.c.id).where(
        is_state(older.c.state, WAITING, SENDING), same_address(older, outbox), older.c.id < outbox.c.id
    )
    columns = (outbox.c.id, outbox.c.channel, outbox.c.bot, outbox.c.chat)
    return select(*columns).where(is_state(outbox.c.state, WAITING), ~blocked.exists())


def _row(kind: str, address: Address, at: datetime) -> dict[str, object]:
    return {
        **address_values(address),
        "kind": kind,
        "ephemeral": False,
        "state": WAITING,
        "tries": 0,
        "repeats": 0,
        "created_at": at,
        "due_at": at,
        "message_id": "",
        "error": "",
    }


def _claimed(row: Row[Any]) -> OutboxRow:
    return OutboxRow(
        row.id,
        row.kind,
        address_of(row),
        None if row.words is None else _load(row.words),
        row.submission_id,
        row.file,
        row.ephemeral,
        row.tries,
        row.repeats,
        row.created_at,
        row.list_id,
        row.shelf,
        row.thread,
    )


def _dump(words: Words) -> str:
    return json.dumps({"text": words.text, "choices": words.choices}, ensure_ascii=False)


def _load(stored: str) -> Words:
    words = json.loads(stored)
    return Words(words["text"], tuple((id_, label) for id_, label in words["choices"]))
