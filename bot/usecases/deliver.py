"""The deliverer: hands over what the outbox holds, at the pace that each platform allows.

The only place that knows platform limits: one message a second in a chat, about twenty a minute in a group, some
thirty a second over all, and whatever the platform itself asks for (retry_after). Telegram Bots FAQ, "My bot is
hitting limits". People go before boards: nobody waits for a receipt because cards are being drawn.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from bot.domain.errors import DeliveryError, NotFound, Shut
from bot.domain.message import Address, ChannelName, Words
from bot.ports import Board, Channel, Clock, DataFile, OutboxRow, Store
from bot.texts.keys import Key
from bot.usecases import shelves
from bot.usecases.boards import TRY_AGAIN, Boards
from bot.usecases.cards import Cards
from bot.usecases.hands import Hands
from bot.usecases.lists import Lists
from bot.usecases.post import PARCELS, Post
from bot.usecases.pulse import Pulse
from bot.usecases.tally import Tally
from bot.usecases.tasks import keep_stepping, until_kept
from bot.usecases.trail import following
from bot.usecases.voice import Voice
from bot.usecases.work import PAUSES

_log = logging.getLogger(__name__)

_LOOK_AGAIN = 0.5
_AT_ONCE = 10
_SPARE = 3
_STUCK = 420.0  # seconds: a file on a slow line takes its time


@dataclass(slots=True)
class Bucket:
    """Room for `size` messages that refills at `rate` a second."""

    size: float
    rate: float
    level: float = field(init=False)
    at: float = field(init=False)

    def __post_init__(self) -> None:
        self.level, self.at = self.size, float("-inf")

    def ready(self, now: float, least: float = 1) -> bool:
        self._refill(now)
        return self.level >= least

    def take(self, now: float) -> None:
        self._refill(now)
        self.level -= 1

    def drain_until(self, instant: float) -> None:
        """Nothing goes out before `instant`."""
        self.level, self.at = 0.0, instant - 1 / self.rate

    def _refill(self, now: float) -> None:
        if now > self.at:
            grown = self.level + (now - max(self.at, now - self.size / self.rate)) * self.rate
            self.level, self.at = min(self.size, grown), now


class Pace:
    """Who may be written to now. `groups` are chats with the stricter limit; the web page has none.

    Over all never more than thirty go out in any second: six at once, and twenty-four that grow again. The last ones
    are for people: a group gets nothing while few are left.
    """

    def __init__(self, groups: Collection[Address], tick: Callable[[], float] = time.monotonic) -> None:
        self._groups = groups
        self._tick = tick
        self._all = Bucket(size=6, rate=24)
        self._chats: dict[Address, Bucket] = {}

    def ready(self, address: Address) -> bool:
        if address.channel in PARCELS:
            return False  # the post takes them
        if address.channel is ChannelName.WEB:
            return True
        least = _SPARE if address in self._groups else 1
        return self._all.ready(self._tick(), least) and self._bucket(address).ready(self._tick())

    def take(self, address: Address) -> bool:
        """Whether this chat may be written to now; if so it is counted as done."""
        if not self.ready(address):
            return False
        self.spent(address)
        return True

    def spent(self, address: Address) -> None:
        if address.channel is not ChannelName.WEB:
            self._all.take(self._tick())
            self._bucket(address).take(self._tick())

    def blocked(self, address: Address, seconds: float) -> None:
        """The platform asked for a pause in this chat."""
        self._bucket(address).drain_until(self._tick() + seconds)

    def _bucket(self, address: Address) -> Bucket:
        if address not in self._chats:
            group = address in self._groups
            self._chats[address] = _group_bucket() if group else Bucket(size=3, rate=1)
        return self._chats[address]


def _group_bucket() -> Bucket:
    """A burst of four and then one message every four seconds: never more than twenty in any minute."""
    return Bucket(size=4, rate=15 / 60)


@dataclass(frozen=True, slots=True)
class _Lane:
    """Some of the chats, and the hands that write to them."""

    name: str
    takes: Callable[[Address], bool]
    hands: Hands


class Deliverer:
    """Claims due rows, speaks through the channels and boards, and records what became of each."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        pulse: Pulse,
        voice: Voice,
        cards: Cards,
        channels: Mapping[ChannelName, Channel],
        boards: Boards,
        lists: Lists,
        tick: Callable[[], float] = time.monotonic,
        post: Post | None = None,
        tally: Tally | None = None,
        copies: Callable[[Address], Awaitable[DataFile | None]] | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._news = pulse.of("outbox")
        # Boards have a lane of their own: a slow card, or a large file, holds up no receipt.
        self._lanes = (
            self._lane("delivering to people", lambda address: address not in self._boards),
            self._lane("delivering to boards", lambda address: address in self._boards),
        )
        self._voice = voice
        self._cards = cards
        self._lists = lists
        self._channels = channels
        self._boards = boards
        self._pace = Pace(boards, tick)
        self._post = post
        self._tally = tally or Tally()
        self._copies = copies

    async def run(self) -> None:
        """Deliver until cancelled; rows that a dead process was sending are taken up first."""
        async with self._store.transaction() as tx:
            await tx.outbox.recover()
        # The post begins after that: what it has taken up by then is its own.
        others = [self._post.run()] if self._post else []
        await asyncio.gather(*(self._keep_delivering(lane) for lane in self._lanes), *others)

    async def step(self) -> bool:
        """Deliver what may go out now, to people first; False where there was nothing."""
        done = False
        for lane in self._lanes:
            done = await self._begin(lane) or done
            await lane.hands.rest()
        return done

    def _lane(self, name: str, takes: Callable[[Address], bool]) -> _Lane:
        return _Lane(name, takes, Hands(_AT_ONCE, self._news, name, _STUCK))

    async def _keep_delivering(self, lane: _Lane) -> None:
        try:
            await keep_stepping(lambda: self._begin(lane), self._news, _LOOK_AGAIN, lane.name, within=_STUCK)
        finally:
            await lane.hands.drop()

    async def _begin(self, lane: _Lane) -> bool:
        """Take in hand what may go out now."""
        if not lane.hands.free:
            return False
        async with self._store.glance() as tx:
            if not await tx.outbox.is_due(
                self._clock.now(), lambda address: lane.takes(address) and self._pace.ready(address)
            ):
                return False
        async with self._store.transaction() as tx:
            rows = await tx.outbox.claim(
                self._clock.now(),
                lambda address: lane.takes(address) and self._pace.take(address),
                limit=lane.hands.free,
            )
        for row in rows:
            lane.hands.take(row.id, self._follow(row))
        return bool(rows)

    async def _follow(self, row: OutboxRow) -> None:
        about = {"submission": row.submission_id} if row.submission_id is not None else {}
        with following(outbox=row.id, **about):
            await self._deliver(row)

    async def _deliver(self, row: OutboxRow) -> None:
        try:
            message_id = await self._hand_over(row)
        except DeliveryError as fault:
            failed = fault  # the name in "as" is gone at the end
            await until_kept(row.id, lambda: self._not_delivered(row, failed))
        except NotFound:
            await until_kept(row.id, lambda: self._settle(row, ""))  # thẻ của một câu không còn nữa: không có gì để vẽ
        except Exception as fault:  # noqa: BLE001 - one row must not stop the others
            # A fault of our own will not mend itself: after the usual tries the row makes room for those behind it.
            _log.error("outbox row %s failed with %s", row.id, type(fault).__name__)
            broken = DeliveryError(type(fault).__name__, permanent=row.tries >= len(PAUSES))
            await until_kept(row.id, lambda: self._not_delivered(row, broken))
        else:
            await until_kept(row.id, lambda: self._settle(row, message_id))

    async def _hand_over(self, row: OutboxRow) -> str:
        board = self._boards.get(row.address)
        if row.kind == "card":
            return await self._card(row, board)
        if row.kind == "list":
            return await self._list(row, board)
        words = self._marked(row)
        if row.kind == "file":
            if board is None or row.file is None:
                raise DeliveryError("NoBoard", permanent=True)
            return await board.send_file(row.address.chat, Path(row.file), words.text)
        if board is not None:
            shelf = shelves.named(row.shelf, self._voice) if row.shelf else None
            return await board.tell(row.address.chat, words, thread=row.thread, shelf=shelf)
        channel = self._channels.get(row.address.channel)
        if channel is None:
            raise DeliveryError("NoChannel")
        if row.kind == "copy":
            return await self._copy(row, channel)
        return await channel.say(row.address.chat, words)

    async def _copy(self, row: OutboxRow, channel: Channel) -> str:
        """Made only now, so that it lies nowhere; nothing is sent to somebody who was forgotten meanwhile."""
        made = await self._copies(row.address) if self._copies else None
        if made is None:
            raise DeliveryError("NothingKept", permanent=True)
        return await channel.hand_over(row.address.chat, made)

    async def _card(self, row: OutboxRow, board: Board | None) -> str:
        if board is None or row.submission_id is None:
            raise DeliveryError("NoBoard")
        async with self._store.reading() as tx:
            shown = next(
                (card for card in await tx.board.of_submission(row.submission_id) if card.address == row.address), None
            )
            if shown is None:
                raise NotFound(Key.REFUSE_STALE_BUTTON)
            card = await self._cards.draw(tx, row.submission_id, shown)
        message_id = await board.show(card, shown)
        if shown.former or shown.message_id not in (None, message_id):
            self._pace.spent(row.address)  # the message that showed it before was changed as well
        async with self._store.transaction() as tx:
            # A message that stayed where it is, though its card belongs elsewhere by now, moves another time.
            placed = message_id != shown.message_id or not shown.shelf
            shelf = card.shelf.id if card.shelf and placed else shown.shelf
            await tx.board.shown(shown.id, message_id, shelf, shown.nonce)
        return message_id

    async def _list(self, row: OutboxRow, board: Board | None) -> str:
        if board is None or row.list_id is None:
            raise DeliveryError("NoBoard")
        async with self._store.reading() as tx:
            shown = await tx.lists.get(row.list_id)
            if shown is None:
                raise NotFound(Key.REFUSE_STALE_BUTTON)
            named = await self._lists.draw(tx, shown)
        async with self._store.transaction() as tx:
            # First it is on record what the message names, then it is drawn: whoever sets something apart meanwhile
            # has it drawn anew.
            await tx.lists.names(shown.id, named.submissions)
        async with self._store.reading() as tx:
            drawn = await self._lists.draw(tx, shown)
        message_id = await board.show_list(drawn, shown)
        async with self._store.transaction() as tx:
            await tx.lists.shown(shown.id, message_id, drawn.submissions)
        return message_id

    def _marked(self, row: OutboxRow) -> Words:
        """Words that may have been sent already before a crash say so."""
        words = row.words or Words("")
        again = self._voice.text(Key.RESENT_MARK) if row.repeats else ""
        return Words(again + words.text, words.choices)

    async def _settle(self, row: OutboxRow, message_id: str) -> None:
        async with self._store.transaction() as tx:
            await tx.outbox.sent(row.id, self._clock.now(), message_id)
            if message_id and row.address in self._boards:
                await self._boards.opened(tx, row.address)

    async def _not_delivered(self, row: OutboxRow, fault: DeliveryError) -> None:
        self._tally.refusal(fault)
        if fault.retry_after is not None:
            self._pace.blocked(row.address, fault.retry_after)
        if fault.shut is not None and row.address in self._boards:
            await self._wait(row, fault, fault.shut)
            return
        if fault.prepared:
            async with self._store.transaction() as tx:
                await tx.outbox.later(row.id, self._clock.now(), fault.reason)
            return
        pause = PAUSES[min(row.tries, len(PAUSES) - 1)]
        if fault.retry_after is not None:
            pause = timedelta(seconds=fault.retry_after)
        _log.warning("outbox row %s not delivered: %s (try %s)", row.id, fault.reason, row.tries + 1)
        if fault.moved_to is not None and await self._boards.moved(row.address, fault.moved_to):
            pause = timedelta()
        async with self._store.transaction() as tx:
            if fault.permanent:
                await tx.outbox.failed(row.id, self._clock.now(), fault.reason, shut=fault.shut is not None)
            else:
                await tx.outbox.later(row.id, self._clock.now() + pause, fault.reason)

    async def _wait(self, row: OutboxRow, fault: DeliveryError, why: Shut) -> None:
        """The moderators' chat takes nothing: nothing for it is lost, and one row asks now and then."""
        async with self._store.transaction() as tx:
            await self._boards.shut(tx, row.address, why)
            await tx.outbox.later(row.id, self._clock.now() + TRY_AGAIN, fault.reason)
