"""One young person from greeting to workbook, word for word the same on every channel, leaving the same rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook

from bot.domain.deadline import VIETNAM
from bot.domain.submission import State
from bot.usecases.staff import COMMANDS
from tests.databases import forget_database
from tests.scenarios.people import CHANNELS

# Một lúc nằm trong thời gian nhận của mỗi kế hoạch thật.
REHEARSALS = {
    "hung-yen-2023": datetime(2023, 2, 13, 9, tzinfo=VIETNAM),
    "hung-yen-2024": datetime(2024, 2, 20, 9, tzinfo=VIETNAM),
    "lang-son-2024": datetime(2024, 2, 27, 9, tzinfo=VIETNAM),
    "soc-trang-2023": datetime(2023, 4, 10, 9, tzinfo=VIETNAM),
    "phu-son-2023": datetime(2023, 3, 13, 9, tzinfo=VIETNAM),
}


async def walks_in_and_asks(youth, text: str) -> str:
    """Greeting, consent, profile, question, confirmation; gives back the receipt code."""
    await youth.says(text)
    await youth.presses("Đồng ý, mình đủ 16 tuổi")
    await youth.says("xã Tân Tiến")
    await youth.presses("Sinh viên")
    await youth.presses("Gửi")
    receipt = await youth.hears("Mã: ")
    return receipt.split("Mã: ")[1].split()[0]


async def rows_left(house) -> dict[str, object]:
    """What the conversation left in the database, without ids, instants and the channel's own names."""
    programme = house.desk.running.code
    async with house.desk.store.reading() as tx:
        submissions = await tx.submissions.of_programme(programme, State)
        issues = await tx.issues.of_programme(programme)
        history = [entry for one in submissions for entry in await tx.history.of(one.id)]
        open_updates = await tx.inbox.open()
    unlike = {"id": 0, "person_id": None, "typed_at": None, "received_at": None, "decided_at": None, "source": None}
    return {
        "submissions": [replace(one, **unlike) for one in submissions],
        "issues": [(one.number, one.topic, one.lead, one.supporting) for one in issues],
        "history": [(entry.actor, entry.action, entry.before, entry.after, entry.topic) for entry in history],
        "open": open_updates,
    }


@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_question_goes_from_greeting_through_the_group_into_the_workbook(stage, channel):
    async with stage("mau") as it:
        youth = await it.youth(channel)

        code = await walks_in_and_asks(youth, "Bao giờ quê em có xe buýt?")
        await it.moderates(code, "Duyệt → Sở Xây dựng", then="Đã duyệt")
        await youth.hears("đã được duyệt và sẽ được chuyển đến Sở Xây dựng")
        await it.double.user_types(it.moderator, "/xuat", it.group)
        await it.double.wait_until(lambda d: d.documents(it.group), 15)

        book = load_workbook(BytesIO(it.double.documents(it.group)[0].content))
        texts = {cell.value for row in book["Sở Xây dựng"] for cell in row}
        assert "Bao giờ quê em có xe buýt?" in texts
        assert not any(cell.value == "An" for sheet in book for row in sheet for cell in row)


async def test_the_same_conversation_leaves_the_same_rows_on_every_channel(stage, tmp_path, monkeypatch):
    left = {}
    for channel in CHANNELS:
        async with stage("mau") as it:
            youth = await it.youth(channel)
            first = await walks_in_and_asks(youth, "Bao giờ quê em có xe buýt?")
            await youth.says("em hoi ve hoc phi")
            await youth.says("1")
            second = (await youth.says("/cuatoi")).split("Câu hỏi của bạn:\n\n")[1].split(" – ")[0]
            await it.moderates(first, "Duyệt → Sở Xây dựng", then="Đã duyệt")
            await it.moderates(second, "Không duyệt", then="Chưa rõ nội dung")
            await it.moderates(second, "Chưa rõ nội dung", then="Không duyệt:")
            await youth.hears("chưa được đưa vào đối thoại")
            left[channel] = await rows_left(it.house)
        forget_database(tmp_path / "doithoai.sqlite3")

    assert left["telegram"] == left["zalo"] == left["web"]
    assert [one.state for one in left["web"]["submissions"]] == [State.APPROVED, State.REJECTED]


async def test_the_second_moderator_learns_who_was_first_and_an_outsider_can_do_nothing(stage):
    async with stage("mau") as it:
        youth = await it.youth("telegram")
        code = await walks_in_and_asks(youth, "Bao giờ quê em có xe buýt?")
        old = await it.card(code)
        await it.moderates(code, "Duyệt → Sở Xây dựng", then="Đã duyệt")

        await it.double.press(it.second, old, next(data for row in old.buttons for label, data in row), forged=True)
        await it.double.wait_until(lambda d: any(toast.person == 78 for toast in d.toasts), 15)
        assert "Lan đã xử lý" in next(toast.text for toast in it.double.toasts if toast.person == 78)

        outsider = it.double.user(99, "Người lạ")
        card = await it.card(code)
        await it.double.press(outsider, card, "Hoàn tác")
        await it.double.wait_until(lambda d: any(toast.person == 99 for toast in d.toasts), 15)
        async with it.house.desk.store.reading() as tx:
            counts = await tx.submissions.counts("mau")
        assert counts[State.APPROVED] == 1


async def test_undo_takes_a_decision_back_and_the_asker_is_told(stage):
    async with stage("mau") as it:
        youth = await it.youth("web")
        code = await walks_in_and_asks(youth, "Bao giờ quê em có xe buýt?")
        await it.moderates(code, "Duyệt → Sở Xây dựng", then="Đã duyệt")
        await it.moderates(code, "Hoàn tác", then="chờ duyệt")

        assert code in await youth.hears("đang được xem xét lại")


@pytest.mark.parametrize(("programme", "as_of"), REHEARSALS.items())
async def test_every_real_plan_runs_in_rehearsal_from_greeting_to_workbook(stage, programme, as_of):
    async with stage(programme, as_of) as it:
        youth = await it.youth("telegram")

        code = await walks_in_and_asks(youth, "Em muốn hỏi về đăng ký nhãn hiệu")
        card = await it.card(code)
        approve = next(label for label in card.labels if label.startswith("Duyệt → "))
        await it.moderates(code, approve, then="Đã duyệt")
        await it.house.desk.exporting().make("Lan")
        (record,) = await it.house.desk.exporting().made()

        assert code.startswith(it.house.desk.library.get(programme).receipt_prefix)
        assert all(one.text.startswith("[DIỄN TẬP] ") for one in it.double.messages(youth.person))
        book = load_workbook(record.file)
        texts = [str(cell.value) for sheet in book for row in sheet for cell in row if cell.value is not None]
        assert "Em muốn hỏi về đăng ký nhãn hiệu" in texts
        assert any("DIỄN TẬP" in text for text in texts)


async def test_what_was_said_while_the_bot_was_off_is_answered_when_it_is_back(stage, tmp_path):
    async with stage("mau") as it:
        assert it.house.telegram is not None
        await it.house.stop()
        person = it.double.user(5, "An")
        await it.double.user_types(person, "Bao giờ quê em có xe buýt?")
        assert it.double.messages(person) == []

        from bot.app import open_house

        async with open_house(it.house.desk):
            await it.double.wait_until(lambda d: d.messages(person), 15)

        assert "bot (máy trả lời tự động)" in it.double.messages(person)[0].text


def test_the_command_for_a_workbook_is_the_one_that_moderators_are_told():
    assert "xuat" in COMMANDS
