"""The directory: the same concern goes to the body that owned it at the programme's date, in its province."""

import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.department import OUT_OF_SCOPE, Assignment, Department
from bot.programmes.findings import ProgrammeFault
from bot.programmes.load import Library, load_directory

REFERENCE = tomllib.loads((Path(__file__).parent / "data" / "directory.toml").read_text("utf-8"))
DIRECTORY = load_directory()
LIBRARY = Library.open(None, date(2026, 11, 20))
BEFORE, NOW = (DIRECTORY.at(day, "lang-son") for day in (date(2024, 3, 1), date(2026, 3, 1)))


@pytest.mark.parametrize("example", REFERENCE["example"], ids=lambda example: example["concern"])
def test_a_concern_goes_to_the_body_of_its_time(example):
    leads = tuple(table.name(table.route(example["topic"]).lead) for table in (BEFORE, NOW))

    assert leads == (example["before"], example["now"])


@pytest.mark.parametrize(("topic", "leads"), REFERENCE["lead"].items())
def test_every_topic_has_the_lead_of_the_competence_table_before_and_now(topic, leads):
    assert [BEFORE.route(topic).lead, NOW.route(topic).lead] == (leads or [None, None])


def test_the_competence_table_covers_every_topic():
    assert set(REFERENCE["lead"]) == set(DIRECTORY.topics)


@pytest.mark.parametrize(("topic", "beside"), REFERENCE["beside"].items())
def test_border_cases_name_whom_to_consult(topic, beside):
    assert set(beside) <= set(NOW.route(topic).supporting)


@pytest.mark.parametrize("province", DIRECTORY.provinces)
@given(day=st.dates(date(2020, 1, 1), date(2030, 12, 31)))
def test_every_topic_in_scope_has_one_lead_in_force_on_any_day_anywhere(province, day):
    table = DIRECTORY.at(day, province)

    for route in table.routes.values():
        assert (route.lead is None) == (route.topic == OUT_OF_SCOPE)
        assert {route.lead, *route.supporting} - {None} <= set(table.departments)
        assert route.lead not in route.supporting


def test_the_day_of_the_merger_belongs_to_the_new_bodies():
    leads = [DIRECTORY.at(day, "lang-son").route("viec-lam").lead for day in (date(2025, 2, 28), date(2025, 3, 1))]

    assert leads == ["so-ldtbxh", "so-noi-vu"]


def test_a_province_without_the_special_department_sends_ethnic_affairs_to_home_affairs():
    hung_yen = DIRECTORY.at(date(2026, 3, 1), "hung-yen")

    assert (hung_yen.route("dan-toc").lead, NOW.route("dan-toc").lead) == ("so-noi-vu", "so-dttg")
    assert "so-dttg" not in hung_yen.departments


def test_the_districts_are_gone_from_the_first_of_july_2025():
    answering = [
        DIRECTORY.at(day, "lang-son").route("viec-thon-xa").lead for day in (date(2025, 6, 30), date(2025, 7, 1))
    ]

    assert answering == ["ubnd-huyen", "ubnd-xa"]


def test_a_programme_of_2024_keeps_its_bodies_while_the_sample_of_today_has_the_new_ones():
    old, new = (LIBRARY.get(code).routing(DIRECTORY) for code in ("lang-son-2024", "mau"))

    assert old.name(old.route("viec-lam").lead) == "Sở Lao động - Thương binh và Xã hội"
    assert new.name(new.route("viec-lam").lead) == "Sở Nội vụ"


def test_a_plans_assignment_goes_before_the_directory_which_is_then_consulted():
    plan = (Assignment("so-cong-thuong", ("ocop",)),)

    route = DIRECTORY.at(date(2024, 3, 1), "lang-son", assignments=plan).route("ocop")

    assert (route.lead, route.basis, route.supporting[0]) == ("so-cong-thuong", "plan", "so-nnptnt")


def test_in_a_ward_everything_goes_to_its_office_and_the_competent_body_supports():
    ward = LIBRARY.get("phu-son-2023").routing(DIRECTORY)

    assert (ward.route("dat-dai").lead, ward.route("dat-dai").supporting[0]) == ("vp-hdnd-ubnd-phuong", "so-tnmt")
    assert (ward.route("viec-lam").lead, ward.route("viec-lam").supporting[0]) == ("chinh-sach-xa-hoi", "so-ldtbxh")
    assert ward.route(OUT_OF_SCOPE).lead is None


def test_a_subject_that_the_plan_gives_to_nobody_is_marked_and_still_gets_a_best_guess():
    route = LIBRARY.get("lang-son-2024").routing(DIRECTORY).route("vay-von-uu-dai")

    assert (route.unassigned, route.lead) == (True, "nhcsxh")


def test_a_body_that_the_plan_names_can_answer_even_where_the_directory_has_ended_it():
    plan = (Assignment("so-ldtbxh", ("viec-lam",)),)

    table = DIRECTORY.at(date(2026, 3, 1), "lang-son", assignments=plan)

    assert table.name(table.route("viec-lam").lead) == "Sở Lao động - Thương binh và Xã hội"


def test_own_departments_of_a_plan_are_in_its_table_only():
    office = Department("phong-van-hoa", "Phòng Văn hóa - Xã hội", "Phòng VH-XH")

    table = DIRECTORY.at(date(2026, 3, 1), "lang-son", own_departments=(office,))

    assert table.name("phong-van-hoa") == "Phòng Văn hóa - Xã hội"
    assert "phong-van-hoa" not in NOW.departments


def test_short_names_fit_a_sheet_title_and_differ_among_the_bodies_of_one_time():
    for table in (BEFORE, NOW):
        titles = [body.short_name for body in table.departments.values()]
        assert all(0 < len(title) <= 31 and not set(title) & set("[]:*?/\\") for title in titles)
        assert len({title.casefold() for title in titles}) == len(titles)


@pytest.mark.parametrize("code", LIBRARY.codes())
def test_every_department_that_a_plan_names_is_in_its_table(code):
    programme = LIBRARY.get(code)

    assert set(programme.named_departments) <= set(programme.routing(DIRECTORY).departments)


# ------------------------------------------------------------------ the operator's own directory


def own(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "directory.toml"
    file.write_text(text, "utf-8")
    return file


def test_an_own_directory_adds_rows_and_replaces_those_of_the_same_id(tmp_path):
    file = own(
        tmp_path,
        """
schema = 1
[[province]]
id = "hai-phong"
name = "Thành phố Hải Phòng"
merger = 2025-02-20
[[department]]
id = "so-noi-vu"
name = "Sở Nội vụ thành phố"
short_name = "Sở Nội vụ"
from = "merger"
""",
    )

    directory = load_directory(file)

    table = directory.at(date(2025, 2, 20), "hai-phong")
    assert table.name(table.route("viec-lam").lead) == "Sở Nội vụ thành phố"
    assert len(directory.topics) == len(DIRECTORY.topics)


@pytest.mark.parametrize(
    ("text", "key", "named"),
    [
        ("schema = 2", "schema", "schema = 1"),
        ('schema = 1\n[[department]]\nid = "x"\nname = "X"', "department[1].short_name", "short_name"),
        (
            'schema = 1\n[[department]]\nid = "x"\nname = "X"\nshort_name = "a/b"',
            "department[1].short_name",
            "a/b",
        ),
        (
            'schema = 1\n[[department]]\nid = "x"\nname = "X"\nshort_name = "X"\nfrom = "sap-nhap"',
            "department[1].from",
            "merger",
        ),
        (
            'schema = 1\n[[topic]]\ncode = "t"\nname = "T"\nscope = "…"\nlead = ["so-noi-vuu"]',
            "topic t.lead",
            "so-noi-vu",
        ),
        ('schema = 1\n[[province]]\nid = "x"\nname = "X"\nspecial = ["khong-co"]', "province x.special", "khong-co"),
        ('schema = 1\n[[topics]]\ncode = "t"', "topics", "topic"),
        ("schema = 1\n[epochs]\nmerger = 1", "epochs.merger", "1"),
        ('schema = 1\n[topic]\ncode = "t"', "topic", "[[topic]]"),
    ],
)
def test_a_broken_own_directory_is_refused_with_its_place_and_reason(tmp_path, text, key, named):
    with pytest.raises(ProgrammeFault) as refused:
        load_directory(own(tmp_path, text))

    assert [one.key for one in refused.value.findings] == [key]
    assert named in refused.value.findings[0].reason
