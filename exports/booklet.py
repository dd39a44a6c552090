"""The booklet of released questions and answers as .docx: by department, names off."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from bot.domain.deadline import VIETNAM
from bot.domain.published import Publication, PublishedItem
from bot.texts.catalogue import Catalogue, short_day
from bot.texts.keys import Key
from exports.letters import roman
from exports.office import CENTRED, Look, Paper

_QUESTION = Look(bold=True, before=9, after=3, keep=True)
_ANSWER = Look(before=3, after=3)
_ASIDE = Look(size=13, before=1, after=1, align="left", keep=True)
_SMALL = Look(size=12, italic=True, align="left", grey=True, after=6)


def write(draft: Path, publication: Publication, words: Catalogue) -> None:
    """Write the booklet into the draft."""
    title = words[Key.PAPER_BOOKLET_TITLE]
    made_at, rehearsal = publication.made_at, publication.rehearsal
    paper = Paper(publication.letterhead, words, made_at, title, draft=False, rehearsal=rehearsal)
    paper.say(words[Key.PAPER_BOOKLET], Look(size=18, bold=True, align="centre", before=12))
    paper.say(title, Look(bold=True, align="centre", after=3))
    paper.say(publication.title, CENTRED)
    if publication.theme:
        paper.say(words.say(Key.XL_THEME, theme=publication.theme), Look(italic=True, align="centre"))
    paper.rule()
    counts = words.say(Key.PAPER_BOOKLET_COUNTS, count=len(publication.items), at=made_at)
    paper.say(counts, Look(size=12, italic=True, align="centre", before=6, after=9))
    if not publication.items:
        paper.say(words[Key.PAPER_BOOKLET_NOTHING], CENTRED)
    number = 0
    parts = groupby(publication.items, key=lambda item: item.department)
    for position, (department, items) in enumerate(parts, 1):
        paper.heading(f"{roman(position)}. {department.upper()}", 1)
        for topic, asked in groupby(items, key=lambda item: item.topic):
            paper.heading(topic, 2)
            for item in asked:
                number += 1
                _item(paper, item, number, words)
    paper.save(draft)


def _item(paper: Paper, item: PublishedItem, number: int, words: Catalogue) -> None:
    paper.item(words.say(Key.PAPER_BOOKLET_QUESTION, number=number, code=item.codes[0]), item.question, _QUESTION)
    paper.item(words[Key.PAPER_BOOKLET_ANSWER], item.answer.text, _ANSWER)
    for label, said in details(item, words):
        paper.item(label, said, _ASIDE)
    paper.say(words.say(Key.PAPER_BOOKLET_RELEASED, day=short_day(item.released_at.astimezone(VIETNAM).date())), _SMALL)


def details(item: PublishedItem, words: Catalogue) -> list[tuple[str, str]]:
    """What stands below an answer, as label and text; what the department left empty is left out."""
    answer = item.answer
    settlement = words[Key(f"settlement.{answer.settlement}")] if answer.settlement else ""
    said = (
        (Key.PAPER_BOOKLET_BASIS, answer.basis),
        (Key.PAPER_BOOKLET_RESPONSIBLE, answer.responsible),
        (Key.PAPER_BOOKLET_DUE, answer.due),
        (Key.PAPER_BOOKLET_SETTLEMENT, settlement),
    )
    return [(words[label], text) for label, text in said if text]
