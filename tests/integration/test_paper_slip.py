"""The printed slip: two on a sheet, no name asked for, a code that leads to the bot, one page whatever the titles."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from datetime import date
from pathlib import Path

import docx
import pytest
import segno

from bot.cli import run
from bot.programmes.load import Library
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from exports.faults import WorkbookFault
from exports.paper_slip import PaperSlip, write_docx, write_pdf
from tests.world import NOON

WORDS = Catalogue.load()
GROUPS = list(WORDS.section("group").values())
LINK = "https://t.me/doi_thoai_bot"
LIBRARY = Library.open(None, date(2026, 11, 21))
office = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")


def slip(code="hung-yen-2024", link=LINK, **changed):
    programme = LIBRARY.get(code)
    usual = {
        "groups": GROUPS,
        "organiser": programme.contact.organiser,
        "title": programme.title,
        "theme": programme.theme,
        "closes_at": programme.window.closes_at,
        "controller": programme.contact.controller,
        "contact": programme.contact.contact,
        "link": link,
    }
    return PaperSlip(**(usual | changed))


def words_of(file):
    cells = docx.Document(str(file)).tables[0].rows[0].cells
    return ["\n".join(re.findall(r"[^\n]+", "".join(node.text or "" for node in cell._tc.iter() if node.tag.endswith("}t")))) for cell in cells]  # fmt: skip


def test_both_slips_of_a_sheet_say_the_same_and_ask_for_no_name(tmp_path):
    write_docx(tmp_path / "phieu.docx", slip(), WORDS, NOON)

    first, second = words_of(tmp_path / "phieu.docx")

    assert first == second
    programme = LIBRARY.get("hung-yen-2024")
    for expected in (programme.title, programme.theme, "24 giờ thứ Sáu, ngày 01/3/2024", "đủ 16 tuổi", LINK):
        assert expected in first
    assert all(group.replace(" ", "\u00a0") in first for group in GROUPS)
    assert re.findall(r"\d\. [^:?]*(?:họ tên|điện thoại|giấy tờ)", first) == []


def test_the_code_on_it_is_that_of_the_link(tmp_path):
    write_docx(tmp_path / "phieu.docx", slip(), WORDS, NOON)
    wanted = io.BytesIO()
    segno.make(LINK, error="q", micro=False).save(wanted, kind="png", scale=10, border=4)

    with zipfile.ZipFile(tmp_path / "phieu.docx") as parts:
        pictures = [parts.read(name) for name in parts.namelist() if name.endswith(".png")]

    assert pictures == [wanted.getvalue()]


def test_without_a_link_there_is_no_code_and_no_word_of_one(tmp_path):
    write_docx(tmp_path / "phieu.docx", slip(link=""), WORDS, NOON)

    assert "quét mã" not in words_of(tmp_path / "phieu.docx")[0]
    with zipfile.ZipFile(tmp_path / "phieu.docx") as parts:
        assert not [name for name in parts.namelist() if name.endswith(".png")]


def test_equal_slips_are_equal_files(tmp_path):
    for name in ("a.docx", "b.docx"):
        write_docx(tmp_path / name, slip(), WORDS, NOON)

    assert (tmp_path / "a.docx").read_bytes() == (tmp_path / "b.docx").read_bytes()


@office
@pytest.mark.parametrize("long", [False, True])
def test_printed_it_is_one_page_whatever_the_titles(tmp_path, long):
    changed = {
        "title": "Chương trình đối thoại " * 14,
        "theme": "Thanh niên " * 25,
        "link": f"https://vi-du.vn/{'a' * 60}",
    }
    write_pdf(tmp_path / "phieu.pdf", slip(**(changed if long else {})), WORDS, NOON)

    told = subprocess.run(["pdfinfo", tmp_path / "phieu.pdf"], capture_output=True, text=True, check=True).stdout

    assert re.search(r"Pages:\s+1\n", told)
    assert re.search(r"Page size:\s+841\.\d+ x 595", told)


def test_without_libreoffice_the_sentence_names_the_way_round(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(WorkbookFault) as caught:
        write_pdf(tmp_path / "phieu.pdf", slip(), WORDS, NOON)

    assert caught.value.key is Key.SLIP_NO_OFFICE
    assert "phieu.docx" in WORDS.say(caught.value.key, **caught.value.values)


def test_a_libreoffice_that_fails_is_told_and_leaves_nothing(tmp_path, monkeypatch):
    (tmp_path / "soffice").write_text("#!/bin/sh\nexit 3\n")
    (tmp_path / "soffice").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    target = tmp_path / "phieu.pdf"

    with pytest.raises(WorkbookFault) as caught:
        write_pdf(target, slip(), WORDS, NOON)

    assert caught.value.key is Key.SLIP_OFFICE_FAILED
    assert not target.exists()


@pytest.mark.parametrize(
    ("more", "warned"),
    [
        (("--programme", "lang-son-2024", "--link", LINK), []),
        (("--programme", "lang-son-2024"), ["chưa có mã QR"]),
        ((), ["chưa có mã QR", "chưa có tên chương trình"]),
    ],
)
def test_the_command_writes_it_and_says_what_is_missing(tmp_path, monkeypatch, capsys, more, warned):
    monkeypatch.setenv("DOITHOAI_DATA_DIR", str(tmp_path / "data"))
    for name in ("PROGRAMME", "WEB_URL"):
        monkeypatch.delenv(f"DOITHOAI_{name}", raising=False)

    code = run(["template", str(tmp_path / "phieu.docx"), *more])

    told = capsys.readouterr()
    assert (code, Path(tmp_path / "phieu.docx").is_file()) == (0, True)
    assert [line for line in ("chưa có mã QR", "chưa có tên chương trình") if line in told.err] == warned
