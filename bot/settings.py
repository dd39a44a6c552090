"""Settings from the environment (DOITHOAI_…) or a `.env` file; every one is explained in `.env.example`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from cronsim import CronSim, CronSimError
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.domain.privacy import Kept, retention

OFFICIAL_TELEGRAM_API = "https://api.telegram.org"
OFFICIAL_ZALO_API = "https://bot-api.zaloplatforms.com"


GROUP_ROLES = ("moderator", "viewer")
TELEGRAM_TOPICS = ("auto", "off")
NEVER = "off"  # an empty variable means the default
LOG_FORMS = ("text", "json")
SMTP_OPEN = "none"
SMTP_SECURITY = ("starttls", "tls", SMTP_OPEN)
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_MAILBOX = re.compile(r"[^@\s,;<>\"]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?", re.ASCII)
_SHORTEST_SECRET = 16
_AGE_RECIPIENT = re.compile(r"age1[02-9ac-hj-np-z]{58}")
_ZALO_TOKEN = re.compile(r"[0-9]+:[^\s:/]+", re.ASCII)
_ZALO_SECRET = re.compile(r"[!-~]{8,256}")
_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")
_WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_WEBHOOK_PORTS = (443, 80, 88, 8443)  # where Telegram's own server is willing to knock
_PROXIES = ("http", "socks4", "socks5")  # what the library that speaks to proxies knows


class SettingsFault(Exception):
    """A setting that cannot be used; the message names it and says what is expected, in Vietnamese."""


class Settings(BaseSettings):
    """Read once at start."""

    model_config = SettingsConfigDict(
        # -sig: Notepad begins a file with a byte order mark, which would become part of the first variable's name
        env_prefix="DOITHOAI_",
        env_file=".env",
        env_file_encoding="utf-8-sig",
        extra="ignore",
        env_ignore_empty=True,
    )

    database_url: str = Field(default="", description="Địa chỉ cơ sở dữ liệu; trống: một tệp SQLite trong DATA_DIR.")
    programme: str = Field(default="", description="Mã chương trình đang chạy, ví dụ hung-yen-2024.")
    telegram_token: SecretStr = Field(default=SecretStr(""), description="Mã bí mật của bot Telegram (@BotFather).")
    telegram_api: str = Field(default=OFFICIAL_TELEGRAM_API, description="Địa chỉ máy chủ Bot API.")
    telegram_group: int | None = Field(default=None, description="Mã nhóm Telegram của cán bộ Đoàn (số âm).")
    telegram_topics: str = Field(
        default="auto", description="Chủ đề trong nhóm Telegram: auto (dùng khi nhóm có bật) hoặc off (không dùng)."
    )
    telegram_webhook: str = Field(
        default="",
        description="Địa chỉ công khai của trang web, để Telegram tự mang tin đến (webhook); trống: bot tự đi lấy tin.",
    )
    telegram_webhook_secret: SecretStr = Field(
        default=SecretStr(""), description="Mã bí mật mà Telegram phải xuất trình khi mang tin đến."
    )
    zalo_token: SecretStr = Field(default=SecretStr(""), description="Mã bí mật của bot Zalo (Zalo Bot Manager).")
    zalo_api: str = Field(default=OFFICIAL_ZALO_API, description="Địa chỉ máy chủ Zalo Bot Platform.")
    zalo_name: str = Field(
        default="", description="Tên hiển thị của bot trên Zalo, để nhận ra lệnh sau dấu @ trong nhóm."
    )
    zalo_group: str = Field(default="", description="Mã nhóm Zalo của cán bộ Đoàn; trống: không duyệt qua Zalo.")
    zalo_webhook: str = Field(
        default="",
        description="Địa chỉ công khai của trang web, để Zalo tự mang tin đến (webhook); trống: bot tự đi lấy tin, "
        "chỉ nên dùng khi thử.",
    )
    zalo_webhook_secret: SecretStr = Field(
        default=SecretStr(""), description="Mã bí mật mà Zalo phải xuất trình khi mang tin đến, từ 8 đến 256 ký tự."
    )
    zalo_messages: int = Field(
        default=3000, ge=0, description="Hạn mức số tin mỗi tháng của gói Zalo, để báo trước; 0: không giới hạn."
    )
    zalo_users: int = Field(
        default=50, ge=0, description="Hạn mức số người dùng của gói Zalo, để báo trước; 0: không giới hạn."
    )
    web_bind: str = Field(default="127.0.0.1:8080", description="Địa chỉ và cổng của trang web, dạng máy:cổng.")
    web_url: str = Field(default="", description="Địa chỉ công khai của trang web, để in vào liên kết mời.")
    web_proxies: str = Field(
        default="127.0.0.1,::1",
        description="Máy chủ trung gian (reverse proxy) của chính đơn vị, cách nhau bằng dấu phẩy; chỉ lời của các máy "
        "này về địa chỉ người dùng mới được tin.",
    )
    data_dir: Path = Field(
        default=Path("data"), description="Thư mục dữ liệu: cơ sở dữ liệu, tệp xuất, kế hoạch riêng."
    )
    proxy: str = Field(default="", description="Proxy HTTP hoặc SOCKS để tới máy chủ nhắn tin.")
    export_at: str = Field(default="0 8 * * 1", description="Lịch xuất hằng tuần, dạng cron, giờ Việt Nam.")
    export_folder: Path | None = Field(
        default=None, description="Thư mục nhận bản sao mỗi bảng tổng hợp (ổ mạng, thư mục đồng bộ); trống: không."
    )
    export_mail_to: str = Field(
        default="", description="Các địa chỉ thư nhận bảng tổng hợp, cách nhau bằng dấu phẩy; trống: không gửi thư."
    )
    mail_from: str = Field(default="", description="Địa chỉ người gửi của thư kèm bảng tổng hợp.")
    smtp_host: str = Field(default="", description="Máy chủ gửi thư (SMTP).")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Cổng của máy chủ gửi thư.")
    smtp_security: str = Field(
        default="starttls", description="Cách mã hoá khi gửi thư: starttls (cổng 587), tls (cổng 465) hoặc none."
    )
    smtp_user: str = Field(default="", description="Tên đăng nhập máy chủ gửi thư; trống: không đăng nhập.")
    smtp_password: SecretStr = Field(default=SecretStr(""), description="Mật khẩu máy chủ gửi thư.")
    alert_mail_to: str = Field(
        default="", description="Các địa chỉ thư nhận báo động khi bot gặp trục trặc, cách nhau bằng dấu phẩy."
    )
    ping_url: str = Field(
        default="", description="Địa chỉ của dịch vụ trông chừng từ bên ngoài, được gọi năm phút một lần khi bot khoẻ."
    )
    metrics_token: SecretStr = Field(
        default=SecretStr(""), description="Mã để đọc /metrics từ máy khác; trống: chỉ đọc được trên chính máy này."
    )
    log: str = Field(default="text", description="Dạng nhật ký: text (cho người đọc) hoặc json (cho phần mềm gom).")
    train_at: str = Field(
        default="30 2 * * *", description="Lịch máy học từ quyết định của cán bộ, dạng cron, giờ Việt Nam; off: không."
    )
    backup_at: str = Field(
        default="0 * * * *", description="Lịch sao lưu dữ liệu, dạng cron, giờ Việt Nam; off: không tự sao lưu."
    )
    backup_folder: Path | None = Field(
        default=None, description="Thư mục chứa các bản sao lưu; trống: sao-luu trong thư mục dữ liệu."
    )
    backup_recipient: str = Field(
        default="",
        description="Khoá công khai age (age1…) để mã hoá bản sao lưu, nhiều khoá cách nhau bằng dấu phẩy; "
        "trống: không.",
    )
    group_role: str = Field(
        default="moderator", description="Vai trò của người trong nhóm Telegram khi chưa được cấp vai trò riêng."
    )
    morning_at: str = Field(
        default="30 7 * * *",
        description="Lịch nhắc nhóm mỗi sáng những câu đang chờ, dạng cron, giờ Việt Nam; off: không.",
    )
    retention: str = Field(
        default="",
        description="Thời hạn lưu khác mặc định, dạng danh-tinh=60,tam=2 (ngày; 0: không xoá); trống: như mặc định.",
    )
    ask_hours: int = Field(
        default=48,
        ge=1,
        le=336,
        description="Số giờ chờ người gửi trả lời câu hỏi lại; sau đó câu đi tiếp.",
    )
    chat_pace: int = Field(
        default=30,
        ge=0,
        le=10_000,
        description="Số tin của một cuộc trò chuyện được đọc trong một phút; tin thừa đợi; 0: không giới hạn.",
    )
    undo_window: int = Field(
        default=120, ge=0, le=3600, description="Số giây giữ lại lời báo cho người gửi, để cán bộ còn kịp hoàn tác."
    )

    @field_validator("telegram_token")
    @classmethod
    def _token_of_botfather(cls, token: SecretStr) -> SecretStr:
        # The sentence never holds the value: whoever reads the screen must not get the bot.
        if token.get_secret_value() and not _TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError(
                "không đúng dạng mã của @BotFather (dãy số, dấu hai chấm, rồi chữ và số); chép lại cả dòng"
            )
        return token

    @field_validator("web_bind")
    @classmethod
    def _host_and_port(cls, bind: str) -> str:
        parts = _split(f"//{bind}")
        if parts is None or parts.netloc != bind or "@" in bind or not parts.hostname or parts.port is None:
            raise ValueError("cần dạng máy:cổng với cổng từ 1 đến 65535, ví dụ 127.0.0.1:8080")
        return bind

    @field_validator("telegram_api", "web_url", "telegram_webhook", "zalo_api", "zalo_webhook", "ping_url")
    @classmethod
    def _http_address(cls, address: str) -> str:
        parts = _split(address)
        if address and (parts is None or parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("cần địa chỉ đầy đủ bắt đầu bằng https:// hoặc http://, ví dụ https://doithoai.example.vn")
        return address

    @field_validator("web_proxies")
    @classmethod
    def _addresses_or_networks(cls, named: str) -> str:
        for one in _split_list(named):
            try:
                ip_network(one, strict=False)
            except ValueError:
                raise ValueError(f"“{one}” không phải địa chỉ hay dải địa chỉ, ví dụ 127.0.0.1,172.16.0.0/12") from None
        return named

    @field_validator("proxy")
    @classmethod
    def _proxy_address(cls, address: str) -> str:
        # A proxy's address may hold a password, so the sentence shows only the form.
        parts = _split(address)
        if address and (parts is None or parts.scheme not in _PROXIES or not parts.hostname or parts.port is None):
            raise ValueError(
                "cần dạng kiểu://máy:cổng với kiểu là http, socks4 hoặc socks5, ví dụ socks5://127.0.0.1:1080"
            )
        return address

    @field_validator("export_at")
    @classmethod
    def _cron(cls, expression: str) -> str:
        if not _can_be_read(expression):
            raise ValueError("cần biểu thức cron năm phần, ví dụ “0 8 * * 1” là 8 giờ sáng thứ Hai")
        return expression

    @field_validator("train_at", "morning_at", "backup_at")
    @classmethod
    def _cron_or_off(cls, expression: str) -> str:
        if expression != NEVER and not _can_be_read(expression):
            raise ValueError(
                f"cần biểu thức cron năm phần, ví dụ “30 2 * * *” là 2 giờ 30 mỗi đêm, hoặc {NEVER} để tắt"
            )
        return expression

    @field_validator("export_mail_to", "alert_mail_to")
    @classmethod
    def _mailboxes(cls, named: str) -> str:
        if bad := [one for one in _split_list(named) if not _MAILBOX.fullmatch(one)]:
            raise ValueError(f"“{bad[0]}” không phải địa chỉ thư; ghi các địa chỉ cách nhau bằng dấu phẩy")
        return named

    @field_validator("mail_from")
    @classmethod
    def _mailbox(cls, named: str) -> str:
        if named and not _MAILBOX.fullmatch(named):
            raise ValueError("cần một địa chỉ thư, ví dụ doithoai@hungyen.gov.vn")
        return named

    @field_validator("smtp_security")
    @classmethod
    def _way_of_keeping(cls, security: str) -> str:
        if security not in SMTP_SECURITY:
            raise ValueError(f"cần một trong: {', '.join(SMTP_SECURITY)}")
        return security

    @model_validator(mode="after")
    def _mail_can_be_sent(self) -> Settings:
        wanted = {"DOITHOAI_EXPORT_MAIL_TO": self.mailboxes, "DOITHOAI_ALERT_MAIL_TO": self.alert_mailboxes}
        if (named := [name for name, to in wanted.items() if to]) and not (self.smtp_host and self.mail_from):
            raise ValueError(f"đã đặt {named[0]} thì cần cả DOITHOAI_SMTP_HOST và DOITHOAI_MAIL_FROM")
        if self.smtp_user and self.smtp_security == SMTP_OPEN and self.smtp_host not in _THIS_MACHINE:
            raise ValueError("DOITHOAI_SMTP_SECURITY=none sẽ để lộ mật khẩu trên đường truyền; đặt starttls hoặc tls")
        return self

    @field_validator("log")
    @classmethod
    def _form_of_a_log(cls, form: str) -> str:
        if form not in LOG_FORMS:
            raise ValueError("cần text (mỗi việc một dòng cho người đọc) hoặc json (mỗi việc một đối tượng JSON)")
        return form

    @field_validator("metrics_token")
    @classmethod
    def _long_enough(cls, token: SecretStr) -> SecretStr:
        given = token.get_secret_value()
        if given and (len(given) < _SHORTEST_SECRET or not given.isascii() or not given.isprintable()):
            raise ValueError(
                f"cần ít nhất {_SHORTEST_SECRET} chữ, số không dấu, ví dụ kết quả của: openssl rand -hex 24"
            )
        return token

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _secret_of_webhook(cls, secret: SecretStr) -> SecretStr:
        if secret.get_secret_value() and not _WEBHOOK_SECRET.fullmatch(secret.get_secret_value()):
            raise ValueError("cần từ 1 đến 256 ký tự A–Z, a–z, 0–9, “_”, “-”; nên có ít nhất 32 ký tự ngẫu nhiên")
        return secret

    @model_validator(mode="after")
    def _webhook_can_be_set(self) -> Settings:
        if not self.telegram_webhook:
            return self
        if not self.webhook_secret:
            raise ValueError(
                "đã đặt DOITHOAI_TELEGRAM_WEBHOOK thì cần cả DOITHOAI_TELEGRAM_WEBHOOK_SECRET, "
                "nếu không ai cũng giả được Telegram"
            )
        parts = urlsplit(self.telegram_webhook)
        usual = self.telegram_api == OFFICIAL_TELEGRAM_API
        if usual and (parts.scheme != "https" or (parts.port or 443) not in _WEBHOOK_PORTS):
            raise ValueError("DOITHOAI_TELEGRAM_WEBHOOK cần địa chỉ https:// ở cổng 443, 80, 88 hoặc 8443")
        if parts.query or parts.fragment:
            raise ValueError("DOITHOAI_TELEGRAM_WEBHOOK không kèm phần sau dấu “?” hay “#”")
        return self

    @field_validator("zalo_token")
    @classmethod
    def _token_of_zalo(cls, token: SecretStr) -> SecretStr:
        if token.get_secret_value() and not _ZALO_TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError("không đúng dạng mã của Zalo Bot Manager (dãy số, dấu hai chấm, rồi mã); chép lại cả dòng")
        return token

    @model_validator(mode="after")
    def _zalo_webhook_can_be_set(self) -> Settings:
        if self.zalo_webhook and not _ZALO_SECRET.fullmatch(self.zalo_webhook_secret.get_secret_value()):
            raise ValueError(
                "đã đặt DOITHOAI_ZALO_WEBHOOK thì cần DOITHOAI_ZALO_WEBHOOK_SECRET từ 8 đến 256 ký tự không dấu, "
                "nếu không ai cũng giả được Zalo"
            )
        parts = urlsplit(self.zalo_webhook)
        if parts.query or parts.fragment:
            raise ValueError("DOITHOAI_ZALO_WEBHOOK không kèm phần sau dấu “?” hay “#”")
        return self

    @field_validator("group_role")
    @classmethod
    def _of_a_member(cls, role: str) -> str:
        if role not in GROUP_ROLES:
            raise ValueError("cần moderator (cả nhóm được duyệt) hoặc viewer (chỉ người được cấp quyền mới duyệt)")
        return role

    @field_validator("retention")
    @classmethod
    def _terms(cls, said: str) -> str:
        retention(said)
        return said

    @field_validator("telegram_topics")
    @classmethod
    def _auto_or_off(cls, topics: str) -> str:
        if topics not in TELEGRAM_TOPICS:
            raise ValueError("cần auto (dùng chủ đề khi nhóm có bật) hoặc off (luôn gửi chung trong nhóm)")
        return topics

    @field_validator("backup_recipient")
    @classmethod
    def _public_keys(cls, named: str) -> str:
        # Never repeats the value: somebody may have put the secret key here.
        if not all(_AGE_RECIPIENT.fullmatch(one) for one in _split_list(named)):
            raise ValueError(
                "cần khoá công khai của age, bắt đầu bằng age1 (dòng “public key” mà lệnh age-keygen in ra), "
                "không phải khoá bí mật"
            )
        return named

    @property
    def recipients(self) -> tuple[str, ...]:
        """For whom backups are encrypted."""
        return _split_list(self.backup_recipient)

    @property
    def mailboxes(self) -> tuple[str, ...]:
        """Who gets each workbook by e-mail."""
        return _split_list(self.export_mail_to)

    @property
    def proxies(self) -> tuple[str, ...]:
        """The machines of the operator's own through which visitors come."""
        return _split_list(self.web_proxies)

    @property
    def alert_mailboxes(self) -> tuple[str, ...]:
        """Who is told by e-mail that something is wrong."""
        return _split_list(self.alert_mail_to)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never stand in a log: every secret value, and the passwords inside addresses."""
        values = [getattr(self, name) for name in type(self).model_fields]
        kept = [value.get_secret_value() for value in values if isinstance(value, SecretStr)]
        logins = [parts.password for value in values if isinstance(value, str) and (parts := _split(value))]
        return tuple(filter(None, (*kept, *logins)))

    @property
    def webhook_secret(self) -> str:
        return self.telegram_webhook_secret.get_secret_value()

    @property
    def kept_days(self) -> Mapping[Kept, int]:
        """How many days each kind of data is kept."""
        return retention(self.retention)

    @property
    def token(self) -> str:
        return self.telegram_token.get_secret_value()


def _can_be_read(expression: str) -> bool:
    from datetime import datetime

    try:
        CronSim(expression, datetime(2026, 1, 1))  # noqa: DTZ001 - only whether the expression can be read
    except CronSimError:
        return False
    return True


def read() -> Settings:
    """The settings in force. Raises SettingsFault naming every variable that cannot be used."""
    try:
        return Settings()
    except ValidationError as fault:
        named = "; ".join(
            ": ".join([*_variable(error["loc"]), _reason(error["type"], error["msg"])]) for error in fault.errors()
        )
        raise SettingsFault(f"Thiết đặt chưa đúng: {named}. Xem .env.example.") from None
    except UnicodeDecodeError:
        raise SettingsFault("Tệp .env không ở bảng mã UTF-8. Mở bằng trình soạn thảo, lưu lại với mã UTF-8.") from None


def _variable(where: tuple[int | str, ...]) -> list[str]:
    """The variable that a fault is about; none where several do not fit together."""
    return [f"DOITHOAI_{str(name).upper()}" for name in where[:1]]


def _reason(kind: str, message: str) -> str:
    if kind == "value_error":
        return message.removeprefix("Value error, ")
    return "cần một số nguyên, ví dụ -1001234567890" if kind.startswith("int") else "giá trị không hợp lệ"


def _split_list(named: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for part in named.split(",") if (one := part.strip())))


def _split(address: str) -> SplitResult | None:
    """The parts of an address; None where it cannot be taken apart or its port cannot be one."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return None
    return parts
