"""The texts that the machine learns from, and those that it is judged by, keep their own rules."""

import json
import tomllib
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from bot.domain.text import fold
from classifier.corpus import (
    CORPUS,
    HELD_BACK,
    LEXICON,
    CorpusFault,
    fingerprint,
    read_corpus,
    read_development,
    read_hints,
)

ROOT = Path(__file__).parents[2]
REGISTERS = {"plain", "formal", "chat", "no-accent", "teencode", "dialect", "typo", "long"}
TOPICS = {
    topic["code"] for topic in tomllib.loads((ROOT / "bot/programmes/directory.toml").read_text("utf-8"))["topic"]
}
EXAMPLES = read_corpus()
ROWS = [*read_development(), *read_development(HELD_BACK)]


def test_every_topic_of_the_directory_has_a_file_and_every_file_a_topic():
    assert {file.stem for file in CORPUS.glob("*.jsonl")} == TOPICS


@pytest.mark.parametrize("topic", sorted(TOPICS))
def test_each_topic_has_enough_texts_in_enough_registers(topic):
    registers = Counter(example.register for example in EXAMPLES if example.topic == topic)

    assert registers.total() >= 200
    assert len(registers) >= 4
    assert set(registers) <= REGISTERS


def test_all_texts_are_composed_and_trimmed():
    texts = [one.text for one in (*EXAMPLES, *ROWS)]

    assert [text for text in texts if unicodedata.normalize("NFC", text) != text or text.strip() != text] == []


def test_no_text_is_there_twice_and_none_to_be_judged_by_was_learnt():
    times = Counter(fold(one.text) for one in (*EXAMPLES, *ROWS))

    assert [text for text, count in times.items() if count > 1] == []


def test_texts_to_be_judged_by_name_known_topics_and_registers():
    assert {row.topic for row in ROWS} == TOPICS
    assert {topic for row in ROWS for topic in row.also} <= TOPICS
    assert {row.register for row in ROWS} <= REGISTERS
    assert [row for row in ROWS if row.topic in row.also] == []


def test_hints_are_the_names_and_scopes_of_topics_within_scope_and_the_lexicon():
    hints = read_hints()

    assert {hint.topic for hint in hints} == TOPICS
    assert ("Sổ đỏ", "dat-dai") in hints
    assert ("Ngoài phạm vi đối thoại", "ngoai-pham-vi") not in hints


@pytest.mark.parametrize("topic", sorted(TOPICS))
def test_each_topic_has_a_lexicon_of_composed_phrases_without_repetition(topic):
    phrases = (LEXICON / f"{topic}.txt").read_text("utf-8").splitlines()

    assert len(phrases) >= 140
    assert len(set(phrases)) == len(phrases)
    assert [one for one in phrases if unicodedata.normalize("NFC", one) != one or one.strip() != one or not one] == []


def _corpus(folder: Path, **lines: str) -> Path:
    folder.mkdir(exist_ok=True)
    for topic, text in lines.items():
        (folder / f"{topic}.jsonl").write_text(text, "utf-8")
    return folder


GOOD = json.dumps({"text": "vay vốn", "register": "plain"}) + "\n"


@pytest.mark.parametrize("line", ["{", "[]", "{}", '{"text": "", "register": "plain"}', '{"text": "a"}'])
def test_a_faulty_line_is_named_with_file_and_number(tmp_path, line):
    folder = _corpus(tmp_path / "corpus", a=GOOD, b=GOOD, c=GOOD + line)

    with pytest.raises(CorpusFault, match=r"^c\.jsonl, dòng 2: "):
        read_corpus(folder)


def test_a_corpus_of_too_few_topics_is_refused(tmp_path):
    with pytest.raises(CorpusFault, match="ít nhất 3 lĩnh vực"):
        read_corpus(_corpus(tmp_path / "corpus", a=GOOD))


def test_the_fingerprint_follows_the_texts_and_their_topics(tmp_path):
    folder = _corpus(tmp_path / "corpus", a=GOOD, b=GOOD)
    before = fingerprint(folder)

    assert fingerprint(folder) == before
    _corpus(folder, b=GOOD + GOOD)
    changed = fingerprint(folder)
    (folder / "b.jsonl").rename(folder / "c.jsonl")
    assert len({before, changed, fingerprint(folder)}) == 3
