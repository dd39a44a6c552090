"""Slips: how often each row of a slip file was imported, so that the same file adds nothing a second time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import select

from storage.schema import slips
from storage.work import Work

_AT_ONCE = 500  # older SQLite takes 999 parameters in a statement


class Slips:
    """See bot.ports.SlipTable."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def seen(self, programme: str, keys: Iterable[str]) -> Mapping[str, int]:
        times = dict.fromkeys(keys, 0)
        for some in _chunks(list(times)):
            rows = await self._work.rows(
                select(slips.c.key, slips.c.times).where(slips.c.programme == programme, slips.c.key.in_(some))
            )
            times |= {row.key: row.times for row in rows}
        return times

    async def count(self, programme: str, counts: Mapping[str, int]) -> None:
        if not counts:
            return
        new = self._work.insert(slips)
        added = new.on_conflict_do_update(
            index_elements=["programme", "key"], set_={"times": slips.c.times + new.excluded.times}
        )
        rows = [{"programme": programme, "key": key, "times": times} for key, times in counts.items()]
        await self._work.many(added, rows)


def _chunks(keys: list[str]) -> Iterator[list[str]]:
    return (keys[start : start + _AT_ONCE] for start in range(0, len(keys), _AT_ONCE))
