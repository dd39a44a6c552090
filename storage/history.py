"""History: what was done to each submission, by whom and when, and what happened to people's rights. Triggers in the
database refuse UPDATE and DELETE.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, Select, Text, case, cast, func, select, text

from bot.domain.audit import Break, Damage, Event, Head, Note, Record
from bot.domain.submission import (
    ASKER,
    MODERATOR_ACTIONS,
    SYSTEM,
    Action,
    HistoryEntry,
    Replaced,
    Standing,
    State,
)
from bot.ports import Walked
from storage.chain import BEGINNING, content_hash, instant, link, new_key
from storage.prepared import Prepared
from storage.schema import history, history_texts, submissions
from storage.work import Work

_standing: TypeAdapter[Standing] = TypeAdapter(Standing)
_elsewhere: TypeAdapter[tuple[Replaced, ...]] = TypeAdapter(tuple[Replaced, ...])
_COUNTER = ("history", "")
_DECISIONS = tuple(action.value for action in MODERATOR_ACTIONS)


_APPEND = Prepared(lambda insert: insert(history).returning(history.c.id))
_LAST_HASH = Prepared(lambda _: select(history.c.hash).order_by(history.c.id.desc()).limit(1))


class History:
    """See bot.ports.HistoryTable."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def add(self, entry: HistoryEntry) -> int:
        elsewhere = _elsewhere.dump_json(entry.elsewhere).decode() if entry.elsewhere else ""
        key = new_key() if entry.text_before or elsewhere else ""
        id_ = await self._append(_row(entry, _hashed(key, entry.text_before, elsewhere) if key else ""))
        if key:
            content = {"entry_id": id_, "text": entry.text_before, "key": key, "elsewhere": elsewhere}
            await self._work.run(self._work.insert(history_texts).values(content))
        return id_

    async def get(self, id_: int) -> HistoryEntry | None:
        about_a_submission = history.c.submission_id.is_not(None)
        row = await self._work.first(entries().where(history.c.id == id_, about_a_submission))
        return None if row is None else as_entry(row)

    async def of(self, submission_id: int) -> list[HistoryEntry]:
        found = entries().where(history.c.submission_id == submission_id).order_by(history.c.id)
        return [as_entry(row) for row in await self._work.rows(found)]

    async def ever_in(self, issue_id: int) -> list[int]:
        found = select(history.c.submission_id).where(history.c.issue_id == issue_id).distinct()
        return [row.submission_id for row in await self._work.rows(found.order_by(history.c.submission_id))]

    async def latest(self, programme: str, limit: int) -> list[HistoryEntry]:
        found = _decided(programme).order_by(history.c.id.desc()).limit(limit)
        return [as_entry(row) for row in await self._work.rows(found)]

    async def decided(self, programme: str, after: int, limit: int) -> list[HistoryEntry]:
        found = _decided(programme).where(history.c.id > after).order_by(history.c.id).limit(limit)
        return [as_entry(row) for row in await self._work.rows(found)]

    async def newest(self) -> int:
        last = select(history.c.id).where(history.c.submission_id.is_not(None)).order_by(history.c.id.desc())
        return await self._work.value(last.limit(1)) or 0

    async def touched(self, after: int, limit: int) -> list[tuple[int, int]]:
        changed = (history.c.id > after, history.c.submission_id.is_not(None))
        found = select(history.c.id, history.c.submission_id).where(*changed)
        rows = await self._work.rows(found.order_by(history.c.id).limit(limit))
        return [(row.id, row.submission_id) for row in rows]

    # -------------------------------------------------------------- the chain and what else stands in it

    async def note(self, note: Note) -> int:
        return await self._append(_note_row(note))

    async def head(self) -> Head:
        count = int(await self._work.value(select(func.count()).select_from(history)))
        return Head(count, await self._last_hash())

    async def walk(self, after: Walked, limit: int) -> Walked:
        # One more than is checked: whether an entry was altered or slipped in shows at the one that follows it.
        page = _links().where(history.c.id > after.id).order_by(history.c.id).limit(limit + 1)
        links = [_Link.read(row) for row in await self._work.rows(page)]
        walked, checked = _check(after, links, limit)
        if walked.broken is not None or len(links) > limit:
            return walked
        return await self._at_the_end(walked, checked)

    async def records(
        self, *, after: int, limit: int, code: str = "", by: str = "", since: datetime | None = None
    ) -> list[Record]:
        open_to_all = submissions.c.private.is_(False)
        codes = case((open_to_all, submissions.c.code), else_="").label("code")
        found = select(history, codes).outerjoin(submissions).where(history.c.id > after)
        if code:
            found = found.where((open_to_all & (submissions.c.code == code)) | (history.c.subject == code))
        if by:
            found = found.where(history.c.actor.icontains(by, autoescape=True))
        if since is not None:
            found = found.where(history.c.at >= since)
        return [_record(row) for row in await self._work.rows(found.order_by(history.c.id).limit(limit))]

    async def deeds(self, programme: str, actions: Collection[Action], events: Collection[Event]) -> list[Record]:
        own = (submissions.c.programme == programme) & ~submissions.c.private
        found = select(history, submissions.c.code).where(own)
        of_submissions = found.join(submissions).where(history.c.action.in_([one.value for one in actions]))
        # A note names what it is about by its code.
        of_codes = found.join(submissions, submissions.c.code == history.c.subject).where(
            history.c.submission_id.is_(None), history.c.action.in_([one.value for one in events])
        )
        rows = (*await self._work.rows(of_submissions), *await self._work.rows(of_codes))
        return [_record(row) for row in sorted(rows, key=lambda row: row.id)]

    async def _append(self, row: dict[str, Any]) -> int:
        if self._work.counts_itself:
            row["id"] = await self._work.next_number(*_COUNTER)
        row["hash"] = link(await self._last_hash() or BEGINNING, chained(row))
        return int(await self._work.value(_APPEND, row))

    async def _last_hash(self) -> str:
        return await self._work.value(_LAST_HASH) or ""

    async def _at_the_end(self, walked: Walked, last: _Link | None) -> Walked:
        """Nothing follows. Ids are counted, so it shows whether something did."""
        if await self._counted() > max(walked.id, 0):
            return replace(walked, broken=_break(Damage.CUT, last, max(walked.id, 0)), ended=True)
        return replace(walked, ended=True)

    async def go_on_after(self, id_: int) -> None:
        """Where ids are ours to count: the next entry gets a higher one."""
        await self._work.count_from(*_COUNTER, id_)

    async def _counted(self) -> int:
        """The highest id that was ever given."""
        if self._work.counts_itself:
            return await self._work.last_number(*_COUNTER)
        return await self._work.value(text("SELECT seq FROM sqlite_sequence WHERE name = 'history'")) or 0


def entries() -> Select[Any]:
    """Entries with what their change replaced, as far as it is still there."""
    replaced = (history_texts.c.text.label("text_before"), history_texts.c.elsewhere)
    kept = (func.coalesce(column, "").label(column.name) for column in replaced)
    return select(history, *kept).outerjoin(history_texts)


def _decided(programme: str) -> Select[Any]:
    """What people who moderate did, nothing about what is private."""
    by_people = history.c.actor.not_in((ASKER, SYSTEM)) & history.c.action.in_(_DECISIONS)
    of_programme = submissions.c.programme == programme
    joined = entries().join(submissions, submissions.c.id == history.c.submission_id)
    return joined.where(by_people, of_programme, ~submissions.c.private)


def as_entry(row: Row[Any]) -> HistoryEntry:
    """A row of `entries` as the heart knows it."""
    return HistoryEntry(
        row.submission_id,
        row.at,
        row.actor,
        Action(row.action),
        State(row.state_before) if row.state_before else None,
        State(row.state_after),
        row.reason,
        row.topic,
        row.text_before,
        row.issue_id,
        _standing.validate_json(row.standing) if row.standing else None,
        _elsewhere.validate_json(row.elsewhere) if row.elsewhere else (),
        row.id,
    )


def _hashed(key: str, text_before: str, elsewhere: str) -> str:
    """The hash of what an entry replaced; what it replaced elsewhere counts where there is any."""
    return content_hash(key, json.dumps([text_before, elsewhere]) if elsewhere else text_before)


def chained(row: dict[str, Any]) -> list[str | int | None]:
    """The fields of a row that its hash covers, in the order of the chain."""
    named = [row[name] for name in _CHAINED]
    return [named[0], instant(row["at"]), *named[1:]]


_CHAINED = (
    "submission_id",
    "actor",
    "action",
    "state_before",
    "state_after",
    "reason",
    "topic",
    "issue_id",
    "standing",
    "content_hash",
    "subject",
    "wanted",
)


def _row(entry: HistoryEntry, hashed: str) -> dict[str, Any]:
    return {
        "submission_id": entry.submission_id,
        "at": entry.at,
        "actor": entry.actor,
        "action": entry.action.value,
        "state_before": entry.before.value if entry.before else None,
        "state_after": entry.after.value,
        "reason": entry.reason,
        "topic": entry.topic,
        "issue_id": entry.issue_id,
        "standing": _standing.dump_json(entry.standing).decode() if entry.standing else "",
        "content_hash": hashed,
        "subject": "",
        "wanted": "",
    }


def _note_row(note: Note) -> dict[str, Any]:
    empty = dict.fromkeys(("submission_id", "state_before", "state_after", "issue_id"))
    return {
        **empty,
        "at": note.at,
        "actor": note.actor,
        "action": note.event.value,
        "reason": note.reason,
        "topic": "",
        "standing": "",
        "content_hash": "",
        "subject": note.subject,
        "wanted": note.wanted,
    }


def _record(row: Row[Any]) -> Record:
    state = (row.state_before or "", row.state_after or "")
    return Record(row.id, row.at, row.actor, row.action, row.code, row.subject, row.wanted, row.reason, *state)


# ------------------------------------------------------------------ walking along the chain


@dataclass(frozen=True, slots=True)
class _Link:
    """An entry as it is checked. Somebody may have put anything at all into the table, so nothing is taken for granted:
    `fields` is None where they cannot be what this program wrote.
    """

    id: int
    code: str
    at: datetime | None
    fields: list[str | int | None] | None
    hash: str
    content_hash: str
    kept: str | None
    elsewhere: str | None
    key: str | None

    @classmethod
    def read(cls, row: Row[Any]) -> _Link:
        at = _instant(row.written_at)
        named = row._asdict() | {"at": at}
        plain = at is not None and all(isinstance(named[name], str | int | None) for name in _CHAINED)
        fields = chained(named) if plain else None
        return cls(row.id, row.code or "", at, fields, row.hash, row.content_hash, row.kept, row.elsewhere, row.key)

    def follows(self, hashed: str) -> bool:
        """Whether it is the entry that was made when `hashed` was the newest hash."""
        return self.fields is not None and self.hash == link(hashed, self.fields)

    def text_fits(self) -> bool:
        """Whether the words beside it are those that it was made with; erased ones are no fault."""
        if self.kept is None or self.key is None:
            return True
        try:
            return self.content_hash == _hashed(self.key, self.kept, self.elsewhere or "")
        except (ValueError, TypeError, AttributeError):  # what is no key of ours
            return False

    @property
    def erased(self) -> bool:
        return bool(self.content_hash) and self.kept is None


def _check(after: Walked, links: Sequence[_Link], limit: int) -> tuple[Walked, _Link | None]:
    """How far the first `limit` links hold, and the last of them that does."""
    walked, last = replace(after, hashes=()), None
    for place, one in enumerate(links[:limit]):
        following = links[place + 1] if place + 1 < len(links) else None
        if damage := _damage(walked, one, following):
            return replace(walked, broken=_break(damage, one, one.id)), last
        walked = Walked(one.id, one.hash, walked.holds + 1, walked.erased + one.erased, (*walked.hashes, one.hash))
        last = one
    return walked, last


def _damage(walked: Walked, one: _Link, following: _Link | None) -> Damage | None:
    if one.follows(walked.hash or BEGINNING):
        return None if one.text_fits() else Damage.TEXT
    if one.id > max(walked.id, 0) + 1:
        return Damage.REMOVED
    slipped_in = one.id <= 0 or (following is not None and following.follows(walked.hash or BEGINNING))
    return Damage.INSERTED if slipped_in else Damage.ALTERED


def _break(damage: Damage, where: _Link | None, id_: int) -> Break:
    return Break(damage, id_, where.code if where else "", where.at if where else None)


def _links() -> Select[Any]:
    kept = (history_texts.c.text.label("kept"), history_texts.c.elsewhere, history_texts.c.key)
    beside = (submissions.c.code, *kept)
    # As it is written and not as an instant: what somebody put there may be none.
    columns = [column for column in history.c if column is not history.c.at]
    found = select(*columns, cast(history.c.at, Text).label("written_at"), *beside)
    return found.outerjoin(submissions, submissions.c.id == history.c.submission_id).outerjoin(
        history_texts, history_texts.c.entry_id == history.c.id
    )


def _instant(written: str | None) -> datetime | None:
    try:
        at = datetime.fromisoformat(written or "")
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
