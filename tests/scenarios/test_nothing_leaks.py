"""A whole run with a marked name, number, text and token: none of them stands in a log, a fault, a metric or an answer
about the bot's health. (reliability.md X9; every other test is listened to as well, see tests/canary.py)
"""

from __future__ import annotations

import json
import logging

import pytest

from tests.canary import WATCH, check
from tests.doubles.telegram import TOKEN
from tests.doubles.telegram_shapes import poison

NAME, PHONE = "Nguyễn Thị Chim Yến", "0912 345 678"
TEXT = f"Em là {NAME}, số {PHONE}: bao giờ quê em có xe buýt?"
SEEN_FROM_OUTSIDE = ("/live", "/ready", "/metrics", "/health/live", "/health/ready", "/static/nothing", "/api/nothing")


async def test_a_marked_person_leaves_no_trace_where_operators_look(stage, caplog) -> None:
    caplog.set_level(logging.INFO)
    async with stage("hung-yen-2024") as it:
        lan = it.double.user(5, NAME)
        await it.double.user_types(lan, TEXT)  # before consent: held
        await it.double.wait_until(lambda d: d.messages(lan), 15)
        it.double.fail_next("sendMessage", 400)
        it.double.fail_next("sendMessage", 403)
        await it.double.user_types(lan, TEXT)
        await it.double.user_sends(lan, "contact", caption=TEXT)
        for update in poison(5).values():
            broken = json.loads(json.dumps(update))
            if isinstance(broken.get("message"), dict):
                broken["message"]["text"] = TEXT
            await it.double.raw_update(broken)
        await it.double.user_types(lan, "/cuatoi")
        await it.double.wait_until(lambda d: not d.pending, 15)

        await it.session.get("/")
        headers = {"X-Requested-With": "doithoai"}
        for body in (TEXT.encode(), json.dumps({"id": "a" * 8, "text": TEXT}).encode(), b"\xff" + TEXT.encode()):
            async with it.session.post("/api/messages", data=body, headers=headers) as answer:
                said = await answer.text()
                assert PHONE not in said

        for path in SEEN_FROM_OUTSIDE:
            async with it.session.get(path, headers={"Accept": TEXT.encode().hex()}) as answer:
                shown = await answer.text()
            assert not WATCH.leaks(shown), path
            for secret in (TOKEN, NAME, PHONE):
                assert secret not in shown, path

    assert NAME in WATCH.written  # else the canary was asleep
    logged = caplog.text
    for secret in (TOKEN, NAME, PHONE, "xe buýt"):
        assert secret not in logged
    check(logged)


@pytest.mark.parametrize("printed", [f"bot{TOKEN}/getMe", f"bot{TOKEN}/getMe".encode()])
def test_a_program_that_prints_the_token_is_caught(printed: str | bytes) -> None:
    with pytest.raises(AssertionError):
        check(printed)
