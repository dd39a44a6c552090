"""Workbooks go out by e-mail (a real SMTP server on the loopback) and into a folder; nothing is lost or there twice."""

import asyncio
import hashlib
import logging
import ssl
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta

import pytest
from aiosmtpd.smtp import AuthResult

from bot.domain.errors import DeliveryError
from bot.domain.message import Address, ChannelName
from bot.ports import Parcel
from bot.programmes.load import Library
from bot.texts.keys import Key
from bot.usecases.exporting import Exporting
from bot.usecases.post import Post
from bot.usecases.running import Running
from handlers.post.folder import FolderCourier
from handlers.post.mail import MailCourier, MailServer, Security
from storage.outbox import Outbox
from tests.certificates import self_signed
from tests.doubles.mailroom import Mailroom, serving
from tests.world import GROUP, NOON, World

OFFICE = Address(ChannelName.MAIL, "smtp", "tonghop@noivu.example.vn")
SECRETARY = Address(ChannelName.MAIL, "smtp", "vanphong@tinhdoan.example.vn")
PASSWORD = "mat-khau-bi-mat"


@pytest.fixture
async def serve():
    """Starts servers: `await serve(mailroom, **options of aiosmtpd)`."""
    async with AsyncExitStack() as running:

        async def start(mailroom, **options):
            return await running.enter_async_context(serving(mailroom, **options))

        yield start


@pytest.fixture
async def mailroom(serve):
    return await serve(Mailroom())


@pytest.fixture
def folder(tmp_path):
    shared = tmp_path / "o-mang"
    shared.mkdir()
    return shared


def courier(mailroom, world, **changes):
    given = {
        "security": Security.NONE,
        "sender": "doithoai@tinhdoan.example.vn",
        "sender_name": "Đối thoại",
        "patience": 5.0,
    } | changes
    return MailCourier(MailServer("127.0.0.1", mailroom.port, **given), world.clock.now)


def world_with(store, tmp_path, *elsewhere):
    world = World(store, tmp_path / "xuat")
    world.exporting = Exporting(
        *(world.store, world.clock, world.voice, world.running, world.workbooks, world.watcher, world.folder),
        *((), elsewhere, "https://doithoai.example.vn/ban/tep"),
    )
    return world


def post_of(world, mail=None):
    couriers = {ChannelName.FOLDER: FolderCourier()} | ({ChannelName.MAIL: mail} if mail else {})
    return Post(world.store, world.clock, world.pulse, world.voice, couriers, (GROUP,))


async def settle(post):
    while await post.step():
        pass


async def dies_after_carrying(world, channel, courier):
    """The process ends before it can write down that the parcel was taken, and is started again."""

    class Dying:
        async def carry(self, parcel):
            await courier.carry(parcel)
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await Post(world.store, world.clock, world.pulse, world.voice, {channel: Dying()}, ()).step()
    async with world.store.transaction() as tx:
        assert await tx.outbox.recover() == 1


async def in_the_group(world):
    return [words.text for words in await world.said_to(GROUP)]


async def test_a_workbook_reaches_every_mailbox_whole_with_its_name_caption_and_checksum(store, tmp_path, mailroom):
    world = world_with(store, tmp_path, OFFICE, SECRETARY)
    record = await world.exporting.make("Minh")

    await settle(post_of(world, courier(mailroom, world)))

    assert sorted(to for (to,), _ in mailroom.letters) == [OFFICE.chat, SECRETARY.chat]
    letter = mailroom.letters[0][1]
    (attached,) = letter.iter_attachments()
    assert attached.get_content() == (tmp_path / "xuat" / "hung-yen-2024" / attached.get_filename()).read_bytes()
    assert letter["Subject"] == "Bảng tổng hợp lần 1 – tỉnh Hưng Yên"
    body = letter.get_body().get_content()
    assert record.sha256 in body
    assert "https://doithoai.example.vn/ban/tep" in body
    assert letter["From"].addresses[0].display_name == "Đối thoại"
    assert letter["Auto-Submitted"] == "auto-generated"


async def test_a_unit_written_over_two_lines_is_one_subject_and_no_other_header(store, tmp_path, mailroom):
    world = world_with(store, tmp_path, OFFICE)
    plan = world.library.get(world.programme)
    world.running = Running(Library(world.library.directory, [replace(plan, unit="tỉnh\r\nBcc: x@y.vn")]), plan.code)
    world.exporting = Exporting(
        *(world.store, world.clock, world.voice, world.running, world.workbooks, world.watcher, world.folder),
        *((), (OFFICE,)),
    )
    await world.exporting.make("Minh")

    await settle(post_of(world, courier(mailroom, world)))

    ((_, letter),) = mailroom.letters
    assert letter["Subject"] == "Bảng tổng hợp lần 1 – tỉnh Bcc: x@y.vn"
    assert letter["Bcc"] is None


async def test_a_file_that_its_maker_wrote_over_goes_out_as_it_was_recorded(store, tmp_path, mailroom):
    world = world_with(store, tmp_path, OFFICE)
    target = tmp_path / "mau2.xlsx"
    records = [await world.exporting.make(by, target=target) for by in ("Minh", "Hoa")]

    await settle(post_of(world, courier(mailroom, world)))

    letters = [letter for _, letter in mailroom.letters]
    sums = [hashlib.sha256(next(letter.iter_attachments()).get_content()).hexdigest() for letter in letters]
    assert sums == [record.sha256 for record in records]
    assert all(one in letter.get_body().get_content() for one, letter in zip(sums, letters, strict=True))
    assert hashlib.sha256(target.read_bytes()).hexdigest() == sums[-1]
    assert {record.file for record in records} == {str(target)}


async def test_a_letter_posted_again_after_a_crash_is_known_by_its_message_id(store, tmp_path, mailroom):
    world = world_with(store, tmp_path, OFFICE)
    await world.exporting.make("Minh")
    mail = courier(mailroom, world)
    await dies_after_carrying(world, ChannelName.MAIL, mail)
    world.clock.move(minutes=3)

    await settle(post_of(world, mail))
    await world.exporting.make("Minh")
    await settle(post_of(world, mail))

    first, again, another = (letter["Message-ID"] for _, letter in mailroom.letters)
    assert first == again != another
    assert first.endswith("@tinhdoan.example.vn>")


async def test_a_fault_of_the_database_after_a_letter_went_out_does_not_send_it_again(
    store, tmp_path, mailroom, monkeypatch
):
    monkeypatch.setattr("bot.usecases.tasks._AFTER_A_FAULT", 0)
    full, sent = iter([True]), Outbox.sent

    async def sent_when_there_is_room(*of_it: object) -> None:
        if next(full, False):
            raise OSError("disk full")
        await sent(*of_it)

    monkeypatch.setattr(Outbox, "sent", sent_when_there_is_room)
    world = world_with(store, tmp_path, OFFICE)
    await world.exporting.make("Minh")

    await settle(post_of(world, courier(mailroom, world)))

    assert len(mailroom.letters) == 1
    async with world.store.transaction() as tx:
        assert await tx.outbox.recover() == 0


async def test_a_server_that_is_down_is_tried_until_it_is_up_and_the_group_hears_of_it_once(store, tmp_path, serve):
    world = world_with(store, tmp_path, OFFICE)
    await world.exporting.make("Minh")
    nowhere = courier(Mailroom(port=1), world)
    for _ in range(5):
        await settle(post_of(world, nowhere))
        world.clock.move(minutes=10)
    told = await in_the_group(world)

    mailroom = await serve(Mailroom())
    await settle(post_of(world, courier(mailroom, world)))

    assert len(told) == 1
    assert "không kết nối được máy chủ thư" in told[0]
    assert len(mailroom.letters) == 1
    assert (await in_the_group(world))[1:] == [world.voice.text(Key.FILES_MAIL_AGAIN)]


async def test_a_busy_server_is_asked_again_and_a_refused_mailbox_is_told_and_not_asked_again(store, tmp_path, serve):
    world = world_with(store, tmp_path, OFFICE, SECRETARY)
    await world.exporting.make("Minh")
    mailroom = await serve(Mailroom(answers=["451 busy"], refused={OFFICE.chat: "550 no such user"}))
    mail = courier(mailroom, world)
    for _ in range(3):
        await settle(post_of(world, mail))
        world.clock.move(minutes=1)

    assert [to for to, _ in mailroom.letters] == [[SECRETARY.chat]] * 2
    (told,) = await in_the_group(world)
    assert OFFICE.chat in told
    assert "từ chối" in told


async def test_a_password_goes_over_tls_only_and_never_into_the_log(store, tmp_path, serve, monkeypatch, caplog):
    caplog.set_level(logging.DEBUG)
    world = world_with(store, tmp_path, OFFICE)
    certificate, key = self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    seen = []

    def authenticate(_server, _session, _envelope, _mechanism, data):
        seen.append((data.login, data.password))
        return AuthResult(success=data.password == PASSWORD.encode())

    mailroom = await serve(
        Mailroom(), tls_context=context, require_starttls=True, auth_required=True, authenticator=authenticate
    )
    login = {"security": Security.STARTTLS, "user": "bot"}
    await world.exporting.make("Minh")

    await settle(post_of(world, courier(mailroom, world, **login, password=PASSWORD)))
    assert mailroom.letters == []  # nobody vouches for this certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    world.clock.move(minutes=1)
    await settle(post_of(world, courier(mailroom, world, **login, password="sai")))
    assert mailroom.letters == []
    world.clock.move(minutes=1)
    await settle(post_of(world, courier(mailroom, world, **login, password=PASSWORD)))

    assert len(mailroom.letters) == 1
    assert seen == [(b"bot", b"sai"), (b"bot", PASSWORD.encode())]
    assert PASSWORD not in caplog.text
    assert PASSWORD not in repr(MailServer("h", 1, Security.TLS, "a@b.vn", password=PASSWORD))


async def test_tls_from_the_first_byte_is_spoken_too(store, tmp_path, serve, monkeypatch):
    world = world_with(store, tmp_path, OFFICE)
    certificate, key = self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    mailroom = await serve(Mailroom(), ssl_context=context)
    await world.exporting.make("Minh")

    await settle(post_of(world, courier(mailroom, world, security=Security.TLS)))

    assert len(mailroom.letters) == 1


async def test_a_folder_gets_each_workbook_once_under_its_own_name_and_no_half_file(store, tmp_path, folder):
    world = world_with(store, tmp_path, Address(ChannelName.FOLDER, "folder", str(folder)))
    record = await world.exporting.make("Minh")

    await dies_after_carrying(world, ChannelName.FOLDER, FolderCourier())
    await settle(post_of(world))

    (there,) = folder.iterdir()
    assert there.read_bytes() == (tmp_path / "xuat" / "hung-yen-2024" / there.name).read_bytes()
    assert there.name in record.file


async def test_a_missing_folder_is_waited_for_and_never_made(store, tmp_path, folder):
    folder.rmdir()
    world = world_with(store, tmp_path, Address(ChannelName.FOLDER, "folder", str(folder)))
    await world.exporting.make("Minh")
    await world.exporting.make("Hoa")
    for _ in range(5):
        await settle(post_of(world))
        world.clock.move(minutes=10)
    assert not folder.exists()
    (told,) = await in_the_group(world)
    assert str(folder) in told
    assert "không thấy thư mục" in told

    folder.mkdir()
    await settle(post_of(world))

    assert len(list(folder.iterdir())) == 2
    assert len(await in_the_group(world)) == 2


async def test_a_file_that_somebody_works_in_is_not_written_over(tmp_path, folder):
    (folder / "bang.xlsx").write_bytes(b"with remarks of the office")
    (tmp_path / "bang.xlsx").write_bytes(b"as made")

    name = await FolderCourier().carry(Parcel("1", str(folder), tmp_path / "bang.xlsx", ""))

    assert name == "bang (2).xlsx"
    assert (folder / "bang.xlsx").read_bytes() == b"with remarks of the office"
    assert (folder / name).read_bytes() == b"as made"


async def test_a_file_that_is_gone_is_given_up_with_a_sentence(store, tmp_path, folder, mailroom):
    world = world_with(store, tmp_path, Address(ChannelName.FOLDER, "folder", str(folder)), OFFICE)
    record = await world.exporting.make("Minh")
    world.folder.joinpath("hung-yen-2024", record.file).unlink()

    await settle(post_of(world, courier(mailroom, world)))

    assert mailroom.letters == []
    assert [("tệp không còn trên máy" in told) for told in await in_the_group(world)] == [True, True]
    assert not await post_of(world).step()


async def test_what_waits_for_a_way_that_the_operator_ended_is_given_up(store, tmp_path):
    world = world_with(store, tmp_path, OFFICE)
    await world.exporting.make("Minh")

    await settle(post_of(world))

    async with store.reading() as tx:
        assert await tx.outbox.next_due() == NOON  # only what the group is told
    assert ["cấu hình" in told for told in await in_the_group(world)] == [True]


async def test_words_to_people_are_never_behind_a_parcel(store, tmp_path):
    from bot.domain.message import Words
    from bot.usecases.deliver import Pace

    world = world_with(store, tmp_path, OFFICE)
    lan = world.youth()
    await world.exporting.make("Minh")
    async with store.transaction() as tx:
        await tx.outbox.say(lan.address, Words("Chào bạn"), world.clock.now())
        claimed = await tx.outbox.claim(world.clock.now() + timedelta(1), Pace(()).ready)

    assert [row.address for row in claimed] == [lan.address]


async def test_a_fault_of_the_disk_says_what_is_wrong(tmp_path):
    (tmp_path / "bang.xlsx").write_bytes(b"as made")
    (tmp_path / "khong-phai-thu-muc").write_bytes(b"")

    with pytest.raises(DeliveryError) as fault:
        await FolderCourier().carry(Parcel("1", str(tmp_path / "khong-phai-thu-muc"), tmp_path / "bang.xlsx", ""))

    assert (fault.value.reason, fault.value.permanent) == (Key.FILES_WHY_NO_FOLDER, False)
