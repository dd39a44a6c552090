"""The programme that this run serves, with the changes that were made to it since its file was written."""

from __future__ import annotations

from bot.domain.department import RoutingTable
from bot.domain.errors import Refusal
from bot.domain.programme import Programme
from bot.ports import Transaction
from bot.programmes.load import Library


class Running:
    """Programme files plus recorded changes (a confirmed dialogue day, an extended window): what is in force now."""

    def __init__(self, library: Library, code: str) -> None:
        self._library = library
        self.code = code
        self._known: tuple[Programme, RoutingTable] | None = None

    async def programme(self, tx: Transaction) -> Programme:
        """The programme in force. Raises NotFound where no file has this code."""
        programme = self._library.get(self.code)
        for change in await tx.programmes.changes(self.code):
            if change.day is not None:
                programme = programme.on_day(change.day)
            if change.closes_at is not None:
                programme = programme.extended(change.closes_at)
        return programme

    async def view(self, tx: Transaction) -> tuple[Programme, RoutingTable]:
        """The programme in force and the directory as it stood for it."""
        programme = await self.programme(tx)
        if self._known is None or self._known[0] != programme:
            self._known = programme, programme.routing(self._library.directory)
        return self._known

    def elsewhere(self, code: str) -> tuple[Programme, RoutingTable] | None:
        """Another programme of the same database as its file says, and its directory; None where no file tells."""
        try:
            programme = self._library.get(code)
        except Refusal:
            return None
        return programme, programme.routing(self._library.directory)
