"""Telegram's HTML as strictly as its server reads it: text and entities come out, or BadHtml with the server's complaint.

Only what the Bot API documents is let through: its tags, their attributes, their nesting. Entity names other than
`&lt; &gt; &amp; &quot;` and numbers stay as typed, exactly as the real server leaves them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:\s+[a-zA-Z-]+(?:=(?:\"[^\"]*\"|'[^']*'))?)*)\s*>")
_ATTRIBUTE = re.compile(r"([a-zA-Z-]+)(?:=(?:\"([^\"]*)\"|'([^']*)'))?")
_ENTITY = re.compile(r"&(?:(lt|gt|amp|quot)|#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6}));")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}

_KINDS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler", "span": "spoiler",
    "a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href"}, "span": {"class"}, "code": {"class"}, "blockquote": {"expandable"}}


class BadHtml(Exception):
    """What the server would complain about."""


@dataclass
class _Reading:
    text: str = ""
    entities: list[dict[str, Any]] = field(default_factory=list)
    open: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @property
    def at(self) -> int:
        return utf16(self.text)


def utf16(text: str) -> int:
    """Length as Telegram counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse_html(source: str) -> tuple[str, list[dict[str, Any]]]:
    """Plain text and entities (offsets in UTF-16 units). Raises BadHtml."""
    reading = _Reading()
    place = 0
    while place < len(source):
        if source[place] == "<":
            place = _tag(reading, source, place)
        elif (entity := _ENTITY.match(source, place)) is not None:
            reading.text += _character(entity)
            place = entity.end()
        else:
            reading.text += source[place]
            place += 1
    if reading.open:
        raise BadHtml(f'Can\'t find end tag corresponding to start tag "{reading.open[-1][0]}"')
    return reading.text, sorted(reading.entities, key=lambda entity: (entity["offset"], -entity["length"]))


def _character(entity: re.Match[str]) -> str:
    name, decimal, hexadecimal = entity.groups()
    if name:
        return _NAMED[name]
    number = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else entity.group()


def _tag(reading: _Reading, source: str, place: int) -> int:
    found = _TAG.match(source, place)
    name = found.group(2).lower() if found else ""
    if found is None or name not in _KINDS:
        raise BadHtml(f'Unsupported start tag "{source[place + 1 : place + 12]}" at byte offset {place}')
    if found.group(1):
        _close(reading, name, place)
    else:
        _open(reading, name, found.group(3), place)
    return found.end()


def _open(reading: _Reading, name: str, attributes: str, place: int) -> None:
    given = {key.lower(): quoted or single for key, quoted, single in _ATTRIBUTE.findall(attributes)}
    if given.keys() - _ATTRIBUTES.get(name, set()) or (name == "span" and given.get("class") != "tg-spoiler"):
        raise BadHtml(f'Tag "{name}" has attributes that are not known, at byte offset {place}')
    if name == "blockquote" and any(open_name == "blockquote" for open_name, _ in reading.open):
        raise BadHtml("blockquotes cannot be nested")
    kind = "expandable_blockquote" if "expandable" in given else _KINDS[name]
    entity = {"type": kind, "offset": reading.at}
    if name == "a":
        entity["url"] = given.get("href", "")
    reading.open.append((name, entity))


def _close(reading: _Reading, name: str, place: int) -> None:
    if not reading.open or reading.open[-1][0] != name:
        raise BadHtml(f'Unmatched end tag at byte offset {place}, found "</{name}>"')
    _, entity = reading.open.pop()
    entity["length"] = reading.at - entity["offset"]
    if entity["length"]:
        reading.entities.append(entity)
