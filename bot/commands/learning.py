"""`train` and `model`: what the machine learns from moderators, and which of its models answers."""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bot.commands.output import DONE, print_json, progress, say, table, warn
from bot.commands.parser import subcommand
from bot.commands.slips import chosen_programme
from bot.commands.which import DEMO_APART, add_database, demo_or
from bot.commands.who import account
from bot.domain.deadline import VIETNAM
from bot.domain.decision import per_cent
from bot.domain.learning import BASE, Change, Exam, Learnt, Verdict, Version
from bot.settings import read
from bot.texts.catalogue import short_day, when
from bot.texts.keys import Key
from bot.usecases.clock import WallClock

if TYPE_CHECKING:
    from bot.domain.workbook import MachineLine
    from classifier.versions import Versions

_NICE = 10  # by how much a training at night stands back behind everybody else
_BASE_NAME = "câu mẫu"
_PLAN = (
    "sẽ đọc mọi quyết định đã lưu của cán bộ; nếu có từ {needed} câu mô hình đang dùng chưa học thì huấn luyện một mô "
    "hình mới, cho thi cùng mô hình đang dùng và chỉ thay khi đúng hơn. Mất một đến hai phút, bot vẫn chạy bình thường…"
)
_HEADINGS = ["Mô hình số", "Lập lúc", "Học từ mấy câu", "Thử câu gần đây", "Thử bộ câu cố định", "Ghi chú"]
_VERDICTS = {
    Verdict.PROMOTED: "tốt hơn, được đưa vào dùng",
    Verdict.NOT_BETTER: "không đúng hơn ở các câu gần đây",
    Verdict.WORSE: "kém đi ở bộ câu thử cố định",
    Verdict.OVERTAKEN: "chưa được đưa vào dùng vì trong lúc huấn luyện có người đã đổi mô hình",
}


def add_to(commands: Any) -> None:
    """Add the two commands to the command line."""
    train = subcommand(commands, "train", "cho máy học từ quyết định của cán bộ, giữ mô hình mới nếu tốt hơn")
    train.add_argument("--programme", metavar="MÃ", help="mã chương trình (mặc định: DOITHOAI_PROGRAMME)")
    train.add_argument("--json", action="store_true", help="in kết quả dạng JSON")
    # How the running bot calls it, to whose log this then belongs.
    train.add_argument("--at-night", dest="logs", action="store_true", help=argparse.SUPPRESS)
    train.set_defaults(command=_train)

    model = subcommand(commands, "model", "xem, đổi mô hình đang dùng; xem máy đúng bao nhiêu")
    what = model.add_subparsers(title="việc", metavar="VIỆC", required=True)
    listed = subcommand(what, "list", "các mô hình đang giữ, mô hình nào đang dùng, ai đã đổi")
    listed.set_defaults(command=_list)
    promote = subcommand(what, "promote", "dùng một mô hình khác")
    promote.add_argument("id", type=int, metavar="SỐ", help="số trong doithoai model list; 0 là mô hình câu mẫu")
    promote.set_defaults(command=_promote)
    rollback = subcommand(what, "rollback", "quay về mô hình dùng trước mô hình này")
    rollback.set_defaults(command=_rollback)
    accuracy = subcommand(what, "accuracy", "máy đề xuất đúng bao nhiêu, theo từng cơ quan")
    accuracy.add_argument("--programme", metavar="MÃ", help="mã chương trình (mặc định: DOITHOAI_PROGRAMME)")
    add_database(accuracy, "diễn tập như thể đang là lúc này")
    accuracy.set_defaults(command=_accuracy)
    for one in (listed, promote, rollback, accuracy):
        one.add_argument("--json", action="store_true", help="in kết quả dạng JSON")


# ------------------------------------------------------------------ train


def _train(parsed: argparse.Namespace) -> int:
    from bot.app import demo_kept

    if parsed.logs and hasattr(os, "nice"):
        os.nice(_NICE)
    learnt = asyncio.run(_learnt(parsed))
    if parsed.json:
        print_json(asdict(learnt))
    else:
        for sentence in _told(learnt):
            say(sentence)
        if learnt.verdict is Verdict.TOO_FEW and demo_kept(read()):
            warn("dữ liệu của bản chạy thử (doithoai demo) nằm riêng và không được dùng để huấn luyện.")
    return DONE


async def _learnt(parsed: argparse.Namespace) -> Learnt:
    from bot.app import open_desk
    from classifier.learning import NEEDED, STEPS

    settings = read()
    programme = chosen_programme(settings, parsed.programme)
    if not parsed.logs:
        warn(_PLAN.format(needed=NEEDED))
    async with open_desk(settings, programme) as desk:
        by = desk.voice.text(Key.STAFF_BY_SCHEDULE) if parsed.logs else _by()
        learn = desk.learn()
        with progress("Huấn luyện", STEPS) as advance:
            return await learn(by=by, anew=not parsed.logs, progress=advance)


def _by() -> str:
    return account() or "dòng lệnh"


def _told(learnt: Learnt) -> list[str]:
    """What came of it, and the figures behind it."""
    match learnt.verdict:
        case Verdict.TOO_FEW:
            have = f"{learnt.decisions} quyết định, trong đó {learnt.fresh} câu khác nhau mà mô hình đang dùng chưa học"
            return [f"Chưa huấn luyện: mới có {have}; cần ít nhất {learnt.needed}. Mô hình đang dùng giữ nguyên."]
        case Verdict.NOTHING_NEW:
            return [f"Chưa huấn luyện: từ lần trước chưa có thêm {learnt.needed} quyết định."]
        case _:
            kept = "" if learnt.verdict is Verdict.PROMOTED else "; mô hình đang dùng giữ nguyên"
            return [
                f"Học từ {learnt.decisions} quyết định của cán bộ.",
                *_exams(learnt.recent, learnt.frozen),
                f"Mô hình số {learnt.version} {_VERDICTS[learnt.verdict]}{kept}.",
            ]


def _exams(recent: Exam | None, frozen: Exam | None) -> list[str]:
    return [
        f"{name}, {exam.texts} câu: mô hình đang dùng đúng cơ quan {exam.before}, mô hình mới {exam.after}."
        for name, exam in (("Các quyết định gần đây", recent), ("Bộ câu thử cố định", frozen))
        if exam is not None
    ]


# ------------------------------------------------------------------ model list, promote, rollback


def _versions() -> Versions:
    from bot.app import load_versions

    return load_versions(read())


def _list(parsed: argparse.Namespace) -> int:
    from classifier.versions import MANIFEST

    versions = _versions()
    manifest = versions.manifest()
    in_use = versions.active()
    used = in_use.id if in_use else BASE
    if versions.damaged:
        warn(
            f"không đọc được danh sách mô hình “{versions.folder / MANIFEST}” (tệp hỏng hoặc không có quyền đọc) nên "
            f"đang dùng mô hình {_BASE_NAME}; máy lập lại danh sách ở lần huấn luyện tới: doithoai train"
        )
    if parsed.json:
        plain = {**asdict(manifest), "versions": [_plain(one) for one in manifest.versions]}
        print_json({**plain, "answers": used, "fingerprint": versions.fingerprint})
        return DONE
    rows = [[f"{BASE} ({_BASE_NAME})", "có sẵn", "", "", "", "đang dùng" if used == BASE else ""]]
    rows += [_row(one, used, versions) for one in manifest.versions]
    table(_HEADINGS, rows)
    if manifest.versions:
        say("Hai cột thử: số câu mô hình dùng trước đó chọn đúng cơ quan → số câu mô hình này chọn đúng / số câu thử.")
    if manifest.active != used:
        warn(
            f"mô hình số {manifest.active} do bản cài khác lập ra nên tạm dùng mô hình {_BASE_NAME}; "
            "máy học lại vào ban đêm, hoặc ngay bằng: doithoai train"
        )
    for change in manifest.history:
        say(_changed(change))
    return DONE


def _plain(version: Version) -> dict[str, Any]:
    """Everything about a model but the marks of its texts, which tell nobody anything."""
    return {key: value for key, value in asdict(version).items() if key not in ("learnt", "offered")}


def _row(version: Version, used: int, versions: Versions) -> list[str]:
    notes = ["đang dùng"] if version.id == used else []
    notes += [_VERDICTS[version.verdict]] if version.verdict is not Verdict.PROMOTED else []
    notes += ["của bản cài khác"] if version.fingerprint != versions.fingerprint else []
    notes += ["mất tệp"] if not versions.file(version.id).is_file() else []
    exams = [f"{exam.before} → {exam.after}/{exam.texts}" for exam in (version.recent, version.frozen)]
    made = version.made_at.astimezone(VIETNAM)
    return [str(version.id), f"{made:%H:%M}, {short_day(made)}", str(version.decisions), *exams, "; ".join(notes)]


def _changed(change: Change) -> str:
    return f"{when(change.at)}: {change.by} đổi mô hình {_name(change.before)} sang {_name(change.version)}."


def _name(id_: int) -> str:
    return _BASE_NAME if id_ == BASE else f"số {id_}"


def _promote(parsed: argparse.Namespace) -> int:
    return _put(parsed, lambda versions: versions.promote(parsed.id, by=_by(), at=WallClock().now()))


def _rollback(parsed: argparse.Namespace) -> int:
    return _put(parsed, lambda versions: versions.rollback(by=_by(), at=WallClock().now()))


def _put(parsed: argparse.Namespace, change: Callable[[Versions], Change | None]) -> int:
    made = change(_versions())
    if parsed.json:
        print_json({**asdict(made), "changed": True} if made else {"version": parsed.id, "changed": False})
    elif made is None:
        say(f"Mô hình {_name(parsed.id)} vốn đang được dùng; không có gì thay đổi.")
    else:
        say(f"Từ nay dùng mô hình {_name(made.version)} thay cho mô hình {_name(made.before)}.")
        say("Bot đang chạy tự chuyển sang trong vòng nửa phút.")
    return DONE


# ------------------------------------------------------------------ model accuracy


def _accuracy(parsed: argparse.Namespace) -> int:
    from bot.app import demo_kept

    lines = asyncio.run(_measured(parsed))
    decided, right = sum(line.decided for line in lines), sum(line.right for line in lines)
    if parsed.json:
        rows = [{**asdict(line), "corrected": line.corrected} for line in lines]
        print_json({"decided": decided, "right": right, "corrected": decided - right, "departments": rows})
    elif not decided:
        say("Chưa có câu nào được cán bộ duyệt hoặc xếp là ngoài phạm vi nên chưa tính được.")
        if not parsed.demo and demo_kept(read()):
            warn(DEMO_APART)
    else:
        corrected = f"cán bộ sửa {decided - right} câu (trong {decided} câu đã quyết định)"
        say(f"Máy đúng {_percent(right, decided)}, {corrected}.")
        table(
            ["Cơ quan cán bộ đã chọn", "Số câu đã quyết định", "Máy đúng", "Cán bộ sửa", "Tỷ lệ máy đúng"],
            [_department(line) for line in lines],
        )
    return DONE


async def _measured(parsed: argparse.Namespace) -> Sequence[MachineLine]:
    from bot.app import open_desk

    settings = read()
    programme = chosen_programme(settings, demo_or(parsed))
    async with open_desk(settings, programme, as_of=parsed.as_of, demo=parsed.demo) as desk:
        return await desk.exporting().machine()


def _department(line: MachineLine) -> list[str]:
    name = line.department or "Không thuộc cơ quan nào"
    return [name, str(line.decided), str(line.right), str(line.corrected), _percent(line.right, line.decided)]


def _percent(right: int, decided: int) -> str:
    return f"{per_cent(right, decided)} %"
