"""What comes in from a person and what goes out to one, in no platform's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.texts.keys import Key


class ChannelName(StrEnum):
    """The ways by which words reach us. A new channel is one more member here."""

    TELEGRAM = "telegram"
    ZALO = "zalo"
    WEB = "web"
    SLIP = "slip"  # phiếu giấy hoặc bảng tính do người khác nhập hộ; không trả lời lại được
    MAIL = "mail"  # thư điện tử: chỉ để gửi tệp đi, không nhận gì
    FOLDER = "folder"  # thư mục được đồng bộ: chỉ để chép tệp ra


@dataclass(frozen=True, slots=True)
class Address:
    """One conversation: which platform, which bot of ours there, which chat."""

    channel: ChannelName
    bot: str
    chat: str

    def __str__(self) -> str:
        return f"{self.channel}:{self.bot}:{self.chat}"


@dataclass(frozen=True, slots=True)
class Typed:
    """Words that somebody typed. `text` is exactly as sent; cleaning is the reader's business."""

    text: str


@dataclass(frozen=True, slots=True)
class Chose:
    """A button that was pressed, by the id of its `Choice`."""

    choice: str


@dataclass(frozen=True, slots=True)
class Attached:
    """A thing that is not words (sticker, photo, voice …). `kind` is our own word for it; `caption` may carry words."""

    kind: str
    caption: str = ""


Content = Typed | Chose | Attached


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message from a young person.

    `message_id` is the platform's id, unique in the chat; `sent_at` is the platform's own clock (aware), or ours where
    the platform gives none (a button press).
    """

    address: Address
    message_id: str
    sent_at: datetime
    content: Content


@dataclass(frozen=True, slots=True)
class Choice:
    """A button. `id` is stable and goes through the platform; the label is a sentence of the catalogue.

    `label` may be a Key (translated) or, where it is data (the name of a unit, a receipt code), a plain string.
    """

    id: str
    label: Key | str


@dataclass(frozen=True, slots=True)
class Say:
    """Something to tell a person: a sentence of the catalogue, its values, and the buttons beneath it."""

    key: Key
    values: Mapping[str, object] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """A rendered message, unchanged ever after: plain text and labelled buttons (id, label)."""

    text: str
    choices: tuple[tuple[str, str], ...] = ()
