"""The models that are kept beside each other, which of them answers, and who decided that.

A folder: the model of the shipped texts (number 0, see model.py), the learnt ones (`hoc-<number>.npz`) and a manifest
that says what each of them is. A learnt model answers only beside the texts and the code that it was made with; after
an update the model of the shipped texts answers until the decisions are learnt again. Whatever is damaged costs the
learnt model, never an answer.
"""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

from pydantic import TypeAdapter

from bot.domain.errors import Refusal
from bot.domain.learning import BASE, Change, Verdict, Version
from bot.texts.keys import Key
from classifier.alone import alone
from classifier.corpus import CORPUS, fingerprint
from classifier.model import BASES, Classifier, base_file, load
from classifier.weights import DamagedModel, Weights

MANIFEST = "phien-ban.json"
KEPT = 5  # learnt models beside the one that answers
_LOCK = ".khoa"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the folder holds: the number of the model that shall answer, the learnt ones, and every change of hands.

    `next_id` is the number of the next learnt model; none is given twice.
    """

    active: int = BASE
    next_id: int = BASE + 1
    versions: tuple[Version, ...] = ()
    history: tuple[Change, ...] = ()

    def version(self, id_: int) -> Version | None:
        """A learnt model by its number."""
        return next((one for one in self.versions if one.id == id_), None)


_JSON = TypeAdapter(Manifest)


class Versions:
    """The kept models (a `bot.ports.Models`) of one folder, for the texts of one corpus."""

    def __init__(self, folder: Path, corpus: Path = CORPUS) -> None:
        self.folder = folder
        self.corpus = corpus

    @cached_property
    def fingerprint(self) -> str:
        """What the texts and the code of this run are known by."""
        return fingerprint(self.corpus)

    # -------------------------------------------------------------- answering

    def stamp(self) -> object:
        """The marks of the files on which the answer of `kept` depends."""
        return [(file.name, _mark(file)) for file in (self.folder / MANIFEST, *sorted(self.folder.glob(BASES)))]

    def kept(self) -> Classifier | None:
        """The learnt model that answers, else that of the shipped texts, else None. Never trains."""
        learnt = self._learnt()
        if learnt is not None:
            return learnt
        try:
            return Classifier(Weights.load(base_file(self.folder, self.fingerprint)))
        except (FileNotFoundError, DamagedModel):
            return None

    def serve(self, progress: Callable[[str], None] | None = None) -> Classifier:
        """The same, but the model of the shipped texts is trained first where there is none. Raises CorpusFault."""
        return self._learnt() or self.base(progress)

    def base(self, progress: Callable[[str], None] | None = None) -> Classifier:
        """The model of the shipped texts, trained first where it is not kept. Raises CorpusFault."""
        return load(self.folder, progress, corpus=self.corpus)

    def active(self) -> Version | None:
        """The learnt model that answers; None where it is the one of the shipped texts."""
        manifest = self.manifest()
        return self._usable(manifest.version(manifest.active))

    def _learnt(self) -> Classifier | None:
        manifest = self.manifest()
        wanted = manifest.version(manifest.active)
        version = self._usable(wanted)
        if version is None:
            if wanted is not None:
                _log.warning(
                    "Model %s was made by another release, so the model of the shipped texts answers until the next "
                    "training (at night, or doithoai train).",
                    wanted.id,
                )
            return None
        try:
            return Classifier(self._read(version.id))
        except (FileNotFoundError, DamagedModel) as fault:
            _log.warning("Model %s cannot be used, the model of the shipped texts answers: %s", version.id, fault)
            return None

    def _usable(self, version: Version | None) -> Version | None:
        return version if version is not None and version.fingerprint == self.fingerprint else None

    def _read(self, id_: int) -> Weights:
        return Weights.load(self.file(id_))

    def file(self, id_: int) -> Path:
        """Where a learnt model is kept."""
        return self.folder / f"hoc-{id_:04d}.npz"

    # -------------------------------------------------------------- the manifest

    def manifest(self) -> Manifest:
        """What the folder holds. A damaged manifest is as good as none, and the log says so."""
        try:
            return _read(self.folder / MANIFEST)
        except FileNotFoundError:
            return Manifest(next_id=self._free_number())
        except (OSError, ValueError) as fault:
            _log.warning(
                "The list of models %s cannot be read (%s), so the model of the shipped texts answers.",
                MANIFEST,
                type(fault).__name__,
            )
            return Manifest(next_id=self._free_number())

    @property
    def damaged(self) -> bool:
        """Whether there is a manifest that cannot be read."""
        try:
            _read(self.folder / MANIFEST)
        except FileNotFoundError:
            return False
        except (OSError, ValueError):
            return True
        return False

    def _free_number(self) -> int:
        numbers = (file.stem.removeprefix("hoc-") for file in self.folder.glob("hoc-*.npz"))
        return 1 + max((int(number) for number in numbers if number.isdecimal()), default=BASE)

    def add(
        self, version: Version, weights: Weights, *, by: str, promote: bool, instead_of: int | None = None
    ) -> Version:
        """Keep a model under the next number, and let it answer if `promote`. Raises OSError.

        `instead_of` is the model that it was compared with. Where another one answers by now, that choice holds.
        """
        with self._alone() as before:
            numbered = replace(version, id=before.next_id)
            if promote and instead_of not in (None, self._answering(before)):
                promote, numbered = False, replace(numbered, verdict=Verdict.OVERTAKEN)
            weights.save(self.file(numbered.id))
            manifest = replace(before, next_id=numbered.id + 1, versions=(*before.versions, numbered))
            if promote:
                manifest = _changed(manifest, Change(version.made_at, by, "promote", numbered.id, before.active))
            kept = _pruned(manifest)
            self._write(kept)
            for one in {*manifest.versions} - {*kept.versions}:
                self.file(one.id).unlink(missing_ok=True)
            return numbered

    def _answering(self, manifest: Manifest) -> int:
        version = self._usable(manifest.version(manifest.active))
        return version.id if version else BASE

    def promote(self, id_: int, *, by: str, at: datetime) -> Change | None:
        """Let another model answer; None where it is the one that answers already, and nothing changes.

        Raises a Refusal where it cannot answer, and then nothing changes either; OSError.
        """
        with self._alone() as manifest:
            if id_ == manifest.active:
                self._check(manifest, id_)
                return None
            return self._change(manifest, "promote", id_, by, at)

    def rollback(self, *, by: str, at: datetime) -> Change:
        """Let the model answer that did before. Raises a Refusal where there was none; OSError."""
        with self._alone() as manifest:
            earlier = _before(manifest)
            if earlier is None:
                raise Refusal(Key.REFUSE_NO_EARLIER_MODEL)
            return self._change(manifest, "rollback", earlier, by, at)

    def _change(self, manifest: Manifest, action: str, id_: int, by: str, at: datetime) -> Change:
        self._check(manifest, id_)
        change = Change(at, by, action, id_, manifest.active)
        self._write(_changed(manifest, change))
        return change

    @contextmanager
    def _alone(self) -> Iterator[Manifest]:
        """The manifest, for changing it; nobody else does meanwhile. A damaged one is put aside. Raises OSError."""
        with alone(self.folder / _LOCK, wait=True):
            file = self.folder / MANIFEST
            try:
                manifest = _read(file)
            except FileNotFoundError:
                manifest = Manifest(next_id=self._free_number())
            except ValueError:
                file.replace(file.with_suffix(".json.hong"))
                manifest = Manifest(next_id=self._free_number())
            yield manifest

    def _check(self, manifest: Manifest, id_: int) -> None:
        """Raises a Refusal where this model cannot answer."""
        if id_ == BASE:
            self._check_base()
            return
        version = manifest.version(id_)
        if version is None:
            raise Refusal(Key.REFUSE_NO_MODEL, id=id_)
        if self._usable(version) is None:
            raise Refusal(Key.REFUSE_OTHER_MODEL, id=id_)
        try:
            self._read(id_)
        except (FileNotFoundError, DamagedModel) as fault:
            raise Refusal(Key.REFUSE_DAMAGED_MODEL, id=id_) from fault

    def _check_base(self) -> None:
        try:
            Weights.load(base_file(self.folder, self.fingerprint))
        except (FileNotFoundError, DamagedModel) as fault:
            raise Refusal(Key.REFUSE_DAMAGED_MODEL, id=BASE) from fault

    def _write(self, manifest: Manifest) -> None:
        """The manifest appears whole or not at all."""
        handle, name = tempfile.mkstemp(prefix=f".{MANIFEST}-", dir=self.folder)
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(_JSON.dump_json(manifest, indent=2))
                out.flush()
                os.fsync(out.fileno())
            Path(name).replace(self.folder / MANIFEST)
        finally:
            Path(name).unlink(missing_ok=True)


def _read(file: Path) -> Manifest:
    """Raises OSError, or ValueError for a file that is no manifest."""
    manifest = _JSON.validate_json(file.read_bytes())
    instants: Iterable[datetime] = (
        *(instant for one in manifest.versions for instant in (one.made_at, one.seen)),
        *(change.at for change in manifest.history),
    )
    if any(instant.utcoffset() is None for instant in instants):
        raise ValueError("an instant without a zone")
    return manifest


def _mark(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _changed(manifest: Manifest, change: Change) -> Manifest:
    return replace(manifest, active=change.version, history=(*manifest.history, change))


def _pruned(manifest: Manifest) -> Manifest:
    newest = {version.id for version in manifest.versions[-KEPT:]} | {manifest.active, _before(manifest)}
    return replace(manifest, versions=tuple(one for one in manifest.versions if one.id in newest))


def _before(manifest: Manifest) -> int | None:
    """The model that answered before the present one and is still kept; None where there was none.

    Going back goes back along the promotions, so that going back twice does not return to where it began.
    """
    road = [BASE]
    for change in manifest.history:
        if change.action == "promote":
            road.append(change.version)
        elif len(road) > 1:
            road.pop()
    earlier = [id_ for id_ in road[:-1] if id_ != manifest.active and (id_ == BASE or manifest.version(id_))]
    return earlier[-1] if earlier else None
