"""One and the same young person on every channel: says things, presses buttons, reads what the bot says."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Protocol
from uuid import uuid4

import aiohttp

from bot.app import House
from tests.doubles.telegram import Person, TelegramDouble
from tests.doubles.zalo import ZaloDouble, ZaloPerson

PATIENCE = 15
CHANNELS = ("telegram", "zalo", "web")
"""Every way by which a young person may talk to the bot: a new one is one more word here and a Youth of its own."""


class Youth(Protocol):
    """What a scenario may do, word for word the same on every channel."""

    async def says(self, text: str) -> str:
        """Type something; the bot's words that follow."""
        ...

    async def tells(self, text: str) -> None:
        """Type something that is answered without buttons; `hears` waits for the answer."""
        ...

    async def presses(self, label: str) -> str:
        """Press the newest button with this label; the bot's words that follow."""
        ...

    async def hears(self, part: str) -> str:
        """Wait for words that hold `part`."""
        ...


@dataclass
class TelegramYouth:
    """Writes to the bot through the Bot API double."""

    double: TelegramDouble
    person: Person

    async def says(self, text: str) -> str:
        before = len(self.double.messages(self.person))
        await self.tells(text)
        return await self._after(before)

    async def tells(self, text: str) -> None:
        await self.double.user_types(self.person, text)

    async def presses(self, label: str) -> str:
        before = len(self.double.messages(self.person))
        message = next(one for one in reversed(self.double.messages(self.person)) if label in one.labels)
        await self.double.press(self.person, message, label)
        return await self._after(before)

    async def hears(self, part: str) -> str:
        await self.double.wait_until(lambda d: any(part in one.text for one in d.messages(self.person)), PATIENCE)
        return next(one.text for one in self.double.messages(self.person) if part in one.text)

    async def _after(self, before: int) -> str:
        await self.double.wait_until(
            lambda d: len(d.messages(self.person)) > before and not d.pending and d.last(self.person).labels, PATIENCE
        )
        return "\n".join(one.text for one in self.double.messages(self.person)[before:])


@dataclass
class ZaloYouth:
    """Writes to the bot through the double of Zalo's platform, which brings every message to the bot's webhook."""

    double: ZaloDouble
    person: ZaloPerson
    webhook: str

    async def says(self, text: str) -> str:
        before = len(self.double.told(self.person))
        await self.tells(text)
        return await self._after(before)

    async def tells(self, text: str) -> None:
        assert await self.double.knocks(self.double.writes(self.person, text), self.webhook) == 200

    async def presses(self, label: str) -> str:
        """There are no buttons: type the number that stands before the label, perhaps in a last part of its own."""
        await self.double.wait_until(lambda: self._number(label), PATIENCE)
        return await self.says(self._number(label))

    def _number(self, label: str) -> str:
        lines = [line for text in reversed(self.double.told(self.person)) for line in text.splitlines()]
        return next((line.split(". ")[0] for line in lines if line.partition(". ")[2] == label), "")

    async def hears(self, part: str) -> str:
        await self.double.wait_until(lambda: any(part in text for text in self.double.told(self.person)), PATIENCE)
        return next(text for text in self.double.told(self.person) if part in text)

    async def _after(self, before: int) -> str:
        await self.double.wait_until(
            lambda: len(self.double.told(self.person)) > before and _offers(self.double.told(self.person)[-1]), PATIENCE
        )
        return "\n".join(self.double.told(self.person)[before:])


def _offers(text: str) -> bool:
    return text.splitlines()[-1].startswith("Nhắn số ")


@dataclass
class WebYouth:
    """Writes to the built-in page's interface as its script does."""

    house: House
    session: aiohttp.ClientSession
    seen: int = 0
    heard: list[dict] = field(default_factory=list)

    async def says(self, text: str) -> str:
        return await self._posts({"text": text})

    async def tells(self, text: str) -> None:
        await self._post({"text": text})

    async def presses(self, label: str) -> str:
        choices = {label_: id_ for one in self.heard for id_, label_ in one["choices"]}
        return await self._posts({"choice": choices[label]})

    async def hears(self, part: str) -> str:
        async with asyncio.timeout(PATIENCE):
            while not any(part in one["text"] for one in self.heard):
                await self._more()
        return next(one["text"] for one in self.heard if part in one["text"])

    async def _posts(self, message: dict) -> str:
        before = len(self.heard)
        await self._post(message)
        async with asyncio.timeout(PATIENCE):
            while len(self.heard) == before or not self.heard[-1]["choices"]:
                await self._more()
        return "\n".join(one["text"] for one in self.heard[before:])

    async def _post(self, message: dict) -> None:
        body = {"id": str(uuid4()), **message}
        headers = {"X-Requested-With": "doithoai"}
        async with self.session.post("/api/messages", json=body, headers=headers) as answer:
            assert answer.status == 200, await answer.text()

    async def _more(self) -> None:
        """Wait for the next commit, then fetch what is new."""
        count = self.house.desk.pulse.count
        async with self.session.get("/api/messages", params={"after": self.seen}) as answer:
            new = (await answer.json())["words"]
        if new:
            self.heard += new
            self.seen = new[-1]["id"]
        else:
            await self.house.desk.pulse.wait(count, PATIENCE)
