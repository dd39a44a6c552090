"""Personal data: what people asked about theirs, what is held of them, and how it goes for good."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Row, Select, Table, and_, delete, exists, func, or_, select, update

from bot.domain.message import Address, ChannelName
from bot.domain.person import Person
from bot.domain.privacy import REQUEST_PREFIX, Consent, Due, Erasure, Kept, Request, RequestKind, Sent
from bot.domain.submission import State, receipt_code
from bot.ports import Erased, Holding, RetentionRun
from storage.exports import is_begun
from storage.schema import (
    DONE,
    QUARANTINED,
    SENDING,
    WAITING,
    answer_news,
    answer_rows,
    asks,
    consent_texts,
    consents,
    erasures,
    exported,
    exports,
    history,
    history_texts,
    inbox,
    invitations,
    is_state,
    issues,
    news,
    outbox,
    people,
    privacy_requests,
    ratings,
    retention_runs,
    sessions,
    sign_ins,
    slip_photos,
    submissions,
)
from storage.work import Work, address_values, is_address, same_address

_NOBODY = {"channel": "", "bot": "", "chat": ""}
_AT_ONCE = 50  # pieces of text in one statement
_PASSING = ("words", "card", "list", "copy")  # kinds of the outbox of which nothing is needed once they are through


class Privacy:
    """See bot.ports.PrivacyTable."""

    def __init__(self, work: Work) -> None:
        self._work = work

    # -------------------------------------------------------------- requests

    async def ask(
        self,
        kind: RequestKind,
        source: str,
        at: datetime,
        due: Due,
        *,
        address: Address | None = None,
        about: str = "",
        words: str = "",
        asker: str = "",
        acknowledged: bool = True,
    ) -> Request:
        code = receipt_code(REQUEST_PREFIX, await self._work.next_number("request", ""))
        row = self._work.insert(privacy_requests).values(
            code=code,
            kind=kind.value,
            source=source,
            **(address_values(address) if address else _NOBODY),
            about=about,
            words=words,
            asker=asker,
            by="",
            outcome="",
            note="",
            received_at=at,
            reply_by=due.reply,
            done_by=due.done,
            acknowledged_at=at if acknowledged else None,
        )
        (stored,) = await self._work.rows(row.returning(privacy_requests))
        return _request(stored)

    async def request(self, code: str) -> Request | None:
        row = await self._work.first(select(privacy_requests).where(privacy_requests.c.code == code))
        return None if row is None else _request(row)

    async def requests(self, *, open_only: bool = False) -> list[Request]:
        found = select(privacy_requests).order_by(privacy_requests.c.id)
        if open_only:
            found = found.where(privacy_requests.c.done_at.is_(None)).order_by(None)
            found = found.order_by(privacy_requests.c.done_by, privacy_requests.c.id)
        return [_request(row) for row in await self._work.rows(found)]

    async def requests_of(self, address: Address) -> list[Request]:
        found = select(privacy_requests).where(is_address(privacy_requests, address)).order_by(privacy_requests.c.id)
        return [_request(row) for row in await self._work.rows(found)]

    async def reply_to(self, id_: int) -> Address | None:
        row = await self._work.first(select(privacy_requests).where(privacy_requests.c.id == id_))
        return Address(ChannelName(row.channel), row.bot, row.chat) if row is not None and row.chat else None

    async def acknowledge(self, id_: int, at: datetime) -> None:
        waits = (privacy_requests.c.id == id_) & privacy_requests.c.acknowledged_at.is_(None)
        await self._work.run(update(privacy_requests).where(waits).values(acknowledged_at=at))

    async def finish(self, id_: int, at: datetime, by: str, outcome: str, note: str = "") -> bool:
        waits = (privacy_requests.c.id == id_) & privacy_requests.c.done_at.is_(None)
        ended = {"done_at": at, "acknowledged_at": func.coalesce(privacy_requests.c.acknowledged_at, at)}
        gone = {**_NOBODY, "words": "", "about": "", "asker": ""}
        values = {**ended, **gone, "by": by, "outcome": outcome, "note": note}
        return bool(await self._work.erase(update(privacy_requests).where(waits).values(values)))

    # -------------------------------------------------------------- consents

    async def consented(self, person_id: int, version: int, at: datetime, words: str) -> None:
        digest = hashlib.sha256(words.encode()).hexdigest()
        text = self._work.insert(consent_texts).values(hash=digest, version=version, text=words, since=at)
        await self._work.run(text.on_conflict_do_nothing())
        row = {"person_id": person_id, "version": version, "text_hash": digest, "at": at}
        await self._work.run(self._work.insert(consents).values(row))

    async def consents(self, person_id: int) -> list[Consent]:
        joined = consents.outerjoin(consent_texts, consent_texts.c.hash == consents.c.text_hash)
        found = select(consents, consent_texts.c.text).select_from(joined).where(consents.c.person_id == person_id)
        rows = await self._work.rows(found.order_by(consents.c.id))
        return [Consent(row.version, row.at, row.withdrawn_at, row.text or "") for row in rows]

    async def withdraw_consent(self, person_id: int, at: datetime) -> None:
        theirs = (consents.c.person_id == person_id) & consents.c.withdrawn_at.is_(None)
        await self._work.run(update(consents).where(theirs).values(withdrawn_at=at))
        await self._work.run(update(people).where(people.c.id == person_id).values(consent_version=0))

    # -------------------------------------------------------------- what there is of somebody

    async def submissions_of(self, person_id: int) -> list[int]:
        whole = func.coalesce(submissions.c.whole_id, submissions.c.id)
        found = select(submissions.c.id).where(submissions.c.person_id == person_id)
        return [row.id for row in await self._work.rows(found.order_by(whole, submissions.c.part))]

    async def sent(self, ids: Collection[int]) -> list[Sent]:
        held = exported.join(exports, exports.c.id == exported.c.export_id)
        found = select(exported.c.submission_id, exports.c.number, exports.c.at, exported.c.lead).select_from(held)
        passed_on = exported.c.submission_id.in_(ids) & (exported.c.state == State.APPROVED.value) & ~is_begun()
        rows = await self._work.rows(found.where(passed_on).order_by(exports.c.at, exported.c.submission_id))
        return [Sent(row.submission_id, row.number, row.at, row.lead) for row in rows]

    async def everybody(self, after: int, limit: int) -> list[Person]:
        found = select(people).where(people.c.id > after).order_by(people.c.id).limit(limit)
        return [Person(**row._asdict()) for row in await self._work.rows(found)]

    async def chats(self) -> list[Address]:
        every: set[tuple[str, str, str]] = set()
        for table in (people, sessions, outbox, privacy_requests):
            where = and_(table.c.chat != "", table.c.kind != "file") if table is outbox else table.c.chat != ""
            found = select(table.c.channel, table.c.bot, table.c.chat).where(where).distinct()
            every |= {tuple(row) for row in await self._work.rows(found)}
        return [Address(ChannelName(channel), bot, chat) for channel, bot, chat in sorted(every)]

    # -------------------------------------------------------------- going for good

    async def forget_beside(self, ids: Collection[int], *, words: bool) -> None:
        entries = select(history.c.id).where(history.c.submission_id.in_(ids))
        await self._gone(delete(history_texts).where(history_texts.c.entry_id.in_(entries)))
        await self._gone(delete(news).where(news.c.submission_id.in_(ids)))
        await self._gone(update(ratings).where(ratings.c.submission_id.in_(ids)).values(words=""))
        if not words:
            return
        # Whoever typed a slip in may have written there whose it was.
        await self._gone(update(submissions).where(submissions.c.id.in_(ids)).values(source_label=""))
        unsaid = dict.fromkeys(("question", "answer", "covered_question", "covered_answer"), "")
        await self._gone(update(asks).where(asks.c.submission_id.in_(ids)).values(unsaid))
        await self._gone(update(exported).where(exported.c.submission_id.in_(ids)).values(hash="", salt=""))

    async def forget_wording(self, issue_id: int) -> None:
        entries = select(history.c.id).where(history.c.issue_id == issue_id)
        await self._gone(delete(history_texts).where(history_texts.c.entry_id.in_(entries)))
        await self._gone(update(issues).where(issues.c.id == issue_id).values(edited_text=""))
        await self._gone(update(answer_rows).where(answer_rows.c.issue_id == issue_id).values(question=""))

    async def is_written(self, piece: str) -> bool:
        holds = _holds(submissions.c.text, [piece])
        return await self._work.first(select(submissions.c.id).where(holds).limit(1)) is not None

    async def forget_mentions(self, pieces: Collection[str], *, waiting: bool = False) -> None:
        stays = (SENDING,) if waiting else (WAITING, SENDING)
        wanted = sorted(filter(None, pieces))
        for start in range(0, len(wanted), _AT_ONCE):  # each table is looked through once for all of them
            some = wanted[start : start + _AT_ONCE]
            in_json = [json.dumps(piece, ensure_ascii=False)[1:-1] for piece in some]
            said = (outbox.c.kind == "words") & _holds(outbox.c.words, in_json)
            await self._gone(delete(outbox).where(said, ~is_state(outbox.c.state, *stays)))
            await self._work.run(update(outbox).where(said).values(ephemeral=True))
            await self._gone(update(issues).where(_holds(issues.c.edited_text, some)).values(edited_text=""))
            former = _holds(history_texts.c.text, some) | _holds(history_texts.c.elsewhere, in_json)
            await self._gone(delete(history_texts).where(former))

    async def forget_chat(self, address: Address) -> None:
        here = (inbox.c.platform == address.channel.value) & (inbox.c.bot == address.bot)
        put_aside = here & (inbox.c.chat == address.chat) & is_state(inbox.c.state, QUARANTINED)
        await self._gone(update(inbox).where(put_aside).values(state=DONE, raw="", chat="", error=""))
        theirs = is_address(privacy_requests, address)
        await self._gone(update(privacy_requests).where(theirs).values({**_NOBODY, "words": "", "about": ""}))
        for table in (sessions, people):
            await self._gone(delete(table).where(is_address(table, address)))

    async def erased(self, done: Erased) -> None:
        row = {
            "request": done.request,
            "at": done.at,
            "by": done.by,
            "choice": done.choice.value,
            "reason": done.reason,
            "submissions": done.submissions,
            "mark": done.mark,
        }
        await self._work.run(self._work.insert(erasures).values(row))

    async def erasures(self) -> list[Erased]:
        rows = await self._work.rows(select(erasures).order_by(erasures.c.id))
        return [
            Erased(row.at, row.by, Erasure(row.choice), row.submissions, row.request, row.reason, row.mark)
            for row in rows
        ]

    # -------------------------------------------------------------- when its time is over

    async def idle(self, before: datetime, after: int, limit: int) -> list[Person]:
        touched = select(sessions.c.chat).where(same_address(sessions, people), sessions.c.touched_at >= before)
        still = (people.c.id > after) & (people.c.consented_at < before) & ~touched.exists()
        found = select(people).where(still).order_by(people.c.id).limit(limit)
        return [Person(**row._asdict()) for row in await self._work.rows(found)]

    async def last_told(self, person_id: int) -> datetime | None:
        told = answer_news.join(submissions, submissions.c.id == answer_news.c.submission_id)
        found = select(answer_news.c.at).select_from(told).where(submissions.c.person_id == person_id)
        at: datetime | None = await self._work.value(found.order_by(answer_news.c.at.desc()).limit(1))
        return at

    async def programmes(self) -> list[str]:
        found = select(submissions.c.programme).distinct().order_by(submissions.c.programme)
        return [row.programme for row in await self._work.rows(found)]

    async def worded(self, programme: str, after: int, limit: int) -> list[int]:
        own = (submissions.c.programme == programme) & (submissions.c.id > after)
        found = select(submissions.c.id).where(own).order_by(submissions.c.id).limit(limit)
        return [row.id for row in await self._work.rows(found)]

    async def overdue(self, kind: Kept, before: datetime) -> int:
        counted = select(func.count()).select_from(_TABLES[kind]).where(_over(kind, before))
        return int(await self._work.value(counted))

    async def expire(self, kind: Kept, before: datetime, limit: int) -> int:
        table = _TABLES[kind]
        (key,) = table.primary_key.columns
        some = select(key).where(_over(kind, before)).order_by(key).limit(limit)
        ids = [row[0] for row in await self._work.rows(some)]
        if not ids:
            return 0
        if kind is Kept.QUARANTINE:
            return await self._work.erase(update(inbox).where(key.in_(ids)).values(raw="", chat=""))
        return await self._work.erase(delete(table).where(key.in_(ids)))

    async def old_photos(self, before: datetime) -> list[tuple[int, str]]:
        old = (slip_photos.c.ended_at < before) & (slip_photos.c.file != "")
        rows = await self._work.rows(select(slip_photos.c.id, slip_photos.c.file).where(old).order_by(slip_photos.c.id))
        return [(row.id, row.file) for row in rows]

    async def forget_photo(self, id_: int) -> bool:
        own = slip_photos.c.id == id_
        file = await self._work.value(select(slip_photos.c.file).where(own))
        await self._work.erase(update(slip_photos).where(own).values(file="", file_id=""))
        shared = select(slip_photos.c.id).where(slip_photos.c.file == file).limit(1)
        return await self._work.first(shared) is None

    async def ran(self, run: RetentionRun) -> None:
        row = {"at": run.at, "kind": run.kind.value, "days": run.days, "times": run.count}
        await self._work.run(self._work.insert(retention_runs).values(row))

    async def runs(self, since: datetime | None = None) -> list[RetentionRun]:
        found = select(retention_runs).order_by(retention_runs.c.id)
        if since is not None:
            found = found.where(retention_runs.c.at >= since)
        return [RetentionRun(row.at, Kept(row.kind), row.days, row.times) for row in await self._work.rows(found)]

    # -------------------------------------------------------------- how much there is

    async def holdings(self) -> list[Holding]:
        found = []
        for name, counted in _HOLDINGS.items():
            row = await self._work.first(counted)
            assert row is not None, "a count is one row"
            found.append(Holding(name, int(row.times), row.oldest))
        return found

    async def consents_by_version(self) -> list[tuple[int, int, int]]:
        withdrawn = func.count(consents.c.withdrawn_at)
        counted = select(consents.c.version, func.count().label("times"), withdrawn.label("withdrawn"))
        rows = await self._work.rows(counted.group_by(consents.c.version).order_by(consents.c.version))
        return [(row.version, row.times, row.withdrawn) for row in rows]

    async def _gone(self, statement: Any) -> None:
        await self._work.erase(statement)


def _holds(column: ColumnElement[Any], pieces: Collection[str]) -> ColumnElement[bool]:
    """The words in a column hold one of these."""
    return or_(*(column.contains(piece, autoescape=True) for piece in pieces))


_TABLES: dict[Kept, Table] = {
    Kept.FORMER: history_texts,
    Kept.INBOX: inbox,
    Kept.QUARANTINE: inbox,
    Kept.OUTBOX: outbox,
    Kept.SIGN_INS: sign_ins,
    Kept.INVITATIONS: invitations,
    Kept.REQUESTS: privacy_requests,
}


def _over(kind: Kept, before: datetime) -> ColumnElement[bool]:
    """Which rows of a kind are kept no longer."""
    match kind:
        case Kept.FORMER:
            return history_texts.c.entry_id.in_(select(history.c.id).where(history.c.at < before))
        case Kept.INBOX:
            return (inbox.c.state == DONE) & (inbox.c.handled_at < before)
        case Kept.QUARANTINE:
            return is_state(inbox.c.state, QUARANTINED) & (inbox.c.handled_at < before) & (inbox.c.raw != "")
        case Kept.OUTBOX:
            # Whether an answer arrived is known from here as long as its asker is.
            told = exists().where(answer_news.c.outbox_id == outbox.c.id)
            through = outbox.c.handled_at.is_not(None) & (outbox.c.handled_at < before)
            return through & ~is_state(outbox.c.state, WAITING, SENDING) & outbox.c.kind.in_(_PASSING) & ~told
        case Kept.SIGN_INS:
            return sign_ins.c.created_at < before
        case Kept.INVITATIONS:
            return invitations.c.expires_at < before
        case Kept.REQUESTS:
            return privacy_requests.c.done_at.is_not(None) & (privacy_requests.c.done_at < before)
        case _:
            raise ValueError(kind)


def _count(table: FromClause, at: str, *where: ColumnElement[bool]) -> Select[Any]:
    columns: list[ColumnElement[Any]] = [func.count().label("times"), func.min(table.c[at]).label("oldest")]
    return select(*columns).select_from(table).where(*where)


_HOLDINGS: dict[str, Select[Any]] = {
    "people": _count(people, "consented_at"),
    "sessions": _count(sessions, "touched_at"),
    "drafts": _count(sessions, "touched_at", sessions.c.draft_open),
    "with_asker": _count(submissions, "received_at", submissions.c.person_id.is_not(None)),
    "without_asker": _count(submissions, "received_at", submissions.c.person_id.is_(None)),
    "private": _count(submissions, "received_at", submissions.c.private),
    "former": _count(history.join(history_texts, history_texts.c.entry_id == history.c.id), "history_at"),
    "asked_back": _count(asks, "asked_at", asks.c.answer != ""),
    "ratings": _count(ratings, "at", ratings.c.words != ""),
    "inbox_open": _count(inbox, "received_at", is_state(inbox.c.state, WAITING)),
    "inbox_done": _count(inbox, "received_at", inbox.c.state == DONE),
    "quarantine": _count(inbox, "received_at", is_state(inbox.c.state, QUARANTINED), inbox.c.raw != ""),
    "outbox": _count(outbox, "created_at", outbox.c.kind == "words"),
    "photos": _count(slip_photos, "sent_at", slip_photos.c.file != ""),
    "sign_ins": _count(sign_ins, "created_at"),
    "invitations": _count(invitations, "created_at"),
}


def _request(row: Row[Any]) -> Request:
    fields = row._asdict()
    for name in _NOBODY:
        del fields[name]
    return Request(**fields | {"kind": RequestKind(row.kind)})
