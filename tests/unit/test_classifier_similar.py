"""Nearly equal texts are found however they were typed, whatever the order of adding; other questions are left alone."""

import json
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier import index
from classifier import similar as similar_
from classifier.corpus import read_corpus
from classifier.likeness import codes
from classifier.similar import FLOOR, SimilarTexts, groups
from tests.copies import COPIES, merged

PAIRS = [json.loads(line) for line in (Path(__file__).parent / "data/similar.jsonl").read_text("utf-8").splitlines()]
TEXTS = [example.text for example in read_corpus() if len(example.text) > 40]
APART = [row["same"] for row in PAIRS]  # questions of 150 kinds, which no new text of the corpus changes
BUS = "Bao giờ xã Tân An có xe buýt lên thành phố, học sinh cấp 3 đi xe đạp điện xa lắm?"
FORMAL = "Kính thưa các đồng chí lãnh đạo tỉnh, em là đoàn viên thanh niên, em có câu hỏi như sau:"
LOAN = "Em muốn vay vốn mở quán cà phê nhỏ ở thị trấn thì hỏi ai?"


def holding(*texts):
    similar = SimilarTexts()
    similar.put(enumerate(texts))
    return similar


def found(similar, text, limit=3, floor=FLOOR):
    return [(one.id, round(one.score, 6)) for one in similar.nearest(text, limit, floor=floor)]


def likeness(one, other):
    score = holding(one).nearest(other, floor=0.0)
    return score[0].score if score else 0.0


@pytest.fixture(scope="module")
def library():
    """Two thousand texts, and a hundred that are asked once more; the rest stand for other questions."""
    sample = Random(5).sample(TEXTS, 2_100)
    similar = SimilarTexts()
    similar.put(enumerate(sample[:2_000]))
    return similar, sample


@pytest.mark.parametrize("copy", COPIES)
def test_copies_are_found_and_nothing_else_is(library, copy):
    similar, sample = library

    hits = [(place, [id_ for id_, _ in found(similar, COPIES[copy](sample[place], place))]) for place in range(300)]

    right = sum(place in ids for place, ids in hits)
    named = sum(len(ids) for _, ids in hits)
    assert 2 * right / (300 + named) >= 0.95


def test_a_question_within_a_longer_message_is_found(library):
    similar, sample = library

    hits = [place in dict(found(similar, merged(sample[place], sample[2_000 + place], place))) for place in range(100)]

    assert sum(hits) >= 95


def test_questions_of_their_own_have_no_twin(library):
    similar, sample = library

    assert sum(bool(found(similar, text)) for text in sample[2_000:]) <= 2


def test_most_other_questions_with_the_same_words_are_told_apart():
    # The floor was chosen on the rows with an even number; these are the others.
    judged = [(row["text"], other) for row in PAIRS[1::2] for other in row["not"]]

    mistaken = [pair for pair in judged if likeness(*pair) >= FLOOR]

    assert len(mistaken) <= 0.08 * len(judged)


def test_a_copy_is_more_alike_than_the_hardest_other_question():
    rows = [row for row in PAIRS if likeness(row["text"], COPIES["teencode"](row["text"], 1)) > 0]
    right = sum(
        likeness(row["text"], COPIES["teencode"](row["text"], 1))
        > max(likeness(row["text"], other) for other in row["not"])
        for row in rows
    )

    assert right == len(PAIRS)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Em chào anh chị ạ, cho em hỏi với ạ", "Dạ em chào các anh các chị, cho em hỏi là"),
        ("Em muốn hỏi thủ tục vay vốn", "Em muốn hỏi bao giờ có xe buýt"),
        ("Em cảm ơn ạ", "em cam on anh chi nhieu a"),
        (
            f"{FORMAL} bao giờ quê em có xe buýt? Em xin chân thành cảm ơn.",
            f"{FORMAL} vay vốn nuôi bò ở đâu? Em xin chân thành cảm ơn.",
        ),
    ],
)
def test_a_common_formula_makes_nothing_similar(one, other):
    assert likeness(one, other) < FLOOR / 2


def test_another_name_or_number_lowers_the_score_and_does_not_exclude():
    elsewhere = likeness(BUS, BUS.replace("Tân An", "Tân Bình"))
    another_class = likeness(BUS, BUS.replace("cấp 3", "cấp 2"))

    assert FLOOR < elsewhere < 1
    assert FLOOR < another_class < 1


def test_the_longer_the_rest_of_the_message_the_lower_the_score():
    alone, with_one, with_two = (
        likeness(LOAN, text) for text in (LOAN, f"{LOAN} {BUS}", f"{LOAN} {BUS} {PAIRS[0]['text']}")
    )

    assert alone == 1 > with_one > with_two


@given(text=st.text(max_size=300))
def test_a_texts_own_copy_scores_one_and_no_text_is_too_strange(text):
    similar = holding(BUS, text, LOAN)

    expected = [(1, 1.0)] if len(codes(text)) else []
    assert found(similar, text)[:1] == expected


@given(text=st.text(alphabet="ăđé\u0301\ud800\x00 a1?\u200b👩", max_size=40), floor=st.floats(0, 1))
def test_scores_lie_between_the_floor_and_one(text, floor):
    assert all(floor <= score <= 1 for _, score in found(holding(BUS, LOAN, text[::-1]), text, floor=floor))


@pytest.fixture
def small_segments(monkeypatch):
    monkeypatch.setattr(index, "_TAIL", 4)
    monkeypatch.setattr(index, "_FAN", 2)


CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.integers(0, 30), st.integers(0, 60)),
        st.tuples(st.just("remove"), st.integers(0, 30), st.just(0)),
    ),
    max_size=120,
)


@settings(max_examples=60)
@given(changes=CHANGES, seed=st.integers(0, 5))
def test_only_what_is_held_counts_and_not_how_it_came_about(changes, seed):
    with pytest.MonkeyPatch.context() as patch:
        # Small enough that thirty texts meet every border: segments, what a query may look at, how many are measured.
        for module, name, small in ((index, "_TAIL", 4), (index, "_FAN", 2), (index, "_POSTINGS", 60)):
            patch.setattr(module, name, small)
        patch.setattr(similar_, "_CANDIDATES", 3)
        lived, held = SimilarTexts(), {}
        for what, id_, text in changes:
            if what == "put":
                lived.put([(id_, TEXTS[text])])
                held[id_] = TEXTS[text]
            else:
                lived.remove([id_])
                held.pop(id_, None)
        fresh = SimilarTexts()
        fresh.put(Random(seed).sample(sorted(held.items()), len(held)))

        assert len(lived) == len(held)
        for text in (*TEXTS[:60:7], f"{TEXTS[3]} {TEXTS[8]}"):
            assert found(lived, text, 40, 0.0) == found(fresh, text, 40, 0.0)


def test_what_was_removed_is_not_found_again(small_segments):
    similar = holding(*TEXTS[:50])

    similar.remove([7, 7, 99])

    assert len(similar) == 49
    assert found(similar, TEXTS[7]) == []
    assert found(similar, TEXTS[8]) == [(8, 1.0)]


def test_a_changed_text_is_found_by_its_new_words_only(small_segments):
    similar = holding(*TEXTS[:50])

    changed = similar.put([(7, BUS), (8, TEXTS[8])])

    assert changed == 1
    assert found(similar, TEXTS[7]) == []
    assert found(similar, BUS.lower()) == [(7, 1.0)]


def test_equal_scores_come_in_the_order_of_their_ids_and_those_left_out_make_room():
    similar = holding(*[LOAN] * 200)

    assert [id_ for id_, _ in found(similar, LOAN)] == [0, 1, 2]
    assert [one.id for one in similar.nearest(LOAN, 2, without={0, 2, 500})] == [1, 3]


# ------------------------------------------------------------------ groups


def test_copies_come_together_and_questions_of_their_own_stay_alone():
    texts = [BUS, LOAN, COPIES["greeted"](BUS, 1), *APART, COPIES["everything"](LOAN, 2), BUS.lower(), "", "?!"]

    made = groups(list(enumerate(texts)))

    assert [(group.centre, sorted(one.id for one in group.members)) for group in made] == [
        (0, [0, 2, 154]),
        (1, [1, 153]),
    ]
    assert [one.score for one in made[0].members][:2] == [1.0, 1.0]


def test_nothing_makes_no_group():
    assert groups([]) == []
    assert groups([(1, ""), (2, ""), (3, LOAN)]) == []


PARTS = [text.rstrip("?. ") for text in APART[:12]]


@settings(max_examples=40)
@given(windows=st.lists(st.tuples(st.integers(0, 9), st.integers(1, 3)), max_size=25), seed=st.integers(0, 3))
def test_every_member_is_like_the_central_text_and_no_text_stands_twice(windows, seed):
    # Each text shares clauses with the next: without a guard the whole row would become one group.
    texts = {place: ". ".join(PARTS[start : start + length]) for place, (start, length) in enumerate(windows)}

    made = groups(Random(seed).sample(sorted(texts.items()), len(texts)))

    ids = [one.id for group in made for one in group.members]
    assert len(ids) == len(set(ids))
    for group in made:
        assert len(group.members) >= 2
        assert all(likeness(texts[group.centre], texts[one.id]) >= FLOOR for one in group.members)
    assert made == groups(sorted(texts.items()))


def test_a_chain_of_texts_is_not_one_group():
    chain = [". ".join(PARTS[start : start + 3]) for start in range(9)]

    made = groups(list(enumerate(chain)))

    assert max(len(group.members) for group in made) <= 3


def test_a_question_that_hundreds_ask_is_one_group():
    texts = [COPIES["typos"](BUS, number) for number in range(400)] + TEXTS[:200]

    made = groups(list(enumerate(texts)))

    assert len(made[0].members) >= 390


def test_progress_reaches_the_end_of_long_work():
    heard = []

    groups(list(enumerate(TEXTS[:1_000])), heard.append)

    assert heard == sorted(heard)
    assert 900 <= heard[-1] <= 1_000
