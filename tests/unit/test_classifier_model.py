"""The classifier answers any text, keeps its model safely, and serves the same scores as the scikit-learn road."""

import json
import subprocess
import sys
import unicodedata
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.submission import Proposal
from bot.ports import Router
from classifier import model
from classifier.corpus import Example, Hint, read_corpus, read_development, read_hints
from classifier.model import TRAINING, Classifier, load
from classifier.normalise import strip_accents, views
from classifier.train import PRECISION, Lessons, departments, fitted, held_back, lowest_threshold, train
from classifier.weights import DamagedModel, Scorer, Weights

SUBJECTS = {
    "vay-von-uu-dai": ("vay vốn", "lãi suất", "ngân hàng chính sách"),
    "nghia-vu-quan-su": ("đi bộ đội", "nhập ngũ", "khám tuyển nghĩa vụ"),
    "bang-lai-xe": ("thi bằng lái", "bằng A1", "đổi giấy phép lái xe"),
    "ngoai-pham-vi": ("xin chào bot", "cảm ơn nha", "kể chuyện cười"),
}
ENDINGS = ("ở đâu ạ", "thế nào", "khi nào thì được", "cho em hỏi với")


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A corpus that is learnt in a moment."""
    folder = tmp_path_factory.mktemp("corpus")
    for topic, subjects in SUBJECTS.items():
        lines = [
            json.dumps({"text": f"{subject} {ending}", "register": "plain"}, ensure_ascii=False)
            for subject in subjects
            for ending in ENDINGS
        ]
        (folder / f"{topic}.jsonl").write_text("\n".join(lines), "utf-8")
    return folder


@pytest.fixture(scope="module")
def weights(small):
    return train(read_corpus(small))


@pytest.fixture(scope="module")
def full(trained):
    """The real model."""
    return load(trained)


# ------------------------------------------------------------------ answering


def test_it_fits_the_port(weights):
    router: Router = Classifier(weights)

    assert router.propose("cho em hỏi lãi suất vay vốn").topic == "vay-von-uu-dai"


def test_a_proposal_names_the_best_three_best_first(weights):
    proposal = Classifier(weights).propose("nhập ngũ khi nào")

    shares = [share for _, share in proposal.alternatives]
    assert proposal.alternatives[0] == (proposal.topic, proposal.confidence) == ("nghia-vu-quan-su", shares[0])
    assert len(shares) == 3
    assert shares == sorted(shares, reverse=True)
    assert 0 < sum(shares) <= 1 + 1e-9


def test_it_abstains_below_the_threshold_only(weights):
    classifier = Classifier(weights)

    proposals = classifier.propose_all([example for subjects in SUBJECTS.values() for example in (*subjects, "ở đâu")])

    assert {proposal.abstained for proposal in proposals} == {True, False}
    assert all(proposal.abstained == (proposal.confidence < weights.threshold) for proposal in proposals)


@pytest.mark.parametrize("text", ["", "   ", "😀🎉", "\ud800\udfff\ud800", "\x00", "中文", "?" * 100_000])
def test_a_text_without_anything_known_is_out_of_scope_with_equal_shares(weights, text):
    assert Classifier(weights).propose(text) == Proposal(
        "ngoai-pham-vi",
        0.25,
        abstained=True,
        alternatives=(("ngoai-pham-vi", 0.25), ("bang-lai-xe", 0.25), ("nghia-vu-quan-su", 0.25)),
    )


@given(st.text(alphabet=st.characters()))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_gets_an_answer(weights, text):
    proposal = Classifier(weights).propose(text + " vay vốn")

    assert proposal.topic in weights.topics
    assert 0 < proposal.confidence <= 1


def test_a_hundred_kilobytes_get_an_answer(weights):
    assert Classifier(weights).propose("vay vốn ngân hàng " * 6_000).topic == "vay-von-uu-dai"


def test_many_texts_are_answered_in_order_and_progress_ends_with_their_number(weights):
    classifier, heard = Classifier(weights), []
    texts = ["nhập ngũ", "", "lãi suất vay vốn"] * 70

    proposals = classifier.propose_all(texts, progress=heard.append)

    assert proposals == [classifier.propose(text) for text in texts]
    assert heard == [100, 200, 210]
    assert classifier.propose_all([], progress=heard.append) == []


def test_the_ranking_holds_every_topic_and_begins_as_the_proposal_does(weights):
    classifier = Classifier(weights)

    for text in ("nhập ngũ khi nào", "ở đâu", "", "😀"):
        ranking = classifier.ranking(text)
        assert tuple(ranking[:3]) == classifier.propose(text).alternatives
        assert {topic for topic, _ in ranking} == set(SUBJECTS)
        assert sum(share for _, share in ranking) == pytest.approx(1)


def test_the_department_is_chosen_by_the_confidence_of_its_topics_together(weights):
    classifier, text = Classifier(replace(weights, temperature=0.1)), "lãi suất nhập ngũ bằng lái"
    shares = dict(classifier.ranking(text))
    best = max(shares, key=shares.get)
    others = sorted(set(shares) - {best}, key=shares.get)
    leads = {best: "A", **dict.fromkeys(others, "B")}
    assert shares[best] < 0.5

    proposal = classifier.propose(text, leads)

    assert proposal.topic == others[-1]
    assert proposal.confidence == pytest.approx(1 - shares[best])
    assert proposal.alternatives == tuple(classifier.ranking(text, leads)[:3])
    assert proposal.alternatives[1] == (best, shares[best])


def test_topics_that_nobody_leads_are_not_added_up(weights):
    classifier, text = Classifier(weights), "lãi suất nhập ngũ bằng lái"

    assert classifier.propose(text, {}) == classifier.propose(text)
    assert classifier.propose("😀", {"bang-lai-xe": "A"}).topic == "ngoai-pham-vi"


def test_composed_decomposed_and_zero_width_texts_get_the_same_proposal(full):
    for row in read_development():
        decomposed = unicodedata.normalize("NFD", row.text)
        assert full.propose(decomposed) == full.propose("\u200b".join(row.text)) == full.propose(row.text)


# ------------------------------------------------------------------ the same as scikit-learn


def test_the_served_scores_are_those_of_the_scikit_learn_road(full):
    road = fitted(Lessons.of([*read_corpus(), *read_hints()]))
    texts = [text for row in read_development() for text in (row.text, strip_accents(row.text))]
    wanted = road.decision_function([views(text) for text in texts])

    scorer = Scorer(full.weights)
    served = np.array([scorer.scores(views(text)) for text in texts])

    assert np.abs(served - wanted).max() < 1e-6
    assert [full.propose(text).topic for text in texts] == [road.classes_[place] for place in wanted.argmax(axis=1)]


def test_training_twice_gives_the_same_model(small, weights):
    again = train(read_corpus(small))

    assert np.array_equal(again.coefficients, weights.coefficients)
    assert (again.temperature, again.threshold, again.pieces) == (
        weights.temperature,
        weights.threshold,
        weights.pieces,
    )


def _of(topic, subject, times):
    return [Example(f"hỏi {subject} {number}", topic, "plain") for number in range(times)]


def test_all_topics_count_alike_however_many_texts_each_has_and_a_hint_less_than_a_text():
    lessons = Lessons.of([*_of("cam", "cam", 10), Hint("sành", "cam"), *_of("quyt", "quýt", 200)])

    counted = lessons.balanced()

    assert counted[:11].sum() == pytest.approx(counted[11:].sum())
    assert counted.sum() == pytest.approx(lessons.weights.sum())
    assert counted[10] < counted[9]


def test_what_no_office_answers_is_likelier_beforehand_than_any_one_topic():
    weights = train([*_of("cam", "cam", 10), *_of("quyt", "quýt", 10), *_of("ngoai-pham-vi", "bưởi", 10)])

    assert Classifier(weights).ranking("hỏi")[0][0] == "ngoai-pham-vi"


def test_a_phrase_that_hints_at_a_topic_is_learnt_beside_the_texts():
    texts = [*_of("cam", "cam", 10), *_of("quyt", "quýt", 10), *_of("buoi", "bưởi", 10)]

    without, beside = train(texts), train(texts, [Hint("sành", "quyt"), Hint("sành", "quyt")])

    assert Classifier(without).propose("sành").abstained
    assert Classifier(beside).propose("sành").topic == "quyt"


def test_the_share_that_is_held_back_is_the_same_of_every_topic_and_no_twin_of_it_was_learnt():
    labels = np.array(["cam"] * 40 + ["quyt"] * 80)

    unseen = held_back(labels)

    assert [int((labels[unseen] == topic).sum()) for topic in ("cam", "quyt")] == [10, 20]
    assert np.array_equal(unseen, held_back(labels))


def test_a_department_is_right_where_any_of_its_topics_or_an_accepted_one_is_meant():
    topics = np.array(["bang-lai-xe", "ma-tuy", "thue"])
    examples = [Example("x", "ma-tuy", "plain"), Example("y", "ma-tuy", "plain", ("thue",))]
    confidence = np.array([[0.4, 0.2, 0.4], [0.1, 0.1, 0.8], [0.1, 0.1, 0.8], [0.0, 0.4, 0.6]])

    sure, right = departments(confidence, topics, examples)

    assert sure == pytest.approx([0.6, 0.8, 0.8, 0.6])
    assert right.tolist() == [True, True, False, True]


def test_hints_to_topics_without_texts_are_left_out(small):
    assert set(train(read_corpus(small), read_hints()).topics) == set(SUBJECTS)


def test_the_threshold_is_the_lowest_that_keeps_the_promise():
    confidence = np.linspace(1, 0.01, 100)
    right = np.ones(100, dtype=bool)
    right[[10, 50, *range(60, 70)]] = False

    threshold, coverage = lowest_threshold(confidence, right)

    assert right[confidence >= threshold].mean() >= PRECISION
    assert right[confidence >= threshold - 0.01].mean() < PRECISION
    assert coverage == pytest.approx((confidence >= threshold).mean())


def test_without_any_good_threshold_it_always_abstains():
    assert lowest_threshold(np.array([0.9, 0.8]), np.array([False, True])) == (1.0, 0.0)


# ------------------------------------------------------------------ keeping the model


def test_the_first_load_trains_with_a_sentence_and_the_second_does_not(small, tmp_path):
    said = []
    first = load(tmp_path / "deep" / "cache", said.append, corpus=small)
    second = load(tmp_path / "deep" / "cache", said.append, corpus=small)

    assert said == [TRAINING]
    assert second.propose("vay vốn ở đâu") == first.propose("vay vốn ở đâu")
    assert second.topics == sorted(SUBJECTS)


def test_another_corpus_gets_another_model_and_the_older_file_goes(small, tmp_path):
    load(tmp_path / "cache", corpus=small)
    changed = tmp_path / "corpus"
    changed.mkdir()
    for file in small.iterdir():
        (changed / file.name).write_text(file.read_text("utf-8").replace("lãi suất", "thế chấp"), "utf-8")
    before = list((tmp_path / "cache").iterdir())

    load(tmp_path / "cache", corpus=changed)

    after = list((tmp_path / "cache").iterdir())
    assert len(before) == len(after) == 1
    assert before != after


@pytest.mark.parametrize("damage", ["empty", "cut", "flipped", "text", "other arrays", "a folder"])
def test_a_damaged_file_is_trained_anew(small, tmp_path, damage):
    wanted = load(tmp_path, corpus=small).propose("thi bằng lái")
    [file] = tmp_path.iterdir()
    _damage(file, damage)
    said = []

    assert load(tmp_path, said.append, corpus=small).propose("thi bằng lái") == wanted
    assert said == [TRAINING]
    if damage != "a folder":
        load(tmp_path, said.append, corpus=small)
        assert said == [TRAINING], "the new file is good again"


def _damage(file: Path, damage: str) -> None:
    content = file.read_bytes()
    if damage == "empty":
        file.write_bytes(b"")
    elif damage == "cut":
        file.write_bytes(content[: len(content) // 2])
    elif damage == "flipped":
        middle = len(content) // 2
        file.write_bytes(content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :])
    elif damage == "text":
        file.write_text("không phải mô hình", "utf-8")
    elif damage == "other arrays":
        with file.open("wb") as out:
            np.savez_compressed(out, settings=np.zeros(3))
    else:
        file.unlink()
        file.mkdir()


@given(st.integers(0, 10**6), st.integers(1, 255))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_wrong_byte_never_does_more_than_damage(weights, tmp_path, place, change):
    file = tmp_path / "model.npz"
    weights.save(file)
    content = bytearray(file.read_bytes())
    content[place % len(content)] ^= change
    file.write_bytes(content)

    try:
        read = Weights.load(file)
    except DamagedModel:
        return
    assert np.array_equal(read.coefficients, weights.coefficients)


def test_parts_that_do_not_fit_each_other_are_damage(weights, tmp_path):
    Weights(
        weights.topics[:-1], weights.pieces, weights.idf, weights.coefficients, weights.intercepts, 1.0, 0.5, {}
    ).save(tmp_path / "model.npz")

    with pytest.raises(DamagedModel):
        Weights.load(tmp_path / "model.npz")


def test_a_folder_that_cannot_be_written_to_is_served_from_memory(small, tmp_path, caplog):
    blocked = tmp_path / "file"
    blocked.write_text("no folder", "utf-8")

    classifier = load(blocked / "cache", corpus=small)

    assert classifier.propose("vay vốn").topic == "vay-von-uu-dai"
    assert "stays in memory" in caplog.text


def test_a_full_disk_leaves_no_half_file(weights, tmp_path, monkeypatch):
    def full_disk(out, **_):
        out.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full_disk)

    with pytest.raises(OSError, match="No space"):
        weights.save(tmp_path / "model.npz")
    assert list(tmp_path.iterdir()) == []


def test_a_kept_model_serves_without_scikit_learn(small, tmp_path):
    load(tmp_path, corpus=small)
    program = (
        "import sys; from pathlib import Path; from classifier.model import load;"
        f"print(load(Path({str(tmp_path)!r}), corpus=Path({str(small)!r})).propose('nhập ngũ').topic);"
        "print([name for name in ('sklearn', 'scipy') if name in sys.modules])"
    )

    answer = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", program],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        cwd=Path(model.__file__).parents[1],
    )

    assert answer.stdout.split("\n")[:2] == ["nghia-vu-quan-su", "[]"]


def test_the_kept_file_of_the_real_model_is_of_bearable_size(full, tmp_path):
    full.weights.save(tmp_path / "model.npz")

    assert (tmp_path / "model.npz").stat().st_size < 60_000_000
