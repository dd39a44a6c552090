"""Everything that is kept of one person, for that person: gathered when it is handed over, and lying nowhere before.

Officials stand in it as what they are, not by name; what was decided about a private submission is told like the rest.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from bot.conversation.session import Session
from bot.domain.answer import AnswerState
from bot.domain.message import Address
from bot.domain.person import Person
from bot.domain.submission import ASKER, SYSTEM, HistoryEntry, State, Submission
from bot.ports import Clock, DataFile, Store, Transaction
from bot.texts.keys import Key
from bot.usecases.running import Running
from bot.usecases.voice import Voice

_ACTORS = {ASKER: Key.COPY_YOURSELF, SYSTEM: Key.COPY_MACHINE}


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and, below it, what there is: (label, value); "" as label goes on with the one above."""

    title: str
    rows: tuple[tuple[str, str], ...]


class DataCopy:
    """Makes copies."""

    def __init__(self, store: Store, clock: Clock, voice: Voice, running: Running) -> None:
        self._store = store
        self._clock = clock
        self._voice = voice
        self._running = running

    async def __call__(self, address: Address) -> DataFile | None:
        """None where nothing is kept of whoever writes from there."""
        async with self._store.reading() as tx:
            person = await tx.people.get(address)
            if person is None:
                return None
            programme = await self._running.programme(tx)
            sections = [section async for section in self._sections(tx, person, address)]
        say, now, contact = self._voice.text, self._clock.now(), programme.contact
        made = say(Key.COPY_MADE, at=now, controller=contact.controller, contact=contact.contact)
        rights = Section(say(Key.COPY_RIGHTS), (("", say(Key.COPY_RIGHTS_TEXT, contact=contact.contact)),))
        whole = (*sections, rights)
        title = self._voice.marked(say(Key.COPY_TITLE))
        return DataFile(
            say(Key.COPY_FILE),
            _as_html(title, made, whole),
            _as_text(title, made, whole),
            say(Key.DATA_CAPTION, at=now),
        )

    async def _sections(self, tx: Transaction, person: Person, address: Address) -> AsyncIterator[Section]:
        yield await self._about(tx, person, address)
        ids = await tx.privacy.submissions_of(person.id)
        for id_ in ids:
            submission = await tx.submissions.get(id_)
            if submission is not None and submission.state is not State.JOINED:
                yield await self._submission(tx, submission)
        if requests := await self._requests(tx, address):
            yield Section(self._voice.text(Key.COPY_REQUESTS), tuple(("", line) for line in requests))
        said = [(self._when(one.at), one.words.text) for one in await tx.said(address, 0)]
        if said:
            yield Section(self._voice.text(Key.COPY_SAID), tuple(said))

    async def _about(self, tx: Transaction, person: Person, address: Address) -> Section:
        say = self._voice.text
        group = self._voice.catalogue.section("group").get(person.youth_group, "") or say(Key.COPY_UNSAID)
        channel = self._voice.catalogue.section("source").get(address.channel.value, address.channel.value)
        rows = [
            (say(Key.COPY_CHANNEL), say(Key.COPY_CHAT, channel=channel, chat=address.chat)),
            (say(Key.COPY_UNIT), person.unit or say(Key.COPY_UNSAID)),
            (say(Key.COPY_GROUP), group),
        ]
        label = say(Key.COPY_CONSENTS)
        for consent in await tx.privacy.consents(person.id):
            values = {"version": consent.version, "at": consent.at, "withdrawn": consent.withdrawn_at}
            key = Key.COPY_CONSENT_WITHDRAWN if consent.withdrawn_at else Key.COPY_CONSENT
            rows += [(label, say(key, **values)), *([("", consent.words)] if consent.words else ())]
        stored = await tx.sessions.get(address)
        if stored and (draft := Session.from_json(stored).draft):
            rows.append((say(Key.COPY_DRAFT), draft))
        return Section(say(Key.COPY_YOU), tuple(rows))

    async def _requests(self, tx: Transaction, address: Address) -> list[str]:
        lines = []
        for one in await tx.privacy.requests_of(address):
            kind = self._voice.text(Key(f"request.{one.kind.value}"))
            key = Key.COPY_REQUEST_DONE if one.done_at else Key.COPY_REQUEST_OPEN
            values = {"code": one.code, "kind": kind, "at": one.received_at, "due": one.done_by, "done": one.done_at}
            lines.append(self._voice.text(key, **values))
            lines += [one.words] if one.words else []
        return lines

    # -------------------------------------------------------------- one submission

    async def _submission(self, tx: Transaction, one: Submission) -> Section:
        say = self._voice.text
        title = say(Key.COPY_PART if one.part else Key.COPY_SUBMISSION, code=one.code)
        entries = await tx.history.of(one.id)
        rows = [
            (say(Key.COPY_STATE), self._state(one)),
            (say(Key.COPY_SENT_AT), self._when(one.typed_at)),
            (say(Key.COPY_TEXT), one.text),
            *([(say(Key.COPY_SHOWN), one.shown_text)] if one.shown_text else ()),
            *((say(Key.COPY_FORMER), entry.text_before) for entry in entries if _is_own_edit(entry)),
        ]
        for ask in await tx.asks.of([one.id]):
            if ask.told_at is not None:
                rows += [
                    (say(Key.COPY_ASKED), ask.question),
                    *([(say(Key.COPY_ANSWERED), ask.answer)] if ask.answer else ()),
                ]
        rows += await self._shared(tx, one)
        rows += await self._answers(tx, one)
        rows += _under(say(Key.COPY_HISTORY), (self._deed(entry) for entry in entries))
        return Section(title, tuple(rows))

    def _state(self, one: Submission) -> str:
        section = "private_state" if one.private else "state"
        state = self._voice.catalogue.section(section).get(one.state.value, one.state.value)
        reason = self._voice.reason(one.reason or one.body)
        return f"{state} ({reason})" if reason and not one.private else state

    async def _shared(self, tx: Transaction, one: Submission) -> list[tuple[str, str]]:
        """To which departments, by which file: the first that named each."""
        _, routing = await self._running.view(tx)
        label, somebody = self._voice.text(Key.COPY_SHARED), self._voice.text(Key.COPY_NOBODY_YET)
        found: dict[str, str] = {}
        for sent in await tx.privacy.sent([one.id]):
            department = routing.name(sent.lead) or somebody
            values = {"department": department, "number": sent.number, "at": sent.at}
            found.setdefault(department, self._voice.text(Key.COPY_SHARED_IN, **values))
        return _under(label, found.values() or [self._voice.text(Key.COPY_NOT_SHARED)])

    async def _answers(self, tx: Transaction, one: Submission) -> list[tuple[str, str]]:
        if one.issue_id is None:
            return []
        rows: list[tuple[str, str]] = []
        for answer in await tx.answers.of_issue(one.issue_id):
            if answer.state is not AnswerState.RELEASED:
                continue
            rows.append((self._voice.text(Key.COPY_ANSWER), answer.body.text))
            rating = await tx.answer_news.rating(answer.id, one.id)
            if rating is not None:
                opinion = self._voice.text(Key.B_RATE_YES if rating.good else Key.B_RATE_NO)
                rows.append((self._voice.text(Key.COPY_RATED), ": ".join(filter(None, (opinion, rating.words)))))
        return rows

    def _deed(self, entry: HistoryEntry) -> str:
        by = self._voice.text(_ACTORS.get(entry.actor, Key.COPY_MODERATOR))
        what = self._voice.text(Key(f"trace.{entry.action.value}"))
        return self._voice.text(Key.COPY_DEED, at=entry.at, what=what, by=by)

    def _when(self, at: datetime) -> str:
        return f"{at:%H:%M %d/%m/%Y}"


def _is_own_edit(entry: HistoryEntry) -> bool:
    return entry.actor == ASKER and bool(entry.text_before)


def _under(label: str, values: Iterable[str]) -> list[tuple[str, str]]:
    return [(label if not place else "", value) for place, value in enumerate(values)]


# ------------------------------------------------------------------ the two forms

_LOOK = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:auto;padding:1rem;color:#1d2433;background:#fff}"
    "h1{font-size:1.5rem}h2{font-size:1.15rem;margin:2rem 0 .5rem;border-bottom:1px solid #cbd2e0}"
    "dt{color:#566079;margin-top:.6rem}dd{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}"
    "@media(prefers-color-scheme:dark){body{color:#e8ebf2;background:#151a24}dt{color:#9aa5bd}h2{border-color:#333c4f}}"
)


def _as_html(title: str, made: str, sections: Sequence[Section]) -> bytes:
    """One file without scripts and without anything from elsewhere; every word of people is escaped."""
    body = "".join(
        f"<h2>{escape(one.title)}</h2><dl>{''.join(_row_as_html(*row) for row in one.rows)}</dl>" for one in sections
    )
    head = (
        '<!doctype html><html lang="vi"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="robots" content="noindex"><meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    )
    page = (
        f"{head}<title>{escape(title)}</title><style>{_LOOK}</style><h1>{escape(title)}</h1><p>{escape(made)}</p>{body}"
    )
    return page.encode("utf-8", "replace")


def _row_as_html(label: str, value: str) -> str:
    named = f"<dt>{escape(label)}</dt>" if label else ""
    return f"{named}<dd>{escape(value)}</dd>"


def _as_text(title: str, made: str, sections: Sequence[Section]) -> str:
    lines = [title, made]
    for one in sections:
        lines += ["", one.title.upper(), *(f"{label}: {value}" if label else value for label, value in one.rows)]
    return "\n".join(lines)
