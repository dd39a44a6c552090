"""Learning from moderators: what is a lesson and what an exam, which model answers afterwards, and whether it helps."""

import json
import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.deadline import VIETNAM
from bot.domain.decision import Decision
from bot.domain.errors import Refusal
from bot.domain.learning import BASE, Verdict
from bot.texts.keys import Key
from classifier.alone import alone
from classifier.cases import read_cases
from classifier.corpus import Example, read_corpus
from classifier.learning import (
    NEEDED,
    REGISTER,
    STEPS,
    Learner,
    examples,
    grouped,
    private_pairs,
    split,
    trained,
    unlearnt,
    unlike,
)
from classifier.model import load
from classifier.normalise import strip_accents
from classifier.similar import FLOOR, SimilarTexts
from classifier.versions import Versions
from tests.benchmarks.bench_learning import TOPICS, at_once

BEGIN = datetime(2026, 3, 2, 8, tzinfo=VIETNAM)
NIGHT = datetime(2026, 6, 2, 2, 30, tzinfo=VIETNAM)
FOUR = ("viec-lam", "dat-dai", "kham-chua-benh", "thi-tuyen-sinh")
LEADS = {topic: f"so-{topic}" for topic in FOUR}
KNOWN, APART = 6, 40  # texts of each topic that the first model learns from, and that are set apart


def at(minutes):
    return BEGIN + timedelta(minutes=minutes)


def decided(pairs, begin=0):
    """Decisions on (text, topic), a minute apart."""
    return [Decision(number, text, topic, "viec-lam", at(number)) for number, (text, topic) in enumerate(pairs, begin)]


def unrelated(count):
    """Texts that have nothing in common."""
    chance = random.Random(4)
    return [("".join(chance.choices("abcdeghiklmnopqrstuvxy", k=24)), "viec-lam") for _ in range(count)]


def written(folder, name, rows):
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")


@pytest.fixture(scope="module")
def texts():
    """The shipped texts of four topics, shuffled, by topic."""
    by_topic = {topic: [one for one in read_corpus() if one.topic == topic] for topic in FOUR}
    for some in by_topic.values():
        random.Random(1).shuffle(some)
    return by_topic


@pytest.fixture(scope="module")
def ground(texts, tmp_path_factory):
    """A small corpus, its model, and texts set apart for judging: (corpus, folder of the model, file of the texts)."""
    root = tmp_path_factory.mktemp("ground")
    for topic, some in texts.items():
        written(root / "corpus", f"{topic}.jsonl", [{"text": one.text, "register": "plain"} for one in some[:KNOWN]])
    load(root / "mo-hinh", corpus=root / "corpus")
    apart = [one for some in texts.values() for one in some[KNOWN : KNOWN + APART]]
    rows = [{"text": one.text, "topic": one.topic, "also": [], "register": "plain"} for one in apart]
    written(root, "development.jsonl", rows)
    return root / "corpus", root / "mo-hinh", root / "development.jsonl"


@pytest.fixture
def versions(ground, tmp_path):
    corpus, base, _ = ground
    folder = tmp_path / "mo-hinh"
    folder.mkdir()
    for file in base.glob("phan-loai-*"):
        (folder / file.name).write_bytes(file.read_bytes())
    return Versions(folder, corpus)


@pytest.fixture
def learn(versions, ground):
    def learn(decisions, *, anew=True, progress=None):
        learner = Learner(versions, ground[2])
        return learner(decisions, LEADS, by="Lan", at=NIGHT, anew=anew, progress=progress)

    return learn


@pytest.fixture(scope="module")
def stream(texts):
    """Further texts of the four topics with what a moderator makes of them, in a mixed order."""
    rest = [(one.text, one.topic) for some in texts.values() for one in some[KNOWN + APART :]]
    random.Random(2).shuffle(rest)
    return rest


# ------------------------------------------------------------------ lessons and exam


def test_nearly_equal_texts_are_one_and_the_newest_decision_on_them_counts():
    one = "Nhà em ở xã Tân Việt muốn vay vốn nuôi ếch thì hỏi ngân hàng nào ạ?"
    copy = "nha em o xa tan viet muon vay von nuoi ech thi hoi ngan hang nao a"
    other = "Bao giờ huyện mình có tuyến xe buýt chạy buổi tối cho công nhân tan ca?"

    found = grouped(decided([(one, "viec-lam"), (other, "giao-thong-van-tai"), (copy, "vay-von-uu-dai")]))

    assert [[same.text for same in copies] for copies in found] == [[other], [one, copy]]
    assert found[1][-1].topic == "vay-von-uu-dai"


@pytest.mark.parametrize(
    ("decisions", "exam"), [(50, 25), (80, 40), (100, 50), (240, 50), (500, 100), (2_500, 500), (9_000, 500)]
)
def test_a_fifth_is_examined_within_bounds_and_never_more_than_half(decisions, exam):
    copies = [[one] for one in decided(unrelated(decisions))]

    parts = split(copies, copies)

    assert len(parts.exam) == exam
    assert len(parts.lessons) + len(parts.exam) == decisions
    assert max(one.at for one in parts.lessons) < min(one.at for one in parts.exam)


def test_only_what_the_model_in_use_never_saw_is_examined_not_even_a_copy_of_it():
    copies = [[one] for one in decided(unrelated(300))]
    seen_before = [*decided([("cũ", "viec-lam")], 310), *decided([("cũ", "viec-lam")], 400)]
    learnt = {same[0].mark for same in (*copies[:200], seen_before)}

    fresh = unlearnt([*copies, seen_before], learnt)
    parts = split([*copies, seen_before], fresh)

    assert len(fresh) == 100
    assert [one.at for one in parts.exam] == [at(minute) for minute in range(250, 300)]
    assert seen_before[-1] in parts.lessons
    assert unlearnt(copies, frozenset()) == copies


def test_a_decision_that_comes_late_is_fresh_however_old_it_is_and_a_repeated_one_is_not():
    early, late = decided([("Bao giờ xã có xe buýt?", "viec-lam")], 5), decided([("Vay vốn ở đâu?", "viec-lam")], 1)
    again = [replace(early[0], at=at(900), topic="dat-dai")]

    assert unlearnt([early, late], {early[0].mark}) == [late]
    assert unlearnt([again], {early[0].mark}) == []
    assert replace(early[0], text="Bao giờ xã có đèn?").mark != early[0].mark


def test_what_stands_between_two_groups_of_copies_is_no_exam():
    begin = "Đề nghị xã lắp thêm đèn đường ở thôn Đông vì buổi tối học sinh đi học thêm về rất nguy hiểm"
    both = f"{begin}, và mở lớp dạy bơi cho trẻ em trong dịp nghỉ hè ở nhà văn hóa thôn"
    others = [(f"câu hỏi số {number} về chuyện {chr(97 + number % 26) * 5}{number}", "viec-lam") for number in range(9)]
    old, *rest, new = decided([(begin, "dat-dai"), *others, (both, "dat-dai")])
    alike = SimilarTexts()
    alike.put([(1, begin)])
    assert alike.nearest(both)[0].score >= FLOOR

    parts = split([[old], *([one] for one in rest), [new]], [[one] for one in (*rest, new)])

    assert new not in parts.exam
    assert new not in parts.lessons
    assert parts.exam == tuple(rest[-len(parts.exam) :])
    assert old in parts.lessons


def test_what_is_nearly_a_text_set_apart_is_not_learnt():
    kept = "Nhà em ở xã Tân Việt muốn vay vốn nuôi ếch thì hỏi ngân hàng nào ạ?"
    copy = "nha em o xa tan viet muon vay von nuoi ech thi hoi ngan hang nao a"
    other = "Bao giờ huyện mình có tuyến xe buýt chạy buổi tối cho công nhân tan ca?"

    assert [one.text for one in unlike(decided([(copy, "viec-lam"), (other, "viec-lam")]), [kept])] == [other]


def test_no_text_stands_on_both_sides_however_often_it_was_sent():
    flood = "Đề nghị xã lắp đèn đường ở thôn Đông vì buổi tối học sinh đi học thêm về rất nguy hiểm"
    others = [f"câu hỏi số {number} về chuyện {chr(97 + number % 26) * 5}{number}" for number in range(120)]
    pairs = [(text, "viec-lam") for text in others] + [(flood, "dat-dai"), (flood.upper(), "dat-dai")]
    random.Random(3).shuffle(pairs)

    copies = grouped(decided(pairs))
    parts = split(copies, copies)

    everywhere = [one.text.lower() for one in (*parts.lessons, *parts.exam)]
    assert everywhere.count(flood.lower()) == 1
    assert len(everywhere) == len(set(everywhere))


def test_a_word_that_one_person_typed_is_not_learnt_but_one_of_several_people_is():
    shipped = [Example("em muốn vay vốn nuôi ếch", "viec-lam", "plain")]
    pairs = [
        ("Em là Zyxwvu, số 0987654321, muốn vay vốn", "viec-lam"),
        ("Muốn trồng quýt", "viec-lam"),
        ("vốn trồng QUYT", "dat-dai"),
        ("em trồng quýt", "viec-lam"),
    ]

    learnt = examples(shipped, decided(pairs))

    assert learnt == [
        Example("em muốn vay vốn", "viec-lam", REGISTER),
        Example("muốn trồng quýt", "viec-lam", REGISTER),
        Example("vốn trồng quyt", "dat-dai", REGISTER),
        Example("em trồng quýt", "viec-lam", REGISTER),
    ]


def test_two_words_side_by_side_are_learnt_only_where_several_texts_hold_them():
    shipped = [Example("em muốn vay vốn nuôi ếch", "viec-lam", "plain")]
    pairs = [("muốn nuôi vốn", "viec-lam"), ("vay ếch", "viec-lam"), ("VAY ECH", "dat-dai"), ("em vay ếch", "viec-lam")]

    assert private_pairs(shipped, examples(shipped, decided(pairs))) == {"muon nuoi", "nuoi von", "em vay"}


def test_the_name_of_one_person_made_of_common_words_is_in_no_model(texts):
    name = "hoa mai linh dan"  # each word is common, the pairs are not
    known = [one for some in texts.values() for one in some[:60]]
    known += [Example(f"chuyện {word} thế nào", FOUR[0], "plain") for word in name.split() for _ in range(3)]
    said = [(f"toi ten la {name} muon hoi ve dat", "dat-dai"), *((f"xin cấp giấy lần {n}", "dat-dai") for n in "abc")]

    held = {strip_accents(piece) for block in trained(known, decided(said)).pieces for piece in block}

    assert set(name.split()) <= held
    assert "cap giay" in held
    assert held.isdisjoint({"hoa mai", "mai linh", "linh dan", "la hoa", "dan muon"})


# ------------------------------------------------------------------ what becomes of a training


def test_a_better_model_answers_from_then_on_and_its_figures_are_kept(learn, versions, stream, ground):
    heard = []

    learnt = learn(decided(stream), progress=heard.append)

    assert learnt.verdict is Verdict.PROMOTED
    assert learnt.recent.after > learnt.recent.before
    assert learnt.frozen.after >= learnt.frozen.before
    assert (learnt.decisions, learnt.version) == (len(stream), 1)
    kept = versions.active()
    assert (kept.id, kept.frozen, kept.recent, kept.seen) == (1, learnt.frozen, learnt.recent, at(len(stream) - 1))
    apart = [case.text for case in read_cases(ground[2], LEADS)]
    lessons = unlike(decided(stream), apart)
    assert kept.decisions == len(grouped(lessons))  # all of them, those of the exam too
    assert (kept.learnt, len(kept.offered)) == ({one.mark for one in lessons}, len(stream))
    assert [(change.by, change.version, change.before) for change in versions.manifest().history] == [("Lan", 1, BASE)]
    assert heard == [1, 2, 3, STEPS]


def test_the_same_decisions_give_the_same_model(learn, versions, stream):
    answers = []
    for _ in range(2):
        learn(decided(stream[:200]))
        answers.append(versions.serve().propose("em muốn hỏi về đất"))
        versions.promote(BASE, by="Lan", at=NIGHT)

    assert answers[0] == answers[1]


def test_wrong_labels_are_kept_away_by_the_texts_set_apart(learn, versions, stream):
    turned = dict(zip(FOUR, FOUR[1:] + FOUR[:1], strict=True))

    learnt = learn(decided([(text, turned[topic]) for text, topic in stream]))

    assert learnt.verdict is Verdict.WORSE
    assert learnt.recent.after > learnt.recent.before  # the mistake is the same in the exam
    assert versions.active() is None
    assert versions.manifest().version(1).verdict is Verdict.WORSE
    assert versions.manifest().history == ()


def test_a_model_that_is_no_better_on_recent_decisions_is_kept_aside_and_may_be_promoted_by_hand(
    learn, versions, stream
):
    in_use = versions.serve()
    known = [(text, topic) for text, topic in stream if in_use.propose(text, LEADS).topic == topic]

    learnt = learn(decided(known))

    assert learnt.verdict is Verdict.NOT_BETTER
    assert learnt.recent.before == learnt.recent.texts  # nobody can do better than the model in use
    assert versions.active() is None
    assert versions.promote(learnt.version, by="Lan", at=NIGHT).before == BASE
    assert versions.active().id == learnt.version
    assert decided(known)[-1].mark not in versions.active().learnt  # it did not learn those of its exam


def test_at_night_nothing_is_trained_again_before_there_is_something_new(learn, versions, stream):
    in_use = versions.serve()
    known = [(text, topic) for text, topic in stream if in_use.propose(text, LEADS).topic == topic]
    assert learn(decided(known[:-NEEDED]), anew=False).verdict is Verdict.NOT_BETTER

    assert learn(decided(known[:-1]), anew=False).verdict is Verdict.NOTHING_NEW
    assert learn(decided(known), anew=False).verdict is Verdict.NOT_BETTER
    assert learn(decided(known), anew=True).verdict is Verdict.NOT_BETTER
    late = [replace(one, at=BEGIN - timedelta(days=1)) for one in decided(known[:NEEDED], 5_000)]
    assert learn([*decided(known), *late[:-1]], anew=False).verdict is Verdict.NOTHING_NEW
    assert learn([*decided(known), *late], anew=False).verdict is Verdict.NOT_BETTER
    assert [one.id for one in versions.manifest().versions] == [1, 2, 3, 4]


def test_with_too_few_decisions_nothing_is_trained(learn, versions, stream):
    learnt = learn(decided(stream[: NEEDED - 1]))

    assert (learnt.verdict, learnt.decisions, learnt.fresh) == (Verdict.TOO_FEW, NEEDED - 1, NEEDED - 1)
    assert (learnt.needed, learnt.version, learnt.recent) == (NEEDED, None, None)
    assert versions.manifest().versions == ()


def test_what_the_model_in_use_has_learnt_is_not_fresh(learn, stream):
    assert learn(decided(stream[:-20])).verdict is Verdict.PROMOTED

    again = learn(decided(stream))

    assert (again.verdict, again.decisions, again.fresh) == (Verdict.TOO_FEW, len(stream), 20)
    late = [replace(one, at=BEGIN - timedelta(days=1)) for one in decided(stream)[-20:]]
    assert learn([*decided(stream[:-20]), *late]).fresh == 20


def test_topics_without_a_shipped_text_are_left_out(learn, stream):
    odd = decided([(f"chuyện lạ {number}", "linh-vuc-moi") for number in range(100)], len(stream))

    assert learn([*decided(stream[: NEEDED - 1]), *odd]).decisions == NEEDED - 1


def test_a_missing_model_is_made_even_where_there_is_nothing_to_learn(learn, versions):
    for file in versions.folder.glob("phan-loai-*"):
        file.unlink()
    assert versions.kept() is None

    assert learn([]).verdict is Verdict.TOO_FEW
    assert versions.kept() is not None


def test_two_trainings_at_once_are_refused(learn, versions):
    with alone(versions.folder / ".dang-hoc", wait=False), pytest.raises(Refusal) as refused:
        learn([])

    assert refused.value.key is Key.REFUSE_TRAINING


# ------------------------------------------------------------------ is it worth it


def test_learning_from_every_decision_beats_learning_from_corrections_only_and_never():
    """Five topics that are taken for each other, thirty texts each to begin with. Measured with five seeds and either
    half of the topics: 1.6 to 8.8 points ahead of corrections only (5 on average), 2.4 to 12 ahead of never (8).
    """
    found = [at_once(seed, TOPICS[:5]) for seed in (1, 2, 3)]

    means = {name: sum(one[name] for one in found) / len(found) for name in found[0]}
    assert means["all decisions"] > means["corrections only"] + 0.01
    assert means["all decisions"] > means["never"] + 0.03
