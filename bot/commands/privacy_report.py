"""The report on personal data in words: Markdown for people, plain data for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.domain.deadline import VIETNAM
from bot.domain.privacy import TERMS, Erasure, Kept, RequestKind

if TYPE_CHECKING:
    from bot.usecases.privacy_report import PrivacyReport

KINDS = {
    RequestKind.ACCESS: "xem, nhận bản sao",
    RequestKind.CORRECTION: "sửa thông tin sai",
    RequestKind.ERASURE: "xoá dữ liệu",
    RequestKind.WITHDRAWAL: "rút lại đồng ý",
    RequestKind.OBJECTION: "phản đối, hạn chế xử lý",
    RequestKind.COMPLAINT: "khiếu nại",
}
KEPT = {
    Kept.IDENTITY: "ai gửi, tính từ câu trả lời hoặc khi chương trình kết thúc",
    Kept.WORDS: "lời của các câu, tính từ khi chương trình kết thúc",
    Kept.FORMER: "lời trước mỗi lần sửa, che, biên tập",
    Kept.INBOX: "dấu vết tin đã xử lý (không có nội dung)",
    Kept.QUARANTINE: "nội dung tin máy không đọc được",
    Kept.OUTBOX: "lời bot đã nhắn",
    Kept.PHOTOS: "ảnh phiếu giấy đã gõ xong",
    Kept.TEMPORARY: "tệp tạm",
    Kept.EXPORTS: "bảng tổng hợp, công văn trên máy này",
    Kept.SIGN_INS: "phiên đăng nhập của cán bộ",
    Kept.INVITATIONS: "lời mời đã hết hạn",
    Kept.REQUESTS: "sổ yêu cầu đã giải quyết",
}
_HELD = {
    "people": "Người đã đồng ý còn nối được với câu hỏi",
    "sessions": "Cuộc trò chuyện đang nhớ",
    "drafts": "trong đó có câu đang viết dở",
    "with_asker": "Câu còn biết người gửi",
    "without_asker": "Câu không biết người gửi (phiếu, đã xoá)",
    "private": "Lời riêng chỉ người phụ trách xem",
    "former": "Lời cũ trước khi sửa, che",
    "asked_back": "Câu trả lời cho cán bộ hỏi lại",
    "ratings": "Lý do nhận xét câu trả lời",
    "inbox_open": "Tin đang chờ xử lý",
    "inbox_done": "Dấu vết tin đã xử lý (không có nội dung)",
    "quarantine": "Nội dung tin máy không đọc được",
    "outbox": "Lời bot đã nhắn",
    "photos": "Ảnh phiếu giấy",
    "sign_ins": "Phiên đăng nhập của cán bộ",
    "invitations": "Lời mời cán bộ",
}
_CHOICES = {Erasure.KEEP: "giữ câu hỏi", Erasure.WORDS: "xoá cả lời", Erasure.CONSENT: "rút đồng ý"}
_BY = {"asker": "người gửi, qua bot", "system": "máy: hết thời hạn lưu, hoặc làm lại sau khi khôi phục"}
_NEVER = "chưa có"


def as_data(made: PrivacyReport) -> dict[str, Any]:
    """The same for programs. What requests said is blanked once they are done, and left out while they wait."""
    unsaid = {"words": "", "asker": "", "about": "", "note": ""}
    return asdict(made) | {"requests": [asdict(one) | unsaid for one in made.requests]}


def as_markdown(made: PrivacyReport) -> str:
    """For the person responsible, and for an inspection."""
    return "\n".join(_lines(made))


def _lines(made: PrivacyReport) -> Iterator[str]:
    yield "# Báo cáo về dữ liệu cá nhân\n"
    yield f"{made.programme}. Bên kiểm soát dữ liệu: {made.controller}. Lập lúc {_at(made.made_at)}."
    yield "Báo cáo chỉ có số đếm và thời điểm, không có dữ liệu của ai.\n"
    yield "## Đang giữ gì\n"
    yield from _table(
        ("Loại", "Bao nhiêu", "Cũ nhất"), ((_HELD[one.name], one.count, _at(one.oldest)) for one in made.holdings)
    )
    yield "\n## Người đang giữ, theo đối tượng\n"
    yield from _table(
        ("Đối tượng", "Bao nhiêu"), ((group or "không nói", count) for group, count in made.by_group.items())
    )
    yield "\n## Giữ bao lâu\n"
    yield from _table(
        ("Loại", "Là gì", "Thời hạn"),
        ((kind.value, KEPT[kind], f"{days} ngày" if days else "không xoá") for kind, days in made.days.items()),
    )
    yield "\n## Đồng ý\n"
    yield from _table(
        ("Bản", "Số lần đồng ý", "Đã rút lại"), ((one.version, one.given, one.withdrawn) for one in made.consents)
    )
    yield f"\n## Yêu cầu\n\n{len(made.requests)} yêu cầu, {made.late} trễ hạn. Hạn báo đã nhận: 2 ngày làm việc.\n"
    yield from _table(
        ("Mã", "Loại", "Đến từ", "Nhận", "Báo đã nhận", "Xong", "Hạn"),
        (
            (
                one.code,
                KINDS[one.kind],
                one.source,
                _at(one.received_at),
                _at(one.acknowledged_at),
                _at(one.done_at),
                f"{TERMS[one.kind]} ngày",
            )
            for one in made.requests
        ),
    )
    yield "\n## Đã xoá\n"
    erased = Counter((one.at.date(), one.choice, _BY.get(one.by, one.by), one.reason) for one in made.erasures)
    yield from _table(
        ("Ngày", "Cách", "Ai làm", "Căn cứ", "Số lần"),
        (
            (f"{day:%d/%m/%Y}", _CHOICES[choice], by, reason, count)
            for (day, choice, by, reason), count in erased.items()
        ),
    )
    yield "\n## Xoá vì hết hạn, 31 ngày qua\n"
    yield from _table(
        ("Lúc", "Loại", "Thời hạn", "Số đã xoá"),
        ((_at(one.at), one.kind.value, f"{one.days} ngày", one.count) for one in made.runs if one.count),
    )
    yield f"\nLần chạy gần nhất: {_at(made.runs[-1].at if made.runs else None)}."
    yield "\n## Ai đã lập bảng tổng hợp\n"
    yield from _table(
        ("Lần", "Lúc", "Ai", "SHA-256"), ((one.number, _at(one.at), one.by, one.sha256) for one in made.exports)
    )
    backup = datetime.fromisoformat(made.last_backup) if made.last_backup else None
    yield f"\n## Bản sao lưu\n\nBản tốt gần nhất: {_at(backup)}."


def _table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    found = [[str(cell).replace("|", "/") for cell in row] for row in rows]
    if not found:
        yield "Không có."
        return
    for row in (headings, ["---"] * len(headings), *found):
        yield f"| {' | '.join(row)} |"


def _at(at: datetime | None) -> str:
    return f"{at.astimezone(VIETNAM):%H:%M %d/%m/%Y}" if at else _NEVER
