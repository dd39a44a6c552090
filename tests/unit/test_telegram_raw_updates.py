"""What the poller reads from an update without decoding it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from handlers.telegram.poller import chat_of, raw_update


@pytest.mark.parametrize(
    ("update", "chat"),
    [
        ({"message": {"chat": {"id": 5}}}, "5"),
        ({"edited_message": {"chat": {"id": -100}}}, "-100"),
        ({"callback_query": {"from": {"id": 1}, "message": {"chat": {"id": 5}}}}, "5"),
        ({"telepathy": {"chat": {"id": 5}}}, "5"),
        ({"callback_query": {"from": {"id": 1}, "inline_message_id": "x"}}, ""),
        ({"message": {"chat": {"id": "5"}}}, ""),
        ({"message": {"chat": {"id": True}}}, ""),
        ({"message": {"chat": None}}, ""),
        ({"message": "xin chào"}, ""),
        ({"callback_query": {"message": []}}, ""),
        ({}, ""),
    ],
)
def test_the_chat_is_found_in_any_shape(update: dict[str, Any], chat: str) -> None:
    assert chat_of({"update_id": 1, **update}) == chat


def test_an_update_is_kept_whole_and_in_ascii() -> None:
    update = {"update_id": 9, "message": {"chat": {"id": 5}, "text": "Đối thoại \ud800 \x00 😀"}}

    row = raw_update(update, 4242)

    assert row.raw.isascii()
    assert json.loads(row.raw) == update
    assert (row.platform, row.bot, row.update_id, row.chat) == ("telegram", "4242", "9", "5")
