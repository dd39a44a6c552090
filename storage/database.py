"""A database as the store uses it: what differs between one file of SQLite and a PostgreSQL that processes share."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.ports import Leadership
from storage.work import Work


class Database(Protocol):
    """`writer` and `readers` give its connections; what the methods promise stands in bot.ports.Store."""

    shared: bool
    writer: AsyncEngine
    readers: AsyncEngine

    def writing(self) -> AbstractAsyncContextManager[Work]: ...

    def intake(self) -> AbstractAsyncContextManager[Work]: ...

    def claiming(self) -> AbstractAsyncContextManager[Work]: ...

    def reading(self) -> AbstractAsyncContextManager[Work]: ...

    def glance(self) -> AbstractAsyncContextManager[Work]: ...

    async def lead(self) -> Leadership | None: ...

    async def follow(self, told: Callable[[], None]) -> None: ...

    async def close(self) -> None: ...
