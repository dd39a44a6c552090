"""The table of faults: one function a row, found by itself wherever it stands in this folder.

To add a row, write a module here (`backup.py`, say) and put the decorator over a coroutine function:

    @fault("S7", "bản sao lưu không dùng được", rounds=10)
    async def backups_under_load(ground: Ground) -> Found:
        \"\"\"What is done, for whoever reads the code.\"\"\"
        …
        return Found("10 bản sao lưu trong lúc đang ghi, mở lại từng bản", lost=0, doubled=0, note="…")

The function does the harm and counts what is left; it raises (an assertion, say) where something else is wrong. `lost`
and `doubled` are counts of what people sent, not of anything internal. `ground.folder` is an empty folder of its own,
`ground.rounds` how often to do it, `await ground.model()` a data folder that holds the trained model, so that the real
program starts quickly.

Where tests show it already, name them instead of doing it twice:

    shown_by("D6", "số hiệu tin nhảy lùi", "id 5 đến sau id 900000",
             "tests/integration/test_telegram_poller.py::test_ids_that_start_low_again_are_taken")

`python -m tests.faults` (`make faults`) runs the rows one after the other and writes docs/reliability.md from what came
out; `python -m tests.faults D11 S7` runs those alone and only prints. What is printed in Vietnamese is for operators.
"""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
import re
import shutil
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Found:
    """What a row came to. `lost` and `doubled` decide, `note` holds the figures worth reading."""

    done: str
    lost: int
    doubled: int
    note: str = ""


@dataclass(frozen=True)
class Ground:
    """Where a row does its harm: a folder of its own, and how often."""

    folder: Path
    rounds: int

    async def model(self, name: str = "data") -> Path:
        """A new data folder below `folder` with the trained model in it; the first training takes half a minute."""
        kept = ROOT / ".pytest_cache" / "d" / "mo-hinh"
        await asyncio.to_thread(_train, kept)
        data = self.folder / name / "data"
        shutil.copytree(kept, data / "mo-hinh")
        return data


Run = Callable[[Ground], Awaitable[Found]]


@dataclass(frozen=True)
class Fault:
    """A row of the table. `id` is that of the list of goals, perhaps with a word behind it (`D1-webhook`)."""

    id: str
    name: str
    run: Run
    rounds: int = 1
    tests: tuple[str, ...] = field(default=())


_known: dict[str, Fault] = {}


def fault(id_: str, name: str, *, rounds: int = 1) -> Callable[[Run], Run]:
    """Make a coroutine function a row. `rounds` is how often `make faults` does it; `--rounds` says otherwise."""

    def add(run: Run) -> Run:
        _add(Fault(id_, name, run, rounds))
        return run

    return add


def shown_by(id_: str, name: str, done: str, *tests: str) -> None:
    """A row that tests of the suite show: all of `tests` (pytest's ids) must pass, none may be skipped."""

    async def run(ground: Ground) -> Found:
        return Found(done, lost=0, doubled=0, note=f"{await _passed(tests, ground.folder)} kiểm thử đạt")

    _add(Fault(id_, name, run, tests=tests))


def every() -> list[Fault]:
    """The rows of all modules of this folder, in the order of their ids: D1, D2, … D10, S1, …"""
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if module.name != "__main__":
            importlib.import_module(f"tests.faults.{module.name}")
    return sorted(_known.values(), key=_place)


def _add(row: Fault) -> None:
    if row.id in _known:
        raise ValueError(f"two rows are called {row.id}")
    _known[row.id] = row


def _place(row: Fault) -> tuple[str, int, str]:
    letters, number, rest = re.fullmatch(r"([A-Z]+)(\d+)(.*)", row.id).groups()
    return letters, int(number), rest


async def _passed(tests: tuple[str, ...], folder: Path) -> int:
    """Run tests of the suite in a process of its own; how many passed. AssertionError unless all did."""
    report = folder / "tests.xml"
    command = (sys.executable, "-m", "pytest", f"--junitxml={report}", f"--basetemp={folder / 'pytest'}", *tests)
    program = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=PIPE, stderr=STDOUT)
    printed = (await program.communicate())[0].decode(errors="replace")
    assert program.returncode == 0, printed[-3000:]
    suite = ET.parse(report).getroot()[0]
    assert suite.get("skipped") == "0", f"{suite.get('skipped')} tests were skipped"
    return int(suite.get("tests"))


def _train(kept: Path) -> None:
    from classifier.alone import alone
    from classifier.model import load

    kept.mkdir(parents=True, exist_ok=True)
    with alone(kept.with_suffix(".lock"), wait=True):
        load(kept)
