"""What a workbook covers: every text that a person may have typed, wherever it stands in the content."""

from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from bot.domain.submission import State
from bot.domain.workbook import Aside, Content, Count, DepartmentPart, Difference, Figures, Group, Row, Stand
from bot.texts.catalogue import Catalogue
from bot.usecases.covering import Covering
from bot.usecases.noticing import Noticing
from bot.usecases.voice import Voice
from classifier.watch import Watch

PHONE = "0912345678"
TYPED = f"Gọi em số {PHONE} nhé"
COVERED = "Gọi em số [số điện thoại] nhé"
AT = datetime(2024, 2, 20, tzinfo=UTC)
# Texts that nobody outside the office wrote: the plan's, the directory's, the catalogue's, the department's answer, the
# names of staff, codes and hashes. A new text belongs here or is covered: the test below names it until it is.
OURS = {
    "Content.programme", "Content.title", "Content.theme", "Content.unit",
    "DepartmentPart.id", "DepartmentPart.name", "DepartmentPart.short_name", "Group.topic",
    "Row.codes", "Row.topic", "Row.lead", "Row.supporting", "Row.note", "Row.answer",
    "MachineLine.department",
    "Letterhead.upper", "Letterhead.body", "Letterhead.authority",
    "Aside.code", "Aside.topic", "Aside.lead",
    "Stand.lead", "Stand.topic", "Difference.code",
    "Deed.by", "Deed.what", "Deed.code", "Deed.from_to", "Deed.reason",
    "Head.hash", "Figures.weeks",
    "Held.code", "Held.topic", "Held.lead", "Held.words",
}  # fmt: skip


@pytest.fixture(scope="module")
def cover():
    return Covering(Noticing(Watch.open()), Voice(Catalogue.load()))


def filled(kind: Any) -> Any:
    """A value of this type in which every text holds a telephone number."""
    if get_origin(kind) is tuple:
        return (filled(get_args(kind)[0]),)
    if isinstance(kind, UnionType):
        return filled(get_args(kind)[0])
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{field.name: filled(hints[field.name]) for field in fields(kind)})
    if issubclass(kind, Enum):
        return next(iter(kind))
    return {str: TYPED, int: 1, bool: False, datetime: AT}[kind]


def texts(value: Any, where: str = "") -> list[tuple[str, str]]:
    """Every text of it with the field that it stands in; a count is known by what it counts."""
    if isinstance(value, tuple):
        return [found for one in value for found in texts(one, where)]
    if is_dataclass(value):
        return [
            found
            for field in fields(value)
            for found in texts(
                getattr(value, field.name),
                where if isinstance(value, Count) else f"{type(value).__name__}.{field.name}",
            )
        ]
    return [(where, value)] if isinstance(value, str) and not isinstance(value, Enum) else []


def test_every_text_that_a_person_may_have_typed_is_covered_in_every_sheet(cover):
    covered = cover(filled(Content))

    assert {where for where, text in texts(covered) if PHONE in text} == OURS
    assert {where for where, text in texts(covered) if text == COVERED} == {
        "Row.text", "Row.units", "Aside.text", "Aside.unit", "Aside.reason", "Difference.text", "Difference.unit",
        "Figures.units", "Figures.youth_groups",
    }  # fmt: skip


def content(**beside):
    blank = Content("hung-yen-2024", "", "", "", 1, AT, False, (), (), ())
    return replace(blank, **beside)


@pytest.mark.parametrize("state", [State.REJECTED, State.REDIRECTED, State.WAITING, State.APPROVED])
def test_whom_a_text_accuses_is_printed_only_where_a_moderator_let_it_pass(cover, state):
    text = "Em tố cáo ông Nguyễn Văn Hùng, trưởng thôn, nhận hối lộ khi làm đường sá ở xã"
    aside = Aside("HY24-0001-K", state, text, "", "", "", AT)
    difference = Difference((), "HY24-0001-K", text, "", None, Stand(state, "", "", 0))

    covered = cover(content(unforwarded=(aside,), late=(aside,), differences=(difference,)))

    shown = {covered.unforwarded[0].text, covered.late[0].text, covered.differences[0].text}
    hidden = "[Có nêu tên người bị phản ánh: xem trên bảng duyệt]"
    assert shown == {text if state is State.APPROVED else hidden}


def test_the_name_by_which_somebody_introduces_themselves_is_covered_wherever_their_words_stand(cover):
    text = "Em tên là Nguyễn Văn Tuấn, học sinh lớp 12A, gọi 0912345678: bao giờ có xe buýt?"
    row = Row(("HY24-0001-K",), "", text, (), "", (), 1)
    part = DepartmentPart("so-gtvt", "Sở GTVT", "GTVT", (Group("Giao thông", (row,)),))
    aside = Aside("HY24-0001-K", State.APPROVED, text, "", "", "", AT)

    covered = cover(content(departments=(part,), unclear=(row,), waiting=(row,), late=(aside,)))

    shown = (*covered.departments[0].rows, *covered.unclear, *covered.waiting, *covered.late)
    assert {one.text for one in shown} == {
        "Em tên là [tên người gửi], học sinh lớp 12A, gọi [số điện thoại]: bao giờ có xe buýt?"
    }


def test_the_name_of_a_unit_that_somebody_typed_is_covered_in_the_figures(cover):
    covered = cover(content(figures=Figures(units=(Count(f"xã Tân Việt, gọi {PHONE}", 1),))))

    assert covered.figures.units == (Count("xã Tân Việt, gọi [số điện thoại]", 1),)
