"""The keys of a plan's file as tables: what may stand where, of which kind, and what must not be missing.

`docs/chuong-trinh.md` explains every key to the people who write such files; a test compares the two.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from bot.domain.deadline import Reading, Rule
from bot.domain.letterhead import Profile
from bot.domain.programme import Level
from bot.programmes.findings import Notes
from bot.programmes.moments import Moments, moves
from bot.texts.keys import Key

SCHEMA = 1

KINDS = (
    "youth_opinions_to_collector",
    "district_opinions_to_doan",
    "doan_questions_to_home_affairs",
    "department_field_content_to_home_affairs",
    "department_answers_to_home_affairs",
    "commendation_list_to_home_affairs",
    "media_to_home_affairs",
    "lower_level_plan",
    "conclusion_notice",
    "other",
)


class Form(Enum):
    """What kind of value a key takes, and the sentence for a value of another kind."""

    TEXT = Key.CHECK_TYPE_TEXT
    TEXTS = Key.CHECK_TYPE_TEXTS
    WHOLE = Key.CHECK_TYPE_WHOLE
    YES_NO = Key.CHECK_TYPE_YES_NO
    DAY = Key.CHECK_DAY
    INSTANT = Key.CHECK_INSTANT


@dataclass(frozen=True, slots=True)
class Spec:
    """One key: its form, whether it must stand there, and the values it may take (empty: any)."""

    form: Form
    required: bool = False
    choices: tuple[str, ...] = ()


_TEXT, _NEEDED = Spec(Form.TEXT), Spec(Form.TEXT, required=True)
_PROFILE = Spec(Form.TEXT, choices=tuple(Profile))

TABLES: dict[str, dict[str, Spec]] = {
    "programme": {
        "code": _NEEDED,
        "receipt_prefix": _NEEDED,
        "level": Spec(Form.TEXT, required=True, choices=tuple(Level)),
        "unit": _NEEDED,
        "province": _NEEDED,
        "parent": _TEXT,
        "year": Spec(Form.WHOLE),
        "directory_day": Spec(Form.DAY, required=True),
        "title": _NEEDED,
        "theme": _NEEDED,
        "header": _PROFILE,
        "sample": Spec(Form.YES_NO),
    },
    "source": {
        "issuer": _NEEDED,
        "number": _TEXT,
        "date": Spec(Form.DAY),
        "gaps": Spec(Form.TEXTS),
    },
    "organiser": {
        "organiser": _NEEDED,
        "controller": _NEEDED,
        "contact": _NEEDED,
        "home_affairs": _TEXT,
        "collector": _TEXT,
    },
    "letterhead": {
        "profile": _PROFILE,
        "upper": _TEXT,
        "body": _TEXT,
        "authority": _TEXT,
    },
    "dialogue": {
        "day": Spec(Form.DAY),
        "day_wording": _TEXT,
        "day_expected": Spec(Form.YES_NO),
        "day_expected_by": Spec(Form.DAY),
        "form": _TEXT,
        "place": _TEXT,
        "chair": _TEXT,
    },
    "window": {
        "opens_at": Spec(Form.INSTANT, required=True),
        "closes_at": Spec(Form.INSTANT, required=True),
        "basis": Spec(Form.TEXT, required=True, choices=("plan", "chosen")),
        "note": _TEXT,
    },
    "topics": {
        "unassigned": Spec(Form.TEXTS),
        "groups": Spec(Form.TEXTS),
    },
    "units": {
        "names": Spec(Form.TEXTS),
    },
}

ROWS: dict[str, dict[str, Spec]] = {
    "deadline": {
        "id": _NEEDED,
        "kind": Spec(Form.TEXT, required=True, choices=KINDS),
        "from": _TEXT,
        "to": _TEXT,
        "deliverable": _TEXT,
        "wording": _NEEDED,
        "reading": Spec(Form.TEXT, choices=tuple(Reading)),
        "rule": Spec(Form.TEXT, choices=tuple(Rule)),
        "date": Spec(Form.DAY),
        "days": Spec(Form.WHOLE),
        "month": _TEXT,
    },
    "assignment": {
        "department": _NEEDED,
        "topics": Spec(Form.TEXTS, required=True),
        "wording": _TEXT,
        "inferred": Spec(Form.YES_NO),
    },
    "department": {
        "id": _NEEDED,
        "name": _NEEDED,
        "short_name": _NEEDED,
        "aliases": Spec(Form.TEXTS),
        "note": _TEXT,
    },
}

SHEET_TITLE = 31
_NOT_IN_SHEET_TITLE = frozenset("[]:*?/\\")

MUST_STAND = ("programme", "source", "organiser", "window")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file after reading: single tables and rows, only known keys, only values of the right form.

    A value that was refused is missing here and stands in the notes.
    """

    tables: dict[str, dict[str, Any]]
    rows: dict[str, list[dict[str, Any]]]


def read(raw: Mapping[str, Any], moments: Moments, notes: Notes) -> Sheet:
    """The whole file against the tables above; everything that does not fit is noted."""
    if raw.get("schema") != SCHEMA:
        notes.fault("schema", Key.CHECK_SCHEMA, wanted=SCHEMA)
    known = ("schema", *TABLES, *ROWS)
    for name in raw:
        if name not in known:
            _unknown(name, name, known, notes)
    tables = {name: _table(raw, name, moments, notes) for name in TABLES}
    rows = {name: _rows(raw, name, moments, notes) for name in ROWS}
    return Sheet(tables, rows)


def _table(raw: Mapping[str, Any], name: str, moments: Moments, notes: Notes) -> dict[str, Any]:
    if name not in raw:
        if name in MUST_STAND:
            notes.fault(name, Key.CHECK_MISSING_TABLE, name=name)
        return {}
    if not isinstance(raw[name], Mapping):
        notes.fault(name, Key.CHECK_TYPE_TABLE, name=name)
        return {}
    return read_table(raw[name], TABLES[name], name, moments, notes)


def _rows(raw: Mapping[str, Any], name: str, moments: Moments, notes: Notes) -> list[dict[str, Any]]:
    rows = raw.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        notes.fault(name, Key.CHECK_TYPE_ROWS, name=name)
        return []
    return [read_table(row, ROWS[name], place(name, at), moments, notes) for at, row in enumerate(rows)]


def place(name: str, at: int) -> str:
    """How people count: the first row is `deadline[1]`."""
    return f"{name}[{at + 1}]"


def read_table(
    raw: Mapping[str, Any], specs: Mapping[str, Spec], path: str, moments: Moments, notes: Notes
) -> dict[str, Any]:
    """One table: the values that fit, by key; unknown, missing and unfitting ones are noted under `path`."""
    for name in raw:
        if name not in specs:
            _unknown(name, f"{path}.{name}", tuple(specs), notes)
    for name, spec in specs.items():
        if spec.required and name not in raw:
            notes.fault(f"{path}.{name}", Key.CHECK_MISSING, name=name)
    read_in = {
        name: _value(raw[name], spec, f"{path}.{name}", moments, notes) for name, spec in specs.items() if name in raw
    }
    return {name: value for name, value in read_in.items() if value is not None}


def _value(raw: Any, spec: Spec, path: str, moments: Moments, notes: Notes) -> Any:
    """The value in its form, or None with a fault noted."""
    value = _in_form(raw, spec.form, moments)
    if value is None:
        sentence = Key.CHECK_SAMPLE_ONLY if moves(raw) else spec.form.value
        notes.fault(path, sentence, found=shown(raw))
    elif spec.required and value == "":
        notes.fault(path, Key.CHECK_EMPTY)
    elif spec.choices and value not in spec.choices:
        notes.fault(path, Key.CHECK_CHOICE, found=shown(raw), choices=", ".join(f"“{one}”" for one in spec.choices))
        return None
    return value


def _in_form(raw: Any, form: Form, moments: Moments) -> Any:
    match form:
        case Form.TEXT if isinstance(raw, str):
            return moments.wording(raw.strip())
        case Form.TEXTS if isinstance(raw, list) and all(isinstance(one, str) for one in raw):
            return tuple(one.strip() for one in raw)
        case Form.WHOLE if isinstance(raw, int) and not isinstance(raw, bool):
            return raw
        case Form.YES_NO if isinstance(raw, bool):
            return raw
        case Form.DAY:
            return moments.day(raw)
        case Form.INSTANT:
            return moments.instant(raw)
    return None


def _unknown(name: str, path: str, known: tuple[str, ...], notes: Notes) -> None:
    notes.fault(path, Key.CHECK_UNKNOWN_KEY, name=name, likely=likely(name, known))


def fits_sheet(title: str) -> bool:
    """Whether a department's short name can be the title of its sheet in the workbook."""
    return len(title) <= SHEET_TITLE and not _NOT_IN_SHEET_TITLE & set(title) and title.strip("'") == title


def likely(name: str, known: tuple[str, ...]) -> str:
    """What was probably meant (where little is known: everything that may stand there), quoted for a sentence."""
    close = difflib.get_close_matches(name, known, n=2, cutoff=0.6)
    few = 12
    some = close or (known if len(known) <= few else difflib.get_close_matches(name, known, n=3, cutoff=0.0))
    return ", ".join(f"“{one}”" for one in some)


def shown(raw: Any) -> str:
    """A value as the person wrote it, short enough for a sentence."""
    text = {True: "true", False: "false"}.get(raw, str(raw)) if isinstance(raw, bool) else str(raw)
    limit = 60
    return text if len(text) <= limit else text[:limit] + "…"
