"""By e-mail: one letter to one mailbox, the file attached, over the operator's own SMTP server."""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.utils import format_datetime
from enum import StrEnum

import aiosmtplib

from bot.domain.errors import DeliveryError
from bot.ports import Parcel
from bot.texts.keys import Key

_BUSY = 500  # codes below are for a moment only (RFC 5321 4.2.1)


class Security(StrEnum):
    """How the words on the way to the server are kept from others."""

    TLS = "tls"  # mã hoá ngay từ đầu, thường là cổng 465
    STARTTLS = "starttls"  # chào hỏi rồi mã hoá, thường là cổng 587
    NONE = "none"  # không mã hoá: chỉ dành cho máy chủ trên chính máy này


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where letters are posted, and as whom. No `user`: the server takes letters from this machine as it is.
    `patience`: seconds that one of its answers may take.
    """

    host: str
    port: int
    security: Security
    sender: str
    sender_name: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    patience: float = 60.0


class MailCourier:
    """See bot.ports.Courier. `now` dates the letters.

    After a crash it may be unknown whether a letter was taken. It is posted again under the same Message-ID, by which
    mail servers and programs know it as the same letter.
    """

    def __init__(self, server: MailServer, now: Callable[[], datetime]) -> None:
        self._server = server
        self._now = now

    async def carry(self, parcel: Parcel) -> str:
        """The Message-ID."""
        letter = await asyncio.to_thread(self._letter, parcel)
        await _post(letter, self._server, [parcel.to])
        return str(letter["Message-ID"])

    def _letter(self, parcel: Parcel) -> EmailMessage:
        subject, _, body = parcel.text.partition("\n")
        letter = _letter(self._server, [parcel.to], subject, body, self._now(), parcel.id)
        kind = (mimetypes.guess_type(parcel.file.name)[0] or "application/octet-stream").split("/")
        try:
            content = parcel.file.read_bytes()
        except FileNotFoundError:
            raise DeliveryError(Key.FILES_WHY_GONE, permanent=True) from None
        letter.add_attachment(content, maintype=kind[0], subtype=kind[1], filename=parcel.file.name)
        return letter


class MailAlarm:
    """See bot.ports.Alarm: one letter to everybody who is to know."""

    def __init__(self, server: MailServer, to: Sequence[str], now: Callable[[], datetime]) -> None:
        self._server = server
        self._to = to
        self._now = now

    async def tell(self, subject: str, body: str) -> None:
        now = self._now()
        letter = _letter(self._server, self._to, " ".join(subject.split()), body, now, f"{now:%Y%m%d%H%M%S%f}.alarm")
        letter["X-Priority"] = "1"
        await _post(letter, self._server, self._to)


async def try_login(server: MailServer) -> None:
    """Greet the server and log in as a letter would, without one. Raises DeliveryError."""
    client = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        username=server.user or None,
        password=server.password or None,
        use_tls=server.security is Security.TLS,
        start_tls=server.security is Security.STARTTLS,
        timeout=server.patience,
    )
    try:
        async with client:
            await client.noop()
    except (aiosmtplib.SMTPException, OSError, ValueError) as fault:
        raise _refusal(fault) from None


def _letter(server: MailServer, to: Sequence[str], subject: str, body: str, at: datetime, id_: str) -> EmailMessage:
    name, _, domain = server.sender.rpartition("@")
    letter = EmailMessage()
    letter["Subject"] = subject
    letter["From"] = Mailbox(server.sender_name, name, domain)
    letter["To"] = ", ".join(to)
    letter["Date"] = format_datetime(at)
    letter["Message-ID"] = f"<{id_}@{domain}>"
    letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's machine answers it
    letter.set_content(body)
    return letter


async def _post(letter: EmailMessage, server: MailServer, to: Sequence[str]) -> None:
    """Hand it to the server. Raises DeliveryError."""
    try:
        await aiosmtplib.send(
            letter,
            sender=server.sender,
            recipients=list(to),
            hostname=server.host,
            port=server.port,
            username=server.user or None,
            password=server.password or None,
            use_tls=server.security is Security.TLS,
            start_tls=server.security is Security.STARTTLS,
            timeout=server.patience,
        )
    except (aiosmtplib.SMTPException, OSError, ValueError) as fault:
        raise _refusal(fault) from None  # what the server says may hold addresses


def _refusal(fault: Exception) -> DeliveryError:
    match fault:
        case aiosmtplib.SMTPAuthenticationError():
            return DeliveryError(Key.FILES_WHY_LOGIN)  # the operator mends it, and then it goes
        case aiosmtplib.SMTPRecipientsRefused(recipients=[first, *_]):
            return _refusal(first)
        case aiosmtplib.SMTPConnectResponseError() | aiosmtplib.SMTPHeloError():
            return DeliveryError(Key.FILES_WHY_SERVER)
        case aiosmtplib.SMTPResponseException(code=code):
            reason = Key.FILES_WHY_BUSY if code < _BUSY else Key.FILES_WHY_REFUSED
            return DeliveryError(reason, permanent=code >= _BUSY)
        case aiosmtplib.SMTPTimeoutError():
            return DeliveryError(Key.FILES_WHY_SLOW)
        case aiosmtplib.SMTPNotSupported():
            return DeliveryError(Key.FILES_WHY_SECURITY)
        case _:
            return DeliveryError(Key.FILES_WHY_SERVER)
