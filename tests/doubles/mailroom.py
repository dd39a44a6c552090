"""A real SMTP server on the loopback that keeps the letters it takes, or says no."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from typing import Any

from aiosmtpd.smtp import SMTP


@dataclass
class Mailroom:
    """What a mail server of an office does: takes letters, or says no with a code."""

    letters: list = field(default_factory=list)
    answers: list[str] = field(default_factory=list)  # instead of "250 OK", one a letter
    refused: dict[str, str] = field(default_factory=dict)  # by recipient
    port: int = 0

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802 - aiosmtpd's name
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - aiosmtpd's name
        letter = message_from_bytes(envelope.content, policy=policy.default)
        self.letters.append((envelope.rcpt_tos, letter))
        return self.answers.pop(0) if self.answers else "250 OK"


@asynccontextmanager
async def serving(mailroom: Mailroom, *, ssl_context: Any = None, **options: Any) -> AsyncIterator[Mailroom]:
    """The mailroom behind a port of its own; `options` are aiosmtpd's."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(mailroom, loop=loop, **options), host="127.0.0.1", port=0, ssl=ssl_context
    )
    mailroom.port = server.sockets[0].getsockname()[1]
    try:
        yield mailroom
    finally:
        server.close()
        await server.wait_closed()
