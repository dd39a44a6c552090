"""What `doctor` looks at, area by area: each check gives remarks about how it is, grave or not, and what to do."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands.chief import NAME_A_CHIEF
from bot.commands.faults import explained
from bot.domain.checkup import Examined, Grade, Remark
from bot.domain.errors import DeliveryError, Refusal
from bot.domain.message import Address, ChannelName
from bot.domain.role import RIGHTS, Role
from bot.settings import NEVER, OFFICIAL_TELEGRAM_API, Settings
from bot.texts.catalogue import Catalogue, when
from bot.texts.keys import Key
from bot.usecases import backup
from bot.usecases.boards import where_now
from bot.usecases.clock import WallClock
from bot.usecases.contact import LAST_POLL
from bot.usecases.running import Running
from bot.usecases.schedule import EXPORT_FAILED, last_fire

if TYPE_CHECKING:
    from bot.domain.programme import Programme
    from handlers.telegram.examine import GroupSeen
    from storage.store import SqlStore

_ENOUGH_ROOM, _LITTLE_ROOM = 1024**3, 200 * 1024**2
_CLOCK_OFF, _CLOCK_WRONG = timedelta(seconds=5), timedelta(seconds=60)
_BACKUP_OLD = timedelta(days=1)
_STUCK = timedelta(minutes=10)
_OTHERS = 0o077
_TWO_PEOPLE = 2


def fine(found: str) -> Remark:
    return Remark(Grade.FINE, found)


def mind(found: str, todo: str) -> Remark:
    return Remark(Grade.MIND, found, todo)


def wrong(found: str, todo: str) -> Remark:
    return Remark(Grade.WRONG, found, todo)


@dataclass(frozen=True, slots=True)
class Patient:
    """What is looked after. `database` and `store` are None where there is none, or none that can be looked into."""

    settings: Settings
    clock: WallClock
    database: Examined | None
    refused: str
    store: SqlStore | None

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: Settings, clock: WallClock) -> AsyncIterator[Patient]:
        """Look at the database first; open it only where that changes nothing of it."""
        from bot.app import examine_database, open_for_reading

        database, refused = None, ""
        try:
            database = await examine_database(settings)
        except Exception as fault:  # noqa: BLE001 - a finding, not the end of the visit
            refused = explained(fault)
        async with contextlib.AsyncExitStack() as stack:
            sound = database is not None and database.revision == database.wanted and not database.damage
            store = await stack.enter_async_context(open_for_reading(settings)) if sound else None
            yield cls(settings, clock, database, refused, store)

    @property
    def polls(self) -> bool:
        return bool(self.settings.token) and not self.settings.telegram_webhook

    async def programme(self) -> Programme:
        """As it is in force. Raises a Refusal where there is none of that code."""
        from bot.app import load_library

        library = load_library(self.settings, self.clock)
        if self.store is None:
            return library.get(self.settings.programme)
        async with self.store.reading() as tx:
            return await Running(library, self.settings.programme).programme(tx)

    async def fact(self, name: str) -> str:
        if self.store is None:
            return ""
        async with self.store.reading() as tx:
            return await tx.facts.get(name) or ""

    async def instant(self, name: str) -> datetime | None:
        kept = await self.fact(name)
        return datetime.fromisoformat(kept) if kept else None


Check = Callable[[Patient], AsyncIterator[Remark]]


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the installation by the name that people see."""

    name: str
    check: Check


# ------------------------------------------------------------------ settings and folders


async def settings_(patient: Patient) -> AsyncIterator[Remark]:
    settings = patient.settings
    if others := _open_to_others(Path(".env")):
        yield mind(f"Tệp .env giữ mã bí mật mà người khác trên máy đọc được ({others:o}).", "Chạy: chmod 600 .env")
    if not settings.programme:
        yield wrong("Chưa đặt DOITHOAI_PROGRAMME.", "Xem các mã có sẵn: doithoai programme list")
    if settings.web_url and not settings.web_url.startswith("https://"):
        yield mind("Địa chỉ công khai không dùng https.", "Đặt một proxy có https phía trước: docs/trien-khai/https.md")
    yield fine("Đọc được mọi thiết đặt.")


async def folder(patient: Patient) -> AsyncIterator[Remark]:
    place = patient.settings.data_dir.absolute()
    if not place.is_dir():
        yield mind(
            f"Chưa có thư mục dữ liệu {place}.",
            "Lần chạy đầu tiên sẽ tạo; nếu đã chạy rồi thì xem lại DOITHOAI_DATA_DIR.",
        )
        return
    if not os.access(place, os.W_OK | os.X_OK):
        yield wrong(f"Không ghi được vào {place}.", "Cho tài khoản chạy bot quyền ghi vào thư mục ấy.")
    if others := _open_to_others(place):
        yield mind(f"Người khác trên máy vào được thư mục dữ liệu ({others:o}).", f"Chạy: chmod 700 {place}")
    for file in sorted(place.glob("*.sqlite3")):
        if others := _open_to_others(file):
            yield mind(f"Người khác trên máy đọc được {file.name} ({others:o}).", f"Chạy: chmod 600 {file}")
    free = shutil.disk_usage(place).free
    room = f"Đĩa chứa dữ liệu còn {_size(free)}."
    if free < _LITTLE_ROOM:
        yield wrong(room, "Dọn đĩa ngay: bot sắp không ghi được câu hỏi mới.")
    elif free < _ENOUGH_ROOM:
        yield mind(room, "Dọn bớt, hoặc chuyển bản sao lưu cũ sang nơi khác.")
    else:
        yield fine(room)


def _open_to_others(path: Path) -> int:
    """Its mode where others than the owner have any right; 0 where not, or where the system knows no such thing."""
    if os.name != "posix" or not path.exists():
        return 0
    mode = stat.S_IMODE(path.stat().st_mode)
    return mode if mode & _OTHERS else 0


def _size(count: int) -> str:
    for unit, of in (("GB", 1024**3), ("MB", 1024**2)):
        if count >= of:
            return f"{count / of:.1f} {unit}".replace(".", ",")
    return f"{count // 1024} KB"


# ------------------------------------------------------------------ database


async def database(patient: Patient) -> AsyncIterator[Remark]:
    found = patient.database
    if patient.refused:
        yield wrong(patient.refused, "Sửa theo câu trên; nếu tệp hỏng thật thì khôi phục: doithoai restore")
        return
    if found is None:
        yield mind("Chưa có cơ sở dữ liệu.", "Lần chạy đầu tiên sẽ tạo; nếu đã chạy rồi thì xem lại DOITHOAI_DATA_DIR.")
        return
    if found.damage:
        yield wrong(
            f"Cơ sở dữ liệu {found.place} bị hỏng: {found.damage}",
            "Dừng bot, khôi phục bản sao lưu gần nhất: doithoai restore",
        )
        return
    if found.revision is None:
        yield wrong(f"{found.place} không phải cơ sở dữ liệu của chương trình này.", "Xem lại DOITHOAI_DATABASE_URL.")
        return
    yield fine(f"{found.version}, {_size(found.size)}, còn nguyên vẹn: {found.place}")
    if found.revision != found.wanted:
        yield mind(
            f"Cơ sở dữ liệu ở phiên bản {found.revision}, chương trình cần {found.wanted}.",
            "Chạy bot một lần; bot tự nâng cấp và sao lưu trước đó.",
        )
    if found.cautious:
        yield mind(
            f"{found.version} có lỗi mất dữ liệu ở chế độ nhanh nên bot chạy chế độ chậm mà an toàn.",
            "Cập nhật Python hoặc SQLite (từ 3.51.3) khi tiện.",
        )


async def queues(patient: Patient) -> AsyncIterator[Remark]:
    if patient.store is None:
        return
    now = patient.clock.now()
    async with patient.store.reading() as tx:
        found = await tx.vitals.queues()
    if found.quarantined:
        yield wrong(f"{found.quarantined} tin không đọc được, đang để riêng.", "Xem: doithoai quarantine list")
    for count, since, what, todo in (
        (found.inbox, found.inbox_since, "đến", "Xem bot có đang chạy không, và nhật ký của nó."),
        (
            found.outbox,
            found.outbox_since,
            "chờ gửi đi",
            "Xem bot còn ở trong nhóm không, mạng và máy chủ thư có thông không.",
        ),
    ):
        if since is not None and now - since > _STUCK:
            yield wrong(f"Có tin {what} từ {when(since)}, tất cả {count} tin.", todo)
        else:
            yield fine(f"Tin {what}: {count}.")


# ------------------------------------------------------------------ platforms and clocks


async def telegram(patient: Patient) -> AsyncIterator[Remark]:
    from bot.app import examine_telegram

    settings = patient.settings
    if not settings.token:
        yield mind(
            "Không chạy Telegram (chưa đặt DOITHOAI_TELEGRAM_TOKEN); chỉ có trang web và phiếu giấy.",
            "Muốn có thì theo README, mục “Đưa vào một nhóm Telegram thật”.",
        )
        return
    seen = await examine_telegram(settings, await _group(patient))
    if seen.fault:
        yield _telegram_fault(settings, seen.fault)
        return
    way = f" qua proxy {settings.proxy.split('://', 1)[0]}" if settings.proxy else ""
    yield fine(f"Telegram nhận mã bí mật, bot là @{seen.name}{way}.")
    if seen.webhook and not settings.telegram_webhook:
        yield mind(
            "Telegram đang mang tin tới một webhook mà bot này không dùng.",
            "Chạy bot là webhook ấy bị gỡ; nếu là của máy khác thì chỉ để một máy chạy.",
        )
    if settings.telegram_webhook and seen.webhook_fault:
        yield wrong(
            f"Telegram không mang được tin tới webhook, còn {seen.waiting} tin chờ.",
            "Mở địa chỉ công khai từ một máy khác xem có vào được không: docs/trien-khai/https.md",
        )
    if seen.group is None:
        yield mind(
            "Chưa đặt DOITHOAI_TELEGRAM_GROUP nên thẻ câu hỏi chỉ hiện ở bảng web.",
            "Theo README, mục “Đưa vào một nhóm Telegram thật”.",
        )
    elif seen.group.fault:
        yield wrong(
            f"Bot không xem được nhóm kiểm duyệt ({seen.group.fault}).",
            "Thêm bot vào nhóm; kiểm tra mã nhóm bằng /trogiup trong nhóm.",
        )
    else:
        for remark in _about_group(seen.group, settings):
            yield remark
    if patient.polls:
        async for remark in _heard(patient):
            yield remark


async def _group(patient: Patient) -> str:
    """The group under the id that it has now; "" where none is set."""
    settings = patient.settings
    if settings.telegram_group is None:
        return ""
    address = Address(ChannelName.TELEGRAM, settings.token.split(":")[0], str(settings.telegram_group))
    if patient.store is not None:
        async with patient.store.reading() as tx:
            address = await where_now(tx, address)
    return address.chat


def _telegram_fault(settings: Settings, fault: str) -> Remark:
    if fault == "TelegramUnauthorizedError":
        return wrong("Telegram không nhận mã bí mật của bot.", "Chép lại mã từ @BotFather vào DOITHOAI_TELEGRAM_TOKEN.")
    own = "" if settings.telegram_api == OFFICIAL_TELEGRAM_API else " Xem cả DOITHOAI_TELEGRAM_API."
    return wrong(f"Không tới được máy chủ Telegram ({fault}).", f"Xem mạng, tường lửa và DOITHOAI_PROXY.{own}")


def _about_group(group: GroupSeen, settings: Settings) -> list[Remark]:
    found = [fine(f"Bot ở trong nhóm “{group.title}”.")]
    if not group.admin:
        found.append(
            mind(
                "Bot chưa là quản trị viên của nhóm.",
                "Cho bot làm quản trị viên để đọc được lệnh và câu trả lời dưới thẻ.",
            )
        )
    if group.forum and not group.topics and settings.telegram_topics != NEVER:
        found.append(
            mind(
                "Nhóm có bật chủ đề mà bot chưa có quyền quản lý chủ đề.",
                "Cho bot quyền “Quản lý chủ đề”, nếu muốn mỗi cơ quan một chủ đề.",
            )
        )
    return found


async def _heard(patient: Patient) -> AsyncIterator[Remark]:
    heard = await patient.instant(LAST_POLL)
    if heard is None:
        yield mind("Bot chưa lần nào lấy tin từ Telegram.", "Chạy: doithoai run")
    elif patient.clock.now() - heard > timedelta(minutes=15):
        yield wrong(
            f"Lần cuối bot lấy tin từ Telegram: {when(heard)}.",
            "Chạy lại bot; Telegram chỉ giữ tin chưa nhận trong 24 giờ.",
        )
    else:
        yield fine("Bot đang lấy tin từ Telegram.")


async def clock(patient: Patient) -> AsyncIterator[Remark]:
    from bot.app import look_at

    settings = patient.settings
    url = settings.telegram_api if settings.token else settings.web_url
    seen = await look_at(url, settings.proxy if settings.token else "") if url else None
    if seen is None or seen.at is None:
        yield mind(
            f"Giờ của máy: {when(patient.clock.now())}; không có nơi nào để đối chiếu.",
            "So với đồng hồ của bạn, và bật đồng bộ giờ (NTP).",
        )
        return
    off = abs(patient.clock.now() - seen.at)
    said = f"Giờ của máy lệch {off.total_seconds():.0f} giây so với máy chủ"
    if off >= _CLOCK_WRONG:
        yield wrong(
            f"{said}.",
            "Bật đồng bộ giờ (NTP): timedatectl set-ntp true. Hạn gửi được tính theo giờ của Telegram, nhưng lịch "
            "xuất theo giờ của máy.",
        )
    elif off >= _CLOCK_OFF:
        yield mind(f"{said}.", "Bật đồng bộ giờ (NTP): timedatectl set-ntp true")
    else:
        yield fine(f"Giờ của máy đúng, {when(patient.clock.now())} giờ Việt Nam.")


async def web(patient: Patient) -> AsyncIterator[Remark]:
    from bot.app import look_at

    settings = patient.settings
    here = await look_at(f"http://{_reachable(settings.web_bind)}/ready")
    if here.fault:
        yield mind(
            f"Bot không trả lời ở {settings.web_bind}: chưa chạy, hoặc chạy với thiết đặt khác.", "Chạy: doithoai run"
        )
    elif here.status == _OK:
        yield fine(f"Bot đang chạy và sẵn sàng ở {settings.web_bind}.")
    else:
        yield wrong(
            f"Bot đang chạy ở {settings.web_bind} nhưng chưa sẵn sàng.",
            f"Xem lý do: http://{_reachable(settings.web_bind)}/ready",
        )
    if not settings.web_url:
        yield mind(
            "Chưa đặt DOITHOAI_WEB_URL nên bạn trẻ ở ngoài không vào được trang web.", "Xem docs/trien-khai/https.md"
        )
        return
    outside = await look_at(f"{settings.web_url.rstrip('/')}/live")
    if outside.fault or outside.status != _OK:
        yield wrong(
            f"Không mở được {settings.web_url} ({outside.fault or outside.status}).",
            "Xem proxy https, tường lửa và tên miền: docs/trien-khai/https.md",
        )
    else:
        yield fine(f"Mở được {settings.web_url} từ máy này.")


_OK = 200


def _reachable(bind: str) -> str:
    return bind.replace("0.0.0.0:", "127.0.0.1:").replace("[::]:", "[::1]:")


async def mail(patient: Patient) -> AsyncIterator[Remark]:
    from bot.app import try_mail

    settings = patient.settings
    if not settings.alert_mailboxes:
        yield mind(
            "Không ai được báo qua thư khi bot trục trặc.",
            "Đặt DOITHOAI_ALERT_MAIL_TO, DOITHOAI_SMTP_HOST và DOITHOAI_MAIL_FROM.",
        )
    if not (settings.mailboxes or settings.alert_mailboxes):
        return
    try:
        await try_mail(settings)
    except DeliveryError as fault:
        why = Catalogue.load()[Key(fault.reason)] if fault.reason in set(Key) else fault.reason
        yield wrong(
            f"Máy chủ thư {settings.smtp_host}: {why}", "Xem DOITHOAI_SMTP_HOST, _PORT, _SECURITY, _USER và _PASSWORD."
        )
    else:
        yield fine(f"Máy chủ thư {settings.smtp_host} nhận đăng nhập.")


# ------------------------------------------------------------------ the work


async def programme(patient: Patient) -> AsyncIterator[Remark]:
    if not patient.settings.programme:
        return
    try:
        found = await patient.programme()
    except Refusal as refusal:
        yield wrong(explained(refusal), "Xem các mã có sẵn: doithoai programme list")
        return
    now, window = patient.clock.now(), found.window
    if now < window.opens_at:
        yield fine(f"{found.title}: mở nhận từ {when(window.opens_at)} đến {when(window.closes_at)}.")
    elif now < window.closes_at:
        yield fine(f"{found.title}: đang nhận, đến {when(window.closes_at)}.")
    else:
        yield mind(
            f"{found.title}: đã hết hạn gửi từ {when(window.closes_at)}.",
            "Nếu đã sang năm mới thì đặt DOITHOAI_PROGRAMME sang chương trình mới; gia hạn: doithoai programme extend",
        )
    if found.dialogue.day is None:
        yield mind(
            "Chưa ấn định ngày đối thoại.", f"Khi có Giấy mời: doithoai programme date {found.code} NGÀY --reason …"
        )


async def people(patient: Patient) -> AsyncIterator[Remark]:
    if patient.store is None:
        return
    async with patient.store.reading() as tx:
        known = [one for one in await tx.moderators.all() if one.role is not Role.NONE]
    if not any(one.chief for one in known):
        yield wrong(
            "Chưa có người phụ trách: lời của người có thể đang gặp nguy hiểm không ai xem được.",
            f"Mời: {NAME_A_CHIEF}",
        )
    settings = patient.settings
    group = settings.telegram_group is not None and bool(RIGHTS[Role(settings.group_role)])
    able = sum(bool(RIGHTS[one.role]) for one in known)
    if able < _TWO_PEOPLE and not group:
        yield mind(
            f"Mới có {able} người xác nhận được câu trả lời; cần hai người, vì người nhập không tự xác nhận.",
            'Mời thêm: doithoai moderator invite "Tên"',
        )
    else:
        yield fine(f"Có {len(known)} người được cấp quyền riêng{', ngoài những người trong nhóm' if group else ''}.")


async def model(patient: Patient) -> AsyncIterator[Remark]:
    from bot.app import load_versions

    versions = load_versions(patient.settings)
    if versions.damaged:
        yield mind(
            "Danh sách mô hình bị hỏng nên đang dùng mô hình câu mẫu.",
            "Máy lập lại ở lần huấn luyện tới: doithoai train",
        )
    learnt = versions.active()
    if learnt is not None:
        recent, frozen = (f"{exam.after}/{exam.texts}" for exam in (learnt.recent, learnt.frozen))
        yield fine(
            f"Mô hình số {learnt.id} học từ {learnt.decisions} quyết định của cán bộ; đúng cơ quan {recent} câu gần "
            f"đây, {frozen} câu thử cố định."
        )
    elif versions.kept() is not None:
        yield fine("Đang dùng mô hình câu mẫu; máy chưa học từ cán bộ.")
    else:
        yield mind("Chưa có mô hình xếp loại.", "Lần chạy đầu tiên sẽ huấn luyện, mất chừng một phút.")


async def exports(patient: Patient) -> AsyncIterator[Remark]:
    if patient.store is None:
        return
    async with patient.store.reading() as tx:
        count, made = await tx.vitals.exported(patient.settings.programme)
    if await patient.fact(EXPORT_FAILED):
        yield wrong("Bảng tổng hợp đến lịch mà chưa lập được.", "Lập thử để biết lý do: doithoai export")
    yield fine(f"Bảng tổng hợp: {count}, lần cuối {when(made)}." if made else "Chưa lập bảng tổng hợp nào.")
    target = patient.settings.export_folder
    if target is not None and not os.access(target, os.W_OK):
        yield wrong(f"Không ghi được vào thư mục nhận bản sao {target}.", "Xem ổ mạng có đang nối không, và quyền ghi.")


async def backups(patient: Patient) -> AsyncIterator[Remark]:
    from bot.app import vault_of

    if patient.store is None:
        return
    try:
        vault_of(patient.settings)
    except Refusal:
        yield mind(
            "PostgreSQL được sao lưu bằng công cụ của nó; bot không biết đã có bản nào.",
            "Đặt lịch pg_dump hằng giờ: docs/postgresql.md",
        )
        return
    if since := await patient.instant(backup.FAILED):
        yield wrong(f"Sao lưu không thành từ {when(since)}.", "Sao lưu thử để biết lý do: doithoai backup")
    made = await patient.instant(backup.LAST)
    if made is None:
        yield mind("Chưa có bản sao lưu nào.", "Làm ngay: doithoai backup")
    elif patient.clock.now() - made > _BACKUP_OLD and _wanted_since(patient, made):
        yield wrong(f"Bản sao lưu gần nhất đã cũ: {when(made)}.", "Làm ngay: doithoai backup; bot có đang chạy không?")
    else:
        yield fine(f"Bản sao lưu gần nhất: {when(made)}.")
    if not patient.settings.backup_recipient:
        yield mind(
            "Bản sao lưu không được mã hoá.", "Trước khi chép ra ngoài máy, đặt DOITHOAI_BACKUP_RECIPIENT (khoá age)."
        )


def _wanted_since(patient: Patient, made: datetime) -> bool:
    at = patient.settings.backup_at
    return at == NEVER or last_fire(at, patient.clock.now()) > made


async def quota(patient: Patient) -> AsyncIterator[Remark]:
    settings = patient.settings
    token = settings.zalo_token.get_secret_value()
    if not token or not settings.zalo_messages:
        return
    month = f"{patient.clock.now():%Y-%m}"
    sent = int(await patient.fact(f"zalo.{token.split(':')[0]}.sent.{month}") or 0)
    said = f"Zalo: đã gửi {sent} trong {settings.zalo_messages} tin của tháng này."
    nearly = sent * 10 >= settings.zalo_messages * 8
    yield mind(said, "Mời bạn trẻ dùng trang web; nâng gói ở Zalo Bot Manager.") if nearly else fine(said)


CHECKS = (
    Area("Thiết đặt", settings_),
    Area("Thư mục dữ liệu", folder),
    Area("Cơ sở dữ liệu", database),
    Area("Giờ máy", clock),
    Area("Telegram", telegram),
    Area("Hạn mức", quota),
    Area("Trang web", web),
    Area("Thư", mail),
    Area("Chương trình", programme),
    Area("Người duyệt", people),
    Area("Máy xếp loại", model),
    Area("Bảng tổng hợp", exports),
    Area("Sao lưu", backups),
    Area("Hàng đợi", queues),
)
