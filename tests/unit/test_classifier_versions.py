"""The kept models: which one answers, going forward and back, and that nothing damaged ever stops an answer."""

import json
import logging
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from bot.domain.deadline import VIETNAM
from bot.domain.errors import Refusal
from bot.domain.learning import BASE, Change, Exam, Verdict, Version
from bot.texts.keys import Key
from classifier.alone import alone
from classifier.corpus import read_corpus
from classifier.model import load
from classifier.train import train
from classifier.versions import KEPT, MANIFEST, Versions
from classifier.weights import Weights

NIGHT = datetime(2026, 3, 2, 2, 30, tzinfo=VIETNAM)
SUBJECTS = {
    "vay-von-uu-dai": ("vay vốn", "lãi suất", "ngân hàng chính sách"),
    "nghia-vu-quan-su": ("đi bộ đội", "nhập ngũ", "khám tuyển nghĩa vụ"),
    "ngoai-pham-vi": ("xin chào bot", "cảm ơn nha", "kể chuyện cười"),
}
ENDINGS = ("ở đâu ạ", "thế nào", "khi nào thì được", "cho em hỏi với")
NEW_WORD = "thả diều"  # in no shipped text and no hint


def texts(subjects):
    return [{"text": f"{subject} {ending}", "register": "plain"} for subject in subjects for ending in ENDINGS]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    for topic, subjects in SUBJECTS.items():
        lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in texts(subjects))
        (folder / f"{topic}.jsonl").write_text(lines, "utf-8")
    return folder


@pytest.fixture(scope="module")
def base(corpus, tmp_path_factory):
    """A folder with the model of these texts."""
    folder = tmp_path_factory.mktemp("base")
    load(folder, corpus=corpus)
    return folder


@pytest.fixture(scope="module")
def learnt(corpus) -> Weights:
    """A model that knows one word more."""
    examples = read_corpus(corpus)
    more = [
        example._replace(text=row["text"], topic="nghia-vu-quan-su")
        for example, row in zip(examples, texts([NEW_WORD]), strict=False)
    ]
    return train([*examples, *more])


@pytest.fixture
def versions(tmp_path, base, corpus):
    for file in base.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return Versions(tmp_path, corpus)


def version(versions, days=0):
    at = NIGHT + timedelta(days=days)
    return Version(0, at, versions.fingerprint, 60, at, Verdict.PROMOTED, Exam(800, 600, 601), Exam(30, 20, 25))


def knows_the_new_word(classifier):
    return any(NEW_WORD in block for block in classifier.weights.pieces)


def test_the_model_of_the_shipped_texts_answers_until_another_is_promoted(versions, learnt):
    assert not knows_the_new_word(versions.serve())

    kept = versions.add(version(versions), learnt, by="theo lịch", promote=False)
    assert not knows_the_new_word(versions.serve())

    change = versions.promote(kept.id, by="Lan", at=NIGHT)
    assert change == Change(NIGHT, "Lan", "promote", 1, BASE)
    assert knows_the_new_word(versions.serve())
    assert versions.active() == replace(version(versions), id=1)


def test_what_was_written_is_read_back_by_another_process(versions, learnt):
    versions.add(version(versions), learnt, by="theo lịch", promote=True)

    other = Versions(versions.folder, versions.corpus)

    assert other.manifest() == versions.manifest()
    assert knows_the_new_word(other.serve())
    assert other.manifest().history == (Change(NIGHT, "theo lịch", "promote", 1, BASE),)


def test_going_back_leads_step_by_step_to_the_shipped_texts(versions, learnt):
    for day in range(2):
        versions.add(version(versions, day), learnt, by="theo lịch", promote=True)

    back = [versions.rollback(by="Lan", at=NIGHT).version for _ in range(2)]

    assert back == [1, BASE]
    assert not knows_the_new_word(versions.serve())
    with pytest.raises(Refusal) as refused:
        versions.rollback(by="Lan", at=NIGHT)
    assert refused.value.key is Key.REFUSE_NO_EARLIER_MODEL
    assert [(change.action, change.version, change.before) for change in versions.manifest().history] == [
        ("promote", 1, 0),
        ("promote", 2, 1),
        ("rollback", 1, 2),
        ("rollback", 0, 1),
    ]


def test_going_back_twice_does_not_return_to_where_it_began(versions, learnt):
    for day in range(2):
        versions.add(version(versions, day), learnt, by="theo lịch", promote=True)
    versions.promote(1, by="Lan", at=NIGHT)

    assert [versions.rollback(by="Lan", at=NIGHT).version for _ in range(3)] == [2, 1, BASE]


def test_going_back_is_still_possible_after_many_trainings_that_came_to_nothing(versions, learnt):
    for day in range(KEPT + 3):
        versions.add(version(versions, day), learnt, by="theo lịch", promote=day < 2)

    assert versions.rollback(by="Lan", at=NIGHT).version == 1
    assert knows_the_new_word(versions.serve())


def test_who_chose_another_model_during_a_training_is_not_overruled_by_it(versions, learnt):
    for day in range(2):
        versions.add(version(versions, day), learnt, by="theo lịch", promote=True)
    versions.rollback(by="Lan", at=NIGHT)

    made = versions.add(version(versions, 2), learnt, by="theo lịch", promote=True, instead_of=2)

    assert made.verdict is Verdict.OVERTAKEN
    assert versions.manifest().active == 1
    assert versions.manifest().version(3) == made


def test_the_shipped_texts_cannot_be_chosen_where_their_model_is_not_there(versions, learnt):
    versions.add(version(versions), learnt, by="theo lịch", promote=True)
    for file in versions.folder.glob("phan-loai-*.npz"):
        file.unlink()

    with pytest.raises(Refusal) as refused:
        versions.promote(BASE, by="Lan", at=NIGHT)

    assert refused.value.key is Key.REFUSE_DAMAGED_MODEL
    assert versions.manifest().active == 1


def test_the_last_few_are_kept_and_the_one_that_answers_however_old(versions, learnt):
    versions.add(version(versions), learnt, by="theo lịch", promote=True)
    for day in range(1, KEPT + 3):
        versions.add(version(versions, day), learnt, by="theo lịch", promote=False)

    kept = [one.id for one in versions.manifest().versions]

    assert kept == [1, *range(4, KEPT + 4)]
    assert sorted(file.name for file in versions.folder.glob("hoc-*.npz")) == [f"hoc-{id_:04d}.npz" for id_ in kept]
    assert knows_the_new_word(versions.serve())


def test_a_model_of_another_release_does_not_answer_and_the_log_says_so_in_one_sentence(versions, learnt, caplog):
    other = replace(version(versions), fingerprint="0" * 64)
    versions.add(other, learnt, by="theo lịch", promote=True)

    with caplog.at_level(logging.WARNING):
        served = versions.serve()

    assert not knows_the_new_word(served)
    assert len(caplog.messages) == 1
    assert "another release" in caplog.text
    assert versions.active() is None
    with pytest.raises(Refusal) as refused:
        versions.promote(1, by="Lan", at=NIGHT)
    assert refused.value.key is Key.REFUSE_OTHER_MODEL


def test_after_an_update_the_shipped_texts_are_learnt_anew_and_numbers_go_on(versions, learnt, base, corpus, tmp_path):
    versions.add(version(versions), learnt, by="theo lịch", promote=True)
    changed = tmp_path / "corpus"
    changed.mkdir()
    for file in corpus.iterdir():
        (changed / file.name).write_text(file.read_text("utf-8") + "\n", "utf-8")

    updated = Versions(versions.folder, changed)

    assert updated.kept() is None
    assert not knows_the_new_word(updated.serve())
    assert not knows_the_new_word(updated.kept())
    assert updated.add(version(updated), learnt, by="theo lịch", promote=True).id == 2


@pytest.mark.parametrize("how", ["cut off", "gone", "no archive"])
def test_a_damaged_model_file_leaves_the_shipped_texts_to_answer(versions, learnt, caplog, how):
    kept = versions.add(version(versions), learnt, by="theo lịch", promote=True)
    file = versions.file(kept.id)
    if how == "gone":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:2000] if how == "cut off" else b"xin chao")

    assert not knows_the_new_word(versions.serve())
    assert not knows_the_new_word(versions.kept())
    assert "cannot be used" in caplog.text
    versions.promote(BASE, by="Lan", at=NIGHT)
    with pytest.raises(Refusal) as refused:
        versions.promote(kept.id, by="Lan", at=NIGHT)
    assert refused.value.key is Key.REFUSE_DAMAGED_MODEL
    assert versions.manifest().active == BASE


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b'{"active": "x"}', b"\xff\xfe", b'{"versions": [{}]}', b'{"history": [{"at": 1}]}'],
)
def test_a_damaged_list_leaves_the_shipped_texts_to_answer_and_is_put_aside(versions, learnt, caplog, content):
    versions.add(version(versions), learnt, by="theo lịch", promote=True)
    (versions.folder / MANIFEST).write_bytes(content)

    assert not knows_the_new_word(versions.serve())
    assert "cannot be read" in caplog.text

    assert versions.add(version(versions), learnt, by="theo lịch", promote=True).id == 2  # no file is written over
    assert (versions.folder / f"{MANIFEST}.hong").read_bytes() == content
    assert knows_the_new_word(versions.serve())


def test_an_instant_without_a_zone_is_damage(versions, learnt):
    versions.add(version(versions), learnt, by="theo lịch", promote=True)
    file = versions.folder / MANIFEST
    file.write_text(file.read_text("utf-8").replace("+07:00", ""), "utf-8")

    assert not knows_the_new_word(versions.serve())


def test_an_unknown_number_is_refused_and_changes_nothing(versions):
    with pytest.raises(Refusal) as refused:
        versions.promote(9, by="Lan", at=NIGHT)

    assert refused.value.key is Key.REFUSE_NO_MODEL
    assert not (versions.folder / MANIFEST).exists()


def test_the_stamp_changes_with_every_promotion_and_with_a_new_model_of_the_shipped_texts(versions, learnt, tmp_path):
    stamps = [versions.stamp()]
    versions.add(version(versions), learnt, by="theo lịch", promote=True)
    stamps.append(versions.stamp())
    versions.rollback(by="Lan", at=NIGHT)
    stamps.append(versions.stamp())
    for file in versions.folder.glob("phan-loai-*"):
        file.unlink()
    stamps.append(versions.stamp())

    assert all(one != other for one, other in pairwise(stamps))
    assert versions.stamp() == stamps[-1]
    assert Versions(tmp_path / "nowhere").stamp() == Versions(tmp_path / "nowhere").stamp()


def test_without_any_model_nothing_is_kept_and_nothing_is_trained(corpus, tmp_path):
    assert Versions(tmp_path, corpus).kept() is None
    assert list(tmp_path.iterdir()) == []


def test_only_one_holds_the_lock_and_its_end_gives_it_back(tmp_path):
    file = tmp_path / "sub" / ".khoa"

    with alone(file, wait=False) as first, alone(file, wait=False) as second:
        assert (first, second) == (True, False)
    with alone(file, wait=True) as third:
        assert third
