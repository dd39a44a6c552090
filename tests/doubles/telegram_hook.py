"""How the Bot API server brings updates to a webhook, as its source has it (WebhookActor.cpp).

One queue a chat, so that an update that is refused holds up its own chat alone. Whatever is not 2xx is brought again: at
once, then after 1, 2, 4 … seconds, from the sixtieth on after one to two minutes, or when `Retry-After` says (an hour at
most), until 24 hours after it came. At most `max_connections` at a time.
"""

from __future__ import annotations

import asyncio
import heapq
import random
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import aiohttp

Json = dict[str, Any]

KEPT_SECONDS = 86_400
SECRET = "X-Telegram-Bot-Api-Secret-Token"
_SLOWEST, _LONGEST_WAIT = 60, 3600
_ANSWER_SECONDS = 60
_NO_CHAT = -(10**15)


@dataclass(eq=False)
class Pending:
    """An update that is not acknowledged yet. `born` is when it came; `due` when a webhook gets it next."""

    update: Json
    born: float
    chat: int = 0
    due: float = 0.0
    delay: float = 0.0
    flying: bool = False
    again: bool = False  # brought once more though it was acknowledged
    over: bool = False


@dataclass(frozen=True)
class Knock:
    """What the webhook answered to one update; status 0: nobody was there."""

    update: Json
    status: int


@dataclass
class Hook:
    """Where updates are brought. `knocks` are all answers, oldest first."""

    now: Callable[[], float]
    url: str = ""
    secret: str = ""
    connections: int = 40
    knocks: list[Knock] = field(default_factory=list)
    trouble: str = ""
    troubled_at: int = 0
    in_order: bool = True
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    _chats: dict[int, deque[Pending]] = field(default_factory=lambda: defaultdict(deque))
    _plans: list[tuple[float, int, Pending]] = field(default_factory=list)
    _number: Iterator[int] = field(default_factory=count)
    _flying: int = 0
    _session: aiohttp.ClientSession | None = None

    def put(self, one: Pending) -> None:
        """Something new waits; it is brought when all of its chat before it was."""
        self._chats[one.chat].append(one)
        if self._chats[one.chat][0] is one:
            self._plan(one)

    def again(self, one: Pending) -> None:
        """Something is brought once more, past the queue of its chat."""
        self._chats[_NO_CHAT - next(self._number)].append(one)
        self._plan(one)

    def is_due(self) -> bool:
        """Whether something may be brought now."""
        self._forget_stale()
        return bool(self.url and self._flying < self.connections and self._plans and self._plans[0][0] <= self.now())

    def take(self) -> list[Pending]:
        """What is to be brought now, as many as there are connections left; all of it is marked as flying."""
        found: list[Pending] = []
        while self.is_due() and (self.in_order is False or len(found) < self.connections - self._flying):
            found.append(heapq.heappop(self._plans)[2])
        if not self.in_order:
            self.chance.shuffle(found)
        room = self.connections - self._flying
        for one in found[room:]:
            self._plan(one)
        for one in found[:room]:
            one.flying = True
        self._flying += len(found[:room])
        return found[:room]

    def next_due(self) -> float | None:
        """How many seconds until something is due; None where nothing waits, or nothing more can be brought."""
        self._forget_stale()
        full = self._flying >= self.connections
        return self._plans[0][0] - self.now() if self.url and self._plans and not full else None

    def hurry(self) -> None:
        """The pauses are over: whatever waits for its next try is due."""
        for _, _, one in self._plans:
            one.due = 0.0
        self._plans = [(0.0, number, one) for _, number, one in sorted(self._plans, key=lambda plan: plan[1])]
        heapq.heapify(self._plans)

    def forget(self, one: Pending) -> None:
        """Nobody waits for it any more."""
        one.over = True
        chat = self._chats.get(one.chat)
        if chat and one in chat:
            first = chat[0] is one
            chat.remove(one)
            if first and chat:
                self._plan(chat[0])

    def _plan(self, one: Pending) -> None:
        heapq.heappush(self._plans, (one.due, next(self._number), one))

    def _forget_stale(self) -> None:
        while self._plans and self._plans[0][2].over:
            heapq.heappop(self._plans)

    async def bring(self, one: Pending) -> bool:
        """Knock once with an update that is marked as flying; whether it was taken."""
        try:
            status, wait = await self.knock(one.update, self.secret)
        finally:
            one.flying = False
            self._flying -= 1
        if 200 <= status < 300:
            return True
        self.trouble, self.troubled_at = f"Wrong response from the webhook: {status}", int(self.now())
        pause = min(wait, _LONGEST_WAIT) or one.delay
        one.due = self.now() + (self.chance.uniform(_SLOWEST, 2 * _SLOWEST) if pause == _SLOWEST else pause)
        one.delay = min(max(1.0, 2 * one.delay), _SLOWEST)
        self._plan(one)
        return False

    async def knock(
        self, update: Json | None = None, secret: str | bytes | None = None, body: bytes | None = None
    ) -> tuple[int, float]:
        """Post an update (or any `body`) now, past every queue; the status, 0 where nobody is there, and Retry-After."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_ANSWER_SECONDS))
        said = secret.decode("utf-8", "surrogateescape") if isinstance(secret, bytes) else secret
        headers = {} if said is None else {SECRET: said}
        given = {"data": body} if body is not None else {"json": update}
        try:
            async with self._session.post(self.url, headers=headers, **given) as answer:
                await answer.read()
                status, wait = answer.status, float(answer.headers.get("Retry-After", 0))
        except (aiohttp.ClientError, OSError, TimeoutError):
            status, wait = 0, 0.0
        self.knocks.append(Knock(update or {}, status))
        return status, wait

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


@dataclass
class KillPoint:
    """Something that happens at the n-th call of a method: before it is done, or after it and before its answer."""

    act: Callable[[], object]
    calls_left: int
    after: bool


@dataclass
class Holds:
    """Methods that answer to nobody until they are let go: a slow server, without any time passing."""

    shut: dict[str, asyncio.Event] = field(default_factory=dict)
    waiting: dict[str, int] = field(default_factory=dict)

    @asynccontextmanager
    async def of(self, method: str) -> AsyncIterator[None]:
        self.shut[method] = asyncio.Event()
        try:
            yield
        finally:
            self.shut.pop(method).set()

    async def wait(self, method: str) -> None:
        self.waiting[method] = self.waiting.get(method, 0) + 1
        try:
            await self.shut[method].wait()
        finally:
            self.waiting[method] -= 1
