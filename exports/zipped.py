"""One workbook a department in a ZIP, with a list of what is in it: to be forwarded one by one."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from bot.domain.answer_file import AnswerForm
from bot.domain.deadline import VIETNAM
from bot.domain.text import fold
from bot.domain.workbook import Content
from bot.ports import Table, Workbooks
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key

LIST = "00-danh-muc.xlsx"
_LONGEST = 80
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")


def write(
    draft: Path,
    content: Content,
    forms: Sequence[AnswerForm],
    words: Catalogue,
    workbooks: Workbooks,
    progress: Callable[[int], None],
) -> None:
    """Write the archive into the draft: what is forwarded is the file that is filled in and comes back. `progress`
    hears how many issues are in it.
    """
    by_department = {form.id: form for form in forms}
    names = file_names([part.name for part in content.departments])
    done = 0
    with TemporaryDirectory(dir=draft.parent, prefix=".doithoai-") as folder, ZipFile(draft, "w") as archive:
        file = Path(folder) / "mot.xlsx"
        workbooks.write_table(_list(content, names, words), file)
        _add(archive, LIST, file, content.made_at)
        for part, name in zip(content.departments, names, strict=True):
            if form := by_department.get(part.id):
                workbooks.write_answer_form(form, file)
                _add(archive, name, file, content.made_at)
                done += len(form.rows)
                progress(done)


def file_names(names: list[str]) -> list[str]:
    """`Sở Giáo dục và Đào tạo` -> `so-giao-duc-va-dao-tao.xlsx`; a number goes behind a name that is taken."""
    taken: dict[str, int] = {}
    made = []
    for name in names:
        plain = _NOT_IN_NAMES.sub("-", fold(name)).strip("-")[:_LONGEST].strip("-") or "co-quan"
        while (count := taken.get(plain, 0)) > 0:
            taken[plain] = count + 1
            plain = f"{plain}-{count + 1}"
        taken[plain] = 1
        made.append(f"{plain}.xlsx")
    return made


def _list(content: Content, names: list[str], words: Catalogue) -> Table:
    rows = tuple(
        (
            number,
            part.name,
            len(part.rows),
            sum(row.submissions for row in part.rows),
            name if part.rows else words[Key.XL_NOTHING_ASKED],
        )
        for number, (part, name) in enumerate(zip(content.departments, names, strict=True), 1)
    )
    columns = (
        (words[Key.XL_ORDER], 15.0),
        (words[Key.XL_DEPARTMENT], 100.0),
        (words[Key.XL_ISSUES], 25.0),
        (words[Key.XL_SUBMISSIONS], 25.0),
        (words[Key.PAPER_FILE], 87.0),
    )
    stamp = words.say(Key.PAPER_LIST_STAMP, at=content.made_at)
    if content.rehearsal:
        stamp = f"{words[Key.XL_REHEARSAL]} – {stamp}"
    return Table(words[Key.PAPER_LIST_TITLE], stamp, columns, rows)


def _add(archive: ZipFile, name: str, file: Path, made_at: datetime) -> None:
    """The time in the archive is the content's, so that a rehearsal does not betray the machine's."""
    at = made_at.astimezone(VIETNAM)
    entry = ZipInfo(name, (at.year, at.month, at.day, at.hour, at.minute, at.second))
    entry.compress_type = ZIP_DEFLATED
    archive.writestr(entry, file.read_bytes())
