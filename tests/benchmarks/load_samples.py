"""Where a process spends its processor, by looking at it every few milliseconds: for `LOAD_PROFILE=FILE`."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

_EACH = 0.002  # seconds of the processor, of all threads


@contextmanager
def sampled(file: Path) -> Iterator[None]:
    """Writes into `file` at the end: how often each function was at work, itself or through others it called."""
    within: Counter[str] = Counter()
    itself: Counter[str] = Counter()

    def look(_number: int, frame: FrameType | None) -> None:
        seen: set[str] = set()
        if frame is not None:
            itself[_name(frame)] += 1
        while frame is not None:
            seen.add(_name(frame))
            frame = frame.f_back
        within.update(seen)

    signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, _EACH, _EACH)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        total = sum(itself.values()) or 1
        lines = [f"{total} samples"]
        for title, counted in (("within", within), ("itself", itself)):
            lines += ["", title, *(f"{100 * times / total:6.1f} %  {name}" for name, times in counted.most_common(120))]
        file.write_text("\n".join(lines))


def _name(frame: FrameType) -> str:
    return (
        f"{frame.f_code.co_filename.partition('site-packages/')[2] or frame.f_code.co_filename}:{frame.f_code.co_name}"
    )
