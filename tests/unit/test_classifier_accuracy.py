"""How good the real model is, with floors well below what is measured (a fall under them means something broke)."""

import json
from datetime import date

import pytest

from bot.programmes.load import load_directory
from classifier.cases import Case, read_cases
from classifier.corpus import DEVELOPMENT, CorpusFault
from classifier.evaluate import evaluate, render
from classifier.figures import (
    Bin,
    Confusion,
    Line,
    calibration_error,
    coverage,
    macro_f1,
    measure,
    reliability,
    spread,
)
from classifier.model import load
from classifier.perturb import COPIES
from classifier.plots import confusion
from classifier.plots import reliability as reliability_picture


@pytest.fixture(scope="module")
def lead_of():
    routes = load_directory().at(date(2026, 3, 26), "hung-yen").routes
    return {topic: route.lead for topic, route in routes.items()}


@pytest.fixture(scope="module")
def measured(trained, lead_of):
    return evaluate(load(trained), read_cases(DEVELOPMENT, lead_of), lead_of)


# ------------------------------------------------------------------ the real model


def test_the_development_texts_find_their_topics(measured):
    headline = measured.original.headline

    assert headline.topics.first >= 0.65
    assert headline.topics.accepted >= 0.69
    assert headline.topics.third >= 0.82
    assert headline.topics.macro_f1 >= 0.64
    assert headline.departments.accepted >= 0.73
    assert headline.departments.third >= 0.87


def test_texts_out_of_scope_are_found_and_few_real_ones_lost_to_them(measured):
    assert measured.original.headline.scope_found >= 0.72
    assert measured.original.headline.scope_lost <= 0.03


@pytest.mark.parametrize(
    ("copy", "most"), [("no_accents", 0.06), ("teencode", 0.04), ("typos", 0.06), ("everything", 0.11)]
)
def test_typing_otherwise_costs_little(measured, copy, most):
    assert measured.original.headline.topics.accepted - measured.copies[copy].topics.accepted <= most


@pytest.mark.parametrize("copy", ["nfd", "tones"])
def test_other_bytes_of_the_same_letters_change_no_figure(measured, copy):
    assert measured.copies[copy] == measured.original.headline


def test_confidence_is_honest_and_its_promise_kept(measured):
    for headline in (measured.original.headline, *measured.copies.values()):
        assert headline.topics.calibration <= 0.07
        assert headline.departments.calibration <= 0.07
        assert headline.precise >= 0.9
        assert headline.answered >= 0.25
        assert headline.departments.coverage >= 0.4


# ------------------------------------------------------------------ counting

LEADS = {"a": "A", "b": "B", "b2": "B", "c": "C", "ngoai-pham-vi": None}


class _Fixed:
    """Answers what the text says: topics and confidences in turn."""

    threshold = 0.5

    def ranking(self, text, lead_of):
        parts = text.split()
        return [(topic, float(sure)) for topic, sure in zip(parts[::2], parts[1::2], strict=True)]


def case(text, topic=None, department=None, also=(), also_departments=()):
    return Case(text, topic, department or LEADS.get(topic), frozenset(also), frozenset(also_departments))


def test_the_figures_are_counted_as_their_names_say():
    figures = measure(
        _Fixed(),
        [
            case("a 0.9 c 0.1", "a"),
            case("b 0.9 a 0.1", "a", also=["b"]),
            case("b 0.9 a 0.05 b2 0.03 c 0.02", "c"),
            case("b 0.4 c 0.3 a 0.2", "b2"),
            case("ngoai-pham-vi 0.6 b 0.4", "ngoai-pham-vi"),
        ],
        LEADS,
    )

    headline = figures.headline
    assert (headline.topics.texts, headline.topics.first, headline.topics.accepted) == (5, 0.4, 0.6)
    assert headline.topics.third == 0.6
    assert (headline.departments.first, headline.departments.accepted) == (0.6, 0.8)
    assert headline.departments.third == 1.0
    assert (headline.scope_found, headline.scope_lost) == (1.0, 0.0)
    assert (headline.answered, headline.precise) == (0.8, 0.75)
    assert figures.topic_confusions == (Confusion("b2", "b", 1), Confusion("c", "b", 1))
    assert figures.department_confusions == (Confusion("C", "B", 1),)
    assert Line("a", 2, 1, 1) in figures.per_topic
    assert Line("B", 1, 1, 3) in figures.per_department
    assert Line(None, 1, 1, 1) in figures.per_department


def test_the_best_departments_are_those_with_the_largest_sums():
    figures = measure(_Fixed(), [case("b 0.3 a 0.4 b2 0.2 c 0.1", "b2")], LEADS)

    assert figures.headline.departments.accepted == 1
    assert figures.headline.departments.bins == (Bin(1, 0.5, 1.0),)
    assert figures.headline.topics.bins == (Bin(1, 0.3, 0.0),)
    assert figures.department_pairs == (Confusion("B", "B", 1),)


def test_topics_that_nobody_leads_stand_alone():
    leads = {"a": "A", "b": None, "c": None}

    figures = measure(_Fixed(), [case("a 0.4 b 0.3 c 0.3", department="A")], leads)

    assert figures.headline.departments.accepted == 1


def test_a_text_with_its_department_only_is_judged_by_the_department():
    figures = measure(
        _Fixed(), [case("b2 0.9", department="B"), case("a 0.8", department="B", also_departments=["A"])], LEADS
    )

    assert figures.headline.topics.texts == 0
    assert figures.headline.topics.first is None
    assert figures.headline.departments.first == 0.5
    assert figures.headline.departments.accepted == 1
    assert figures.headline.precise == 1
    assert figures.per_topic == ()


def test_real_questions_taken_for_out_of_scope_are_counted_unless_a_person_accepts_that():
    figures = measure(
        _Fixed(),
        [
            case("ngoai-pham-vi 0.9", "a"),
            case("ngoai-pham-vi 0.9", "a", also=["ngoai-pham-vi"]),
            case("b 0.9", "b"),
            case("b 0.9", "ngoai-pham-vi"),
        ],
        LEADS,
    )

    assert figures.headline.scope_lost == 0.5
    assert figures.headline.scope_found == 0


def test_macro_f1_counts_every_code_that_occurs_alike():
    assert macro_f1([("a", "a"), ("a", "b"), ("c", "b"), ("b", "b")]) == pytest.approx((2 / 3 + 0.5 + 0) / 3)
    assert macro_f1([]) is None


def test_calibration_is_the_mean_gap_over_bins_of_equally_many_texts():
    confidence = [0.1] * 32 + [0.9] * 28

    assert calibration_error([0.8] * 30, [True] * 30) == pytest.approx(0.2)
    assert calibration_error(confidence, [False] * 32 + [True] * 28) == pytest.approx(0.1)
    assert calibration_error([1.0, 0.0], [True, False]) == 0


def test_bins_hold_equally_many_texts_from_the_least_confident_on():
    bins = reliability([0.9, 0.1] * 15, [True, False] * 15)

    assert [part.texts for part in bins] == [2] * 15
    assert (bins[0].confidence, bins[0].accepted) == (0.1, 0.0)
    assert (bins[-1].confidence, bins[-1].accepted) == (0.9, 1.0)
    assert reliability([], []) == ()


def test_coverage_is_the_largest_share_at_which_the_promise_holds():
    confidence = [1 - place / 100 for place in range(100)]

    assert coverage(confidence, [place != 30 for place in range(100)]) == 1
    assert coverage(confidence, [place < 57 for place in range(100)]) == 0.6
    assert coverage(confidence, [False] * 100) == 0
    assert coverage([0.5] * 10, [True] * 5 + [False] * 5) == 0


class _Always:
    """Has one answer to any text."""

    threshold = 0.5

    def ranking(self, text, lead_of):
        return [("a", 0.6), ("b", 0.4)]


def test_everything_measured_is_json_and_every_copy_is_there():
    heard = []

    report = evaluate(_Always(), [case("vay vốn", "a"), case("hoà", "b")], LEADS, lambda *done: heard.append(done))

    plain = json.loads(json.dumps(report.as_json(), allow_nan=False))
    assert plain["texts"] == 2
    assert plain["original"]["headline"]["topics"]["first"] == 0.5
    assert plain["original"]["per_topic"][0] == {
        "code": "b",
        "texts": 1,
        "right": 0,
        "proposed": 0,
        "recall": 0,
        "precision": None,
    }
    assert plain["original"]["topic_confusions"] == [{"code": "b", "proposed": "a", "texts": 1}]
    assert list(plain["copies"]) == list(COPIES)
    assert plain["copies"]["nfd"] == plain["original"]["headline"]
    assert heard[-1] == (7, 7)


def test_the_table_is_vietnamese_and_names_departments():
    report = evaluate(_Always(), [case("vay vốn", "a"), case("chào", "ngoai-pham-vi")], LEADS)

    table = render(report, {"A": "Sở Ấy"})

    assert "2 câu, 2 câu có ghi lĩnh vực" in table
    assert "50,0" in table
    assert "Sở Ấy" in table
    assert "(không cơ quan nào) → Sở Ấy" in table
    assert "Từng lĩnh vực" not in render(report, {}, topics=False)
    assert "hay nhầm" not in render(report, {}, confusions=False)


def test_every_text_stands_in_the_tenth_of_its_confidence():
    found = spread([0.0, 0.1, 0.11, 0.95, 1.0], [False, True, True, False, True])

    assert [part.texts for part in found] == [2, 1, 0, 0, 0, 0, 0, 0, 0, 2]
    assert found[0] == Bin(2, 0.05, 0.5)
    assert found[2] == Bin(0, 0.0, 0.0)


def test_the_picture_of_mistakes_shows_shares_of_the_row_with_what_is_right_in_a_colour_of_its_own():
    cases = [case("vay vốn", "a"), case("hoà", "a"), case("chào", "ngoai-pham-vi")]

    (axes,) = confusion(evaluate(_Always(), cases, LEADS).original, {"A": "Sở Ấy"}).axes

    assert [label.get_text() for label in axes.get_yticklabels()] == ["Sở Ấy (2 câu)", "Không cơ quan nào (1 câu)"]
    cells = {(text.get_position(), text.get_text()) for text in axes.texts if text.get_text().isdecimal()}
    assert cells == {((0, 0), "100"), ((0, 1), "100")}
    right, wrong = axes.images
    assert (right.get_array().count(), wrong.get_array().count()) == (1, 1)
    assert right.to_rgba(1.0) != wrong.to_rgba(1.0)


def test_the_picture_of_confidence_says_how_many_texts_are_behind_each_point():
    report = evaluate(_Always(), [case("vay vốn", "a"), case("hoà", "b")], LEADS)

    sizes = reliability_picture(report.original).axes[2:]

    for axes in sizes:
        assert sum(int(text.get_text()) for text in axes.texts) == 2


# ------------------------------------------------------------------ reading a file


def _file(tmp_path, *lines):
    file = tmp_path / "cau-hoi.jsonl"
    file.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), "utf-8")
    return file


def test_rows_name_a_topic_or_a_department_and_others_that_are_accepted(tmp_path):
    file = _file(
        tmp_path,
        {"text": "x", "topic": "a", "also": ["b", "C"], "note": 1},
        "",
        {"text": "y", "department": "B"},
        {"text": "z", "topic": "a", "department": "C", "also": "b"},
        {"text": "t", "topic": "ngoai-pham-vi", "department": None, "also": None},
        {"text": "u", "department": "D"},
    )

    assert read_cases(file, LEADS, ["D"]) == [
        Case("x", "a", "A", frozenset({"b"}), frozenset({"C"})),
        Case("y", None, "B"),
        Case("z", "a", "C", frozenset({"b"})),
        Case("t", "ngoai-pham-vi", None),
        Case("u", None, "D"),
    ]


def test_a_code_that_is_a_topic_and_a_department_is_accepted_as_both(tmp_path):
    [read] = read_cases(_file(tmp_path, {"text": "x", "topic": "a", "also": ["thue"]}), {"a": "A", "thue": "thue"})

    assert (read.also_topics, read.also_departments) == ({"thue"}, {"thue"})


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("{", "không phải JSON"),
        ([], "không phải một đối tượng"),
        ({"topic": "a"}, "thiếu “text”"),
        ({"text": " ", "topic": "a"}, "thiếu “text”"),
        ({"text": "x"}, "thiếu “topic” hoặc “department”"),
        ({"text": "x", "topic": "q"}, "“topic” có mã lạ “q”"),
        ({"text": "x", "topic": 3}, "“topic” có mã lạ “3”"),
        ({"text": "x", "department": "a"}, "“department” có mã lạ “a”"),
        ({"text": "x", "topic": "a", "also": ["q"]}, "“also” có mã lạ “q”"),
        ({"text": "x", "topic": "a", "also": {"b": 1}}, "“also” phải là"),
        ({"text": "x", "topic": "a", "also": [1]}, "“also” phải là"),
    ],
)
def test_a_faulty_row_is_named_by_its_line(tmp_path, line, wrong):
    file = _file(tmp_path, {"text": "x", "topic": "a"}, "", line)

    with pytest.raises(CorpusFault, match=rf"^cau-hoi\.jsonl, dòng 3: .*{wrong}"):
        read_cases(file, LEADS)


def test_an_empty_file_and_one_that_is_no_text_are_refused(tmp_path):
    with pytest.raises(CorpusFault, match="không có câu nào"):
        read_cases(_file(tmp_path, ""), LEADS)
    (tmp_path / "cau-hoi.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CorpusFault, match="không phải UTF-8"):
        read_cases(tmp_path / "cau-hoi.jsonl", LEADS)
