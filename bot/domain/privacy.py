"""Personal data: what people may ask about their own, by when it must be done, and how long each kind is kept.

Terms of Nghị định 356/2025/NĐ-CP Điều 5 under Luật 91/2025/QH15: a first reply within two working days, then days by
kind. Where the law gives more time because others hold the data as well, the shorter term is used all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.deadline import VIETNAM, midnight_after

REPLY_WORKING_DAYS = 2
REQUEST_PREFIX = "YC"  # begins the code of every request: YC-0007-K
_SATURDAY = 5


class RequestKind(StrEnum):
    """What somebody asks about their own data."""

    ACCESS = "access"  # xem, nhận bản sao
    CORRECTION = "correction"  # sửa thông tin sai
    ERASURE = "erasure"  # xoá
    WITHDRAWAL = "withdrawal"  # rút lại đồng ý
    OBJECTION = "objection"  # phản đối, hạn chế xử lý
    COMPLAINT = "complaint"  # khiếu nại


TERMS: Mapping[RequestKind, int] = {
    RequestKind.ACCESS: 10,
    RequestKind.CORRECTION: 10,
    RequestKind.ERASURE: 20,
    RequestKind.WITHDRAWAL: 15,
    RequestKind.OBJECTION: 15,
    RequestKind.COMPLAINT: 10,  # the law names no term of its own: the shortest
}
"""Days within which each kind must be done."""

SAID_IN_WORDS = (RequestKind.CORRECTION, RequestKind.OBJECTION, RequestKind.COMPLAINT)
"""What a person has to deal with; the others the bot does at once."""


class Erasure(StrEnum):
    """How much somebody wants to be gone."""

    KEEP = "keep"  # giữ câu hỏi, bỏ phần về người gửi
    WORDS = "words"  # xoá cả câu hỏi
    CONSENT = "consent"  # chỉ rút lại đồng ý: thôi xử lý, chưa xoá gì


@dataclass(frozen=True, slots=True)
class Due:
    """By when a request is to be acknowledged and done: each the first instant too late."""

    reply: datetime
    done: datetime


def due(kind: RequestKind, at: datetime) -> Due:
    """The terms of a request that came at `at`. The day it came is not counted (Bộ luật Dân sự 2015 Điều 147)."""
    return Due(after_working_days(at, REPLY_WORKING_DAYS), after_days(at, TERMS[kind]))


def after_days(at: datetime, days: int) -> datetime:
    """The end of the last of so many days."""
    return midnight_after(at.astimezone(VIETNAM).date() + timedelta(days=days))


def after_working_days(at: datetime, days: int) -> datetime:
    """The end of the last of so many days that are neither Saturday nor Sunday. Public holidays are not known here, so
    the term may end too early and never too late.
    """
    day = at.astimezone(VIETNAM).date()
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < _SATURDAY
    return midnight_after(day)


# ------------------------------------------------------------------ how long things are kept


class Kept(StrEnum):
    """A kind of data with a term of its own. The names stand in DOITHOAI_RETENTION and in the record of each run."""

    IDENTITY = "danh-tinh"
    WORDS = "noi-dung"
    FORMER = "loi-cu"
    INBOX = "hop-thu"
    QUARANTINE = "tin-loi"
    OUTBOX = "loi-nhan"
    PHOTOS = "anh-phieu"
    TEMPORARY = "tam"
    EXPORTS = "tep-xuat"
    SIGN_INS = "dang-nhap"
    INVITATIONS = "loi-moi"
    REQUESTS = "yeu-cau"


FOREVER = 0

DAYS: Mapping[Kept, int] = {
    Kept.IDENTITY: 90,  # sau câu trả lời, hoặc sau khi chương trình kết thúc
    Kept.WORDS: FOREVER,  # câu hỏi không còn người gửi là tài liệu của chương trình
    Kept.FORMER: 365,  # lời trước mỗi lần sửa, che
    Kept.INBOX: 7,  # dấu vết tin đã xử lý, để nhận ra tin gửi lặp; nội dung đã xoá ngay khi xử lý
    Kept.QUARANTINE: 30,
    Kept.OUTBOX: 180,
    Kept.PHOTOS: 30,  # sau khi gõ xong
    Kept.TEMPORARY: 1,
    Kept.EXPORTS: 5 * 365,
    Kept.SIGN_INS: 60,  # như cookie của người đăng nhập
    Kept.INVITATIONS: 30,  # sau khi hết hạn
    Kept.REQUESTS: 5 * 365,
}
"""How many days each kind is kept unless the operator says otherwise."""


def retention(said: str) -> Mapping[Kept, int]:
    """The terms with the operator's own over them: `danh-tinh=60, tam=2`; 0 keeps for ever.

    Raises ValueError with a sentence in Vietnamese.
    """
    own: dict[Kept, int] = {}
    for part in filter(None, (one.strip() for one in said.split(","))):
        name, _, days = (one.strip() for one in part.partition("="))
        if name not in set(Kept):
            raise ValueError(f"không có loại dữ liệu “{name}”; chọn trong: {', '.join(Kept)}")
        if not (days.isascii() and days.isdigit() and len(days) <= len("36500")):
            raise ValueError(f"“{part}” cần dạng {name}=SỐ_NGÀY, ví dụ {name}={DAYS[Kept(name)]} (0: không xoá)")
        own[Kept(name)] = int(days)
    return {**DAYS, **own}


# ------------------------------------------------------------------ what is on record about it


@dataclass(frozen=True, slots=True)
class Request:
    """Something that somebody asked about their own data. `code` is theirs to keep.

    `source` is the channel it came by. `address` of whoever waits for an answer is kept apart (see PrivacyTable.reply).
    `about` is the receipt code that it is about, `words` what they wrote and `asker` who came to the office: all three
    are blanked once it is done. `outcome` says what was done, `note` what the person responsible wrote.
    """

    id: int
    code: str
    kind: RequestKind
    source: str
    received_at: datetime
    reply_by: datetime
    done_by: datetime
    acknowledged_at: datetime | None = None
    done_at: datetime | None = None
    about: str = ""
    words: str = ""
    asker: str = ""
    by: str = ""
    outcome: str = ""
    note: str = ""

    def is_late(self, now: datetime) -> bool:
        """Whether it should have been acknowledged or done by now."""
        reply_late = self.acknowledged_at is None and now >= self.reply_by
        return self.done_at is None and (reply_late or now >= self.done_by)


@dataclass(frozen=True, slots=True)
class Consent:
    """To which version somebody consented, and when; `words` are the sentence they read, "" where it is not known."""

    version: int
    at: datetime
    withdrawn_at: datetime | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A submission as a file for others held it: which file, when, and the department that was to answer."""

    submission_id: int
    number: int
    at: datetime
    lead: str | None
