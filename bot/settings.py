"""Settings from the environment (DOITHOAI_…) or a `.env` file; every one is explained in `.env.example`."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from cronsim import CronSim, CronSimError
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

OFFICIAL_TELEGRAM_API = "https://api.telegram.org"


GROUP_ROLES = ("moderator", "viewer")
TELEGRAM_TOPICS = ("auto", "off")
NEVER = "off"  # an empty variable means the default
SMTP_OPEN = "none"
SMTP_SECURITY = ("starttls", "tls", SMTP_OPEN)
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_MAILBOX = re.compile(r"[^@\s,;<>\"]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?", re.ASCII)
_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")
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
    web_bind: str = Field(default="127.0.0.1:8080", description="Địa chỉ và cổng của trang web, dạng máy:cổng.")
    web_url: str = Field(default="", description="Địa chỉ công khai của trang web, để in vào liên kết mời.")
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
    train_at: str = Field(
        default="30 2 * * *", description="Lịch máy học từ quyết định của cán bộ, dạng cron, giờ Việt Nam; off: không."
    )
    group_role: str = Field(
        default="moderator", description="Vai trò của người trong nhóm Telegram khi chưa được cấp vai trò riêng."
    )
    morning_at: str = Field(
        default="30 7 * * *",
        description="Lịch nhắc nhóm mỗi sáng những câu đang chờ, dạng cron, giờ Việt Nam; off: không.",
    )
    ask_hours: int = Field(
        default=48,
        ge=1,
        le=336,
        description="Số giờ chờ người gửi trả lời câu hỏi lại; sau đó câu đi tiếp.",
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

    @field_validator("telegram_api", "web_url")
    @classmethod
    def _http_address(cls, address: str) -> str:
        parts = _split(address)
        if address and (parts is None or parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("cần địa chỉ đầy đủ bắt đầu bằng https:// hoặc http://, ví dụ https://doithoai.example.vn")
        return address

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

    @field_validator("train_at", "morning_at")
    @classmethod
    def _cron_or_off(cls, expression: str) -> str:
        if expression != NEVER and not _can_be_read(expression):
            raise ValueError(
                f"cần biểu thức cron năm phần, ví dụ “30 2 * * *” là 2 giờ 30 mỗi đêm, hoặc {NEVER} để tắt"
            )
        return expression

    @field_validator("export_mail_to")
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
        if self.mailboxes and not (self.smtp_host and self.mail_from):
            raise ValueError("đã đặt DOITHOAI_EXPORT_MAIL_TO thì cần cả DOITHOAI_SMTP_HOST và DOITHOAI_MAIL_FROM")
        if self.smtp_user and self.smtp_security == SMTP_OPEN and self.smtp_host not in _THIS_MACHINE:
            raise ValueError("DOITHOAI_SMTP_SECURITY=none sẽ để lộ mật khẩu trên đường truyền; đặt starttls hoặc tls")
        return self

    @field_validator("group_role")
    @classmethod
    def _of_a_member(cls, role: str) -> str:
        if role not in GROUP_ROLES:
            raise ValueError("cần moderator (cả nhóm được duyệt) hoặc viewer (chỉ người được cấp quyền mới duyệt)")
        return role

    @field_validator("telegram_topics")
    @classmethod
    def _auto_or_off(cls, topics: str) -> str:
        if topics not in TELEGRAM_TOPICS:
            raise ValueError("cần auto (dùng chủ đề khi nhóm có bật) hoặc off (luôn gửi chung trong nhóm)")
        return topics

    @property
    def mailboxes(self) -> tuple[str, ...]:
        """Who gets each workbook by e-mail."""
        return _split_list(self.export_mail_to)

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
