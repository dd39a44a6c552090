"""Every deadline of the five real plans against a reference table, and the rules that hold for any deadline."""

import tomllib
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.deadline import (
    VIETNAM,
    Basis,
    Deadline,
    Reading,
    Rule,
    last_day_in_time,
    legal_deadlines,
    midnight_after,
    understand,
)
from bot.domain.programme import GRACE, Intake, Programme, Window
from bot.programmes.load import Library

DATA = Path(__file__).parent / "data"
ROWS = tomllib.loads((DATA / "deadlines.toml").read_text("utf-8"))["deadline"]
OBSERVED = tomllib.loads((DATA / "observed.toml").read_text("utf-8"))
LIBRARY = Library.open(None, date(2026, 11, 20))
PLANS = sorted({row["programme"] for row in ROWS})

days = st.dates(date(2015, 1, 1), date(2045, 12, 31))


def programme_for(row: dict) -> Programme:
    programme = LIBRARY.get(row["programme"])
    return programme.on_day(OBSERVED[row["programme"]]) if row["basis"] == "observed" else programme


def computed(programme: Programme) -> list[dict]:
    """What the code makes of a programme, in the shape of the reference rows."""
    return [
        {
            "programme": programme.code,
            "id": deadline.id,
            "kind": deadline.kind,
            "wording": deadline.wording,
            "reading": deadline.label(instant.reading),
            "basis": instant.basis.value,
            **(
                {
                    "last_day": instant.last_day,
                    "last_working_day": instant.last_working_day,
                    "closes_at": instant.closes_at,
                    "closes_at_utc": instant.closes_at.astimezone(UTC),
                }
                if instant.last_day
                else {}
            ),
        }
        for deadline in programme.all_deadlines()
        for instant in programme.instants(deadline)
    ]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['programme']}:{row['id']}:{row['reading']}")
def test_a_row_of_the_reference_table_comes_out_exactly(row):
    found = [
        made for made in computed(programme_for(row)) if (made["id"], made["reading"]) == (row["id"], row["reading"])
    ]

    assert found == [row]


@pytest.mark.parametrize("code", PLANS)
def test_a_plan_has_exactly_the_deadlines_and_readings_of_the_reference_table(code):
    programme = LIBRARY.get(code)
    if code in OBSERVED:
        programme = programme.on_day(OBSERVED[code])

    made = {(row["id"], row["reading"]) for row in computed(programme)}

    assert made == {(row["id"], row["reading"]) for row in ROWS if row["programme"] == code}


def test_relative_deadlines_have_no_instant_while_the_dialogue_day_is_unknown():
    programme = LIBRARY.get("phu-son-2023")

    assert [one.last_day for one in programme.instants(programme.delivery)] == [None, None]
    assert programme.delivered_by is None
    assert programme.proposed_close is None


def test_relative_deadlines_follow_the_dialogue_day_when_it_moves():
    programme = LIBRARY.get("soc-trang-2023")

    moved = programme.on_day(date(2023, 6, 16))

    assert programme.delivered_by == datetime(2023, 5, 27, tzinfo=VIETNAM)
    assert moved.delivered_by == datetime(2023, 5, 28, tzinfo=VIETNAM)


def test_the_chosen_reading_comes_first_and_alone_is_marked_as_chosen():
    programme = LIBRARY.get("soc-trang-2023")

    instants = programme.instants(programme.delivery)

    assert [(one.reading, one.chosen) for one in instants] == [
        (Reading.DAYS_BACK, True),
        (Reading.DIALOGUE_DAY_COUNTED, False),
    ]


def test_the_proposed_cutoff_is_two_days_before_the_delivery_to_home_affairs():
    assert LIBRARY.get("hung-yen-2024").proposed_close == datetime(2024, 3, 2, tzinfo=VIETNAM)


def test_where_the_plan_states_the_young_peoples_own_deadline_that_is_the_proposed_cutoff():
    ward = LIBRARY.get("phu-son-2023").on_day(date(2023, 3, 24))

    assert ward.proposed_close == datetime(2023, 3, 18, tzinfo=VIETNAM)


# ------------------------------------------------------------------ phrases


@pytest.mark.parametrize(
    ("wording", "rule", "readings"),
    [
        ("trước ngày 04/3/2024", Rule.BEFORE_DATE, (Reading.BEFORE_THAT_DAY,)),
        ("TRƯỚC NGÀY 04/03/2024", Rule.BEFORE_DATE, (Reading.BEFORE_THAT_DAY,)),
        ("trước 04/3/2024", Rule.BEFORE_DATE, (Reading.BEFORE_THAT_DAY,)),
        ("chậm nhất trước ngày 05/3/2024.", Rule.BEFORE_DATE, (Reading.BEFORE_THAT_DAY,)),
        ("chậm nhất ngày 10/3/2024", Rule.ON_OR_BEFORE_DATE, (Reading.THAT_DAY_INCLUDED,)),
        ("đến hết ngày 10/3/2024", Rule.ON_OR_BEFORE_DATE, (Reading.THAT_DAY_INCLUDED,)),
        (
            "chậm nhất 20 ngày (tính đến ngày đối thoại)",
            Rule.DAYS_BEFORE_DIALOGUE,
            (Reading.DAYS_BACK, Reading.DIALOGUE_DAY_COUNTED),
        ),
        (
            "trước 07 ngày (tính đến ngày đối thoại).",
            Rule.DAYS_BEFORE_DIALOGUE,
            (Reading.DAYS_BACK, Reading.DAYS_BACK_EXCLUDED),
        ),
        ("trong vòng 10 ngày kể từ ngày đối thoại", Rule.DAYS_AFTER_DIALOGUE, (Reading.DAYS_ON,)),
        ("chậm nhất 05 ngày sau buổi đối thoại", Rule.DAYS_AFTER_DIALOGUE, (Reading.DAYS_ON,)),
        ("tháng 4/2023", Rule.WITHIN_MONTH, (Reading.END_OF_MONTH,)),
        ("sau khi tổng hợp các kiến nghị của thanh niên.", Rule.AFTER_EVENT, (Reading.NONE,)),
        ("theo quy định tại khoản 3 Điều 10 Luật Thanh niên", Rule.BY_LAW, (Reading.NONE,)),
    ],
)
def test_a_phrase_of_a_plan_is_understood(wording, rule, readings):
    phrase = understand(wording)

    assert phrase is not None
    assert (phrase.rule, phrase.readings) == (rule, readings)


def test_decomposed_letters_mean_the_same():
    import unicodedata

    wording = "chậm nhất ngày 10/3/2024"

    assert understand(unicodedata.normalize("NFD", wording)) == understand(wording)


@pytest.mark.parametrize(
    "wording",
    [
        "sớm nhất có thể",
        "ngày 10/3/2024",
        "trước 16 giờ 00 ngày 10/3/2024",
        "chậm nhất 17h00 ngày 10/3/2024",
        "trước 07 ngày làm việc (tính đến ngày đối thoại)",
        "chậm nhất một tuần trước ngày 05/3/2024",
        "không trước ngày 05/3/2024",
        "",
    ],
)
def test_a_phrase_that_means_more_than_a_rule_can_say_is_left_to_the_file(wording):
    assert understand(wording) is None


@pytest.mark.parametrize(
    "wording",
    [
        "từ ngày 01/3/2024 đến hết ngày 05/3/2024",
        "từ 01/3 đến hết ngày 05/3/2024",
        "Từ ngày 20/02/2024, chậm nhất ngày 05/3/2024",
        "từ ngày 20/02/2024, chậm nhất trong tháng",
        "chậm nhất ngày 04-05/3/2024",
        "trước ngày 05/3/2024, bản chính thức chậm nhất ngày 10/3/2024",
        "tháng 3/2024, chậm nhất ngày 10/3/2024",
        "tháng 3/2023 và tháng 4/2023",
        "chậm nhất 07 ngày trước ngày 05/3/2024",
        "chậm nhất ngày 05/3/2024 (trước 10 ngày tính đến ngày đối thoại)",
        "trước 20 ngày, riêng cấp xã trước 07 ngày (tính đến ngày đối thoại)",
    ],
)
def test_a_range_or_several_times_in_one_phrase_are_left_to_the_file(wording):
    assert understand(wording) is None


@pytest.mark.parametrize(
    "wording",
    [
        "trước tháng 4/2023",
        "sau tháng 4/2023",
        "đầu tháng 4/2023",
        "giữa tháng 4/2023",
        "cuối tháng 4/2023",
        "từ tháng 4/2023",
        "trước ngày 15 tháng 3/2024",
        "ngày 15 tháng 3/2024",
        "tuần thứ hai của tháng 3/2024",
    ],
)
def test_a_part_of_a_month_is_not_the_whole_month(wording):
    assert understand(wording) is None


@pytest.mark.parametrize("wording", ["trong tháng 4/2023", "chậm nhất tháng 4/2023", "đến hết tháng 4/2023"])
def test_a_whole_month_in_other_words_is_still_its_end(wording):
    assert understand(wording) == understand("tháng 4/2023")


def test_a_range_of_days_in_one_month_ends_with_its_stated_last_day():
    assert understand("từ ngày 01 đến hết ngày 05/3/2024") == understand("đến hết ngày 05/3/2024")


@pytest.mark.parametrize("wording", ["trước ngày 30/02/2024", "trong tháng 13/2024"])
def test_a_day_that_does_not_exist_is_refused_and_never_guessed(wording):
    with pytest.raises(ValueError):
        understand(wording)


# ------------------------------------------------------------------ what holds for any day


@given(day=days)
def test_before_a_day_and_by_a_day_lie_exactly_one_day_apart(day):
    written = f"{day:%d/%m/%Y}"
    exclusive, inclusive = (understand(f"{words} ngày {written}") for words in ("trước", "chậm nhất"))

    before = last_day_in_time(exclusive, exclusive.readings[0], None)
    by = last_day_in_time(inclusive, inclusive.readings[0], None)

    assert (before, by) == (day - timedelta(days=1), day)


@given(dialogue=days, count=st.integers(1, 120), word=st.sampled_from(["chậm nhất", "trước"]))
def test_every_reading_closes_at_midnight_in_viet_nam_and_its_working_day_is_one(dialogue, count, word):
    phrase = understand(f"{word} {count} ngày (tính đến ngày đối thoại)")
    deadline = Deadline("x", "other", "", phrase, phrase.readings[0])

    for instant in deadline.instants(dialogue, day_from_plan=True):
        assert instant.closes_at.timetz().replace(tzinfo=None) == time()
        assert instant.closes_at.utcoffset() == timedelta(hours=7)
        assert instant.closes_at.date() == instant.last_day + timedelta(days=1)
        assert instant.last_working_day <= instant.last_day
        assert instant.last_working_day.weekday() < 5
        assert instant.last_day - instant.last_working_day < timedelta(days=3)


@given(dialogue=days)
def test_the_law_gives_thirty_days_before_and_ten_or_fifteen_after(dialogue):
    offsets = [(one.id, (one.chosen(dialogue).last_day - dialogue).days) for one in legal_deadlines()]

    assert offsets == [("law_publish", -30), ("law_conclusion", 10), ("law_conclusion_complex", 15)]


@given(year=st.integers(2015, 2045), month=st.integers(1, 12))
def test_within_a_month_lasts_to_its_last_day(year, month):
    phrase = understand(f"tháng {month}/{year}")

    last = last_day_in_time(phrase, Reading.END_OF_MONTH, None)

    assert (last.year, last.month) == (year, month)
    assert (last + timedelta(days=1)).day == 1


def test_a_deadline_without_a_computable_day_has_no_basis():
    phrase = understand("sau khi tổng hợp các kiến nghị")
    (instant,) = Deadline("x", "other", "", phrase, Reading.NONE).instants(date(2024, 3, 22), day_from_plan=True)

    assert (instant.basis, instant.closes_at, instant.last_working_day) == (Basis.NONE, None, None)


# ------------------------------------------------------------------ the intake window

OPENS, CLOSES = datetime(2024, 2, 19, 8, tzinfo=VIETNAM), midnight_after(date(2024, 3, 1))
WINDOW = Window(OPENS, CLOSES, "chosen")
_TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("typed_at", "intake"),
    [
        (OPENS - _TICK, Intake.EARLY),
        (OPENS, Intake.OPEN),
        (CLOSES - _TICK, Intake.OPEN),
        (CLOSES, Intake.LATE),
    ],
)
def test_the_window_is_half_open(typed_at, intake):
    assert WINDOW.judge(typed_at, typed_at) is intake


@pytest.mark.parametrize(
    ("confirmed_at", "shown_at", "intake"),
    [
        (CLOSES + GRACE - _TICK, None, Intake.OPEN),
        (CLOSES + GRACE, None, Intake.LATE),
        (CLOSES + GRACE, CLOSES + timedelta(hours=3), Intake.OPEN),
        (CLOSES + timedelta(hours=3) + GRACE, CLOSES + timedelta(hours=3), Intake.LATE),
        (CLOSES + GRACE, CLOSES - timedelta(hours=1), Intake.LATE),
    ],
)
def test_a_draft_typed_in_time_may_be_confirmed_within_the_grace(confirmed_at, shown_at, intake):
    assert WINDOW.judge(CLOSES - _TICK, confirmed_at, shown_at=shown_at) is intake


@given(
    typed=st.timedeltas(timedelta(days=-30), timedelta(days=30)),
    waited=st.timedeltas(timedelta(0), timedelta(days=2)),
)
def test_what_was_typed_after_the_cutoff_is_late_however_it_is_confirmed(typed, waited):
    typed_at = CLOSES + typed

    judged = WINDOW.judge(typed_at, typed_at + waited, shown_at=typed_at)

    if typed_at >= CLOSES:
        assert judged is Intake.LATE
    elif typed_at < OPENS:
        assert judged is Intake.EARLY
    elif typed_at + waited < CLOSES:
        assert judged is Intake.OPEN
