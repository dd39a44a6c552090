"""Plans as data: the six that come with the program, the operator's own, and what the check says about a broken one."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.deadline import VIETNAM
from bot.domain.errors import NotFound
from bot.domain.programme import Intake
from bot.programmes import files
from bot.programmes.build import build
from bot.programmes.check import check, observe
from bot.programmes.findings import Finding, Notes, ProgrammeFault, Severity
from bot.programmes.load import Library, load_directory, load_programme
from bot.programmes.schema import ROWS, TABLES
from bot.texts.keys import Key

TODAY = date(2026, 11, 20)
ROOT = Path(__file__).parents[2]
PLANS = ROOT / "bot" / "programmes"
DIRECTORY = load_directory()
LIBRARY = Library.open(None, TODAY)
ALL = ["hung-yen-2023", "hung-yen-2024", "lang-son-2024", "mau", "phu-son-2023", "soc-trang-2023"]
FAULT, WARNING, ADVICE = Severity

GOOD = """
schema = 1

[programme]
code = "thu-nghiem"
receipt_prefix = "TN26"
level = "tinh"
unit = "tỉnh Lạng Sơn"
province = "lang-son"
directory_day = 2026-03-02
title = "Đối thoại thử"
theme = "Chủ đề thử"

[source]
issuer = "UBND tỉnh Lạng Sơn"

[organiser]
organiser = "Tỉnh đoàn"
controller = "Tỉnh đoàn"
contact = "Văn phòng Tỉnh đoàn"

[dialogue]
day = 2026-04-15

[window]
opens_at = 2026-03-02T08:00:00
closes_at = "2026-03-16 24:00"
basis = "chosen"
note = "Đóng trước hạn giao hai ngày."

[[deadline]]
id = "questions"
kind = "doan_questions_to_home_affairs"
wording = "trước ngày 19/3/2026"

[[assignment]]
department = "so-noi-vu"
topics = ["viec-lam"]
"""


def found(text: str, **options: object) -> list[tuple[Severity, str]]:
    return [(one.severity, one.key) for one in check(text, DIRECTORY, TODAY, **options)]


def without(*lines: str, add: str = "") -> str:
    text = GOOD
    for line in lines:
        assert line in text
        text = text.replace(line, "")
    return text + add


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


def only(text: str, severity: Severity) -> Finding:
    """The one finding of this severity."""
    findings = [one for one in check(text, DIRECTORY, TODAY) if one.severity is severity]
    assert len(findings) == 1, findings
    return findings[0]


# ------------------------------------------------------------------ the packaged plans


def test_the_six_packaged_plans_load_without_a_fault():
    assert sorted(LIBRARY.codes()) == ALL
    assert LIBRARY.faults == ()


def test_receipt_prefixes_are_those_that_receipts_were_given_under():
    prefixes = {programme.code: programme.receipt_prefix for programme in LIBRARY.all()}

    assert prefixes == {
        "hung-yen-2023": "HY23",
        "hung-yen-2024": "HY24",
        "lang-son-2024": "LS24",
        "mau": "MAU",
        "phu-son-2023": "PS23",
        "soc-trang-2023": "ST23",
    }


@pytest.mark.parametrize("code", ALL)
def test_a_packaged_plan_can_be_run_from_greeting_to_workbook(code):
    programme = LIBRARY.get(code)
    noon = programme.window.opens_at + timedelta(hours=4)

    assert programme.window.judge(noon, noon) is Intake.OPEN
    assert programme.window.closes_at - programme.window.opens_at >= timedelta(days=5)
    assert all((programme.contact.organiser, programme.contact.controller, programme.contact.contact))


@pytest.mark.parametrize("code", ALL)
def test_a_chosen_window_gives_its_reason_and_ends_where_the_check_would_propose(code):
    findings = check(PLANS / f"{code}.toml", DIRECTORY, TODAY)

    assert [one for one in findings if one.severity is not WARNING] == []
    assert LIBRARY.get(code).window.basis == "chosen"
    assert len(LIBRARY.get(code).window.note) > 20


def test_hung_yen_2024_takes_questions_on_the_day_of_the_rehearsal_in_the_handbook():
    window, at = LIBRARY.get("hung-yen-2024").window, datetime(2024, 2, 20, 9, tzinfo=VIETNAM)

    assert window.judge(at, at) is Intake.OPEN


def test_check_says_that_hung_yen_2023_leaves_young_people_no_day():
    findings = check(PLANS / "hung-yen-2023.toml", DIRECTORY, TODAY)

    (window,) = [one for one in findings if one.key == "window"]
    assert window.severity is WARNING
    assert "Không còn ngày nào" in window.reason
    assert "21/02/2023" in window.reason


def test_the_observed_day_of_hung_yen_2023_still_leaves_no_day_and_that_of_2024_eleven():
    reasons = {}
    for code, day in (("hung-yen-2023", date(2023, 3, 23)), ("hung-yen-2024", date(2024, 3, 22))):
        text = (PLANS / f"{code}.toml").read_text("utf-8").replace("[dialogue]", f"[dialogue]\nday = {day}")
        reasons[code] = [one.reason for one in check(text, DIRECTORY, TODAY) if one.key == "window"]

    assert "cho công bố muộn nhất thứ Ba, ngày 21/02/2023" in reasons["hung-yen-2023"][0]
    assert reasons["hung-yen-2024"] == []


@pytest.mark.parametrize(
    ("code", "number", "day", "place"),
    [
        ("hung-yen-2023", "", None, True),
        ("hung-yen-2024", "", None, True),
        ("lang-son-2024", "45/KH-UBND", None, False),
        ("phu-son-2023", "", None, False),
        ("soc-trang-2023", "", date(2023, 6, 15), True),
    ],
)
def test_what_a_real_plan_leaves_blank_stays_blank_and_is_named(code, number, day, place):
    programme = LIBRARY.get(code)

    assert (programme.number, programme.dialogue.day, bool(programme.dialogue.place)) == (number, day, place)
    assert programme.gaps


def test_the_departments_that_a_plan_names_come_in_its_order():
    named = {programme.code: programme.named_departments for programme in LIBRARY.all()}

    assert named == {
        "hung-yen-2023": (
            "so-tttt",
            "so-khdt",
            "so-gddt-old",
            "so-khcn-old",
            "so-nnptnt",
            "so-cong-thuong",
            "ubnd-huyen",
        ),
        "hung-yen-2024": ("so-khcn-old", "so-tttt", "so-gddt-old", "so-nnptnt"),
        "lang-son-2024": ("so-gddt-old", "so-ldtbxh"),
        "mau": (),
        "phu-son-2023": ("vp-hdnd-ubnd-phuong", "chinh-sach-xa-hoi"),
        "soc-trang-2023": (),
    }


def test_soc_trang_has_its_six_groups_and_units_are_the_districts_of_their_time():
    assert len(LIBRARY.get("soc-trang-2023").issue_groups) == 6
    assert [len(LIBRARY.get(code).units) for code in ALL] == [10, 10, 11, 15, 0, 15]


def test_givers_and_receivers_are_names_for_people():
    questions = LIBRARY.get("hung-yen-2024").delivery

    assert (questions.giver, questions.receiver) == ("Tỉnh đoàn", "Sở Nội vụ")


# ------------------------------------------------------------------ the sample of today


@settings(max_examples=30)
@given(today=st.dates(date(2025, 7, 1), date(2035, 12, 31)))
def test_the_sample_is_open_on_whatever_day_it_is_run(today):
    programme = load_programme(PLANS / "mau.toml", DIRECTORY, today)
    noon = datetime(today.year, today.month, today.day, 12, tzinfo=VIETNAM)

    assert programme.window.judge(noon, noon) is Intake.OPEN
    assert programme.window.closes_at == programme.proposed_close
    assert programme.window.closes_at - noon > timedelta(days=9)
    assert (programme.year, programme.province) == (today.year, "hung-yen")
    assert programme.dialogue.day == today + timedelta(days=31)


def test_the_sample_says_that_it_is_one_wherever_people_read_it():
    sample = LIBRARY.get("mau")

    assert all("mẫu" in text for text in (sample.title, sample.theme, sample.unit, sample.contact.organiser))


def test_moving_days_in_a_samples_wording_are_written_out_for_people():
    sample = LIBRARY.get("mau")

    assert [one.wording for one in sample.deadlines][1] == "trước ngày 12/12/2026"


def test_moving_days_are_for_samples_only():
    finding = only(changed("directory_day = 2026-03-02", 'directory_day = "today"'), FAULT)

    assert (finding.key, "sample = true" in finding.reason) == ("programme.directory_day", True)


def test_a_sample_without_todays_day_is_refused():
    with pytest.raises(ProgrammeFault):
        load_programme(PLANS / "mau.toml", DIRECTORY)


# ------------------------------------------------------------------ faults: each named by file, key and reason


def test_a_plan_as_it_should_be_has_nothing_to_be_said_about():
    assert check(GOOD, DIRECTORY, TODAY) == []


BROKEN = {
    "an unknown key": (changed("theme =", "chu_de ="), "programme.chu_de", "chu_de"),
    "an unknown table": (GOOD + "\n[deadlines]\nid = 'x'", "deadlines", "deadline"),
    "a misspelt key": (changed("closes_at =", "close_at ="), "window.close_at", "closes_at"),
    "a missing key": (without('receipt_prefix = "TN26"'), "programme.receipt_prefix", "receipt_prefix"),
    "a missing table": (without('[source]\nissuer = "UBND tỉnh Lạng Sơn"'), "source", "[source]"),
    "an empty text": (changed('theme = "Chủ đề thử"', 'theme = " "'), "programme.theme", "trống"),
    "a number for a text": (changed('unit = "tỉnh Lạng Sơn"', "unit = 7"), "programme.unit", "7"),
    "a text for a number": (changed("theme =", 'year = "2026"\ntheme ='), "programme.year", "2026"),
    "a text for a list": (changed('topics = ["viec-lam"]', 'topics = "viec-lam"'), "assignment[1].topics", "viec-lam"),
    "a text for yes or no": (changed("[source]", '[topics]\nunassigned = "x"\n[source]'), "topics.unassigned", "x"),
    "one bracket for rows": (changed("[[assignment]]", "[assignment]"), "assignment", "[[assignment]]"),
    "two brackets for a table": (changed("[source]", "[[source]]"), "source", "[source]"),
    "a day that does not exist": (
        changed("directory_day = 2026-03-02", "directory_day = 2026-02-30"),
        "programme.directory_day",
        "2026-02-30",
    ),
    "a day in words": (changed("day = 2026-04-15", 'day = "giữa tháng 4"'), "dialogue.day", "giữa tháng 4"),
    "an instant without an hour": (changed("2026-03-16 24:00", "2026-03-16"), "window.closes_at", "2026-03-16"),
    "an hour that does not exist": (changed("2026-03-16 24:00", "2026-03-16 25:00"), "window.closes_at", "25:00"),
    "an unknown topic": (changed("viec-lam", "viec-lamm"), "assignment[1].topics", "viec-lam”"),
    "an unknown department": (changed('"so-noi-vu"', '"so-noi-vuu"'), "assignment[1].department", "so-noi-vu”"),
    "an unknown province": (changed('"lang-son"', '"langson"'), "programme.province", "lang-son”"),
    "an unknown giver": (
        changed('wording = "trước', 'from = "tinh-doann"\nwording = "trước'),
        "deadline[1].from",
        "tinh-doan”",
    ),
    "an unknown level": (changed('level = "tinh"', 'level = "province"'), "programme.level", "“tinh”, “huyen”, “xa”"),
    "an unknown kind": (
        changed("doan_questions_to_home_affairs", "questions"),
        "deadline[1].kind",
        "doan_questions_to_home_affairs",
    ),
    "an unknown reading": (
        changed('wording = "trước', 'reading = "kể cả"\nwording = "trước'),
        "deadline[1].reading",
        "kể cả",
    ),
    "a reading that the phrase does not allow": (
        changed('wording = "trước', 'reading = "that day included"\nwording = "trước'),
        "deadline[1].reading",
        "before that day",
    ),
    "a wording that is not understood": (
        changed("trước ngày 19/3/2026", "trong thời gian sớm nhất"),
        "deadline[1].wording",
        "rule",
    ),
    "a wording with a day that does not exist": (
        changed("19/3/2026", "31/4/2026"),
        "deadline[1].wording",
        "31/4/2026",
    ),
    "a rule without its day": (
        changed("trước ngày 19/3/2026", 'sớm"\nrule = "before_date'),
        "deadline[1].date",
        "before_date",
    ),
    "a day without a rule": (
        changed("trước ngày 19/3/2026", 'sớm"\ndate = 2026-03-19\ndeliverable = "'),
        "deadline[1].rule",
        "date",
    ),
    "no days at all": (
        changed("trước ngày 19/3/2026", 'sớm"\ndays = 0\nrule = "days_before_dialogue'),
        "deadline[1].days",
        "0",
    ),
    "an unreadable month": (
        changed("trước ngày 19/3/2026", 'sớm"\nmonth = "3/2026"\nrule = "within_month'),
        "deadline[1].month",
        "2026",
    ),
    "a year that is a slip of the hand": (
        changed("day = 2026-04-15", "day = 0206-04-15"),
        "dialogue.day",
        "0206-04-15",
    ),
    "such a year in the wording": (changed("19/3/2026", "19/3/0026"), "deadline[1].wording", "19/3/0026"),
    "the same deadline twice": (
        GOOD + '[[deadline]]\nid = "questions"\nkind = "other"\nwording = "tháng 4/2026"',
        "deadline[2].id",
        "questions",
    ),
    "the same topic twice": (
        GOOD + '[[assignment]]\ndepartment = "so-yte"\ntopics = ["viec-lam"]',
        "assignment[2].topics",
        "so-noi-vu",
    ),
    "an own department with a known id": (
        GOOD + '[[department]]\nid = "so-yte"\nname = "Y tế"\nshort_name = "Y tế"',
        "department[1].id",
        "so-yte",
    ),
    "a short name that is too long": (
        GOOD + f'[[department]]\nid = "p"\nname = "P"\nshort_name = "{"P" * 32}"',
        "department[1].short_name",
        "31",
    ),
    "a code with accents": (changed('code = "thu-nghiem"', 'code = "thử nghiệm"'), "programme.code", "thử nghiệm"),
    "a prefix in small letters": (changed("TN26", "tn26"), "programme.receipt_prefix", "tn26"),
    "a prefix that is too long": (changed("TN26", "TN26789"), "programme.receipt_prefix", "2 đến 6"),
    "a prefix of another programme": (changed("TN26", "HY24"), "programme.receipt_prefix", "hung-yen-2024"),
    "another schema": (changed("schema = 1", "schema = 2"), "schema", "schema = 1"),
    "no schema": (changed("schema = 1", ""), "schema", "schema = 1"),
    "a line that is no TOML": (changed('theme = "Chủ đề thử"', "theme = Chủ đề thử"), "", "Dòng 12"),
    "a table twice": (GOOD + '[source]\nissuer = "x"', "", "[source]"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_fault_is_named_by_file_key_and_reason(case, tmp_path):
    text, key, named = BROKEN[case]
    file = tmp_path / "ke-hoach.toml"
    file.write_text(text, "utf-8")

    findings = check(file, DIRECTORY, TODAY)

    faults = [one for one in findings if one.severity is FAULT and one.key == key]
    assert len(faults) == 1, findings
    assert faults[0].file == "ke-hoach.toml"
    assert named in faults[0].reason
    assert faults[0].reason.endswith((".", "?", ")"))


def test_several_faults_at_once_are_all_reported():
    text = GOOD.replace('"lang-son"', '"langson"').replace("2026-03-02T08:00:00", "2026-02-30").replace("viec-lam", "x")

    assert found(text) == [
        (FAULT, "window.opens_at"),
        (FAULT, "programme.province"),
        (FAULT, "assignment[1].topics"),
    ]


def test_loading_a_broken_file_raises_with_the_same_faults(tmp_path):
    file = tmp_path / "sai.toml"
    file.write_text(changed("viec-lam", "x"), "utf-8")

    with pytest.raises(ProgrammeFault) as refused:
        load_programme(file, DIRECTORY)

    assert list(refused.value.findings) == check(file, DIRECTORY, TODAY)


def test_a_file_that_is_not_there_or_not_in_utf8_is_named(tmp_path):
    other = tmp_path / "utf16.toml"
    other.write_bytes(GOOD.encode("utf-16"))

    reasons = [check(file, DIRECTORY, TODAY)[0].reason for file in (tmp_path / "khong-co.toml", other)]

    assert ["Không mở được tệp" in reasons[0], "UTF-8" in reasons[1]] == [True, True]


def test_a_file_saved_on_windows_is_read(tmp_path):
    file = tmp_path / "windows.toml"
    file.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())

    assert check(file, DIRECTORY, TODAY) == []


# ------------------------------------------------------------------ days and instants as people write them


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-02T08:00:00",
        "2026-03-02 08:00:00",
        "2026-03-02T08:00:00+07:00",
        "2026-03-02T01:00:00Z",
        "2026-03-02 08:00",
        '"2026-03-02 08:00"',
        '"2026-03-02T08:00"',
        '"02/3/2026 08:00"',
        '"2026-03-02T01:00+00:00"',
    ],
)
def test_an_instant_without_a_zone_is_viet_nams_time(written, tmp_path):
    file = tmp_path / "x.toml"
    file.write_text(changed("2026-03-02T08:00:00", written), "utf-8")

    assert load_programme(file, DIRECTORY).window.opens_at == datetime(2026, 3, 2, 1, tzinfo=UTC)


def test_twenty_four_hours_ends_that_day(tmp_path):
    file = tmp_path / "x.toml"
    file.write_text(GOOD, "utf-8")

    assert load_programme(file, DIRECTORY).window.closes_at == datetime(2026, 3, 17, tzinfo=VIETNAM)


# ------------------------------------------------------------------ warnings and advice

DOUBTFUL = {
    "a window that is empty": (changed("2026-03-16 24:00", "2026-03-02 08:00"), "window", "8 giờ 00"),
    "a window that closes after the delivery": (
        changed("2026-03-16 24:00", "2026-03-19 00:01"),
        "window.closes_at",
        "hạn giao",
    ),
    "a rule against the phrase": (
        changed("19/3/2026", '19/3/2026"\ndate = 2026-03-19\nrule = "on_or_before_date'),
        "deadline[1].rule",
        "on_or_before_date",
    ),
    "a deadline on a weekend": (changed("19/3/2026", "23/3/2026"), "deadline[1].wording", "thứ Sáu, ngày 20/3/2026"),
    "no dialogue day": (changed("day = 2026-04-15", ""), "dialogue.day", "doithoai programme date thu-nghiem"),
    "a subject given to nobody": (
        GOOD + '[topics]\nunassigned = ["vay-von-uu-dai"]',
        "topics.unassigned",
        "Vay vốn chính sách",
    ),
    "a department of another time": (
        changed('"so-noi-vu"', '"so-ldtbxh"'),
        "assignment[1].department",
        "Sở Lao động - Thương binh và Xã hội",
    ),
    "a province of another time": (changed('"lang-son"', '"soc-trang-old"'), "programme.province", "soc-trang-old"),
    "no delivery to compare with": (changed('"questions"', '"cau-hoi"'), "deadline", "questions"),
    "a plan dated after its delivery": (
        changed("[organiser]", "date = 2026-03-18\n[organiser]"),
        "window",
        "Không còn ngày nào",
    ),
}


@pytest.mark.parametrize("case", DOUBTFUL)
def test_a_doubt_is_a_warning_and_the_plan_stays_usable(case):
    text, key, named = DOUBTFUL[case]

    findings = [one for one in check(text, DIRECTORY, TODAY) if one.severity is not ADVICE]

    assert [(one.severity, one.key) for one in findings] == [(WARNING, key)]
    assert named in findings[0].reason


def test_a_relative_deadline_without_a_dialogue_day_is_named_too():
    text = without("day = 2026-04-15").replace("trước ngày 19/3/2026", "chậm nhất 20 ngày (tính đến ngày đối thoại)")

    assert found(text)[:2] == [(WARNING, "dialogue.day"), (WARNING, "deadline[1].wording")]


def test_the_cutoff_is_proposed_two_days_before_the_delivery_with_both_instants_in_words():
    finding = only(changed("2026-03-16 24:00", "2026-03-18 17:00"), ADVICE)

    assert finding.key == "window.closes_at"
    assert "24 giờ thứ Hai, ngày 16/3/2026" in finding.reason
    assert "17 giờ 00 thứ Tư, ngày 18/3/2026" in finding.reason


def test_an_open_reading_and_a_missing_reason_are_met_with_advice():
    text = without('note = "Đóng trước hạn giao hai ngày."').replace(
        "trước ngày 19/3/2026", "trước 28 ngày (tính đến ngày đối thoại)"
    )

    assert found(text)[:2] == [(ADVICE, "deadline[1].reading"), (ADVICE, "window.note")]


def test_a_rule_that_agrees_with_the_phrase_is_no_matter():
    assert check(changed("19/3/2026", '19/3/2026"\ndate = 2026-03-19\nrule = "before_date'), DIRECTORY, TODAY) == []


def test_a_rule_of_the_file_decides_where_the_phrase_is_not_understood(tmp_path):
    file = tmp_path / "x.toml"
    said = 'chậm nhất 16 giờ ngày 18/3/2026"\ndate = 2026-03-18\nrule = "on_or_before_date'
    file.write_text(changed("trước ngày 19/3/2026", said), "utf-8")

    assert load_programme(file, DIRECTORY).delivered_by == datetime(2026, 3, 19, tzinfo=VIETNAM)


def test_faults_come_first_then_warnings_then_advice():
    text = changed("2026-03-16 24:00", "2026-03-02 08:00")
    notes = Notes("x.toml")
    plan = build(files.parse(files.Source("x.toml", text.encode()), notes), DIRECTORY, TODAY, notes)
    observe(plan, DIRECTORY, notes)
    notes.fault("programme.theme", Key.CHECK_EMPTY)

    assert [one.severity for one in notes.in_order()] == [FAULT, WARNING, ADVICE]


# ------------------------------------------------------------------ the library


def write(folder: Path, name: str, text: str) -> None:
    (folder / "programmes").mkdir(exist_ok=True)
    (folder / "programmes" / name).write_text(text, "utf-8")


def test_the_operators_own_plans_come_first(tmp_path):
    write(tmp_path, "thu.toml", GOOD)

    library = Library.open(tmp_path, TODAY)

    assert library.codes() == ["thu-nghiem", *ALL]
    assert [programme.code for programme in library.all()] == library.codes()


def test_an_own_plan_takes_the_place_of_the_packaged_one_with_its_code(tmp_path):
    write(tmp_path, "ban-rieng.toml", GOOD.replace("thu-nghiem", "hung-yen-2024").replace("TN26", "HY24"))

    library = Library.open(tmp_path, TODAY)

    assert library.get("hung-yen-2024").theme == "Chủ đề thử"
    assert sorted(library.codes()) == ALL


def test_a_broken_own_plan_hides_no_other_and_is_never_replaced_by_the_packaged_one(tmp_path):
    write(tmp_path, "thu.toml", GOOD)
    write(tmp_path, "hung-yen-2024.toml", "schema = 1\n[programme")

    library = Library.open(tmp_path, TODAY)

    assert "hung-yen-2024" not in library.codes()
    assert {"thu-nghiem", "hung-yen-2023"} <= set(library.codes())
    assert [fault.file for fault in library.faults] == ["hung-yen-2024.toml"]
    assert str(library.faults[0]).startswith("hung-yen-2024.toml: ")
    with pytest.raises(ProgrammeFault):
        library.get("hung-yen-2024")


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [("thu-nghiem", "thu-nghiem", "programme.code"), ("thu-nghiem", "khac", "programme.receipt_prefix")],
)
def test_two_plans_share_neither_code_nor_receipt_prefix(tmp_path, old, new, key):
    write(tmp_path, "a.toml", GOOD)
    write(tmp_path, "b.toml", GOOD.replace(old, new))

    library = Library.open(tmp_path, TODAY)

    assert [(fault.file, fault.key) for fault in library.faults] == [("b.toml", key)]
    assert library.get("thu-nghiem").theme == "Chủ đề thử"


def test_an_unknown_code_is_not_found():
    with pytest.raises(NotFound):
        LIBRARY.get("khong-co")


def test_a_data_folder_without_plans_gives_the_packaged_ones(tmp_path):
    assert Library.open(tmp_path, TODAY).codes() == ALL


def test_an_own_directory_serves_own_plans_and_a_broken_one_leaves_the_packaged_in_force(tmp_path):
    write(tmp_path, "directory.toml", 'schema = 1\n[[province]]\nid = "hai-phong"\nname = "Thành phố Hải Phòng"')
    write(tmp_path, "thu.toml", GOOD.replace("lang-son", "hai-phong"))

    assert "thu-nghiem" in Library.open(tmp_path, TODAY).codes()

    write(tmp_path, "directory.toml", "schema = 1\n[[province]]\nid = 'x'")
    library = Library.open(tmp_path, TODAY)
    assert {(fault.file, fault.key) for fault in library.faults} == {
        ("directory.toml", "province[1].name"),
        ("thu.toml", "programme.province"),
    }
    assert library.codes() == ALL


def test_checking_a_directory_file_checks_it_as_one(tmp_path):
    write(tmp_path, "directory.toml", "schema = 1\n[[province]]\nid = 'x'")

    findings = check(tmp_path / "programmes" / "directory.toml", DIRECTORY, TODAY)

    assert [(one.file, one.key) for one in findings] == [("directory.toml", "province[1].name")]


# ------------------------------------------------------------------ the handbook


def test_the_handbook_explains_every_key_and_names_no_other_table():
    text = (ROOT / "docs" / "chuong-trinh.md").read_text("utf-8")

    for tables, heading in ((TABLES, "`[{}]`"), (ROWS, "`[[{}]]`")):
        for table, keys in tables.items():
            part = text.split(f"## {heading.format(table)}", 1)[1].split("\n## ", 1)[0]
            assert [key for key in keys if f"`{key}`" not in part] == []


def test_the_worked_example_of_the_handbook_passes_its_own_check():
    text = (ROOT / "docs" / "chuong-trinh.md").read_text("utf-8")
    example = text.split("```toml\n", 1)[1].split("```", 1)[0]

    assert [one for one in check(example, DIRECTORY, TODAY) if one.severity is not WARNING] == []
