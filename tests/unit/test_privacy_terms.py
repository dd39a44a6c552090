"""The law's terms for requests, and the operator's own terms for what is kept."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.domain.deadline import VIETNAM
from bot.domain.privacy import DAYS, TERMS, Kept, RequestKind, after_working_days, due, retention


@pytest.mark.parametrize(
    ("at", "ends"),
    [
        ("2026-11-16T09:00", "2026-11-19T00:00"),  # thứ Hai: hết thứ Tư
        ("2026-11-19T23:59", "2026-11-24T00:00"),  # thứ Năm: hết thứ Hai
        ("2026-11-20T09:00", "2026-11-25T00:00"),  # thứ Sáu: hết thứ Ba
        ("2026-11-21T09:00", "2026-11-25T00:00"),  # thứ Bảy
        ("2026-11-22T09:00", "2026-11-25T00:00"),  # Chủ nhật
    ],
)
def test_two_working_days_pass_over_saturday_and_sunday(at, ends):
    came = datetime.fromisoformat(at).replace(tzinfo=VIETNAM)

    assert after_working_days(came, 2) == datetime.fromisoformat(ends).replace(tzinfo=VIETNAM)


@pytest.mark.parametrize("zone_hours", [0, 7, -8])
def test_the_day_is_viet_nams_wherever_the_machine_stands(zone_hours):
    from datetime import timedelta, timezone

    came = datetime(2026, 11, 16, 9, tzinfo=VIETNAM).astimezone(timezone(timedelta(hours=zone_hours)))

    assert due(RequestKind.ACCESS, came).done == datetime(2026, 11, 27, tzinfo=VIETNAM)


def test_every_kind_of_request_has_its_term():
    assert set(TERMS) == set(RequestKind)
    assert (TERMS[RequestKind.ACCESS], TERMS[RequestKind.ERASURE], TERMS[RequestKind.WITHDRAWAL]) == (10, 20, 15)


def test_the_operators_terms_lie_over_the_usual_ones():
    terms = retention(" danh-tinh = 60, noi-dung=730 ,")

    assert (terms[Kept.IDENTITY], terms[Kept.WORDS], terms[Kept.INBOX]) == (60, 730, DAYS[Kept.INBOX])


@pytest.mark.parametrize("said", ["danh-tinh", "danh-tinh=", "danh-tinh=-1", "danh-tinh=１", "tat-ca=3", "tam=1000000"])
def test_terms_that_cannot_be_read_are_refused_with_the_kinds_there_are(said):
    with pytest.raises(ValueError, match=r"không có loại|cần dạng"):
        retention(said)
