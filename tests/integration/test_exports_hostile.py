"""Files made to hurt: each is refused with its sentence, or read within bounds, in a child that stays small."""

import json
import re
import subprocess
import sys
import time
import unicodedata
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from exports import confined, slips
from exports.confined import read_confined
from exports.faults import WorkbookFault

WORDS = Catalogue.load()
SHEET = "xl/worksheets/sheet1.xml"
MEGABYTE = 1 << 20
SMALL = 150  # megabytes: what a child may take for a file that the checks refuse or that holds hardly anything
READ_AND_TELL = """
import json, resource, sys
from pathlib import Path
from bot.texts.catalogue import Catalogue
from exports.faults import WorkbookFault
from exports.workbook import ExcelWorkbooks
words = Catalogue.load()
try:
    read = ExcelWorkbooks(words).read_slips(Path(sys.argv[1]))
    said = {"slips": [slip.text for slip in read.slips], "bad": [bad.reason for bad in read.bad]}
except WorkbookFault as fault:
    said = {"key": fault.key.name, "says": words.say(fault.key, **fault.values)}
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps(said | {"megabytes": peak / 1024}))
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is bound on Linux only")


def read(file):
    """What reading a file came to, as another process sees it: what was read or said, and the child's peak memory."""
    told = subprocess.run([sys.executable, "-c", READ_AND_TELL, str(file)], capture_output=True, check=True, text=True)
    return json.loads(told.stdout)


def packed(tmp_path, name="phieu.xlsx", *, rows=(("Nội dung",), ("Câu một",)), parts=None, change=None):
    """A workbook with parts added or, by name, put in the place of its own."""
    file = tmp_path / name
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "honest.xlsx")
    with zipfile.ZipFile(tmp_path / "honest.xlsx") as honest:
        whole = {one: honest.read(one) for one in honest.namelist()}
    for one, (old, new) in (change or {}).items():
        assert re.search(old, whole[one])
        whole[one] = re.sub(old, new, whole[one])
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for one, data in (whole | (parts or {})).items():
            made.writestr(one, data)
    return file


def written(tmp_path, name, content):
    file = tmp_path / name
    file.write_bytes(content)
    return file


def zip_bomb(tmp_path):
    return packed(tmp_path, parts={"xl/media/image1.png": bytes(400 * MEGABYTE)})


def strings_bomb(tmp_path):
    one = b"<si><t>a</t></si>"
    return packed(tmp_path, parts={"xl/sharedStrings.xml": b"<sst>" + one * 1_100_000 + b"</sst>"})


def many_parts(tmp_path):
    return packed(tmp_path, parts={f"xl/media/{number}.png": b"" for number in range(60_000)})


def million_laughs(tmp_path):
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    lol = f'<!DOCTYPE lolz [<!ENTITY l0 "lol">{levels}]><worksheet><sheetData>&l8;</sheetData></worksheet>'
    return packed(tmp_path, parts={SHEET: lol.encode()})


def other_file(tmp_path):
    (tmp_path / "secret.txt").write_text("mật khẩu của máy")
    ask = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{tmp_path}/secret.txt">]><worksheet>&e;</worksheet>'
    return packed(tmp_path, parts={SHEET: ask.encode()})


def macros_by_type(tmp_path):
    """A macro part under another name, as the list of types has to admit."""
    override = b'<Override PartName="/xl/a.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'
    return packed(tmp_path, parts={"xl/a.bin": b"x"}, change={"[Content_Types].xml": (b"</Types>", override)})


def rows_at_the_bottom(tmp_path):
    far = b'<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    return packed(tmp_path, change={SHEET: (b"</sheetData>", far)})


REFUSED = {
    "a zip bomb": (zip_bomb, Key.XL_TOO_BIG_INSIDE),
    "a million shared strings": (strings_bomb, Key.XL_TOO_BIG_INSIDE),
    "sixty thousand parts": (many_parts, Key.XL_TOO_MANY_PARTS),
    "entities within entities": (million_laughs, Key.XL_UNSAFE),
    "an entity that is another file": (other_file, Key.XL_UNSAFE),
    "a path upwards": (lambda to: packed(to, parts={"xl/../../../etc/cron.d/x": b"x"}), Key.XL_UNSAFE),
    "an absolute path": (lambda to: packed(to, parts={"/etc/cron.d/x": b"x"}), Key.XL_UNSAFE),
    "a macro": (lambda to: packed(to, parts={"xl/vbaProject.bin": b"x"}), Key.XL_MACROS),
    "a macro under another name": (macros_by_type, Key.XL_MACROS),
    "a macro sheet of old": (lambda to: packed(to, parts={"xl/macrosheets/sheet1.xml": b"<x/>"}), Key.XL_MACROS),
    "a workbook named as one with macros": (lambda to: packed(to, "phieu.xlsm"), Key.XL_MACROS),
    "a binary workbook": (lambda to: packed(to, "phieu.xlsb", parts={"xl/workbook.bin": b"x"}), Key.XL_WRONG_TYPE),
    "a row at the very bottom": (rows_at_the_bottom, Key.XL_TOO_MANY_ROWS),
    "more rows than are read": (
        lambda to: packed(to, rows=[("Nội dung",), *[("x",)] * 20_011]),
        Key.XL_TOO_MANY_ROWS,
    ),
    "a file above ten megabytes": (lambda to: written(to, "to.xlsx", b"PK\x03\x04" + bytes(10 * MEGABYTE)), Key.XL_TOO_BIG),
    "a Word document": (lambda to: written(to, "a.docx", docx()), Key.XL_WRONG_TYPE),
    "a million columns of text": (lambda to: written(to, "a.csv", "Nội dung".encode() + b"," * 1_000_000), Key.XL_TOO_BIG_INSIDE),
    "text full of NUL": (lambda to: written(to, "a.csv", "Nội dung\nCâu".encode() + bytes(1_000_001)), Key.XL_ENCODING),
    "noise": (lambda to: written(to, "a.csv", bytes(range(128, 256)) * 40_000), Key.XL_ENCODING),
}  # fmt: skip


def docx():
    import io

    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as parts:
        parts.writestr("word/document.xml", "<!DOCTYPE w [<!ENTITY a 'a'>]><w>&a;</w>")
    return whole.getvalue()


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_with_its_sentence_and_costs_hardly_anything(tmp_path, what):
    make, key = REFUSED[what]
    file = make(tmp_path)

    told = read(file)

    assert told["key"] == key.name
    assert file.name in told["says"]
    assert told["megabytes"] < SMALL


@pytest.mark.parametrize("dimension", [b"A1:XFD1048576", b"A1", b"XFD1048576:A1", b"nonsense"])
def test_a_workbook_of_five_kilobytes_that_claims_to_be_full_is_read_within_bounds(tmp_path, dimension):
    lie = {SHEET: (b'<dimension ref="A1:A2" ?/>', b'<dimension ref="%s" />' % dimension)}
    file = packed(tmp_path, change=lie)

    told = read(file)

    assert file.stat().st_size < 6_000
    assert told.get("slips", ["Câu một"]) == ["Câu một"]
    assert told["megabytes"] < SMALL


def test_one_cell_of_nine_megabytes_is_a_bad_row_and_the_next_is_taken(tmp_path):
    told = read(written(tmp_path, "a.csv", "Nội dung\n".encode() + b"x" * 9 * MEGABYTE + b"\nngay sau\n"))

    assert told["slips"] == ["ngay sau"]
    assert told["bad"] == ["cột “Nội dung” dài 9437184 ký tự, quá 30000 ký tự; hãy tách thành nhiều dòng"]
    assert told["megabytes"] < 300


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1258"])
def test_encodings_of_real_spreadsheets_are_read_in_the_child_too(tmp_path, encoding):
    text = "N\u00f4\u0323i dung;Ma\u0303\nEm ho\u0309i vi\u00ea\u0323c la\u0300m;1\n"  # as Windows-1258 can have it

    told = read(written(tmp_path, "a.csv", text.encode(encoding)))

    assert [unicodedata.normalize("NFC", slip) for slip in told["slips"]] == ["Em hỏi việc làm"]


# ------------------------------------------------------------------ bounds of the child


def takes_memory(file):
    return len(bytes(1 << 30))


def takes_time(file):
    while True:
        time.sleep(0.05)


def dies(file):
    import os

    os._exit(7)


def refuses(file):
    raise WorkbookFault(Key.XL_NO_FILE, file=file.name)


@pytest.fixture
def tasks(tmp_path, monkeypatch):
    """These functions as a module that the child can import: a test module has no name there."""
    import importlib

    source = (
        Path(__file__)
        .read_text("utf-8")
        .partition("# ------------------------------------------------------------------ bounds")[2]
    )
    body = source.partition("\n\n")[2].partition("@pytest.fixture")[0]
    head = "import time\nfrom bot.texts.keys import Key\nfrom exports.faults import WorkbookFault\n\n"
    (tmp_path / "greedy_tasks.py").write_text(head + body)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend(str(tmp_path))
    yield importlib.import_module("greedy_tasks")
    del sys.modules["greedy_tasks"]


@pytest.mark.parametrize(
    ("task", "key"),
    [("takes_memory", Key.XL_TOO_BIG_INSIDE), ("dies", Key.XL_BROKEN), ("refuses", Key.XL_NO_FILE)],
)
def test_whatever_befalls_the_child_there_is_a_sentence(tasks, task, key):
    with pytest.raises(WorkbookFault) as caught:
        read_confined(getattr(tasks, task), Path("phieu.xlsx"))

    assert caught.value.key is key
    assert "phieu.xlsx" in WORDS.say(caught.value.key, **caught.value.values)


def test_a_child_that_finds_no_end_is_ended(tasks, monkeypatch):
    monkeypatch.setattr(confined, "SECONDS", 1)

    with pytest.raises(WorkbookFault) as caught:
        read_confined(tasks.takes_time, Path("phieu.xlsx"))

    assert caught.value.key is Key.XL_TOO_SLOW


def test_confined_and_here_the_same_is_read(tmp_path):
    file = packed(tmp_path, rows=[("Nội dung", "Ngày"), ("Câu", "99/99/2024"), ("Câu", None), (None, "x")])

    assert read_confined(slips.read, file, WORDS) == slips.read(file, WORDS)
