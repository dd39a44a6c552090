"""How one entry of the history is bound to the one before it: whoever alters, inserts or removes one breaks the chain.

Content that a person may have erased one day enters only through a keyed hash. Its key lies beside the content and goes
with it: the chain still holds, and nobody can try out which words they were.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256

FORMAT = 1  # stands in every link; another way of writing the fields down needs another number
BEGINNING = ""  # what the first entry is bound to

_KEY_BYTES = 16


def new_key() -> str:
    """A fresh key for one content, in hex."""
    return secrets.token_hex(_KEY_BYTES)


def content_hash(key: str, content: str) -> str:
    """HMAC-SHA256 of a content, in hex."""
    return hmac.new(bytes.fromhex(key), content.encode(), sha256).hexdigest()


def link(previous: str, fields: Sequence[str | int | None]) -> str:
    """The hash (hex) that binds an entry, given as its fields in a fixed order, to the hash of the one before."""
    return sha256(json.dumps([FORMAT, previous, *fields], separators=(",", ":")).encode()).hexdigest()


def instant(at: datetime) -> str:
    """An aware instant as it enters a link, whatever zone it was read in."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
