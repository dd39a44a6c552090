"""What Zalo brings, as the inbox keeps it: one event, named by its kind and the message's id.

The platform has no numbers for its events, and may bring a message that was read before once more.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from bot.domain.message import ChannelName
from bot.ports import RawUpdate

Json = dict[str, Any]
_NO_ID = "sha256:"


def raw_event(event: object, bot_id: str) -> RawUpdate:
    """An event, with or without its wrapping. ASCII only: lone surrogates and NUL stay escaped."""
    inner = _unwrapped(event)
    raw = json.dumps(inner, ensure_ascii=True, separators=(",", ":"))
    message = message_of(inner)
    id_ = message.get("message_id")
    kind = inner.get("event_name") if isinstance(inner, dict) else ""
    named = f"{kind}:{id_}" if isinstance(id_, str) and id_ else _NO_ID + hashlib.sha256(raw.encode()).hexdigest()
    return RawUpdate(ChannelName.ZALO.value, bot_id, named, chat_of(message), raw)


def read_event(body: bytes, bot_id: str) -> RawUpdate:
    """What was brought; where it is no JSON, its text as it came: the worker puts that into quarantine."""
    try:
        return raw_event(json.loads(body), bot_id)
    except (ValueError, RecursionError):
        return raw_event(body.decode("utf-8", "surrogateescape"), bot_id)


def message_of(event: object) -> Json:
    """The message within; empty where there is none."""
    message = event.get("message") if isinstance(event, dict) else None
    return message if isinstance(message, dict) else {}


def chat_of(message: Json) -> str:
    """The chat whose order is kept; "" where none can be found."""
    chat = message.get("chat")
    id_ = chat.get("id") if isinstance(chat, dict) else None
    return id_ if isinstance(id_, str) else ""


def _unwrapped(event: object) -> object:
    """Some answers come as {"ok": true, "result": event}, some as the event itself."""
    if isinstance(event, dict) and "event_name" not in event and isinstance(event.get("result"), dict):
        return event["result"]
    return event
