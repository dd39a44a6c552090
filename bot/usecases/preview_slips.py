"""What an import of slips would do, before anything is stored: new, known from before (as which code), or alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.domain.workbook import BadSlip, Slip
from bot.ports import Likeness, SlipFile, Store
from bot.usecases.import_slips import numbered
from bot.usecases.running import Running
from bot.usecases.similar import FindSimilar

COMPARED = 500
"""How many slips are compared with what is there: enough to read, and a matter of seconds."""


@dataclass(frozen=True, slots=True)
class Row:
    """One slip. `known`: it was imported already, as `code` where that may be told. `alike` is the code of what asks
    nearly the same, `score` (0 to 1) how alike; "" and 0 where nothing does or nothing was compared.
    """

    slip: Slip
    known: bool
    code: str = ""
    alike: str = ""
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Preview:
    """Every slip in the file's order, the rows that cannot be taken in, columns that are passed over and units
    that the plan does not list (see SlipFile), and how many slips were compared with what is there (0 while the index
    is being filled).
    """

    rows: tuple[Row, ...]
    bad: tuple[BadSlip, ...]
    ignored_columns: tuple[str, ...]
    compared: int
    unread: str = ""
    strange_units: tuple[str, ...] = ()

    @property
    def new(self) -> int:
        return sum(not row.known for row in self.rows)

    @property
    def known(self) -> int:
        return len(self.rows) - self.new


class PreviewSlips:
    """Looks at the rows of a slip file beside the database. Changes nothing."""

    def __init__(self, store: Store, running: Running, similar: FindSimilar) -> None:
        self._store = store
        self._running = running
        self._similar = similar

    async def __call__(self, file: SlipFile, *, progress: Callable[[int], None] | None = None) -> Preview:
        """`progress` hears how many slips are done."""
        counted = numbered(file.slips)
        async with self._store.reading() as tx:
            seen = await tx.slips.seen(self._running.code, {key for key, _, _ in counted})
            known = [times <= seen.get(key, 0) for key, times, _ in counted]
            texts = {slip.text for (_, _, slip), is_known in zip(counted, known, strict=True) if is_known}
            codes = await tx.submissions.codes_of_texts(self._running.code, texts)
        alike = await self._alike([slip for (_, _, slip), is_known in zip(counted, known, strict=True) if not is_known])
        found = iter(alike or ())
        rows = []
        for (_, _, slip), is_known in zip(counted, known, strict=True):
            near = ("", 0.0) if is_known else next(found, ("", 0.0))
            rows.append(Row(slip, is_known, codes.get(slip.text, "") if is_known else "", *near))
            if progress:
                progress(len(rows))
        return Preview(tuple(rows), file.bad, file.ignored_columns, len(alike or ()), file.unread, file.strange_units)

    async def _alike(self, slips: Sequence[Slip]) -> list[tuple[str, float]] | None:
        """Code and likeness of the one most alike for the first slips; None while that cannot be told."""
        async with self._store.reading() as tx:
            found = await self._similar.like(tx, [slip.text for slip in slips[:COMPARED]])
            if found is None:
                return None
            ids = {one.id for likenesses in found for one in likenesses}
            codes = {one.id: one.code for one in await tx.submissions.some(ids)}
        return [_first(likenesses, codes) for likenesses in found]


def _first(likenesses: Sequence[Likeness], codes: dict[int, str]) -> tuple[str, float]:
    return next(((codes[one.id], one.score) for one in likenesses if one.id in codes), ("", 0.0))
