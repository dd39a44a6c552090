"""Whose paper documents are written on: what a plan's file may say about it, and what the packaged ones say."""

from __future__ import annotations

from datetime import date

import pytest

from bot.domain.letterhead import Letterhead, Profile
from bot.programmes.check import Severity, check
from bot.programmes.load import load_programme
from tests.samples import PLANS, library

TODAY = date(2026, 11, 21)
DIRECTORY = library().directory
GOOD = """
schema = 1
[programme]
code = "thu"
receipt_prefix = "THU"
level = "tinh"
unit = "tỉnh Lạng Sơn"
province = "lang-son"
directory_day = 2027-02-10
title = "Tổ chức đối thoại"
theme = "Việc làm"
{header}
[source]
issuer = "UBND tỉnh Lạng Sơn"
[organiser]
organiser = "Tỉnh đoàn"
controller = "Tỉnh đoàn"
contact = "Văn phòng"
[window]
opens_at = "2027-02-15 08:00"
closes_at = "2027-03-09 24:00"
basis = "plan"
{letterhead}
"""


def faults(letterhead: str, header: str = "") -> list[str]:
    found = check(GOOD.format(letterhead=letterhead, header=header), DIRECTORY, TODAY, taken={})
    return [one.key for one in found if one.severity is Severity.FAULT]


def read(tmp_path, letterhead: str, header: str = "") -> Letterhead:
    file = tmp_path / "thu.toml"
    file.write_text(GOOD.format(letterhead=letterhead, header=header), "utf-8")
    return load_programme(file, DIRECTORY).letterhead


def test_every_packaged_plan_is_on_the_youth_unions_paper_under_its_own_committees_name() -> None:
    heads = {plan: library().get(plan).letterhead for plan in PLANS}

    assert {head.profile for head in heads.values()} == {Profile.DOAN}
    assert all(head.body.startswith("BCH ĐOÀN ") for head in heads.values())
    assert heads["phu-son-2023"].upper == "BCH ĐOÀN THỊ XÃ BỈM SƠN"
    # The one plan that bears the Youth Union's own signature says by whose authority.
    assert {plan for plan, head in heads.items() if head.authority} == {"soc-trang-2023"}


def test_a_file_says_all_of_a_letterhead_or_nothing(tmp_path) -> None:
    whole = '[letterhead]\nprofile = "nd30"\nupper = "UBND TỈNH"\nbody = "SỞ NỘI VỤ"\nauthority = "GIÁM ĐỐC"'

    assert read(tmp_path, whole) == Letterhead(Profile.ND30, "UBND TỈNH", "SỞ NỘI VỤ", "GIÁM ĐỐC")
    assert read(tmp_path, "") == Letterhead(Profile.DOAN)
    assert read(tmp_path, '[letterhead]\nprofile = "none"') == Letterhead(Profile.NONE)


def test_the_older_spelling_of_the_profile_still_counts(tmp_path) -> None:
    assert read(tmp_path, "", 'header = "nd30"').profile is Profile.ND30
    assert read(tmp_path, '[letterhead]\nbody = "X"', 'header = "nd30"').profile is Profile.ND30


@pytest.mark.parametrize(
    ("letterhead", "header", "where"),
    [
        ('[letterhead]\nprofile = "doan"', "", "letterhead.body"),
        ('[letterhead]\nprofile = "quoc-huy"\nbody = "X"', "", "letterhead.profile"),
        ('[letterhead]\nbody = "X"\nnumber = "12/CV"', "", "letterhead.number"),
        ('[letterhead]\nprofile = "nd30"\nbody = "X"', 'header = "doan"', "letterhead.profile"),
    ],
)
def test_the_check_names_what_is_wrong_with_a_letterhead(letterhead: str, header: str, where: str) -> None:
    assert faults(letterhead, header) == [where]
