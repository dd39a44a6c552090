"""Settings from the environment (DOITHOAI_…) or a `.env` file; every one is explained in `.env.example`."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from cronsim import CronSim, CronSimError
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

OFFICIAL_TELEGRAM_API = "https://api.telegram.org"


class SettingsFault(Exception):
    """A setting that cannot be used; the message names it and says what is expected, in Vietnamese."""


class Settings(BaseSettings):
    """Read once at start."""

    model_config = SettingsConfigDict(
        env_prefix="DOITHOAI_", env_file=".env", env_file_encoding="utf-8", extra="ignore", env_ignore_empty=True
    )

    database_url: str = Field(default="", description="Địa chỉ cơ sở dữ liệu; trống: một tệp SQLite trong DATA_DIR.")
    programme: str = Field(default="", description="Mã chương trình đang chạy, ví dụ hung-yen-2024.")
    telegram_token: SecretStr = Field(default=SecretStr(""), description="Mã bí mật của bot Telegram (@BotFather).")
    telegram_api: str = Field(default=OFFICIAL_TELEGRAM_API, description="Địa chỉ máy chủ Bot API.")
    telegram_group: int | None = Field(default=None, description="Mã nhóm Telegram của cán bộ Đoàn (số âm).")
    web_bind: str = Field(default="127.0.0.1:8080", description="Địa chỉ và cổng của trang web, dạng máy:cổng.")
    web_url: str = Field(default="", description="Địa chỉ công khai của trang web, để in vào liên kết mời.")
    data_dir: Path = Field(
        default=Path("data"), description="Thư mục dữ liệu: cơ sở dữ liệu, tệp xuất, kế hoạch riêng."
    )
    proxy: str = Field(default="", description="Proxy HTTP hoặc SOCKS để tới máy chủ nhắn tin.")
    export_at: str = Field(default="0 8 * * 1", description="Lịch xuất hằng tuần, dạng cron, giờ Việt Nam.")

    @field_validator("web_bind")
    @classmethod
    def _host_and_port(cls, bind: str) -> str:
        parts = urlsplit(f"//{bind}")
        if parts.hostname is None or parts.port is None:
            raise ValueError("cần dạng máy:cổng, ví dụ 127.0.0.1:8080")
        return bind

    @field_validator("export_at")
    @classmethod
    def _cron(cls, expression: str) -> str:
        from datetime import datetime

        try:
            CronSim(expression, datetime(2026, 1, 1))  # noqa: DTZ001 - only whether the expression can be read
        except CronSimError as fault:
            raise ValueError("cần biểu thức cron năm phần, ví dụ “0 8 * * 1” là 8 giờ sáng thứ Hai") from fault
        return expression

    @property
    def token(self) -> str:
        return self.telegram_token.get_secret_value()


def read() -> Settings:
    """The settings in force. Raises SettingsFault naming every variable that cannot be used."""
    try:
        return Settings()
    except ValidationError as fault:
        named = "; ".join(
            f"DOITHOAI_{str(error['loc'][0]).upper()}: {_reason(error['msg'])}" for error in fault.errors()
        )
        raise SettingsFault(f"Thiết đặt chưa đúng: {named}. Xem .env.example.") from None


def _reason(message: str) -> str:
    known = message.removeprefix("Value error, ")
    return known if known != message else "giá trị không hợp lệ"
