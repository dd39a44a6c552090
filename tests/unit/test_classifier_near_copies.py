"""No text to learn from or to judge by is nearly another one: copies would teach nothing and flatter the figures."""

import json
import re
from collections import Counter
from difflib import SequenceMatcher
from itertools import combinations

import pytest

from bot.domain.text import fold
from classifier.corpus import CORPUS, DEVELOPMENT, HELD_BACK

ALIKE = 0.9
RARE = 25  # a run of signs in more texts than this finds too much; near copies share rarer ones
SHARED = 0.25  # of the rare runs of the poorer text: far fewer than near copies share
LENGTH = 5

# There are only so many words for saying thanks.
KNOWN = {frozenset({"dạ em hiểu rồi ạ, em cảm ơn anh chị nhiều", "Cãm ơn anh chi nhieu a, em hiêu rồi."})}


def near_copies(texts: list[tuple[str, str]]) -> list[tuple[float, str, str]]:
    """Pairs of (name, text) whose folded words, sorted, are alike; as (likeness, name, name), most alike first."""
    keys = [" ".join(sorted(re.findall(r"\w+", fold(text)))) for _, text in texts]
    found = []
    for one, other in _candidates(keys):
        likeness = _likeness(keys[one], keys[other])
        if likeness >= ALIKE:
            found.append((likeness, texts[one][0], texts[other][0]))
    return sorted(found, reverse=True)


def _candidates(keys: list[str]) -> list[tuple[int, int]]:
    """Pairs that share many rare runs of signs, and pairs that are equal."""
    holders: dict[str, list[int]] = {}
    for place, key in enumerate(keys):
        for run in {key[start : start + LENGTH] for start in range(max(1, len(key) - LENGTH + 1))} | {f"={key}"}:
            holders.setdefault(run, []).append(place)
    rare = [(run, places) for run, places in holders.items() if len(places) <= RARE or run.startswith("=")]
    own = Counter(place for _, places in rare for place in places)
    shared = Counter(pair for _, places in rare for pair in combinations(places, 2))
    return [pair for pair, count in shared.items() if count >= SHARED * min(own[pair[0]], own[pair[1]])]


def _likeness(one: str, other: str) -> float:
    if 2 * min(len(one), len(other)) < ALIKE * (len(one) + len(other)):
        return 0.0
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= ALIKE else 0.0


def test_no_text_of_any_topic_nearly_repeats_another_or_one_to_be_judged_by():
    texts = [
        (f"{file.name}:{number} {text}", text)
        for file in (*sorted(CORPUS.glob("*.jsonl")), DEVELOPMENT, HELD_BACK)
        for number, line in enumerate(file.read_text("utf-8").split("\n"), 1)
        if line.strip()
        for text in [json.loads(line)["text"]]
    ]

    found = [
        (round(likeness, 2), one, other)
        for likeness, one, other in near_copies(texts)
        if frozenset(name.split(" ", 1)[1] for name in (one, other)) not in KNOWN
    ]

    assert found == []


@pytest.mark.parametrize(
    "copy",
    [
        "Em muốn vay vốn mở quán cà phê nhỏ ở thị trấn thì hỏi ai?",
        "em muon vay von mo quan ca phe nho o thi tran thi hoi ai",
        "ở thị trấn em muốn vay vốn mở quán cà phê nhỏ thì hỏi ai",
        "em muốn vay vốn mở quán cà phê nhỏ ở thị trấn thì hỏi aii ạ",
    ],
)
def test_copies_without_accents_reordered_or_with_a_small_change_are_found(copy):
    texts = [
        ("a", "Em muốn vay vốn mở quán cà phê nhỏ ở thị trấn thì hỏi ai?"),
        ("b", copy),
        ("c", "Em muốn vay vốn nuôi bò ở xã thì nộp hồ sơ ở đâu?"),
    ]

    assert [set(pair) for _, *pair in near_copies(texts)] == [{"a", "b"}]
