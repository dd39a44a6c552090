"""What the program is busy with, for its log: ids that lead from a line to the row, the update and the submission.

Ids only, never a word of anybody. They follow a piece of work through every function and task that it calls.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

Ids = Mapping[str, str | int]

_ids: ContextVar[Ids] = ContextVar("trail", default=MappingProxyType({}))


@contextmanager
def following(**ids: str | int) -> Iterator[None]:
    """Every line that is logged inside carries these ids, besides those of the work around it."""
    before = _ids.set({**_ids.get(), **ids})
    try:
        yield
    finally:
        _ids.reset(before)


def ids() -> Ids:
    """The ids of the work that is being done here and now."""
    return _ids.get()
