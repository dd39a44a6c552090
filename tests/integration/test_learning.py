"""Without a model questions come in all the same; with a new one the bot goes on; at night it learns by itself."""

import asyncio
import shutil
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
from openpyxl import load_workbook

import bot.app
from bot.app import open_desk, open_house
from bot.domain.deadline import VIETNAM
from bot.domain.decision import Decision as Decided
from bot.domain.department import OUT_OF_SCOPE
from bot.domain.errors import AlreadyDecided
from bot.domain.learning import Exam, Learnt, Verdict
from bot.domain.submission import SYSTEM, Action, Proposal, State
from bot.domain.workbook import Slip
from bot.ports import SlipFile
from bot.settings import Settings
from bot.texts.keys import Key
from bot.usecases.active_router import ActiveRouter
from bot.usecases.classify_waiting import ClassifyWaiting
from bot.usecases.learn import Learn, Nightly
from bot.usecases.moderate import Decision
from bot.usecases.own_command import CommandFailed, own_command
from bot.usecases.schedule import started_at
from storage import decisions as decisions_table
from tests.integration.test_moderate import card_of
from tests.world import GROUP, NOON, PROGRAMME, MovedClock, WordRouter, World, moderator

BUS, FEES, ODD = "Bao giờ quê em có xe buýt?", "Học phí năm nay có tăng không?", "Chuyện này không biết hỏi ai"
NIGHT = datetime(2024, 2, 21, 2, 30, tzinfo=VIETNAM)


class FailingModel(WordRouter):
    """A model that cannot read anything about school fees."""

    def propose(self, text: str, lead_of: object = None) -> Proposal:
        if "học phí" in text.lower():
            raise MemoryError
        return super().propose(text)

    def explain(self, text, topic):
        raise MemoryError


class Shelf:
    """The kept models in memory: `bot.ports.Models`."""

    def __init__(self, model=None):
        self.model, self.mark, self.asked = model, 0, 0

    def put(self, model):
        self.model, self.mark = model, self.mark + 1

    def stamp(self):
        return self.mark

    def kept(self):
        self.asked += 1
        if isinstance(self.model, Exception):
            raise self.model
        return self.model


def nothing_kept():
    raise OSError("no model")


@pytest.fixture
def shelf():
    return Shelf()


@pytest.fixture
def without(shelf, store, tmp_path):
    """A world in which there is no model yet."""
    return World(store, tmp_path / "xuat", router=ActiveRouter(nothing_kept, shelf))


@pytest.fixture
def world(store, tmp_path):
    return World(store, tmp_path / "xuat")


async def conversation(world, chat):
    """Everything that a young person hears from the greeting to the receipt."""
    young = world.youth(chat)
    await young.agrees()
    submission = await young.asks(ODD)
    heard = "\n".join(words.text for words in await world.said_to(young.address))
    return heard.replace(submission.code, "MÃ"), submission


# ------------------------------------------------------------------ no model, or one that fails


async def test_without_a_model_a_young_person_hears_the_same_and_the_question_is_kept(without, store, tmp_path):
    with_model, _ = await conversation(World(store, tmp_path), "1")
    heard, submission = await conversation(without, "2")

    assert heard == with_model
    assert (submission.topic, submission.proposal, submission.state) == ("", None, State.WAITING)


@pytest.mark.parametrize("model", [None, FailingModel()], ids=["none", "failing"])
async def test_no_question_is_lost_and_every_one_has_its_receipt(store, tmp_path, model):
    world = World(store, tmp_path, router=ActiveRouter(lambda: model or nothing_kept(), Shelf()))

    for chat in range(20):
        young = world.youth(str(chat))
        await young.agrees()
        submission = await young.asks(f"Học phí lớp {chat} thế nào?")
        assert f"Đã nhận câu hỏi của bạn. Mã: {submission.code}" in (await world.said_to(young.address))[-1].text

    kept = await world.submissions()
    assert [one.text for one in kept] == [f"Học phí lớp {chat} thế nào?" for chat in range(20)]
    assert {one.topic for one in kept} == {""}


async def test_a_text_on_which_the_model_fails_costs_the_others_nothing(store, tmp_path):
    world = World(store, tmp_path, router=ActiveRouter(FailingModel, Shelf()))
    slips = tuple(Slip(line, text, "", "", NOON, "") for line, text in enumerate((BUS, FEES, BUS + "!")))

    imported = await world.importing(SlipFile(slips, (), ()), by="nhập phiếu", approved=True)

    assert (imported.added, imported.unclear) == (3, 1)
    assert [one.topic for one in await world.submissions()] == ["giao-thong-van-tai", "", "giao-thong-van-tai"]
    _, card = await _opened(world, (await world.submissions())[0])
    assert card.lines[0].startswith("Đã chọn: Đường sá, vận tải, xe buýt")


async def _opened(world, submission):
    async with world.store.transaction() as tx:
        await tx.board.open(GROUP, submission.id)
    return await card_of(world, submission)


async def test_the_card_says_that_nothing_was_classified_and_offers_the_departments(without):
    _, submission = await conversation(without, "1")

    shown, card = await card_of(without, submission)

    assert card.lines[0] == "Chưa phân loại"
    assert [[button.label for button in row] for row in card.buttons][:2] == [
        ["Duyệt, chưa rõ cơ quan"],
        ["Chọn cơ quan", "Không duyệt", *[button.label for button in card.buttons[1][2:]]],
    ]
    async with without.store.transaction() as tx:
        await tx.board.set_menu(shown.id, "departments")
    _, unfolded = await card_of(without, submission)
    assert "Sở GTVT" in {button.label for row in unfolded.buttons for button in row}


async def test_a_moderator_gives_the_topic_where_the_machine_could_not(without):
    _, submission = await conversation(without, "1")

    moved = await without.moderate.decide(
        submission.id, 1, Decision(Action.CHANGE_TOPIC, topic="giao-thong-van-tai"), moderator("Minh")
    )
    await without.moderate.decide(submission.id, moved.version, Decision(Action.APPROVE), moderator("Minh"))

    _, card = await card_of(without, submission)
    assert card.lines[0].startswith("Đã chọn: ")
    (part,) = [one for one in (await without.exporting.content()).departments if one.rows]
    assert (part.id, part.rows[0].text) == ("so-gtvt", ODD)


async def test_unclassified_questions_stand_under_waiting_and_once_approved_under_unclear(without, tmp_path):
    _, submission = await conversation(without, "1")
    await conversation(without, "2")
    await without.moderate.decide(submission.id, 1, Decision(Action.APPROVE, unclear=True), moderator("Minh"))

    record = await without.exporting.make("Minh", target=tmp_path / "bang.xlsx")

    book = load_workbook(record.file)
    (unclear,) = [row for row in book["Chưa rõ"].iter_rows(values_only=True) if row[0] == 1]
    (waiting,) = [row for row in book["Chờ duyệt"].iter_rows(values_only=True) if row[0] == 1]
    assert unclear[1] == waiting[1] == ODD
    assert waiting[3] == "Chưa phân loại"


# ------------------------------------------------------------------ the model is back


async def test_what_waited_without_a_topic_gets_one_when_the_model_is_back(without, shelf):
    _, odd = await conversation(without, "1")
    young = without.youth("2")
    await young.agrees()
    bus = await young.asks(BUS)
    await without.moderate.decide(odd.id, 1, Decision(Action.APPROVE, unclear=True), moderator("Minh"))
    classify = ClassifyWaiting(without.store, without.clock, without.router, without.running)
    assert await classify() == 0

    shelf.put(WordRouter())
    assert without.router.refresh()
    assert [await classify(), await classify()] == [1, 0]

    approved, waiting = await without.submissions()
    assert (approved.topic, approved.proposal) == ("", None)  # what a person decided stays
    assert (waiting.topic, waiting.version) == ("giao-thong-van-tai", 2)
    async with without.store.reading() as tx:
        last = (await tx.history.of(bus.id))[-1]
    assert (last.actor, last.action, last.topic) == (SYSTEM, Action.CLASSIFY, "giao-thong-van-tai")
    assert (await card_of(without, bus))[1].lines[0].startswith("Máy đề xuất: ")


async def test_a_moderator_who_looked_at_the_unclassified_card_is_told_of_the_proposal(without, shelf):
    young = without.youth("2")
    await young.agrees()
    bus = await young.asks(BUS)
    shelf.put(WordRouter())
    without.router.refresh()
    await ClassifyWaiting(without.store, without.clock, without.router, without.running)()

    with pytest.raises(AlreadyDecided) as refused:
        await without.moderate.decide(bus.id, 1, Decision(Action.APPROVE, unclear=True), moderator("Minh"))

    assert refused.value.key is Key.REFUSE_CLASSIFIED


async def test_many_are_classified_and_one_on_which_the_model_fails_is_left_for_later(store, tmp_path):
    router = ActiveRouter(nothing_kept, shelf := Shelf())
    world = World(store, tmp_path, router=router)
    texts = [f"{BUS} Câu {number}" for number in range(120)]
    slips = tuple(Slip(line, text, "", "", NOON, "") for line, text in enumerate([*texts[:60], FEES, *texts[60:]]))
    await world.importing(SlipFile(slips, (), ()), by="nhập phiếu")
    shelf.put(FailingModel())
    router.refresh()

    assert await ClassifyWaiting(store, world.clock, router, world.running)() == 120

    assert [one.text for one in await world.submissions() if not one.topic] == [FEES]


def test_the_router_changes_models_only_where_something_changed_and_keeps_a_good_one(shelf):
    router = ActiveRouter(WordRouter, shelf)
    assert not router.missing
    assert not router.refresh()
    assert shelf.asked == 0

    for broken in (OSError("gone"), None):
        shelf.put(broken)
        assert not router.refresh()
        assert router.propose(BUS, {}).topic == "giao-thong-van-tai"

    shelf.put(FailingModel())
    assert router.refresh()
    assert router.propose(FEES, {}) is None
    assert router.propose_all([BUS, FEES], {})[1] is None
    assert router.explain(BUS, "giao-thong-van-tai") == ()


# ------------------------------------------------------------------ decisions


async def test_decisions_of_every_programme_are_found_page_by_page(store, tmp_path, monkeypatch):
    monkeypatch.setattr(decisions_table, "_PAGE", 2)
    both_open = NOON + timedelta(days=2)
    here, before = (
        World(store, tmp_path, clock=MovedClock(both_open), programme=code) for code in (PROGRAMME, "lang-son-2024")
    )
    for world in (before, here):
        for number, text in enumerate((BUS, FEES, ODD, "Xin quảng cáo giúp em", "Câu không ai xem")):
            young = world.youth(f"{world.programme}-{number}")
            await young.agrees()
            await young.asks(text)
    asked = await here.submissions()
    await here.moderate.decide(asked[0].id, 1, Decision(Action.APPROVE), moderator("Minh"))
    moved = await here.moderate.decide(
        asked[1].id, 1, Decision(Action.CHANGE_TOPIC, topic="truong-lop"), moderator("Minh")
    )
    await here.moderate.decide(asked[1].id, moved.version, Decision(Action.APPROVE), moderator("Lan"))
    await here.moderate.decide(asked[2].id, 1, Decision(Action.APPROVE, unclear=True), moderator("Lan"))
    await here.moderate.decide(asked[3].id, 1, Decision(Action.REJECT, reason=Key.R_SPAM.value), moderator("Lan"))
    earlier = (await before.submissions())[0]
    await before.moderate.decide(earlier.id, 1, Decision(Action.APPROVE), moderator("Hoa"))

    async with store.reading() as tx:
        everywhere, only_here = await tx.decisions.all(), await tx.decisions.all(PROGRAMME)

    ours = [
        Decided(asked[0].id, BUS, "giao-thong-van-tai", "giao-thong-van-tai", both_open, lead="so-gtvt"),
        Decided(asked[1].id, FEES, "truong-lop", "hoc-phi-hoc-bong", both_open, lead="so-gddt-old"),
        Decided(asked[3].id, "Xin quảng cáo giúp em", OUT_OF_SCOPE, OUT_OF_SCOPE, both_open, settled=False),
    ]
    assert only_here == ours
    assert everywhere == [
        Decided(earlier.id, BUS, "giao-thong-van-tai", "giao-thong-van-tai", both_open, lead="so-gtvt"),
        *ours,
    ]


async def test_the_workbook_tells_how_often_the_machine_was_right(world, tmp_path):
    young = world.youth()
    await young.agrees()
    for text, wanted in (
        (BUS, "giao-thong-van-tai"),
        ("Xe buýt?", "giao-thong-van-tai"),
        (ODD, "giao-thong-van-tai"),
        (FEES, "thue"),
    ):
        submission = await young.asks(text)
        moved = await world.moderate.decide(
            submission.id, 1, Decision(Action.CHANGE_TOPIC, topic=wanted), moderator("Minh")
        )
        await world.moderate.decide(submission.id, moved.version, Decision(Action.APPROVE), moderator("Minh"))
    # Neither says which department is right: one is still being looked at, the other asks nothing.
    looked_at, spam = await young.asks("Xe buýt đêm?"), await young.asks("Xe buýt giá rẻ, gọi ngay")
    await world.moderate.decide(looked_at.id, 1, Decision(Action.CHANGE_TOPIC, topic="thue"), moderator("Minh"))
    await world.moderate.decide(spam.id, 1, Decision(Action.REJECT, reason=Key.R_SPAM.value), moderator("Minh"))

    content = await world.exporting.content()
    record = await world.exporting.make("Minh", target=tmp_path / "bang.xlsx")

    assert {line.department: (line.decided, line.right) for line in content.machine} == {
        "Sở Giao thông vận tải": (3, 2),
        "Thuế tỉnh": (1, 0),
    }
    rows = list(load_workbook(record.file)["Máy đề xuất"].iter_rows(values_only=True))
    at = next(place for place, row in enumerate(rows) if str(row[0]).startswith("Máy đề xuất đúng"))
    assert rows[at][0] == "Máy đề xuất đúng 50 %, cán bộ sửa 2 câu (trong 4 câu đã quyết định)"
    assert sorted(row[1:] for row in rows[at + 2 :]) == [
        ("Sở Giao thông vận tải", 3, 2, 1, "67 %"),
        ("Thuế tỉnh", 1, 0, 1, "0 %"),
    ]


# ------------------------------------------------------------------ at night

PROMOTED = Learnt(Verdict.PROMOTED, 312, 312, 50, 4, Exam(810, 629, 640), Exam(62, 45, 51))
NOT_BETTER = Learnt(Verdict.NOT_BETTER, 312, 312, 50, 4, Exam(810, 629, 640), Exam(62, 51, 51))


class Training:
    """What the process beside would come to; counts how often it was asked."""

    def __init__(self, comes_to=PROMOTED):
        self.comes_to, self.times = comes_to, 0

    async def __call__(self):
        self.times += 1
        if isinstance(self.comes_to, Exception):
            raise self.comes_to
        return self.comes_to


@asynccontextmanager
async def nights(world, train, router=None):
    """The part that learns at night, in a database that was begun at NOON."""
    async with world.store.transaction() as tx:
        await tx.facts.put(started_at(world.programme), NOON.isoformat())
    router = router or ActiveRouter(WordRouter, Shelf())
    yield Nightly(world.store, world.clock, world.voice, world.running, router, train, "30 2 * * *", (GROUP,))


async def group_heard(world):
    return [words.text for words in await world.said_to(GROUP)]


async def test_it_learns_at_half_past_two_once_a_night_and_tells_the_group_in_one_sentence(world):
    train = Training()
    async with nights(world, train) as nightly:
        counts = []
        for now in (NOON, NIGHT - timedelta(minutes=1), NIGHT, NIGHT + timedelta(hours=3), NIGHT + timedelta(days=1)):
            world.clock.at = now
            await nightly.look()
            await nightly.look()
            counts.append(train.times)

    assert counts == [0, 0, 1, 1, 2]
    sentence = (
        "Máy đã học từ 312 quyết định của cán bộ và từ nay dùng mô hình số 4: trong 62 câu gần đây, mô hình này chọn "
        "đúng cơ quan 51 câu, mô hình trước 45 câu."
    )
    assert await group_heard(world) == [sentence, sentence]


async def test_a_question_that_was_merged_counts_for_the_department_of_its_issue(store, tmp_path):
    world = World(store, tmp_path / "xuat")
    lan = world.youth()
    await lan.agrees()
    bus, fees = await lan.asks("Bao giờ quê em có xe buýt?"), await lan.asks("Học phí đi xe buýt thế nào?")
    first = await world.moderate.decide(bus.id, bus.version, Decision(Action.APPROVE), moderator())
    await world.moderate.decide(fees.id, fees.version, Decision(Action.APPROVE, into=first.issue_id), moderator())

    lines = await world.exporting.machine()

    assert [(line.department, line.decided, line.right) for line in lines] == [("Sở Giao thông vận tải", 2, 1)]


async def test_a_night_that_the_machine_slept_through_is_made_up_once(world):
    train = Training(NOT_BETTER)
    world.clock.at = NIGHT + timedelta(days=5, hours=4)
    async with nights(world, train) as nightly:
        await nightly.look()
        await nightly.look()
    async with nights(world, train) as after_a_restart:
        await after_a_restart.look()

    assert train.times == 1
    assert await group_heard(world) == []


async def test_a_training_that_fails_is_tried_again_the_next_night_only(world, caplog):
    train = Training(CommandFailed("train ended with 1"))
    async with nights(world, train) as nightly:
        for now in (NIGHT, NIGHT + timedelta(hours=1), NIGHT + timedelta(days=1)):
            world.clock.at = now
            await nightly.look()

    assert train.times == 2
    assert "the training failed with CommandFailed" in caplog.text


async def test_without_a_model_the_training_is_tried_every_hour(world):
    shelf, train = Shelf(), Training(NOT_BETTER)
    async with nights(world, train, ActiveRouter(nothing_kept, shelf)) as nightly:
        counts = []
        for minutes in (0, 59, 60, 119, 120):
            world.clock.at = NOON + timedelta(minutes=minutes)
            await nightly.look()
            counts.append(train.times)
        shelf.put(WordRouter())
        world.clock.at = NOON + timedelta(minutes=300)
        await nightly.look()
        world.clock.at = NOON + timedelta(minutes=600)
        await nightly.look()

    assert counts == [0, 0, 1, 1, 2]
    assert train.times == 3


async def test_where_learning_is_switched_off_new_models_are_still_taken_over(without, shelf):
    young = without.youth("2")
    await young.agrees()
    await young.asks(BUS)
    without.clock.at = NIGHT + timedelta(days=3)
    async with nights(without, None, without.router) as nightly:
        await nightly.look()
        assert [one.topic for one in await without.submissions()] == [""]
        shelf.put(WordRouter())
        await nightly.look()

    assert [one.topic for one in await without.submissions()] == ["giao-thong-van-tai"]


async def test_a_fault_of_one_look_does_not_end_the_looking(world, caplog, monkeypatch):
    shelf = Shelf()
    looks = []
    async with nights(world, None, ActiveRouter(WordRouter, shelf)) as nightly:

        async def broken():
            looks.append(1)
            if len(looks) == 3:
                raise asyncio.CancelledError
            raise OSError

        monkeypatch.setattr(nightly, "look", broken)
        monkeypatch.setattr("bot.usecases.learn._LOOK_AGAIN", 0)
        with pytest.raises(asyncio.CancelledError):
            await nightly.run()

    assert "learning failed with OSError" in caplog.text


async def test_every_decision_of_the_database_is_handed_to_the_learner(world):
    young = world.youth()
    await young.agrees()
    submission = await young.asks(BUS)
    await world.moderate.decide(submission.id, 1, Decision(Action.APPROVE), moderator("Minh"))
    handed = []

    def learner(decisions, leads, *, by, at, anew, progress=None):
        handed.append((decisions, leads["giao-thong-van-tai"], by, at, anew))
        return NOT_BETTER

    learnt = await Learn(world.store, world.clock, world.running, learner)(by="Lan", anew=True)

    decided = [Decided(submission.id, BUS, "giao-thong-van-tai", "giao-thong-van-tai", NOON, lead="so-gtvt")]
    assert handed == [(decided, "so-gtvt", "Lan", NOON, True)]
    assert learnt is NOT_BETTER


# ------------------------------------------------------------------ the whole house


@pytest.fixture
def settings(tmp_path):
    return Settings(data_dir=tmp_path / "data", web_bind="127.0.0.1:0", train_at="off")


async def test_the_house_opens_without_any_model(settings, monkeypatch):
    monkeypatch.setattr(bot.app, "load_router", lambda *_: nothing_kept())

    async with open_desk(settings, PROGRAMME, as_of=NOON) as desk, open_house(desk) as house:
        assert [task for task in house.tasks if task.done()] == []
        assert desk.router().missing


def test_only_the_production_bot_learns_at_night(settings):
    learning = settings.model_copy(update={"train_at": "30 2 * * *"})

    async def trains(chosen, **how):
        async with open_desk(chosen, PROGRAMME, **how) as desk:
            return bot.app._night_training(desk) is not None

    assert asyncio.run(trains(learning))
    assert not asyncio.run(trains(settings))
    assert not asyncio.run(trains(learning, as_of=NOON))
    assert not asyncio.run(trains(learning, demo=True))


async def test_the_night_training_is_the_command_in_a_process_of_its_own(settings, trained):
    """The real model of the shipped texts; there is nothing to learn from."""
    shutil.copytree(trained, settings.data_dir / "mo-hinh")
    at_night = settings.model_copy(update={"train_at": "30 2 * * *"})

    async with open_desk(at_night, PROGRAMME) as desk:
        learnt = await bot.app._night_training(desk)()

    assert learnt == Learnt(Verdict.TOO_FEW, 0, 0, 50)


async def test_a_command_that_fails_is_a_fault_and_one_that_works_gives_what_it_printed(tmp_path, capfd):
    assert (await own_command(("--version",), {})).startswith("doithoai ")
    with pytest.raises(CommandFailed):
        await own_command(("programme", "show", "khong-co"), {"DOITHOAI_DATA_DIR": str(tmp_path)})
    assert "khong-co" in capfd.readouterr().err


async def test_a_training_that_is_no_longer_wanted_ends(tmp_path, monkeypatch):
    begun = []
    real = asyncio.create_subprocess_exec

    async def remembered(*arguments, **options):
        begun.append(await real(*arguments, **options))
        return begun[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", remembered)
    environment = {"DOITHOAI_DATA_DIR": str(tmp_path), "DOITHOAI_PROGRAMME": "mau"}

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(own_command(("train",), environment), 1.5)

    assert begun[0].returncode not in (None, 0)
