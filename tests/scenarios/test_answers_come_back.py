"""Three departments answer three ways (page, group, command line); one answers what was changed since, one twice."""

from __future__ import annotations

import asyncio
from io import BytesIO
from pathlib import Path

from bot.app import open_watcher
from bot.cli import run
from bot.domain.role import Role
from bot.domain.submission import Action, State
from bot.domain.workbook import Slip
from bot.ports import SlipFile
from bot.usecases.decide import Decision
from bot.usecases.invite import Invite
from exports.answer_form import Field
from tests.filled import Filled
from tests.world import WordRouter, moderator

FEES, FEES_TOO, BUSES, JOBS = (
    "Bao giờ giảm học phí?",
    "Học phí nghề có được miễn không?",
    "Khi nào có xe buýt về xã?",
    "Việc làm cho thanh niên ra sao?",
)
HEADERS = {"X-Requested-With": "doithoai"}


async def asked(stage) -> None:
    """Four approved questions to three departments, as slips bring them."""
    desk = stage.house.desk
    slips = tuple(Slip(line, text, "Xã A", "", None, "") for line, text in enumerate((FEES, FEES_TOO, BUSES, JOBS), 1))
    taking = desk.importing(WordRouter(), open_watcher(desk.settings))
    await taking(SlipFile(slips, ()), by="nhập phiếu", approved=True)


async def files(stage) -> dict[str, Filled]:
    """What the group gets when it asks for everything, opened, by the department in the caption."""
    await stage.double.user_types(stage.moderator, "/traloi tatca", stage.group)
    await stage.double.wait_until(lambda d: len(d.documents(stage.group)) == 3, 15)
    sent = stage.double.documents(stage.group)
    return {one.caption.split(" của ")[1].split(":")[0]: Filled(BytesIO(one.content)) for one in sent}


def file_for(opened: dict[str, Filled], question: str) -> Filled:
    """The file in which this is asked."""
    for filled in opened.values():
        column = filled.column(Field.QUESTION)
        if any(cell.value == question for (cell,) in filled.sheet.iter_rows(min_col=column, max_col=column)):
            return filled
    raise AssertionError(question)


async def sends(stage, filled: Filled, name: str, then: str) -> str:
    """Send a file to the group; what the bot said of it."""
    content = filled.bytes()
    stage.double.holds(name, content)
    document = {"file_id": name, "file_unique_id": name, "file_name": name, "file_size": len(content)}
    await stage.double.user_sends(stage.moderator, "document", stage.group, document=document, caption="/traloi")

    def told(double) -> list[str]:
        return [one.text for one in double.messages(stage.group) if f"Tệp “{name}”" in one.text and then in one.text]

    await stage.double.wait_until(lambda d: bool(told(d)), 15)
    return told(stage.double)[-1]


async def uploads(stage, filled: Filled) -> dict:
    """Look at a file and take it in at the page."""
    content, seen = filled.bytes(), ""
    for step in ("look", "take"):
        headers = HEADERS | {"X-File-Name": "web.xlsx", "X-Seen": seen}
        address = f"/api/board/answer-files/{step}"
        async with stage.session.post(address, data=BytesIO(content), headers=headers) as answer:
            assert answer.status == 200
            told = await answer.json()
            seen = told["seen"]
    return told


async def signs_in(stage, name: str) -> None:
    desk = stage.house.desk
    token, _ = await Invite(desk.store, desk.clock)(name, role=Role.MODERATOR)
    origin = {"Origin": stage.house.web.address}
    async with stage.session.post("/vao", data={"ma": token}, headers=origin, allow_redirects=False) as answer:
        assert answer.status == 303


async def drafts(stage) -> dict[str, tuple[str, str]]:
    """Each question's newest answer and who drafted it."""
    async with stage.house.desk.store.reading() as tx:
        submissions = {one.issue_id: one.text for one in await tx.submissions.of_programme("mau", [State.APPROVED])}
        answers = await tx.answers.of_programme("mau")
    return {submissions[one.issue_id]: (one.body.text, one.drafted_by) for one in answers}


async def test_three_departments_answer_three_ways_and_nothing_is_lost_doubled_or_put_in_the_wrong_place(
    stage, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setenv("DOITHOAI_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("DOITHOAI_DATABASE_URL", raising=False)
    async with stage("mau") as it:
        await asked(it)
        await signs_in(it, "Hà")
        opened = await files(it)
        education, roads, work = (file_for(opened, one) for one in (FEES, BUSES, JOBS))

        # By the page; one of its two questions was edited after the file was made.
        education.answer(education.row_of(FEES), "Giảm từ năm học tới.")
        education.answer(education.row_of(FEES_TOO), "Được miễn.")
        async with it.house.desk.store.reading() as tx:
            edited = next(
                one for one in await tx.submissions.of_programme("mau", [State.APPROVED]) if one.text == FEES_TOO
            )
        moderate = it.house.desk.moderate(WordRouter(), open_watcher(it.house.desk.settings), it.house.desk.tell())
        wording = Decision(Action.EDIT_WORDING, wording="Học nghề có được miễn học phí không?")
        await moderate.decide(edited.id, edited.version, wording, moderator("Minh"))
        told = await uploads(it, education)
        assert ("1 trả lời mới" in told["summary"], told["waiting"]) == (True, 1)

        # By the group, twice.
        roads.answer(1, "Có từ quý II.", result="Đang giải quyết")
        assert "1 trả lời mới" in await sends(it, roads, "duong.xlsx", "Đã nhập 1 dự thảo")
        assert "1 không đổi" in await sends(it, roads, "duong.xlsx", "Đã nhập 0 dự thảo")

        # By the command line, beside the running bot.
        (tmp_path / "viec-lam.xlsx").write_bytes(work.answer(1, "Có sàn giao dịch việc làm.").bytes())
        arguments = ["answers", str(tmp_path / "viec-lam.xlsx"), "--programme", "mau"]
        assert await asyncio.to_thread(run, [*arguments, "--dry-run"]) == 0
        assert JOBS not in await drafts(it)
        assert await asyncio.to_thread(run, arguments) == 0

        found = await drafts(it)
        assert {question: text for question, (text, _) in found.items()} == {
            FEES: "Giảm từ năm học tới.",
            BUSES: "Có từ quý II.",
            JOBS: "Có sàn giao dịch việc làm.",
        }
        assert [found[one][1] for one in (FEES, BUSES)] == ["Hà", "Lan"]
        assert found[JOBS][1].startswith("dòng lệnh")

        # The stale one waits until somebody in the group takes it.
        await it.double.user_types(it.second, "/traloi", it.group)
        await it.double.wait_until(lambda d: "web.xlsx" in d.messages(it.group)[-1].text, 15)
        number = it.double.messages(it.group)[-1].text.split("Số ")[1].split(":")[0]
        await it.double.user_types(it.second, f"/traloi nhan {number}", it.group)
        await it.double.wait_until(lambda d: "Đã nhập dự thảo" in d.messages(it.group)[-1].text, 15)
        assert (await drafts(it))[FEES_TOO] == ("Được miễn.", "Minh")
