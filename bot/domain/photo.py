"""Photos of paper slips (ảnh phiếu): moderators send them to their group, somebody types what stands on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.message import Address

MAX_BYTES = 20 << 20  # as much as Telegram gives a bot
HOLD = timedelta(minutes=30)
"""How long a photo is kept for whoever took it to type."""

# The first bytes of what a browser shows as a picture; a file's name and the sender's word for it count for nothing.
_KINDS: tuple[tuple[bytes, bytes, str], ...] = (
    (b"\xff\xd8\xff", b"", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", b"", "image/png"),
    (b"RIFF", b"WEBP", "image/webp"),
)
_WEBP_AT = 8


class PhotoState(StrEnum):
    FETCHING = "fetching"  # còn phải tải về từ nền tảng
    WAITING = "waiting"  # chờ gõ
    DONE = "done"  # đã gõ
    UNREADABLE = "unreadable"  # không đọc được, có lý do
    REFUSED = "refused"  # không phải ảnh, quá lớn, hoặc trùng


@dataclass(frozen=True, slots=True)
class NewPhoto:
    """A photo as it was sent. `file_id` is the platform's handle for fetching it, `unique_id` names the same photo
    however often it is sent on; `album` is the platform's id of those sent together, "" for one alone.
    """

    programme: str
    address: Address
    file_id: str
    unique_id: str
    album: str
    unit: str
    sent_by: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo that is kept. `file` is its name in the media folder and `kind` its media type, "" until it is fetched;
    `taken_by` types it until `taken_until`; `ended_by` is "" where it was refused by its content.
    """

    id: int
    programme: str
    address: Address
    file_id: str
    unit: str
    sent_by: str
    sent_at: datetime
    state: PhotoState
    file: str
    sha256: str
    kind: str
    taken_by: str
    taken_until: datetime | None
    reason: str
    slips: int
    ended_by: str = ""
    ended_at: datetime | None = None

    def holder(self, at: datetime) -> str:
        """Who types it at this instant; "" where it is free."""
        return self.taken_by if self.taken_until is not None and at < self.taken_until else ""


def picture_kind(content: bytes) -> str:
    """The media type of a picture by its first bytes; "" for anything else. It is served, never unfolded."""
    for head, at_eight, kind in _KINDS:
        if content.startswith(head) and content[_WEBP_AT:].startswith(at_eight):
            return kind
    return ""
