"""The sentences of one language, read once, checked whole, and filled with values.

What a person wrote is only ever a value: it is put into a sentence by `str.format` on a sentence of ours and is never
itself read as a template. Dates come out in words (`24 giờ Chủ nhật, ngày 03/3/2024`), in Viet Nam's time.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.texts.keys import Key

_VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
_WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


class CatalogueFault(Exception):
    """A text file that cannot be used: names the file and every key that is missing, unknown or wrongly filled."""


class Catalogue:
    """All sentences of a language. `say(key, **values)` gives the finished sentence."""

    def __init__(self, sentences: Mapping[Key, str]) -> None:
        self._sentences = dict(sentences)

    @classmethod
    def load(cls, language: str = "vi", overrides: Path | None = None) -> Catalogue:
        """The packaged sentences of `language`, with the operator's own (`overrides`, a TOML file) put over them.

        Raises CatalogueFault naming what is wrong.
        """
        packaged = resources.files("bot.texts") / f"{language}.toml"
        sentences = _flatten(tomllib.loads(packaged.read_text("utf-8")))
        complaints = [f"thiếu câu “{key.value}”" for key in Key if key.value not in sentences]
        wanted = dict(sentences)
        if overrides is not None and overrides.is_file():
            own = _flatten(tomllib.loads(overrides.read_text("utf-8")))
            complaints += [
                f"{overrides.name}: câu “{name}” cần đúng các chỗ điền {sorted(_fields(wanted[name]))}"
                for name in own.keys() & wanted.keys()
                if _fields(own[name]) - _fields(wanted[name])
            ]
            sentences |= own
        complaints += [f"không biết câu “{name}”" for name in sentences if name not in set(Key)]
        if complaints:
            raise CatalogueFault(f"Tệp lời thoại {language}.toml: " + "; ".join(sorted(complaints)))
        return cls({Key(name): text.strip("\n") for name, text in sentences.items()})

    def say(self, key: Key, **values: object) -> str:
        """The sentence with its values. Raises KeyError where a value is missing."""
        shown = {name: when(value) if isinstance(value, datetime) else value for name, value in values.items()}
        return self._sentences[key].format_map(shown)

    def __getitem__(self, key: Key) -> str:
        return self._sentences[key]

    def section(self, name: str) -> dict[str, str]:
        """The sentences of one section, by the last part of their key, in the order of `Key`."""
        return {key.value.split(".", 1)[1]: self[key] for key in Key if key.value.startswith(f"{name}.")}


def when(instant: datetime) -> str:
    """An instant in Vietnamese words; midnight is said as 24 giờ of the day before, as plans and people say it."""
    local = instant.astimezone(_VIETNAM)
    if local.time() == time():
        local -= timedelta(days=1)
        hour = "24 giờ"
    else:
        hour = f"{local.hour} giờ {local.minute:02d}"
    return f"{hour} {_WEEKDAYS[local.weekday()]}, ngày {short_day(local)}"


def short_day(day: datetime) -> str:
    """03/3/2024: as Nghị định 30/2020/NĐ-CP writes it, a leading 0 for days under 10 and for January and February."""
    month = f"{day.month:02d}" if day.month <= 2 else str(day.month)  # noqa: PLR2004
    return f"{day.day:02d}/{month}/{day.year}"


def placeholders(sentence: str) -> frozenset[str]:
    """The names in curly brackets of a sentence."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(sentence) if name)


_fields = placeholders


def _flatten(tables: Mapping[str, object]) -> dict[str, str]:
    flat: dict[str, str] = {}
    for section, table in tables.items():
        if not isinstance(table, Mapping):
            raise CatalogueFault(f"“{section}” phải là một bảng [{section}]")
        for name, sentence in table.items():
            flat[f"{section}.{name}"] = str(sentence)
    return flat
