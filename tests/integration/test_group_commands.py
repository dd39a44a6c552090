"""Commands that moderators type: everything that a button does, and everything that there is to see."""

from datetime import timedelta

import pytest

from bot.domain.message import Address, ChannelName
from bot.domain.role import Role
from bot.domain.submission import MODERATOR_ACTIONS, Action, State, check_letter
from bot.ports import RawUpdate
from bot.usecases.moderate import Decision
from bot.usecases.orders import DECISIONS
from bot.usecases.rights import Rights
from bot.usecases.staff import COMMANDS, Order, Staff
from tests.world import GROUP, World, issue_of, moderator, now

BUS, FEES = "Bao giờ quê em có xe buýt?", "Tiền học phí sao tăng?"


@pytest.fixture
async def world(store, tmp_path):
    return World(store, tmp_path / "xuat")


async def asked(world, *texts):
    found = []
    for number, text in enumerate(texts):
        youth = world.youth(f"7{number}")
        await youth.agrees()
        found.append(await youth.asks(text))
    return found


async def types(world, text, reply_to="", by="Minh"):
    """What the group hears when somebody types this."""
    before = len(await world.said_to(GROUP))
    name, _, argument = text.removeprefix("/").partition(" ")
    await world.staff.command(Order(name, argument, GROUP, by, "", reply_to))
    return "\n".join(words.text for words in (await world.said_to(GROUP))[before:])


async def lists_of(world):
    """Every list that waits to be drawn in the group, as it stands now."""
    drawn = []
    async with world.store.transaction() as tx:
        while rows := await tx.outbox.claim(world.clock.now(), lambda _: True, limit=100):
            for row in rows:
                if row.kind == "list":
                    shown = await tx.lists.get(row.list_id)
                    drawn.append(await world.lists.draw(tx, shown))
                    await tx.lists.shown(shown.id, f"list-{shown.id}", drawn[-1].submissions)
                await tx.outbox.sent(row.id, world.clock.now(), "")
    return drawn


# ------------------------------------------------------------------ decisions


def test_whatever_a_moderator_may_do_can_be_typed():
    assert {spoken.action for spoken in DECISIONS.values()} | {Action.MERGE} == set(MODERATOR_ACTIONS)


async def test_every_decision_has_a_command_and_the_other_way_round():
    assert set(DECISIONS) == {name for name, command in COMMANDS.items() if command.act is Staff.decide}


@pytest.mark.parametrize("spelling", ["{}", "  {} ", "{lower}", "{blanks}", "{joined}", "{dashes}"])
async def test_a_code_is_recognised_in_any_spelling(world, spelling):
    (one,) = await asked(world, BUS)
    code = one.code
    typed = spelling.format(
        code,
        lower=code.lower(),
        blanks=code.replace("-", " "),
        joined=code.replace("-", ""),
        dashes=code.replace("-", " – "),
    )

    said = await types(world, f"/duyet {typed}")

    assert said == f"Đã duyệt {code}."
    assert (await now(world, one)).decided_by == "Minh"


async def test_a_command_that_answers_a_card_needs_no_code(world):
    one, other = await asked(world, BUS, FEES)
    async with world.store.transaction() as tx:
        (shown,) = await tx.board.of_submission(other.id)
        await tx.board.shown(shown.id, "88")

    await types(world, "/khongduyet Đã nêu ở câu trước", reply_to="88")

    assert ((await now(world, one)).state, (await now(world, other)).state) == (State.WAITING, State.REJECTED)
    assert (await now(world, other)).reason == "Đã nêu ở câu trước"


async def test_every_button_can_be_typed(world):
    one, other = await asked(world, BUS, FEES)

    await types(world, f"/nhan {one.code}")
    assert (await now(world, one)).assignee == "Minh"
    await types(world, f"/tra {one.code}")
    assert (await now(world, one)).assignee == ""
    await types(world, f"/doi {one.code} hoc phi")
    assert (await now(world, one)).topic == "hoc-phi-hoc-bong"
    await types(world, f"/hoantac {one.code}")
    assert (await now(world, one)).topic == "giao-thong-van-tai"
    await types(world, f"/gop {other.code} {one.code}")
    assert (await issue_of(world, one)).id == (await issue_of(world, other)).id
    await types(world, f"/tach {one.code}")
    assert (await issue_of(world, one)).id != (await issue_of(world, other)).id
    await types(world, f"/sua {one.code} Khi nào mở tuyến xe buýt?\nTừ tháng mấy?")
    assert (await issue_of(world, one)).edited_text == "Khi nào mở tuyến xe buýt?\nTừ tháng mấy?"
    await types(world, f"/chutri {one.code} Sở Xây dựng, sở gtvt")
    assert ((await issue_of(world, one)).lead, (await issue_of(world, one)).supporting) == (
        "so-xay-dung-old",
        ("so-gtvt",),
    )
    await types(world, f"/khoiphuc {one.code}")
    assert (await now(world, one)).state is State.WAITING
    await types(world, f"/che {one.code} quê em")
    assert (await now(world, one)).shown_text == "Bao giờ [đã che] có xe buýt?"
    await types(world, f"/ngoaiphamvi {one.code} nhà trường")
    assert (await now(world, one)).body == "body.school"
    await types(world, f"/khoiphuc {one.code}")
    await types(world, f"/thurac {one.code}")
    assert (await now(world, one)).state is State.SPAM
    await types(world, f"/khoiphuc {one.code}")
    await types(world, f"/rieng {one.code}")
    assert (await now(world, one)).private


async def test_asking_back_and_splitting_can_be_typed(world):
    one, other = await asked(world, BUS, "Bao giờ quê em có xe buýt? Học phí sao tăng?")

    await types(world, f"/hoilai {one.code} Quê bạn ở xã nào?")
    assert (await now(world, one)).state is State.ASKED
    await types(world, f"/khongcho {one.code}")
    assert (await now(world, one)).state is State.WAITING
    await types(world, f"/tachcau {other.code}\nBao giờ quê em có xe buýt?\nHọc phí sao tăng?")
    assert (await now(world, other)).state is State.SPLIT


async def test_only_whole_words_of_the_text_are_hidden(world):
    (one,) = await asked(world, BUS)

    assert "không có đoạn “qu”" in await types(world, f"/che {one.code} quê, qu")
    assert (await now(world, one)).shown_text == ""


async def test_a_reason_of_the_list_is_recognised_by_its_label(world):
    (one,) = await asked(world, BUS)

    await types(world, f"/khongduyet {one.code} trung cau da co")

    assert (await now(world, one)).reason == "reason.duplicate"


async def test_what_has_no_department_is_approved_only_in_so_many_words(world):
    (one,) = await asked(world, "Quảng cáo ở đâu ạ?")
    assert "chưa có cơ quan" in await types(world, f"/duyet {one.code}")
    assert (await now(world, one)).state is State.WAITING

    await types(world, f"/duyet {one.code} chưa rõ")

    assert (await issue_of(world, one)).lead is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("/duyet", "Chưa biết bạn nói câu nào. Gõ /duyet MÃ [chưa rõ]"),
        ("/duyet HY24-0001-A", "“HY24-0001-A” không đúng mã câu hỏi"),
        ("/duyet {unknown}", "Trong nhóm này không có câu nào mang mã {unknown}."),
        ("/duyet {code} ngay", "không cần ghi thêm “ngay”"),
        ("/doi {code}", "Đổi câu {code} sang đâu?"),
        ("/doi {code} sở bịa", "Không có lĩnh vực hay cơ quan nào trong chương trình này có tên “sở bịa”"),
        ("/doi {code} sở", "“sở” có thể là nhiều nơi: "),
        ("/chutri {code} sở gtvt", "Câu {code} đang ở trạng thái “"),
        ("/khongduyet {code}", "Vì sao không duyệt câu {code}?"),
        ("/ngoaiphamvi {code}", "Nơi nào có trách nhiệm giải quyết câu {code}?"),
        ("/che {code} chữ lạ", "Trong câu {code} không có đoạn “chữ lạ”"),
        ("/che {code}", "Không thấy thông tin riêng nào"),
        ("/gop {code}", "Cần ít nhất hai mã"),
        ("/gop {code} {code}", "Cần ít nhất hai mã"),
        ("/gop {code} {unknown} gì đó", "“gì đó” không đúng mã"),
        ("/tim", "Tìm gì?"),
        ("/hoilai {code}", "Hỏi lại người gửi điều gì?"),
        ("/tach {code}", "đang ở trạng thái"),
    ],
)
async def test_a_command_that_cannot_be_carried_out_says_why_and_changes_nothing(world, typed, said):
    (one,) = await asked(world, BUS)
    unknown = f"HY24-0999-{check_letter('HY24', 999)}"
    places = {"code": one.code, "unknown": unknown}

    answer = await types(world, typed.format(**places))

    assert said.format(**places) in answer
    assert await now(world, one) == one


async def test_whoever_comes_second_hears_who_was_first_and_how_to_take_it_back(world):
    (one,) = await asked(world, BUS)
    await types(world, f"/duyet {one.code}", by="Hoa")

    said = await types(world, f"/khongduyet {one.code} Trùng")

    assert "được Hoa xử lý lúc 12 giờ 00" in said
    assert f"/hoantac {one.code}" in said
    assert (await now(world, one)).state is State.APPROVED


async def test_what_is_private_is_as_unknown_as_a_code_that_does_not_exist(world):
    (one,) = await asked(world, BUS)
    await types(world, f"/rieng {one.code}")

    for command in ("duyet", "cauhoi", "nhatky", "hoantac"):
        assert await types(world, f"/{command} {one.code}") == f"Trong nhóm này không có câu nào mang mã {one.code}."
    assert await types(world, "/tim xe buýt") == "Không có câu nào chứa “xe buýt”."


async def test_merging_says_what_it_did_and_what_it_could_not(world):
    first, second, third, fourth = await asked(world, BUS, "Xe buýt bao giờ về xã?", "Mong có xe buýt", FEES)
    await types(world, f"/duyet {second.code}")
    await types(world, f"/thurac {fourth.code}")

    said = await types(world, f"/gop {first.code} {second.code} {third.code}, {fourth.code}")

    issue = await issue_of(world, first)
    assert [(await issue_of(world, one)).id for one in (second, third)] == [issue.id, issue.id]
    assert (await now(world, fourth)).state is State.SPAM
    assert said.splitlines()[:3] == [
        f"Đã duyệt {first.code}.",
        f"Đã gộp {second.code} vào câu chung với {first.code}.",
        f"Đã gộp {third.code} vào câu chung với {first.code}.",
    ]
    assert said.splitlines()[3].startswith(f"Chưa gộp được {fourth.code}: ")


class Crash(Exception):
    """The process dies here."""


async def test_a_merge_that_a_crash_kept_from_being_answered_is_made_once_and_answered_when_it_comes_again(world):
    first, second, third = await asked(world, BUS, "Xe buýt bao giờ về xã?", "Mong có xe buýt")
    async with world.store.transaction() as tx:
        await tx.inbox.add([RawUpdate("telegram", "42", "1", "-1001", "{}")], world.clock.now())
        row = await tx.inbox.next(world.clock.now())
    order = Order("gop", f"{first.code} {second.code} {third.code}", GROUP, "Minh")

    class Dying(Staff):
        async def _answer(self, *_: object) -> None:
            raise Crash

    rights = Rights(Role.MODERATOR)
    core = (world.store, world.clock, world.voice, world.running)
    dying = Dying(*core, world.moderate, rights, world.trace, world.answers, world.answer_post)
    with pytest.raises(Crash):
        await dying.command(order, row.id)
    merged = [await now(world, one) for one in (first, second, third)]
    await world.staff.command(order, row.id)

    assert {one.issue_id for one in merged} == {(await issue_of(world, first)).id}
    assert [await now(world, one) for one in (first, second, third)] == merged
    (answer,) = [words.text for words in await world.said_to(GROUP)]
    assert answer.splitlines() == [
        f"Đã gộp {second.code} vào câu chung với {first.code}.",
        f"Đã gộp {third.code} vào câu chung với {first.code}.",
    ]


async def test_whoever_lost_every_right_is_told_nothing_and_it_goes_on_record(store, tmp_path):
    world = World(store, tmp_path / "xuat", group_role=Role.NONE)
    (one,) = await asked(world, BUS)

    for typed in (f"/duyet {one.code}", "/hangdoi", "/tim xe", "/thongke"):
        assert "thu hồi" in await types(world, typed)

    assert await now(world, one) == one


async def test_an_update_that_comes_again_is_answered_once(world):
    (one,) = await asked(world, BUS)
    async with world.store.transaction() as tx:
        await tx.inbox.add([RawUpdate("telegram", "42", "1", "-1001", "{}")], world.clock.now())
        row = await tx.inbox.next(world.clock.now())
    order = Order("duyet", one.code, GROUP, "Minh")

    await world.staff.command(order, row.id)
    await world.staff.command(order, row.id)

    assert [words.text for words in await world.said_to(GROUP)] == [f"Đã duyệt {one.code}."]


# ------------------------------------------------------------------ what is to be seen


async def test_the_queue_shows_what_waits_the_oldest_first_by_department_and_how_long(world):
    first, second = await asked(world, BUS, FEES)
    world.clock.move(hours=25)
    lan = world.youth("9")
    await lan.agrees()
    third = await lan.asks("Xe buýt bao giờ về xã?")
    world.clock.move(minutes=5)

    await types(world, "/hangdoi")

    (drawn,) = await lists_of(world)
    assert drawn.text.splitlines() == [
        "Đang chờ duyệt: 3 câu, lâu nhất 1 ngày 1 giờ (trang 1/1).",
        "",
        "Sở GTVT: 2 câu",
        f"{first.code} – 1 ngày 1 giờ – {BUS}",
        f"{third.code} – 5 phút – Xe buýt bao giờ về xã?",
        "",
        "Sở GD&ĐT: 1 câu",
        f"{second.code} – 1 ngày 1 giờ – {FEES}",
    ]
    assert drawn.submissions == (first.id, third.id, second.id)


async def test_the_queue_has_pages_and_names_nothing_that_is_private(world):
    found = await asked(world, *[f"Câu số {number} về học phí?" for number in range(12)])
    await types(world, f"/rieng {found[0].code}")
    said = await types(world, "/hangdoi 9")

    (drawn,) = await lists_of(world)

    assert "trang 2/2" in drawn.text
    assert drawn.submissions == (found[11].id,)
    assert [button.label for row in drawn.buttons for button in row] == ["Trang trước", "Xem lần lượt"]
    assert said == "Có 1 lời chờ người phụ trách xem riêng trên bảng web."


async def test_a_search_needs_no_accents_and_gives_codes_and_states_but_no_words(world):
    first, second = await asked(world, BUS, FEES)
    await types(world, f"/duyet {second.code}")

    assert await types(world, "/tim XE BUYT") == f"{first.code} – chờ duyệt – Sở GTVT"
    for typed in ("xe buyt que", first.code.lower(), first.code.replace("-", "")):
        found = await types(world, f"/tim {typed}")
        assert found.startswith(first.code)
        assert "quê" not in found
    assert second.code in await types(world, "/tim phi")


async def test_a_search_shows_ten_and_says_that_there_are_more(world):
    await asked(world, *[f"Câu số {number} về học phí?" for number in range(11)])

    lines = (await types(world, "/tim học phí")).splitlines()

    assert len(lines) == 11
    assert lines[10] == "Mới hiện 10 câu đầu; gõ thêm chữ để thu hẹp."


async def test_the_figures_count_states_departments_and_the_machines_share(world):
    first, second, third = await asked(world, BUS, FEES, "Xe buýt về xã")
    await types(world, f"/duyet {second.code}")
    await types(world, f"/rieng {third.code}")
    world.clock.move(hours=3)

    lines = (await types(world, "/thongke")).splitlines()

    assert lines[0] == "Tất cả 2 câu từ 0 đơn vị."
    assert "Sở GTVT: 1 câu, lâu nhất 3 giờ" in lines
    assert lines[-2:] == [
        "Có 1 lời chờ người phụ trách xem riêng trên bảng web.",
        "Máy đề xuất đúng cơ quan 100 % (1/1 câu đã quyết định).",
    ]
    assert first.code not in "\n".join(lines)


async def test_a_card_is_called_to_the_end_of_the_chat_and_its_older_message_counts_no_more(world):
    (one,) = await asked(world, BUS)
    async with world.store.transaction() as tx:
        (old,) = await tx.board.of_submission(one.id)
        await tx.board.shown(old.id, "5")

    assert await types(world, f"/cauhoi {one.code}") == ""

    async with world.store.reading() as tx:
        (shown,) = await tx.board.of_submission(one.id)
        assert await tx.board.by_nonce(old.nonce) is None
    assert (shown.message_id, shown.nonce == old.nonce) == (None, False)


async def test_a_history_is_told_in_words_and_the_latest_decisions_without_a_code(world):
    first, second = await asked(world, BUS, FEES)
    await types(world, f"/duyet {first.code}", by="Hoa")
    await types(world, f"/thurac {second.code}", by="Lan")

    history = (await types(world, f"/nhatky {first.code}")).splitlines()
    latest = (await types(world, "/nhatky")).splitlines()

    assert history[0] == f"Nhật ký câu {first.code}:"
    assert len(history) == 3
    assert "Hoa" in history[2]
    assert [second.code in latest[1], first.code in latest[2]] == [True, True]
    assert "Lan" in latest[1]


async def test_the_latest_decisions_name_nothing_that_is_private(world):
    (one,) = await asked(world, BUS)
    await types(world, f"/nhan {one.code}")
    await types(world, f"/rieng {one.code}")

    assert await types(world, "/nhatky") == "Chưa có quyết định nào."


async def test_the_help_names_every_command(world):
    said = await types(world, "/trogiup")

    assert [name for name in COMMANDS if f"/{name}" not in said] == []
    assert len(said) < 4096


def test_every_command_fits_the_menu_of_telegram():
    from bot.texts.catalogue import Catalogue

    texts = Catalogue.load()
    for name, command in COMMANDS.items():
        assert name.isascii()
        assert name.islower()
        assert len(name) <= 32
        assert 1 <= len(texts[command.does]) <= 256


async def test_a_command_from_another_group_finds_no_card_to_answer(world):
    (one,) = await asked(world, BUS)
    async with world.store.transaction() as tx:
        (shown,) = await tx.board.of_submission(one.id)
        await tx.board.shown(shown.id, "88")
    elsewhere = Address(ChannelName.TELEGRAM, "42", "-9")

    await world.staff.command(Order("duyet", "", elsewhere, "Minh", "", "88"))

    assert await now(world, one) == one


async def test_a_decision_by_command_can_be_limited_as_one_by_button(world):
    (one,) = await asked(world, BUS)
    decided = await world.moderate.decide(one.id, one.version, Decision(Action.APPROVE), moderator("Hoa"))
    world.clock.move(seconds=timedelta(minutes=1).total_seconds())

    assert "Hoa" in await types(world, f"/duyet {one.code}")
    assert (await now(world, one)).version == decided.version
