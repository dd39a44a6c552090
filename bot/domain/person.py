"""A young person as far as we know them: consent, unit, youth group. Name, phone, address and ID are never asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

# Đổi câu đồng ý trong danh mục lời thoại thì tăng số này: ai đã đồng ý bản cũ sẽ được hỏi lại.
CONSENT_VERSION = 2


class YouthGroup(StrEnum):
    """Đối tượng thanh niên, as the five plans list them. The names people read are in the catalogue."""

    PUPIL = "hoc-sinh"
    STUDENT = "sinh-vien"
    WORKER = "cong-nhan"
    RURAL = "nong-thon"
    OFFICIAL = "cong-chuc"
    ARMED_FORCES = "luc-luong-vu-trang"
    ENTREPRENEUR = "doanh-nhan"
    OTHER = "khac"


@dataclass(frozen=True, slots=True)
class Person:
    """One address that consented: version and instant of the consent stand on record (NĐ 356/2025/NĐ-CP Điều 6)."""

    id: int
    channel: str
    bot: str
    chat: str
    consent_version: int
    consented_at: datetime
    unit: str = ""
    youth_group: str = ""
