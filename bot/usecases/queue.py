"""What a board in a browser reads: the queue narrowed as somebody asks for it, issues to join, and a card's history.

A list is places (id, version, code) without words, so that thousands cost milliseconds; cards are read as they are
shown.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.department import UNCLASSIFIED, RoutingTable
from bot.domain.role import By
from bot.domain.submission import State, Submission, parse_receipt_code, receipt_code
from bot.domain.text import fold
from bot.ports import Clock, Led, Place, Share, Sought, Store, Transaction, Word
from bot.usecases.cards import CardFacts, Cards
from bot.usecases.running import Running

UNCLEAR, NOBODY = "?", "-"  # in the place of a department: it is not clear whose, or it is nobody's
_MOST = 10_000  # places of a list; a programme has some thousands
_LISTED = tuple(state for state in State if state is not State.JOINED)  # what is in its whole again is no entry
_TARGETS = 12  # issues that a search shows
_LOOKED_THROUGH = 200  # submissions that such a search reads for them


@dataclass(frozen=True, slots=True)
class Wish:
    """How the queue is narrowed. `state` None is every state; `department` an id, UNCLEAR or NOBODY; `days`: it came
    that long ago or longer; `assignee` a moderator's name; `text` words or a receipt code, in any spelling.
    """

    state: State | None = None
    department: str = ""
    topic: str = ""
    unit: str = ""
    days: int = 0
    assignee: str = ""
    text: str = ""
    private: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """A department, topic or unit to narrow by, and how many the state that is looked at has of it."""

    id: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class View:
    """The queue as it is narrowed. `total` is how many its state has; `private` how many private ones wait, None for
    whoever may not know.
    """

    places: tuple[Place, ...]
    total: int
    counts: dict[State, int]
    private: int | None
    departments: tuple[Count, ...]
    topics: tuple[Count, ...]
    units: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """An issue that may be joined: its words as they stand, who leads it, and the submissions that are in it."""

    issue: int
    code: str
    text: str
    department: str
    members: tuple[str, ...]


class Queue:
    """Reads for boards."""

    def __init__(self, store: Store, clock: Clock, running: Running, cards: Cards) -> None:
        self._store = store
        self._clock = clock
        self._running = running
        self._cards = cards

    async def look(self, wish: Wish, by: By) -> View:
        """The list that fits a wish. What is private is there for whoever may see it alone."""
        async with self._store.reading() as tx:
            _, routing = await self._running.view(tx)
            code = self._running.code
            private = await tx.submissions.private(code) if by.sees_private else []
            counts = await tx.submissions.counts(code)
            states = Sought((wish.state,) if wish.state else _LISTED)
            shares = [] if wish.private else await tx.submissions.spread(code, states)
            places = _places(private) if wish.private else await self._found(tx, wish, routing)
        return View(
            places=tuple(places),
            total=len(private) if wish.private else sum(share.count for share in shares),
            counts=counts,
            private=sum(one.state is State.WAITING for one in private) if by.sees_private else None,
            departments=_departments(shares, routing),
            topics=_counted([(share.topic, routing.topic_name(share.topic), share.count) for share in shares]),
            units=_counted([(share.unit, share.unit, share.count) for share in shares]),
        )

    async def _found(self, tx: Transaction, wish: Wish, routing: RoutingTable) -> list[Place]:
        sought = Sought(
            states=(wish.state,) if wish.state else _LISTED,
            led=_led(wish.department, routing) if wish.department else None,
            topic=wish.topic,
            unit=wish.unit,
            assignee=wish.assignee,
            until=self._clock.now() - timedelta(days=wish.days) if wish.days else None,
            words=_words(wish.text, routing),
        )
        return await tx.submissions.places(self._running.code, sought, limit=_MOST)

    async def cards(self, ids: Collection[int], by: By) -> list[CardFacts]:
        """The cards of these submissions, as far as they are there for whoever asks, in any order."""
        async with self._store.reading() as tx:
            view = await self._running.view(tx)
            found = await tx.submissions.some(ids)
            if by.sees_private:
                found += [one for one in await tx.submissions.private(self._running.code) if one.id in ids]
            mine = [one for one in found if one.programme == self._running.code]
            return [(await self._cards.read(tx, submission, *view)).seen_by(by) for submission in mine]

    async def targets(self, text: str, without: int | None = None) -> list[Target]:
        """Issues that hold something with these words (or this code), at most _TARGETS; `without` is left out."""
        async with self._store.reading() as tx:
            _, routing = await self._running.view(tx)
            sought = Sought(states=(State.APPROVED,), words=_words(text, routing))
            found = await tx.submissions.matching(self._running.code, sought, limit=_LOOKED_THROUGH)
            ids = [one.issue_id for one in found if one.issue_id is not None and one.issue_id != without]
            return [await _target(tx, id_, routing) for id_ in list(dict.fromkeys(ids))[:_TARGETS]]


async def _target(tx: Transaction, issue_id: int, routing: RoutingTable) -> Target:
    issue = await tx.issues.get(issue_id)
    members = await tx.submissions.of_issue(issue_id)
    assert issue is not None, "a submission refers to it"
    text = issue.edited_text or members[0].shown
    return Target(issue.id, members[0].code, text, routing.name(issue.lead), tuple(one.code for one in members))


def _places(submissions: Sequence[Submission]) -> list[Place]:
    return [Place(one.id, one.version, one.code) for one in submissions]


# ------------------------------------------------------------------ whose, and which words


def body_of(share: Share, routing: RoutingTable) -> str:
    """The department of a share, UNCLEAR or NOBODY."""
    if not share.alone:
        return share.lead or UNCLEAR
    route = routing.route(share.topic)
    return route.lead or (UNCLEAR if route.unassigned or share.topic == UNCLASSIFIED else NOBODY)


def _led(department: str, routing: RoutingTable) -> Led:
    """What body_of finds for a department, the other way round."""
    topics = (UNCLASSIFIED, *routing.routes)
    fitting = tuple(code for code in topics if body_of(Share(code, "", True, None, 0), routing) == department)
    leads: dict[str, tuple[str | None, ...]] = {UNCLEAR: (None,), NOBODY: ()}
    return Led(leads.get(department, (department,)), fitting)


def _words(text: str, routing: RoutingTable) -> tuple[Word, ...]:
    """The words of a search. A code in any spelling is one word; topics and their departments are found by name."""
    code = parse_receipt_code(text)
    if code is not None:
        return (Word(fold(receipt_code(*code))),)
    names = {
        topic: fold(f"{routing.topics[topic].name} {routing.name(route.lead)}")
        for topic, route in routing.routes.items()
    }
    return tuple(
        Word(word, tuple(topic for topic, name in names.items() if word in name)) for word in fold(text).split()
    )


def _departments(shares: Sequence[Share], routing: RoutingTable) -> tuple[Count, ...]:
    bodies = [(body_of(share, routing), share.count) for share in shares]
    return _counted([(id_, "" if id_ in (UNCLEAR, NOBODY) else routing.name(id_), count) for id_, count in bodies])


def _counted(rows: Sequence[tuple[str, str, int]]) -> tuple[Count, ...]:
    """Rows (id, name, count) added up, in order of names without accents."""
    names = {id_: name for id_, name, _ in rows if id_}
    sums = dict.fromkeys(names, 0)
    for id_, _, count in rows:
        if id_:
            sums[id_] += count
    return tuple(Count(id_, names[id_], sums[id_]) for id_ in sorted(names, key=lambda one: fold(names[one])))
