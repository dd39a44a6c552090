"""The sentences of one language, read once, checked whole, and filled with values.

What a person wrote is only ever a value: it is put into a sentence by `str.format` on a sentence of ours and is never
itself read as a template. Dates come out in words (`24 giờ Chủ nhật, ngày 03/3/2024`), in Viet Nam's time.
"""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.texts.keys import Key

_VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
_NAMES = frozenset(key.value for key in Key)
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_SECTION = re.compile(r"\s*\[\s*([\w-]+)\s*\]")
_WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


class CatalogueFault(Exception):
    """A text file that cannot be used: names the file and every key that is missing, unknown or wrongly filled."""


class Catalogue:
    """All sentences of a language. `say(key, **values)` gives the finished sentence."""

    def __init__(self, sentences: Mapping[Key, str]) -> None:
        self._sentences = dict(sentences)
        self._sections: dict[str, dict[str, str]] = {}
        for key in Key:
            if key in self._sentences:
                section, _, name = key.value.partition(".")
                self._sections.setdefault(section, {})[name] = self._sentences[key]

    @classmethod
    def load(cls, language: str = "vi", overrides: Path | None = None) -> Catalogue:
        """The packaged sentences of `language`, with the operator's own (`overrides`, a TOML file) put over them.

        Raises CatalogueFault naming what is wrong.
        """
        file = resources.files("bot.texts") / f"{language}.toml"
        sentences = _packaged(f"{language}.toml", file.read_text("utf-8"))
        if overrides is not None and overrides.is_file():
            sentences |= _Own(overrides).sentences(sentences)
        return cls({Key(name): text.strip("\n") for name, text in sentences.items()})

    def say(self, key: Key, **values: object) -> str:
        """The sentence with its values. Raises KeyError where a value is missing."""
        shown = {name: when(value) if isinstance(value, datetime) else value for name, value in values.items()}
        return self._sentences[key].format_map(shown)

    def __getitem__(self, key: Key) -> str:
        return self._sentences[key]

    def section(self, name: str) -> dict[str, str]:
        """The sentences of one section, by the last part of their key, in the order of `Key`."""
        return dict(self._sections.get(name, {}))


def when(instant: datetime) -> str:
    """An instant in Vietnamese words; midnight is said as 24 giờ of the day before, as plans and people say it."""
    local = instant.astimezone(_VIETNAM)
    if local.time() == time():
        local -= timedelta(days=1)
        hour = "24 giờ"
    else:
        hour = f"{local.hour} giờ {local.minute:02d}"
    return f"{hour} {_WEEKDAYS[local.weekday()]}, ngày {short_day(local)}"


def short_day(day: date) -> str:
    """03/3/2024: as Nghị định 30/2020/NĐ-CP writes it, a leading 0 for days under 10 and for January and February."""
    month = f"{day.month:02d}" if day.month <= 2 else str(day.month)  # noqa: PLR2004
    return f"{day.day:02d}/{month}/{day.year}"


def placeholders(sentence: str) -> frozenset[str]:
    """The names in curly brackets of a sentence. Raises ValueError where a bracket is no plain {name}."""
    names = set()
    for _, name, form, conversion in string.Formatter().parse(sentence):
        if name is None:
            continue
        if form or conversion or not name.isidentifier():
            raise ValueError(name)
        names.add(name)
    return frozenset(names)


def _packaged(file: str, content: str) -> dict[str, str]:
    sentences, complaints = _flatten(tomllib.loads(content))
    complaints += [f"thiếu câu “{key.value}”" for key in Key if key.value not in sentences]
    complaints += [f"không biết câu “{name}”" for name in sentences if name not in _NAMES]
    if complaints:
        raise CatalogueFault(f"Tệp lời thoại {file}: " + "; ".join(complaints))
    return sentences


class _Own:
    """The operator's file of sentences: read, compared with the packaged ones, refused with every fault named."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines: list[str] = []

    def sentences(self, packaged: Mapping[str, str]) -> dict[str, str]:
        """Its sentences by key. Raises CatalogueFault."""
        own, complaints = _flatten(self._tables())
        for name, sentence in own.items():
            if complaint := _complaint(name, sentence, packaged):
                complaints.append(f"{self._place(name)}câu “{name}” {complaint}")
        if complaints:
            raise self._fault("; ".join(complaints))
        return own

    def _tables(self) -> dict[str, object]:
        try:
            text = self._path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
            self._lines = text.split("\n")
            return tomllib.loads(text)
        except UnicodeDecodeError:
            raise self._fault("không ở bảng mã UTF-8; mở bằng trình soạn thảo, lưu lại với mã UTF-8") from None
        except tomllib.TOMLDecodeError as refused:
            found = _AT_LINE.search(str(refused))
            number = int(found[1]) if found else len(self._lines)
            line = self._lines[number - 1].strip()
            raise self._fault(
                f"dòng {number} không đúng cú pháp TOML (“{line}”); xem lại ngoặc kép, ngoặc vuông, dấu bằng, "
                "và mỗi câu chỉ được ghi một lần"
            ) from None

    def _place(self, name: str) -> str:
        """`dòng 12: ` where the line of a sentence can be found, else nothing."""
        section, _, key = name.partition(".")
        current = ""
        for number, line in enumerate(self._lines, 1):
            if head := _SECTION.match(line):
                current = head[1]
            elif (current == section and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line)) or re.match(
                rf"\s*{re.escape(name)}\s*=", line
            ):
                return f"dòng {number}: "
        return ""

    def _fault(self, what: str) -> CatalogueFault:
        return CatalogueFault(f"Tệp lời thoại {self._path}: {what}.")


def _complaint(name: str, sentence: str, packaged: Mapping[str, str]) -> str:
    """Why a sentence of the operator cannot take the place of the packaged one; "" where it can."""
    if name not in packaged:
        return "không có trong chương trình; xem lại tên"
    if not sentence.strip():
        return "đang trống; xoá dòng này để dùng câu có sẵn"
    wanted = placeholders(packaged[name])
    try:
        fits = placeholders(sentence) == wanted
        sentence.format_map(dict.fromkeys(wanted, "mẫu"))
    except (ValueError, LookupError, AttributeError):
        fits = False
    if fits:
        return ""
    needs = ", ".join(f"{{{one}}}" for one in sorted(wanted))
    said = f"cần đúng các chỗ điền {needs}" if needs else "không được có chỗ điền nào"
    return f"{said} (dấu ngoặc nhọn khác thì gõ đôi)"


def _flatten(tables: Mapping[str, object]) -> tuple[dict[str, str], list[str]]:
    """Sentences by `section.name`, and what is no sentence."""
    flat: dict[str, str] = {}
    complaints: list[str] = []
    for section, table in tables.items():
        if not isinstance(table, Mapping):
            complaints.append(f"“{section}” phải nằm dưới một dòng [tên nhóm], như trong tệp đi kèm chương trình")
            continue
        for name, sentence in table.items():
            if isinstance(sentence, str):
                flat[f"{section}.{name}"] = sentence
            else:
                complaints.append(f"câu “{section}.{name}” phải là chữ đặt trong ngoặc kép")
    return flat, complaints
