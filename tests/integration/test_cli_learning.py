"""`doithoai train` and `doithoai model`: what they print, what they change, and what they refuse."""

import asyncio
import json
import random
import re
import shutil
import subprocess
import sys

import pytest

import bot.app
from bot.app import open_desk
from bot.cli import run
from bot.domain.decision import per_cent
from bot.domain.submission import Action, State
from bot.domain.workbook import Slip
from bot.ports import SlipFile
from bot.settings import read
from bot.usecases.active_router import ActiveRouter
from bot.usecases.import_slips import ImportSlips
from bot.usecases.moderate import Decision
from classifier.corpus import read_corpus
from classifier.model import load
from classifier.versions import MANIFEST, Versions
from classifier.watch import Watch
from tests.world import WordRouter, moderator

FOUR = ("viec-lam", "dat-dai", "kham-chua-benh", "thi-tuyen-sinh")
KNOWN, STREAM = 6, 60  # texts of each topic that the shipped model knows, and that moderators decide
PROGRAMME = "hung-yen-2024"


@pytest.fixture(scope="module")
def texts():
    chosen = {topic: [one.text for one in read_corpus() if one.topic == topic] for topic in FOUR}
    for some in chosen.values():
        random.Random(1).shuffle(some)
    return chosen


@pytest.fixture(scope="module")
def ground(texts, tmp_path_factory):
    """A corpus of four topics and its model."""
    root = tmp_path_factory.mktemp("ground")
    (root / "corpus").mkdir()
    for topic, some in texts.items():
        rows = (json.dumps({"text": text, "register": "plain"}, ensure_ascii=False) for text in some[:KNOWN])
        (root / "corpus" / f"{topic}.jsonl").write_text("\n".join(rows), "utf-8")
    load(root / "mo-hinh", corpus=root / "corpus")
    return root


@pytest.fixture(autouse=True)
def versions(monkeypatch, tmp_path, ground):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DOITHOAI_DATABASE_URL", raising=False)
    monkeypatch.setenv("DOITHOAI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("DOITHOAI_PROGRAMME", PROGRAMME)
    monkeypatch.setenv("COLUMNS", "160")
    shutil.copytree(ground / "mo-hinh", tmp_path / "data" / "mo-hinh")
    kept = Versions(tmp_path / "data" / "mo-hinh", ground / "corpus")
    monkeypatch.setattr(bot.app, "load_versions", lambda _: kept)
    return kept


@pytest.fixture
def call(capsys):
    def call(*arguments):
        code = run([str(argument) for argument in arguments])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return call


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Where the database with all decisions is kept once it was made: nearly five hundred of them take seconds."""
    return tmp_path_factory.mktemp("whole") / "doithoai.sqlite3"


@pytest.fixture
def moderated(texts, whole, tmp_path):
    """Slips come in, the machine proposes a topic by a few words, and a moderator gives each its own."""

    async def decide(pairs, approved):
        async with open_desk(read(), PROGRAMME) as desk:
            core = (desk.store, desk.clock)
            importing = ImportSlips(*core, WordRouter(), Watch.open(), desk.voice, desk.running)
            slips = tuple(Slip(line, text, "", "", None, "") for line, (text, _) in enumerate(pairs))
            await importing(SlipFile(slips, (), ()), by="nhập phiếu")
            wanted = dict(pairs)
            moderate = desk.moderate(WordRouter(), Watch.open(), desk.tell())
            async with desk.store.reading() as tx:
                waiting = await tx.submissions.of_programme(PROGRAMME, [State.WAITING])
            for one in waiting:
                decision = Decision(Action.CHANGE_TOPIC, topic=wanted[one.text])
                moved = await moderate.decide(one.id, one.version, decision, moderator("Lan"))
                if approved:
                    await moderate.decide(one.id, moved.version, Decision(Action.APPROVE), moderator("Lan"))

    def moderated(each=STREAM, *, approved=True):
        file, usual = tmp_path / "data" / whole.name, (each, approved) == (STREAM, True)
        if usual and whole.exists():
            shutil.copy(whole, file)
            return
        pairs = [(text, topic) for topic, some in texts.items() for text in some[KNOWN : KNOWN + each]]
        random.Random(2).shuffle(pairs)
        asyncio.run(decide(pairs, approved))
        if usual:
            shutil.copy(file, whole)

    return moderated


def test_training_says_what_came_of_it_and_the_list_shows_it(call, moderated, versions):
    moderated()

    code, out, err = call("train")

    assert code == 0
    assert err.startswith("doithoai: sẽ đọc mọi quyết định đã lưu của cán bộ; nếu có từ 50 câu ")
    learnt, recent, frozen, ending = out.splitlines()
    assert learnt == f"Học từ {4 * STREAM} quyết định của cán bộ."
    assert re.fullmatch(
        r"Các quyết định gần đây, \d+ câu: mô hình đang dùng đúng cơ quan \d+, mô hình mới \d+\.", recent
    )
    assert re.fullmatch(r"Bộ câu thử cố định, \d+ câu: mô hình đang dùng đúng cơ quan \d+, mô hình mới \d+\.", frozen)
    assert ending == "Mô hình số 1 tốt hơn, được đưa vào dùng."
    code, out, _ = call("model", "list")
    assert code == 0
    assert "đang dùng" in next(line for line in out.splitlines() if line.startswith("│ 1"))
    assert re.search(r"ngày \d\d/\d\d/\d{4}: \S+ đổi mô hình câu mẫu sang số 1\.", out)
    assert versions.active().id == 1


def test_with_too_few_decisions_it_says_how_many_are_missing(call, moderated):
    moderated(each=3)

    code, out, _ = call("train")

    assert code == 0
    assert out == (
        "Chưa huấn luyện: mới có 12 quyết định, trong đó 12 câu khác nhau mà mô hình đang dùng chưa học; cần ít nhất "
        "50. Mô hình đang dùng giữ nguyên.\n"
    )


def test_the_night_run_prints_json_and_is_remembered_as_the_schedule(call, moderated, versions):
    moderated()

    code, out, _ = call("train", "--at-night", "--json")

    learnt = json.loads(out)
    assert (code, learnt["verdict"], learnt["version"]) == (0, "promoted", 1)
    assert versions.manifest().history[0].by == "theo lịch"
    code, out, _ = call("train", "--at-night", "--json")
    assert json.loads(out)["verdict"] == "too_few"


def test_models_are_exchanged_by_command_while_a_bot_answers(call, moderated, versions):
    moderated()
    running = ActiveRouter(versions.serve, versions)
    call("train")
    assert running.refresh()

    code, out, _ = call("model", "rollback")
    assert (code, out.splitlines()[0]) == (0, "Từ nay dùng mô hình câu mẫu thay cho mô hình số 1.")
    assert running.refresh()
    assert not running.refresh()

    code, out, _ = call("model", "promote", "1", "--json")
    change = json.loads(out)
    assert (code, change["version"], change["before"], change["action"]) == (0, 1, 0, "promote")
    assert running.refresh()
    listed = json.loads(call("model", "list", "--json")[1])
    assert [(one["action"], one["version"]) for one in listed["history"]] == [
        ("promote", 1),
        ("rollback", 0),
        ("promote", 1),
    ]
    assert (listed["answers"], listed["versions"][0]["decisions"]) == (1, 4 * STREAM)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("promote", "7"), "Không có mô hình số 7"),
        (("rollback",), "Chưa có mô hình nào trước mô hình đang dùng"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_sentence(call, arguments, sentence):
    code, out, err = call("model", *arguments)

    assert (code, out) == (1, "")
    assert err.startswith(f"doithoai: {sentence}")


def test_what_answers_already_is_said_so_and_nothing_changes(call, versions):
    code, out, _ = call("model", "promote", "0")

    assert (code, out) == (0, "Mô hình câu mẫu vốn đang được dùng; không có gì thay đổi.\n")
    assert json.loads(call("model", "promote", "0", "--json")[1]) == {"version": 0, "changed": False}
    assert versions.manifest().history == ()


def test_a_damaged_list_is_told_in_vietnamese_and_no_log_stands_beside_it(versions):
    (versions.folder / MANIFEST).write_text("{", "utf-8")

    listed = subprocess.run(
        [sys.executable, "-m", "bot", "model", "list"], capture_output=True, encoding="utf-8", check=True
    )

    (said,) = listed.stderr.splitlines()
    assert said.startswith("doithoai: không đọc được danh sách mô hình “")
    assert "đang dùng" in listed.stdout


def test_what_the_demo_keeps_is_measured_on_demand_and_never_learnt(call, tmp_path):
    async def begin():
        async with open_desk(read(), "mau", demo=True):
            pass

    asyncio.run(begin())

    assert call("model", "accuracy", "--demo")[0::2] == (0, "")
    assert "thêm --demo" in call("model", "accuracy")[2]
    assert call("train")[2].splitlines()[-1] == (
        "doithoai: dữ liệu của bản chạy thử (doithoai demo) nằm riêng và không được dùng để huấn luyện."
    )


def test_a_list_without_learnt_models_shows_the_one_of_the_shipped_texts(call):
    code, out, _ = call("model", "list")

    assert code == 0
    assert [line for line in out.splitlines() if line.startswith("│")] == [
        next(line for line in out.splitlines() if "câu mẫu" in line)
    ]
    assert "đang dùng" in out


def test_the_list_says_where_a_model_of_another_release_does_not_answer(call, moderated, versions):
    moderated()
    call("train")
    file = versions.folder / MANIFEST
    file.write_text(file.read_text("utf-8").replace(versions.fingerprint, "0" * 64), "utf-8")

    _, out, err = call("model", "list")

    assert "của bản cài khác" in out
    assert "tạm dùng mô hình câu mẫu" in err
    assert "đang dùng" in next(line for line in out.splitlines() if "câu mẫu" in line)


def test_accuracy_is_told_by_department_for_people_and_as_json(call, moderated):
    nothing = "Chưa có câu nào được cán bộ duyệt hoặc xếp là ngoài phạm vi nên chưa tính được.\n"
    assert call("model", "accuracy") == (0, nothing, "")
    moderated(each=1, approved=False)
    assert call("model", "accuracy")[1] == nothing  # moved about, but nobody approved
    moderated(each=5)

    _, told, _ = call("model", "accuracy")
    code, out, _ = call("model", "accuracy", "--json")

    figures = json.loads(out)
    assert (code, figures["decided"]) == (0, 20)
    assert sum(line["decided"] for line in figures["departments"]) == 20
    assert all(line["corrected"] == line["decided"] - line["right"] for line in figures["departments"])
    share = per_cent(figures["right"], 20)
    corrected = figures["corrected"]
    assert told.startswith(f"Máy đúng {share} %, cán bộ sửa {corrected} câu (trong 20 câu đã quyết định).\n")
    assert "Sở Tài nguyên và Môi trường" in told
