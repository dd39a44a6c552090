"""The published questions and answers as one HTML file that asks the network for nothing: searched, filtered, printed.

Everything that a person wrote is escaped on its way into the template; the page's own style and script are the only
ones that its security policy lets run.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from html import escape
from importlib import resources
from itertools import groupby
from pathlib import Path
from string import Template

from bot.domain.deadline import VIETNAM
from bot.domain.published import Publication, PublishedItem
from bot.texts.catalogue import Catalogue, short_day
from bot.texts.keys import Key
from exports.booklet import details
from exports.cells import readable

_MOST_CODES = 3


def write(draft: Path, publication: Publication, words: Catalogue) -> None:
    """Write the page into the draft."""
    draft.write_text(page(publication, words), "utf-8")


def page(publication: Publication, words: Catalogue) -> str:
    """The whole page."""
    style, script = _own("page.css"), _own("page.js")
    items = publication.items
    title = words[Key.PAGE_TITLE]
    said = {
        name: _safe(words[Key(f"page.{name}")])
        for name in (
            "skip", "search", "search_hint", "department", "topic", "every_department", "every_topic", "clear",
            "shown", "none_found",
        )
    }  # fmt: skip
    return Template(_own("page.html")).substitute(
        said,
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
        title=_safe(f"{title} – {publication.unit}"),
        heading=_safe(title),
        plan=_safe(publication.title),
        theme=_paragraph("theme", words.say(Key.XL_THEME, theme=publication.theme)) if publication.theme else "",
        counts=_safe(words.say(Key.PAPER_BOOKLET_COUNTS, count=len(items), at=publication.made_at)),
        rehearsal=_paragraph("rehearsal", words[Key.PAGE_REHEARSAL]) if publication.rehearsal else "",
        departments=_options(item.department for item in items),
        topics=_options(sorted({item.topic for item in items})),
        items=_parts(publication, words),
        foot=_safe(words.say(Key.PAGE_FOOT, organiser=publication.organiser)),
    )


def _parts(publication: Publication, words: Catalogue) -> str:
    if not publication.items:
        return _paragraph("nothing", words[Key.PAPER_BOOKLET_NOTHING])
    return "".join(
        f"<section>\n<h2>{_safe(department)}</h2>\n{''.join(_article(item, words) for item in items)}</section>\n"
        for department, items in groupby(publication.items, key=lambda item: item.department)
    )


def _article(item: PublishedItem, words: Catalogue) -> str:
    code, *others = item.codes
    link = _safe(words.say(Key.PAGE_LINK, code=code))
    more = [words.say(Key.PAGE_MORE_CODES, count=len(item.codes) - _MOST_CODES)] * (len(item.codes) > _MOST_CODES)
    codes = ", ".join([*others[: _MOST_CODES - 1], *more])
    asked = words.say(Key.PAGE_ASKED_BY, count=len(item.codes)) if others else ""
    about = "".join(f"<span>{_safe(one)}</span>" for one in (codes, item.topic, asked) if one)
    listed = "".join(f"<dt>{_safe(label)}</dt><dd>{_safe(said)}</dd>" for label, said in details(item, words))
    released = words.say(Key.PAPER_BOOKLET_RELEASED, day=short_day(item.released_at.astimezone(VIETNAM).date()))
    return (
        f'<article id="{_safe(code)}" tabindex="-1" data-codes="{_safe(" ".join(item.codes))}" '
        f'data-department="{_safe(item.department)}" data-topic="{_safe(item.topic)}">\n'
        f'<p class="about"><a href="#{_safe(code)}" aria-label="{link}">{_safe(code)}</a>{about}</p>\n'
        f"<h3>{_safe(item.question)}</h3>\n"
        f'<p class="by">{_safe(words.say(Key.PAGE_ANSWERED_BY, department=item.department))}</p>\n'
        f'<div class="answer">{_safe(item.answer.text)}</div>\n'
        + (f"<dl>{listed}</dl>\n" if listed else "")
        + f'<p class="released">{_safe(released)}</p>\n</article>\n'
    )


def _options(names: Iterable[str]) -> str:
    return "".join(f"<option>{_safe(name)}</option>" for name in dict.fromkeys(names))


def _paragraph(name: str, text: str) -> str:
    return f'<p class="{name}">{_safe(text)}</p>\n'


def _safe(text: str) -> str:
    return escape(readable(text))


def _own(name: str) -> str:
    return (resources.files("exports") / name).read_text("utf-8").strip()


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
