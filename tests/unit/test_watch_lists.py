"""How much of what a moderator should see is seen, and how often an alarm is false: counted on lists of texts.

The check halves were written before the rules and never tuned to (see the README beside the lists). Floors only rise.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

import pytest

from bot.domain.notice import Notices
from classifier.corpus import read_corpus
from classifier.normalise import strip_accents
from classifier.watch import Watch

LISTS = Path(__file__).parent / "data/notices"
HALVES = ("check", "tuning")
ALL = (*HALVES, "later", "fresh", "typed", "typed-check")

WAYS = {
    "as written": lambda text: text,
    "without accents": strip_accents,
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "with invisible signs": "\u200b".join,
    "in capitals": str.upper,
    "in teencode": lambda text: text.replace("không", "k").replace("em ", "e ").replace("được", "dc"),
}


@cache
def watch() -> Watch:
    return Watch.open()


def lines(name: str) -> list[str]:
    return [line.replace("\\n", "\n") for line in (LISTS / f"{name}.txt").read_text("utf-8").splitlines()]


def marked(name: str) -> list[tuple[str, str]]:
    return [(wanted, text) for wanted, _, text in (line.partition("|") for line in lines(name))]


def noticed(text: str) -> Notices:
    return watch().look(text)


@pytest.mark.parametrize(
    ("half", "found", "right_kind"),
    [
        ("check", 0.96, 0.94),
        ("tuning", 1, 1),
        ("later", 0.96, 0.96),
        ("fresh", 0.8, 0.8),
        ("typed", 1, 1),
        ("typed-check", 0.9, 0.9),
    ],
)
def test_somebody_in_danger_is_seen(half, found, right_kind):
    seen = [(kind, noticed(text).danger) for kind, text in marked(f"danger.{half}")]

    assert sum(danger is not None for _, danger in seen) >= found * len(seen)
    assert sum(danger == kind for kind, danger in seen) >= right_kind * len(seen)


def test_the_lists_are_long_enough_to_mean_something():
    danger = [text for half in ALL for _, text in marked(f"danger.{half}")]
    harmless = [text for half in ALL for text in lines(f"harmless.{half}")]

    assert (len(set(danger)), len(set(harmless))) == (len(danger), len(harmless))
    assert len(danger) >= 120
    assert len(harmless) >= 300


@pytest.mark.parametrize("half", ALL)
@pytest.mark.parametrize("way", [way for way in WAYS if way != "without accents"])
def test_policy_idioms_and_other_peoples_news_raise_no_alarm(half, way):
    assert [text for text in lines(f"harmless.{half}") if noticed(WAYS[way](text)).danger] == []


def test_homographs_without_accents_raise_hardly_any_alarm():
    texts = [strip_accents(text) for half in ALL for text in lines(f"harmless.{half}")]

    assert sum(noticed(text).danger is not None for text in texts) <= 0.01 * len(texts)


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize(
    ("way", "lost"), [(way, {"without accents": 0.05, "in teencode": 0.02}.get(way, 0)) for way in WAYS]
)
def test_danger_is_seen_however_it_is_typed(half, way, lost):
    texts = [text for _, text in marked(f"danger.{half}")]

    plain = sum(noticed(text).danger is not None for text in texts)
    other = sum(noticed(WAYS[way](text)).danger is not None for text in texts)

    assert other >= plain - lost * len(texts)


def test_of_the_whole_corpus_hardly_anything_but_families_children_and_crime_raises_an_alarm():
    near = {
        "gia-dinh", "tre-em", "bao-luc-hoc-duong", "an-ninh-trat-tu", "an-ninh-mang", "suc-khoe-tam-than", "bao-tro-xa-hoi",
        "tam-ly-ky-nang", "phap-luat-tro-giup",
    }  # fmt: skip
    examples = read_corpus()
    alarms = [example.topic for example in examples if noticed(example.text).danger]

    assert len(alarms) <= 0.012 * len(examples)
    assert sum(topic not in near for topic in alarms) <= 0.001 * len(examples)


@pytest.mark.parametrize(("half", "floor"), [("check", 0.9), ("tuning", 0.9)])
def test_several_questions_are_cut_into_as_many_parts(half, floor):
    cut = [len(noticed(text).parts) == int(wanted) for wanted, text in marked(f"several.{half}")]

    assert sum(cut) >= floor * len(cut)


@pytest.mark.parametrize(("half", "most"), [("check", 7), ("tuning", 1)])
def test_one_question_with_its_story_stays_whole(half, most):
    assert sum(bool(noticed(text).parts) for text in lines(f"single.{half}")) <= most


@pytest.mark.parametrize(("half", "missed"), [("check", 1), ("tuning", 0)])
def test_personal_data_is_found_and_named(half, missed):
    found = [
        sorted(kinds.split(",")) == sorted(span.kind for span in noticed(text).personal)
        for kinds, text in marked(f"personal.{half}")
    ]

    assert found.count(False) <= missed


@pytest.mark.parametrize("half", HALVES)
def test_money_dates_decrees_codes_and_hotlines_are_not_personal(half):
    assert [text for text in lines(f"impersonal.{half}") if noticed(text).personal] == []


@pytest.mark.parametrize(("half", "missed"), [("check", 1), ("tuning", 1)])
def test_advertising_and_flooding_are_seen(half, missed):
    seen = [noticed(text).spam == kind for kind, text in marked(f"spam.{half}")]

    assert seen.count(False) <= missed


@pytest.mark.parametrize("half", HALVES)
def test_complaints_about_advertising_and_plain_impatience_are_no_spam(half):
    assert [text for text in lines(f"decent.{half}") if noticed(text).spam] == []


@pytest.mark.parametrize(("half", "missed"), [("check", 2), ("tuning", 0)])
def test_an_accusation_of_somebody_by_name_is_seen(half, missed):
    assert [noticed(text).denounces for text in lines(f"denounces.{half}")].count(False) <= missed


@pytest.mark.parametrize("half", HALVES)
def test_names_without_an_accusation_and_accusations_without_a_name_are_none(half):
    assert [text for text in lines(f"undenounced.{half}") if noticed(text).denounces] == []
