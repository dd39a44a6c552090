"""Each plan's workbook as LibreOffice prints it: every page is A4 landscape, has its head, and nothing is missing."""

from __future__ import annotations

import re
import subprocess
import unicodedata
from dataclasses import replace
from functools import cache
from itertools import groupby, pairwise
from pathlib import Path

import pytest
from PIL import ImageFont

from bot.domain.letterhead import Letterhead, Profile
from bot.domain.workbook import Content
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from exports import cells, sheets, styles
from exports.workbook import ExcelWorkbooks
from tests.office.office import Office, PrintedPage, pages
from tests.samples import PLANS, corpus, sample

WORDS = Catalogue.load()


def printed(office: Office, folder: Path, what: Content) -> list[PrintedPage]:
    file = folder / "bang.xlsx"
    ExcelWorkbooks(WORDS).write(what, file)
    return pages(office.saved(file, "pdf", folder))


def by_sheet(found: list[PrintedPage], what: Content) -> dict[str, list[PrintedPage]]:
    """The pages of each sheet, whose title stands at the foot of each."""
    foot = WORDS.say(Key.XL_FOOT, unit=what.unit, number=what.number)
    title = re.compile(f"^{re.escape(foot)} (.*)$", re.MULTILINE)
    return {name: list(group) for name, group in groupby(found, key=lambda page: title.search(page.text)[1])}


@pytest.mark.parametrize("plan", PLANS)
def test_a_plan_prints_completely(office, tmp_path, plan):
    what = sample(plan)
    lists = sheets.list_sheets(what, WORDS)
    titles = [WORDS[Key.XL_SHEET_SUMMARY], *(sheet.title for sheet in lists)]

    found = printed(office, tmp_path, what)
    sheet_pages = by_sheet(found, what)

    assert {(round(page.width), round(page.height)) for page in found} == {(842, 595)}
    assert all(len(page.text.splitlines()) > 4 for page in found)  # head, foot, the head of the table, and something
    assert list(sheet_pages) == titles
    for sheet in lists:
        heads = ["".join(WORDS[column.title].split()) for column in sheet.columns]
        for number, page in enumerate(sheet_pages[sheet.title], 1):
            assert all(head in page.flat for head in heads)
            assert page.text.splitlines()[0] == (f"DỰ THẢO {number}" if number > 1 else "DỰ THẢO")
    everything = "".join(page.flat for page in found)
    width = styles.inner_width(sheets.ISSUE_COLUMNS[0].width) / cells.BODY_SIZE
    rows = [row for part in what.departments for row in part.rows]
    assert rows
    for row in rows:
        assert everything.count(row.codes[0]) >= 2  # in the list of all and in the department's own sheet
        # A long text is cut between two lines only, so each line stands in one piece.
        text = cells.readable(row.text)
        lines = [text[start:end] for start, end in pairwise([0, *cells.line_ends(text, width)])]
        assert all("".join(line.split()) in everything for line in lines)


def test_the_first_page_and_those_that_are_forwarded_bear_the_letterhead(office, tmp_path):
    what = sample("hung-yen-2024", issues=12)
    titles = [WORDS[Key.XL_SHEET_SUMMARY], *(sheet.title for sheet in sheets.list_sheets(what, WORDS))]

    sheet_pages = by_sheet(printed(office, tmp_path, what), what)

    forwarded = [sheet.title for sheet in sheets.list_sheets(what, WORDS) if sheet.alone]
    assert forwarded
    for title, own in sheet_pages.items():
        bears = "ĐOÀN TNCS HỒ CHÍ MINH" in own[0].text and "BCH ĐOÀN TỈNH HƯNG YÊN" in own[0].text
        assert bears == (title in (titles[0], *forwarded))
    assert all("CỘNG HÒA" not in page.text for own in sheet_pages.values() for page in own)
    assert sum("NGƯỜI LẬP BẢNG" in page.text for page in sheet_pages[titles[0]]) == 1


@pytest.mark.parametrize(
    ("profile", "there", "absent"),
    [
        (Profile.ND30, ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"], "TNCS"),
        (Profile.NONE, [], "NGƯỜI LẬP BẢNG"),
    ],
)
def test_the_other_profiles_bear_what_is_theirs(office, tmp_path, profile, there, absent):
    head = Letterhead(profile, "TỈNH HƯNG YÊN", "SỞ NỘI VỤ")
    what = replace(sample("hung-yen-2024", issues=3), letterhead=head)

    text = printed(office, tmp_path, what)[0].text

    assert all(line in text for line in there)
    assert absent not in text


@cache
def font() -> ImageFont.FreeTypeFont:
    """The metric twin of Times New Roman that has all Vietnamese letters (Liberation Serif has not)."""
    found = subprocess.run(["fc-match", "--format=%{file}", "Tinos:style=Regular"], check=True, capture_output=True)
    return ImageFont.truetype(found.stdout.decode(), 2048)


def ems(text: str) -> float:
    return font().getlength(unicodedata.normalize("NFC", text)) / 2048


def lines_in(text: str, width: float) -> int:
    """How many lines the words take, as any program wraps them."""
    count = 0
    for paragraph in text.split("\n"):
        line, count = "", count + 1
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if line and ems(longer) > width:
                count += 1
                longer = word
            line = longer
    return count


@pytest.mark.parametrize("millimetres", [28, 44, 74, 115])
def test_a_row_is_as_high_as_its_text_needs_and_little_higher(office, millimetres):
    texts = [example.text for example in corpus()[::12]]
    # LibreOffice leaves 0.35 mm free on either side, and Excel two pixels.
    width = (millimetres - 1.4) / 25.4 * 72 / cells.BODY_SIZE

    needed = [lines_in(text, width) for text in texts]
    given = [sum(piece.lines for piece in cells.pieces(text, styles.inner_width(millimetres))) for text in texts]

    assert all(high >= low for high, low in zip(given, needed, strict=True))
    assert sum(given) <= 1.08 * sum(needed)
