"""The cover letter (công văn) to Home Affairs as .docx, with the questions as its annex."""

from __future__ import annotations

from pathlib import Path

from bot.domain.report import Letter, Plan
from bot.domain.workbook import Group, Row
from bot.texts.catalogue import Catalogue, short_day
from bot.texts.keys import Key
from exports.office import CENTRED, LAST, Column, Look, Paper, Table

_ROMAN = ((50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


def write(draft: Path, letter: Letter, words: Catalogue) -> None:
    """Write the letter and its annex into the draft."""
    content = letter.content
    title = words[Key.PAPER_SUMMARY]
    paper = Paper(
        content.letterhead,
        words,
        content.made_at,
        title,
        draft=not content.final,
        rehearsal=content.rehearsal,
    )
    paper.letterhead(title)
    receiver = letter.receiver or words[Key.PAPER_BLANK]
    paper.say(words.say(Key.PAPER_TO, receiver=receiver), Look(align="centre", before=18, after=12))
    *sentences, last = _sentences(letter, receiver, words)
    for sentence in sentences:
        paper.say(sentence)
    paper.say(last, LAST)
    paper.signature(words[Key.PAPER_LETTER_RECIPIENTS])
    paper.annex()
    _annex(paper, letter, words)
    paper.save(draft)


def plan_in_words(plan: Plan, words: Catalogue) -> str:
    """`Kế hoạch số 45/KH-UBND ngày 21/02/2024 của … về việc …`; what the plan does not bear is left out."""
    number = words.say(Key.PAPER_PLAN_NUMBER, number=plan.number) if plan.number else ""
    day = words.say(Key.PAPER_PLAN_DAY, day=short_day(plan.day)) if plan.day else ""
    title = plan.title[:1].lower() + plan.title[1:]
    return words.say(Key.PAPER_PLAN, number=number, day=day, issuer=plan.issuer, title=title)


def roman(number: int) -> str:
    """I, II, III … as official texts number their parts."""
    said = ""
    for value, letter in _ROMAN:
        said += letter * (number // value)
        number %= value
    return said


def _sentences(letter: Letter, receiver: str, words: Catalogue) -> list[str]:
    content, sender = letter.content, letter.sender
    rows = [row for part in content.departments for row in part.rows]
    opening = words.say(Key.PAPER_LETTER_OPENING, plan=plan_in_words(letter.plan, words), sender=sender)
    if not content.issues:
        return [opening, words.say(Key.PAPER_LETTER_NOTHING, at=content.made_at)]
    numbers = words.say(
        Key.PAPER_LETTER_NUMBERS if content.unclear else Key.PAPER_LETTER_ALL_CLEAR,
        at=content.made_at,
        issues=content.issues,
        submissions=sum(row.submissions for row in (*rows, *content.unclear)),
        departments=sum(bool(part.rows) for part in content.departments),
        clear=len(rows),
    )
    unclear = words.say(Key.PAPER_LETTER_UNCLEAR, count=len(content.unclear)) if content.unclear else ""
    due = words.say(Key.PAPER_LETTER_DUE, receiver=receiver, due=letter.answers_due) if letter.answers_due else ""
    asks = words.say(Key.PAPER_LETTER_ASKS, sender=sender, receiver=receiver, due=due)
    return [opening, f"{numbers} {unclear}".rstrip(), asks]


# ------------------------------------------------------------------ the annex


def _annex(paper: Paper, letter: Letter, words: Catalogue) -> None:
    content = letter.content
    paper.say(words[Key.PAPER_ANNEX], Look(bold=True, align="centre"))
    paper.say(words[Key.XL_TITLE], Look(bold=True, align="centre"))
    if content.theme:
        paper.say(words.say(Key.XL_THEME, theme=content.theme), CENTRED)
    paper.say(
        words.say(Key.PAPER_ANNEX_WITH, sender=letter.sender), Look(size=13, italic=True, align="centre", after=6)
    )
    table = paper.table(_columns(paper.width, words))
    number, position = 0, 0
    for part in content.departments:
        if not part.rows:
            continue
        position += 1
        table.across(words.say(Key.PAPER_PART, roman=roman(position), name=part.name, count=len(part.rows)))
        number = _groups(table, part.groups, number, words)
    if content.unclear:
        name, count = words[Key.PAPER_PART_UNCLEAR], len(content.unclear)
        table.across(words.say(Key.PAPER_PART, roman=roman(position + 1), name=name, count=count))
        number = _rows(table, content.unclear, number)
    if not number:
        table.across(words[Key.PAPER_NOTHING], CENTRED)


def _columns(width: float, words: Catalogue) -> list[Column]:
    shares = (
        (Key.XL_NUMBER, 0.05, True),
        (Key.XL_TEXT, 0.34, False),
        (Key.XL_UNITS, 0.15, False),
        (Key.XL_SUPPORTING, 0.13, False),
        (Key.XL_ANSWER, 0.195, False),
        (Key.XL_NOTE, 0.135, False),
    )
    return [Column(words[title], width * share, centred=centred) for title, share, centred in shares]


def _groups(table: Table, groups: tuple[Group, ...], number: int, words: Catalogue) -> int:
    for position, group in enumerate(groups, 1):
        topic, count = group.topic, len(group.rows)
        table.across(words.say(Key.XL_GROUP, number=position, topic=topic, count=count), _TOPIC)
        number = _rows(table, group.rows, number)
    return number


def _rows(table: Table, rows: tuple[Row, ...], number: int) -> int:
    for row in rows:
        number += 1
        note = "; ".join(filter(None, (row.codes[0] if row.codes else "", row.note)))
        table.row((number, row.text, "; ".join(row.units), "; ".join(row.supporting), row.answer, note))
    return number


_TOPIC = Look(size=13, bold=True, italic=True, align="left", before=1, after=1, keep=True)
