"""How good the real model is, with floors well below what is measured (a fall under them means something broke)."""

from datetime import date

import pytest

from bot.domain.submission import Proposal
from bot.programmes.load import load_directory
from classifier.corpus import Row, read_development
from classifier.evaluate import Share, evaluate, main, without_accents
from classifier.model import load


@pytest.fixture(scope="module")
def cache(pytestconfig):
    return pytestconfig.cache.mkdir("mo-hinh")


@pytest.fixture(scope="module")
def measured(cache):
    classifier, rows = load(cache), read_development()
    routing = load_directory().at(date(2026, 3, 26), "hung-yen")
    return evaluate(classifier, rows, routing), evaluate(classifier, without_accents(rows), routing)


def test_the_development_texts_find_their_topics(measured):
    plain, _ = measured

    assert plain.first.percent >= 80
    assert plain.accepted.percent >= 82
    assert plain.third.percent >= 89
    assert plain.macro_f1 >= 80
    assert plain.department.percent >= 84


def test_typing_without_accents_costs_four_points_at_most(measured):
    plain, stripped = measured

    assert plain.accepted.percent - stripped.accepted.percent <= 4
    assert plain.department.percent - stripped.department.percent <= 4


def test_where_it_does_not_abstain_it_is_right_as_promised(measured):
    for figures in measured:
        assert figures.precise.percent >= 95
        assert figures.answered.percent >= 40


class _Fixed:
    """Answers what the text says: `topic confidence`."""

    def propose_all(self, texts):
        pairs = [text.split() for text in texts]
        return [
            Proposal(topic, float(sure), float(sure) < 0.5, ((topic, float(sure)), ("c", 0.1))) for topic, sure in pairs
        ]


def test_the_figures_are_counted_as_their_names_say():
    rows = [
        Row("a 0.9", "a", (), "plain"),
        Row("b 0.9", "a", ("b",), "plain"),
        Row("b 0.9", "c", (), "plain"),
        Row("b 0.4", "b", (), "plain"),
    ]

    figures = evaluate(_Fixed(), rows)

    assert figures.first == Share(2, 4)
    assert figures.accepted == Share(3, 4)
    assert figures.third == Share(3, 4)
    assert figures.department is None
    assert (figures.answered, figures.precise) == (Share(3, 4), Share(2, 3))
    assert figures.per_topic == {"a": Share(2, 2), "b": Share(1, 1), "c": Share(0, 1)}
    assert figures.confusions == (("c", "b", 1),)
    assert figures.macro_f1 == pytest.approx((200 / 3 + 50 + 0) / 3)
    assert figures.calibration == pytest.approx(100 * (abs(2.7 - 2) + abs(0.4 - 1)) / 4)


def test_the_command_prints_a_table_in_vietnamese(cache, capsys):
    assert main(["--cache", str(cache), "--topics", "--confusions"]) == 0

    table = capsys.readouterr().out
    assert "Đúng cơ quan chủ trì (%)" in table
    assert "Hay nhầm" in table
    assert "vay-von-uu-dai" in table
