"""Letters, reports and booklets as LibreOffice prints them: whole, on A4, with heads repeated and nothing cut off."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.answer import AnswerBody
from bot.domain.letterhead import Letterhead, Profile
from bot.domain.published import Publication, PublishedItem
from bot.domain.report import all_rows
from bot.domain.workbook import Content
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.papers import letter, report
from exports.documents import OfficeDocuments
from exports.workbook import ExcelWorkbooks
from tests.office.office import Office, PrintedPage, pages
from tests.samples import MADE_AT, library, sample

WORDS = Catalogue.load()
DOCUMENTS = OfficeDocuments(WORDS, ExcelWorkbooks(WORDS))
UPRIGHT, ACROSS = (210, 297), (297, 210)


def flat(text: str) -> str:
    return "".join(text.split())


def size(page: PrintedPage) -> tuple[int, int]:
    """Width and height in millimetres."""
    return round(page.width * 25.4 / 72), round(page.height * 25.4 / 72)


def numbers(found: list[PrintedPage]) -> list[str]:
    """What stands first on each page but the first."""
    return [page.text.split()[0] for page in found[1:]]


def counted(found: list[PrintedPage]) -> list[str]:
    return [str(number) for number in range(2, len(found) + 1)]


def letter_of(office: Office, folder: Path, plan: str, content: Content) -> list[PrintedPage]:
    DOCUMENTS.write_letter(letter(library().get(plan), content), folder / "cv.docx")
    return pages(office.saved(folder / "cv.docx", "pdf", folder))


@pytest.mark.parametrize("plan", ["hung-yen-2024", "phu-son-2023"])
def test_a_plans_letter_is_one_page_and_its_annex_holds_every_question(office, tmp_path, plan) -> None:
    content = sample(plan, 30)

    first, *annex = letter_of(office, tmp_path, plan, content)

    assert [size(page) for page in (first, *annex)] == [UPRIGHT, *[ACROSS] * len(annex)]
    assert all(flat(one) in first.flat for one in (content.letterhead.body, WORDS[Key.PAPER_SIGN]))
    assert all(flat(WORDS[Key.XL_ANSWER]) in page.flat for page in annex)
    assert all("DỰTHẢO" in page.flat for page in (first, *annex))
    printed = "".join(page.flat for page in annex)
    assert [row.codes[0] for row in all_rows(content) if row.codes[0] not in printed] == []
    # Pages of the annex are counted anew, and its first one bears no number.
    assert numbers(annex) == counted(annex)


@pytest.mark.parametrize(
    ("profile", "stands", "lacks"),
    [
        (Profile.DOAN, (Key.PAPER_UNION, Key.PAPER_STARS, Key.PAPER_PLACE, Key.PAPER_NUMBER), Key.PAPER_NATION),
        (Profile.ND30, (Key.PAPER_NATION, Key.PAPER_MOTTO, Key.PAPER_PLACE, Key.PAPER_NUMBER), Key.PAPER_UNION),
        (Profile.NONE, (), Key.PAPER_NUMBER),
    ],
)
def test_each_line_of_a_letterhead_fits_its_column(office, tmp_path, profile, stands, lacks) -> None:
    head = Letterhead(profile, "UBND TỈNH HƯNG YÊN", "BCH ĐOÀN TỈNH HƯNG YÊN")
    content = replace(sample("hung-yen-2024", 1), letterhead=head, final=True)

    first, *_ = letter_of(office, tmp_path, "hung-yen-2024", content)

    lines = [" ".join(line.split()) for line in first.text.splitlines()]
    wanted = [WORDS[key] for key in stands] + ([head.upper, head.body] if stands else [])
    assert [one for one in wanted if not any(one in line for line in lines)] == []
    assert WORDS[lacks] not in "\n".join(lines)


def test_report_and_booklet_print_on_a4_with_numbered_pages(office, tmp_path) -> None:
    content, programme = sample("hung-yen-2024", 60), library().get("hung-yen-2024")
    own = (programme.code, programme.title, programme.theme, programme.unit, programme.contact.organiser)
    answer = AnswerBody("Sở đã nghiên cứu.\nSở sẽ trình tỉnh trong quý II.", "Nghị quyết 12", "", "30/6/2026")
    items = tuple(
        PublishedItem(row.codes, row.text, part.name, group.topic, answer, MADE_AT)
        for part in content.departments
        for group in part.groups
        for row in group.rows
    )
    DOCUMENTS.write_report(report(programme, content), tmp_path / "bc.docx")
    DOCUMENTS.write_booklet(Publication(*own, MADE_AT, False, items, programme.letterhead), tmp_path / "hd.docx")

    for name in ("bc", "hd"):
        found = pages(office.saved(tmp_path / f"{name}.docx", "pdf", tmp_path))
        assert len(found) > 1
        assert {size(page) for page in found} == {UPRIGHT}
        assert numbers(found) == counted(found)
        assert all(len(page.text.split()) > 3 for page in found)
    printed = "".join(page.flat for page in found)
    assert [one.codes[0] for one in items if one.codes[0] not in printed] == []
