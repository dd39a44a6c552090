"""Reads the directory of topics, departments and provinces: the packaged one, with the operator's own laid over it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from bot.domain.department import Department, Directory, Owner, Province, Topic
from bot.programmes.files import Source, parse
from bot.programmes.findings import Notes
from bot.programmes.schema import SCHEMA, fits_sheet, likely, place, shown
from bot.texts.keys import Key

_ROWS: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    # table: the key that names a row, what else must stand there, what may stand there
    "province": ("id", ("name",), ("from", "to", "successor", "formed_from", "special", "note", "verified")),
    "department": (
        "id",
        ("name", "short_name"),
        ("aliases", "kind", "from", "to", "special", "note", "verified"),
    ),
    "topic": ("code", ("name", "scope"), ("lead", "supporting", "note", "verified")),
}
_LISTS = ("aliases", "formed_from", "lead", "supporting")
_DAYS = ("from", "to")


def read_directory(sources: Sequence[Source], notes: Notes) -> Directory | None:
    """The directory of several files, a later one laid over the earlier row by row (same id: replaced, else added).

    None where `notes` then holds a fault.
    """
    epochs: dict[str, date] = {}
    rows: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in _ROWS}
    for source in sources:
        raw = parse(source, notes) or {}
        epochs |= _epochs(raw, notes)
        for name in _ROWS:
            rows[name] |= _rows(raw, name, epochs, notes)
    if notes.faulty:
        return None
    _references(rows, epochs, notes)
    return None if notes.faulty else _directory(rows, epochs)


def _epochs(raw: Mapping[str, Any], notes: Notes) -> dict[str, date]:
    if raw and raw.get("schema") != SCHEMA:
        notes.fault("schema", Key.CHECK_SCHEMA, wanted=SCHEMA)
    for name in raw:
        if name not in ("schema", "epochs", *_ROWS):
            notes.fault(name, Key.CHECK_UNKNOWN_KEY, name=name, likely=likely(name, ("schema", "epochs", *_ROWS)))
    given = raw.get("epochs", {})
    if not isinstance(given, Mapping):
        notes.fault("epochs", Key.CHECK_TYPE_TABLE, name="epochs")
        return {}
    for name, day in given.items():
        if not _is_day(day):
            notes.fault(f"epochs.{name}", Key.CHECK_DAY, found=shown(day))
    return {name: day for name, day in given.items() if _is_day(day)}


def _rows(raw: Mapping[str, Any], name: str, epochs: Mapping[str, date], notes: Notes) -> dict[str, dict[str, Any]]:
    given = raw.get(name, [])
    if not isinstance(given, list) or not all(isinstance(row, Mapping) for row in given):
        notes.fault(name, Key.CHECK_TYPE_ROWS, name=name)
        return {}
    found: dict[str, dict[str, Any]] = {}
    for at, row in enumerate(given):
        path, (key, _, _) = place(name, at), _ROWS[name]
        _row(row, name, path, epochs, notes)
        if (id_ := str(row.get(key, ""))) in found:
            notes.fault(f"{path}.{key}", Key.CHECK_DUPLICATE, found=id_)
        found[id_] = dict(row)
    return found


def _row(row: Mapping[str, Any], name: str, path: str, epochs: Mapping[str, date], notes: Notes) -> None:
    key, needed, others = _ROWS[name]
    known = (key, *needed, *others, *(epochs if name == "province" else ()))
    for given in row:
        if given not in known:
            notes.fault(f"{path}.{given}", Key.CHECK_UNKNOWN_KEY, name=given, likely=likely(given, known))
    for one in (key, *needed):
        if one not in row:
            notes.fault(f"{path}.{one}", Key.CHECK_MISSING, name=one)
        elif not isinstance(row[one], str):
            notes.fault(f"{path}.{one}", Key.CHECK_TYPE_TEXT, found=shown(row[one]))
    for one in (*_LISTS, *(["special"] if name == "province" else [])):
        if not isinstance(row.get(one, []), list):
            notes.fault(f"{path}.{one}", Key.CHECK_TYPE_TEXTS, found=shown(row[one]))
    for one in (*_DAYS, *(epochs if name == "province" else ())):
        if one in row and not _is_mark(row[one], epochs):
            notes.fault(f"{path}.{one}", Key.CHECK_EPOCH, found=shown(row[one]), likely=likely("", tuple(epochs)))
    if name == "department" and not isinstance(row.get("special", False), bool):
        notes.fault(f"{path}.special", Key.CHECK_TYPE_YES_NO, found=shown(row["special"]))
    title = row.get("short_name", "")
    if isinstance(title, str) and not fits_sheet(title):
        notes.fault(f"{path}.short_name", Key.CHECK_SHORT_NAME, found=title)


def _references(rows: Mapping[str, Mapping[str, Any]], epochs: Mapping[str, date], notes: Notes) -> None:
    """Every department that a topic or a province names has to exist, and every day mark has to be known."""
    departments = tuple(rows["department"])
    for path, given in _owners(rows["topic"]):
        id_ = given.get("id") if isinstance(given, Mapping) else given
        if id_ not in departments:
            known = likely(str(id_), departments)
            notes.fault(path, Key.CHECK_UNKNOWN_DEPARTMENT, found=shown(id_), likely=known)
        marks = (given.get(one) for one in _DAYS) if isinstance(given, Mapping) else ()
        for mark in marks:
            if mark is not None and not _is_mark(mark, epochs):
                notes.fault(path, Key.CHECK_EPOCH, found=shown(mark), likely=likely("", tuple(epochs)))
    for id_, province in rows["province"].items():
        for body in province.get("special", ()):
            if body not in departments:
                known = likely(str(body), departments)
                notes.fault(f"province {id_}.special", Key.CHECK_UNKNOWN_DEPARTMENT, found=shown(body), likely=known)


def _owners(topics: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, Any]]:
    for code, topic in topics.items():
        for side in ("lead", "supporting"):
            for owner in topic.get(side, ()):
                yield f"topic {code}.{side}", owner


def _directory(rows: Mapping[str, Mapping[str, dict[str, Any]]], epochs: dict[str, date]) -> Directory:
    return Directory(
        topics={id_: _topic(row) for id_, row in rows["topic"].items()},
        departments={id_: _department(row) for id_, row in rows["department"].items()},
        provinces={id_: _province(row, epochs) for id_, row in rows["province"].items()},
        epochs=epochs,
    )


def _topic(row: Mapping[str, Any]) -> Topic:
    lead, supporting = (tuple(_owner(one) for one in row.get(side, ())) for side in ("lead", "supporting"))
    return Topic(row["code"], row["name"], row["scope"], lead, supporting)


def _owner(given: str | Mapping[str, Any]) -> Owner:
    if isinstance(given, str):
        return Owner(given)
    return Owner(given["id"], given.get("from"), given.get("to"))


def _department(row: Mapping[str, Any]) -> Department:
    return Department(
        id=row["id"],
        name=row["name"],
        short_name=row["short_name"],
        aliases=tuple(row.get("aliases", ())),
        kind=row.get("kind", "department"),
        since=row.get("from"),
        until=row.get("to"),
        special=row.get("special", False),
        note=row.get("note", ""),
    )


def _province(row: Mapping[str, Any], epochs: Mapping[str, date]) -> Province:
    return Province(
        id=row["id"],
        name=row["name"],
        since=row.get("from"),
        until=row.get("to"),
        epochs={name: row[name] for name in epochs if name in row},
        special=frozenset(row.get("special", ())),
    )


def _is_day(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _is_mark(value: object, epochs: Mapping[str, date]) -> bool:
    """A day, or the name of an epoch."""
    return _is_day(value) or (isinstance(value, str) and value in epochs)
