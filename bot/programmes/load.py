"""The programmes that this installation knows: the operator's own files first, then those that come with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from bot.domain.department import Directory
from bot.domain.errors import NotFound
from bot.domain.programme import Programme
from bot.programmes import files
from bot.programmes.check import examine
from bot.programmes.directory import read_directory
from bot.programmes.findings import Finding, Notes, ProgrammeFault
from bot.texts.keys import Key


def load_directory(path: Path | None = None) -> Directory:
    """The packaged directory, with the rows of `path` laid over it where one is given.

    Raises ProgrammeFault naming everything that is wrong.
    """
    over = [] if path is None else [files.from_path(path)]
    notes = Notes(path.name if path else files.DIRECTORY)
    directory = read_directory([files.packaged_directory(), *over], notes)
    if directory is None:
        raise ProgrammeFault(notes.file, notes.findings)
    return directory


def load_programme(file: Path, directory: Directory, today: date | None = None) -> Programme:
    """The programme of one file. `today` is needed for a sample only. Raises ProgrammeFault with all its faults."""
    return _programme(files.from_path(file), directory, today, {})


def _programme(file: files.Source, directory: Directory, today: date | None, taken: Mapping[str, str]) -> Programme:
    programme, notes = examine(file, directory, today, taken)
    if programme is None:
        raise ProgrammeFault(file.name, notes.findings)
    return programme


class Library:
    """All programmes by their codes. A file that cannot be used hides no other; it stands in `faults`."""

    def __init__(
        self,
        directory: Directory,
        programmes: Iterable[Programme],
        broken: Mapping[str, ProgrammeFault] | None = None,
        faults: Iterable[Finding] = (),
    ) -> None:
        self.directory = directory
        self.faults = tuple(faults)
        self._programmes = {programme.code: programme for programme in programmes}
        self._broken = dict(broken or {})

    @classmethod
    def open(cls, data_dir: Path | None, today: date) -> Library:
        """Read `data_dir`/programmes and the packaged plans; `today` is where a sample's dates start from.

        An own file with the code of a packaged one takes its place, even when it is faulty: somebody who corrects a
        plan must not be served the uncorrected one. An own directory.toml is laid over the packaged one.
        """
        folder = data_dir / "programmes" if data_dir else None
        directory, faults = _own_directory(folder)
        shelf = _Shelf(directory, today)
        own = files.own(folder)
        replaced = {_code(file) for file in own}
        packaged = [file for file in files.packaged() if _code(file) not in replaced]
        supplied = shelf.put(packaged)
        return cls(directory, [*shelf.put(own), *supplied], shelf.broken, (*faults, *shelf.faults))

    def codes(self) -> list[str]:
        """The codes of all programmes that can be used, the operator's own first."""
        return list(self._programmes)

    def all(self) -> list[Programme]:
        """All programmes that can be used, the operator's own first."""
        return list(self._programmes.values())

    def get(self, code: str) -> Programme:
        """One programme. Raises ProgrammeFault where its file is faulty and NotFound where there is none."""
        if code in self._programmes:
            return self._programmes[code]
        if code in self._broken:
            raise self._broken[code]
        raise NotFound(Key.REFUSE_NO_PROGRAMME, code=code)


class _Shelf:
    """Programmes while they are being read: codes and receipt prefixes are given once only."""

    def __init__(self, directory: Directory, today: date) -> None:
        self._directory = directory
        self._today = today
        self._prefixes: dict[str, str] = {}
        self.broken: dict[str, ProgrammeFault] = {}
        self.faults: list[Finding] = []

    def put(self, sources: Iterable[files.Source]) -> list[Programme]:
        """Those that can be used; what is wrong with the others is kept."""
        good = []
        for file in sources:
            try:
                good.append(self._read(file))
            except ProgrammeFault as fault:
                self.broken[_code(file)] = fault
                self.faults += fault.findings
        return good

    def _read(self, file: files.Source) -> Programme:
        programme = _programme(file, self._directory, self._today, self._prefixes)
        if programme.code in self._prefixes.values():
            notes = Notes(file.name)
            notes.fault("programme.code", Key.CHECK_DUPLICATE, found=programme.code)
            raise ProgrammeFault(file.name, notes.findings)
        self._prefixes[programme.receipt_prefix] = programme.code
        return programme


def _own_directory(folder: Path | None) -> tuple[Directory, tuple[Finding, ...]]:
    path = folder / files.DIRECTORY if folder else None
    if path is None or not path.is_file():
        return load_directory(), ()
    try:
        return load_directory(path), ()
    except ProgrammeFault as fault:
        return load_directory(), fault.findings


def _code(file: files.Source) -> str:
    """The code that a file is about, even when the file is faulty: as written in it, else its name."""
    raw = files.parse(file, Notes(file.name)) or {}
    head = raw.get("programme")
    code = head.get("code") if isinstance(head, Mapping) else None
    return code if isinstance(code, str) else file.name.removesuffix(".toml")
