"""Every table, once, for SQLite and PostgreSQL alike. The migrations must lead to exactly this (a test compares).

A change here needs a new revision in storage/migrations/versions. Instants are kept in UTC; words, JSON lists and the
session's state are TEXT, because nobody searches inside them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Boolean,
    Column,
    ColumnElement,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    literal_column,
    text,
    type_coerce,
)
from sqlalchemy import (
    Integer as SqlInteger,
)

from bot.domain.deadline import VIETNAM


class Instant(TypeDecorator[datetime]):
    """An aware datetime: stored as UTC, given back in Asia/Ho_Chi_Minh. A naive one is refused with ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError("a naive datetime has no place in the database: which zone is it in?")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)  # SQLite keeps no zone
        return aware.astimezone(VIETNAM)


class Integer(TypeDecorator[int]):
    """A whole number. In queries it goes out wide, so that one which is larger than any id (people may send such) fits
    no row; PostgreSQL would call it a fault.
    """

    impl = SqlInteger
    cache_ok = True

    def bind_expression(self, bindvalue: BindParameter[int]) -> ColumnElement[int]:
        return type_coerce(bindvalue, BigInteger())


# States of rows on their way. They stand in partial indexes, and SQLite uses such an index only where the query names
# the value itself and not a parameter: hence `is_state`.
WAITING = "waiting"
SENDING = "sending"
SENT = "sent"
FAILED = "failed"
DONE = "done"
QUARANTINED = "quarantined"


def is_state(column: ColumnElement[str], *states: str) -> ColumnElement[bool]:
    """`column` is one of our own states, written into the SQL literally so that partial indexes fit."""
    words: list[ColumnElement[str]] = [literal_column(f"'{state}'") for state in states]
    return column == words[0] if len(words) == 1 else column.in_(words)


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _text(name: str, **options: Any) -> Column[str]:
    return Column(name, Text, nullable=False, **options)


def _later_text(name: str) -> Column[str]:
    """A column of a later revision: rows that were there before have it empty."""
    return Column(name, Text, nullable=False, server_default=text("''"))


def _flag(name: str) -> Column[bool]:
    """A column of a later revision: rows that were there before have it unset."""
    return Column(name, Boolean, nullable=False, server_default=false())


def _role() -> tuple[Column[str], ...]:
    """A role and where it ends: JSON lists, empty where it does not."""
    role = Column("role", Text, nullable=False, server_default=text("'moderator'"))
    return role, *(Column(name, Text, nullable=False, server_default=text("'[]'")) for name in ("departments", "units"))


def _address() -> tuple[Column[str], Column[str], Column[str]]:
    return _text("channel"), _text("bot"), _text("chat")


def _partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))


inbox = Table(
    "inbox",
    metadata,
    _id(),
    _text("platform"),
    _text("bot"),
    _text("update_id"),
    _text("chat"),
    _text("raw"),
    _text("sha256"),
    _text("state"),
    Column("tries", Integer, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("handled_at", Instant),
    _text("error"),
    _later_text("claimed_by"),  # which of several processes is at work on it, and until when nobody else may be
    Column("claimed_until", Instant),
    UniqueConstraint("platform", "bot", "update_id"),
    _partial("ix_inbox_waiting", "id", where="state = 'waiting'"),
    _partial("ix_inbox_chat_order", "platform", "bot", "chat", "id", where="state = 'waiting'"),
    _partial("ix_inbox_quarantined", "id", where="state = 'quarantined'"),
    sqlite_autoincrement=True,
)

outbox = Table(
    "outbox",
    metadata,
    _id(),
    _text("kind"),
    *_address(),
    Column("words", Text),
    Column("submission_id", Integer, ForeignKey("submissions.id")),
    Column("file", Text),
    Column("ephemeral", Boolean, nullable=False),
    _text("state"),
    Column("tries", Integer, nullable=False),
    Column("repeats", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("handled_at", Instant),
    _text("message_id"),
    _text("error"),
    Column("list_id", Integer),
    _later_text("shelf"),
    _later_text("thread"),
    _partial("ix_outbox_waiting", "id", where="state = 'waiting'"),
    _partial("ix_outbox_chat_order", "channel", "bot", "chat", "id", where="state IN ('waiting', 'sending')"),
    _partial(
        "uq_outbox_waiting_card",
        "channel",
        "bot",
        "chat",
        "submission_id",
        where="kind = 'card' AND state = 'waiting'",
        unique=True,
    ),
    _partial("uq_outbox_waiting_list", "list_id", where="kind = 'list' AND state = 'waiting'", unique=True),
    _partial("ix_outbox_said", "channel", "bot", "chat", "id", where="kind = 'words'"),
    # Ids are never used twice: a web page asks for "everything after this one", and ephemeral rows are deleted.
    sqlite_autoincrement=True,
)

sessions = Table(
    "sessions",
    metadata,
    *(Column(name, Text, primary_key=True) for name in ("channel", "bot", "chat")),
    _text("state"),
    Column("draft_open", Boolean, nullable=False),
    Column("touched_at", Instant, nullable=False),
    Index("ix_sessions_touched_at", "touched_at"),
)

people = Table(
    "people",
    metadata,
    _id(),
    *_address(),
    Column("consent_version", Integer, nullable=False),
    Column("consented_at", Instant, nullable=False),
    _text("unit"),
    _text("youth_group"),
    UniqueConstraint("channel", "bot", "chat"),
    sqlite_autoincrement=True,
)

issues = Table(
    "issues",
    metadata,
    _id(),
    _text("programme"),
    Column("number", Integer, nullable=False),
    _text("topic"),
    Column("lead", Text),
    _text("supporting"),
    _later_text("edited_text"),
    # Which entry of the history it is as it is by; no foreign key: entries refer to what they are about.
    Column("last_decision", Integer),
    Column("founder", Integer),
    UniqueConstraint("programme", "number"),
    sqlite_autoincrement=True,
)

submissions = Table(
    "submissions",
    metadata,
    _id(),
    _text("programme"),
    Column("number", Integer, nullable=False),
    _text("code"),
    _text("text"),
    _text("state"),
    Column("version", Integer, nullable=False),
    _text("topic"),
    Column("proposal", Text),
    _text("source"),
    _text("source_label"),
    # A person who is forgotten leaves the question behind, without an asker.
    Column("person_id", Integer, ForeignKey("people.id", ondelete="SET NULL"), index=True),
    _text("unit"),
    _text("youth_group"),
    Column("typed_at", Instant, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("issue_id", Integer, ForeignKey("issues.id"), index=True),
    _text("reason"),
    _text("decided_by"),
    Column("decided_at", Instant),
    _flag("private"),
    _later_text("assignee"),
    _later_text("shown_text"),
    _later_text("body"),
    Column("last_decision", Integer),
    Column("whole_id", Integer, index=True),  # no foreign key of a table to itself: SQLite cannot add one later
    Column("part", Integer, nullable=False, server_default=text("0")),
    _later_text("folded"),  # code, shown words and unit without accents, for searching
    UniqueConstraint("programme", "number"),
    UniqueConstraint("code"),
    Index("ix_submissions_programme_state", "programme", "state", "number"),
    _partial("ix_submissions_private", "programme", "number", where="private"),
    sqlite_autoincrement=True,
)

history = Table(  # append-only: triggers refuse UPDATE and DELETE; storage/chain.py binds each entry to the one before
    "history",
    metadata,
    _id(),
    Column("submission_id", Integer, ForeignKey("submissions.id"), index=True),
    Column("at", Instant, nullable=False),
    _text("actor"),
    _text("action"),
    Column("state_before", Text),
    Column("state_after", Text),
    _text("reason"),
    _text("topic"),
    Column("issue_id", Integer),
    _text("standing"),
    # What an entry about somebody's rights is about: whose, or which code; and what was given or refused.
    _text("subject"),
    _text("wanted"),
    _text("content_hash"),
    _text("hash"),
    sqlite_autoincrement=True,
)

history_texts = Table(  # what an entry's change replaced; an erasure deletes the row, and the key of its hash with it
    "history_texts",
    metadata,
    Column("entry_id", Integer, ForeignKey("history.id"), primary_key=True),
    _text("text"),
    _text("key"),
    _later_text("elsewhere"),  # what it replaced at other places, JSON
)

asks = Table(
    "asks",
    metadata,
    _id(),
    Column("submission_id", Integer, ForeignKey("submissions.id"), nullable=False, index=True),
    _text("by"),
    _text("question"),
    Column("asked_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("told_at", Instant),
    _text("answer"),
    Column("answered_at", Instant),
    Column("closed_at", Instant),
    _later_text("covered_question"),
    _later_text("covered_answer"),
    _partial("ix_asks_open", "due_at", where="answered_at IS NULL AND closed_at IS NULL"),
    sqlite_autoincrement=True,
)

news = Table(  # what an asker is to be told, held back while a moderator may still take it back
    "news",
    metadata,
    Column("submission_id", Integer, ForeignKey("submissions.id"), primary_key=True),
    Column("due_at", Instant, nullable=False, index=True),
    _text("since"),
)

answers = Table(
    "answers",
    metadata,
    _id(),
    Column("issue_id", Integer, ForeignKey("issues.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    _text("state"),
    *(_text(name) for name in ("text", "basis", "responsible", "due", "settlement")),
    _text("drafted_by"),
    Column("drafted_at", Instant, nullable=False),
    *(_later_text(name) for name in ("source", "reason", "confirmed_by")),
    Column("confirmed_at", Instant),
    Column("release_at", Instant),
    _later_text("released_by"),
    Column("released_at", Instant),
    UniqueConstraint("issue_id", "revision"),
    _partial("ix_answers_to_release", "release_at", where="state = 'confirmed' AND release_at IS NOT NULL"),
    sqlite_autoincrement=True,
)

answer_files = Table(  # files of answers that came back
    "answer_files",
    metadata,
    _id(),
    *(_text(name) for name in ("programme", "name", "sha256", "state")),
    *_address(),
    *(_text(name) for name in ("thread", "file_id", "unique_id", "sent_by", "account")),
    Column("sent_at", Instant, nullable=False),
    _text("reason"),
    Column("applied", Integer, nullable=False),
    Index("ix_answer_files_programme_state", "programme", "state"),
    sqlite_autoincrement=True,
)

answer_rows = Table(  # what stood in them and a person has to decide about
    "answer_rows",
    metadata,
    _id(),
    Column("file_id", Integer, ForeignKey("answer_files.id"), nullable=False, index=True),
    Column("issue_id", Integer, ForeignKey("issues.id"), nullable=False),
    *(_text(name) for name in ("digest", "place", "finding", "question")),
    *(_text(name) for name in ("text", "basis", "responsible", "due", "settlement")),
    *(_text(name) for name in ("state", "decided_by")),
    Column("decided_at", Instant),
    UniqueConstraint("issue_id", "digest"),
    sqlite_autoincrement=True,
)

answer_news = Table(  # who was told which answer; the outbox knows whether it arrived
    "answer_news",
    metadata,
    Column("answer_id", Integer, ForeignKey("answers.id"), primary_key=True),
    Column("submission_id", Integer, ForeignKey("submissions.id"), primary_key=True, index=True),
    Column("outbox_id", Integer, nullable=False, index=True),  # no foreign key: rows of those who are forgotten go
    Column("at", Instant, nullable=False),
)

ratings = Table(
    "ratings",
    metadata,
    Column("answer_id", Integer, ForeignKey("answers.id"), primary_key=True),
    Column("submission_id", Integer, ForeignKey("submissions.id"), primary_key=True, index=True),
    Column("good", Boolean, nullable=False),
    _text("words"),
    Column("at", Instant, nullable=False),
)

cards = Table(
    "cards",
    metadata,
    _id(),
    *_address(),
    Column("submission_id", Integer, ForeignKey("submissions.id"), nullable=False, index=True),
    _text("nonce"),
    Column("message_id", Text),
    _text("menu"),
    _later_text("former"),  # messages that showed it before it was sent anew, and still do
    _flag("walk"),  # its message goes on to the next submission after a decision
    _later_text("shelf"),
    _later_text("thread"),
    UniqueConstraint("channel", "bot", "chat", "submission_id"),
    UniqueConstraint("nonce"),
)

lists = Table(  # a digest or a page of the queue: one message, drawn anew where what it names is to be read no more
    "lists",
    metadata,
    _id(),
    *_address(),
    _text("kind"),
    Column("page", Integer, nullable=False),
    _text("nonce"),
    Column("message_id", Text),
    Column("created_at", Instant, nullable=False),
    _later_text("thread"),
    UniqueConstraint("nonce"),
)

listed = Table(
    "listed",
    metadata,
    Column("list_id", Integer, ForeignKey("lists.id"), primary_key=True),
    Column("submission_id", Integer, ForeignKey("submissions.id"), primary_key=True, index=True),
)

threads = Table(  # the parts of a moderators' chat that the platform keeps apart, by the shelf that each one is
    "threads",
    metadata,
    *(Column(name, Text, primary_key=True) for name in ("channel", "bot", "chat", "shelf")),
    _text("thread"),
    _text("name"),
    Column("made_at", Instant, nullable=False),
    Column("closed", Boolean, nullable=False),
)

moderators = Table(
    "moderators",
    metadata,
    _id(),
    _text("name"),
    Column("since", Instant, nullable=False),
    *_role(),
    Column("telegram", Text),
    UniqueConstraint("name"),
    _partial("uq_moderators_telegram", "telegram", where="telegram IS NOT NULL", unique=True),
    sqlite_autoincrement=True,
)

invitations = Table(
    "invitations",
    metadata,
    Column("token_hash", Text, primary_key=True),
    _text("name", index=True),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    *_role(),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("session_hash", Text, primary_key=True),
    Column("moderator_id", Integer, ForeignKey("moderators.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
)

programme_changes = Table(
    "programme_changes",
    metadata,
    _id(),
    _text("programme", index=True),
    Column("at", Instant, nullable=False),
    _text("actor"),
    Column("day", Date),
    Column("closes_at", Instant),
    _text("reason"),
)

exports = Table(
    "exports",
    metadata,
    _id(),
    _text("programme"),
    Column("number", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    _text("asked_by"),
    _text("occasion"),
    _text("file"),
    _text("sha256"),
    _flag("final"),
    Column("supplement", Integer, nullable=False, server_default=text("0")),
    # How many issues and waiting submissions it holds, and what is other than in the one before; unknown for old ones.
    *(Column(name, Integer) for name in ("issues", "waiting", "added", "changed", "gone")),
    UniqueConstraint("programme", "number"),
    _partial("uq_exports_occasion", "programme", "occasion", where="occasion <> ''", unique=True),
)

exported = Table(  # how every submission stood for the readers of a file: what the next file is compared with
    "exported",
    metadata,
    Column("export_id", Integer, ForeignKey("exports.id"), primary_key=True),
    Column("submission_id", Integer, ForeignKey("submissions.id"), primary_key=True, index=True),
    _text("state"),
    _text("topic"),
    Column("lead", Text),
    Column("issue", Integer, nullable=False),
    _text("hash"),  # of its words, with the salt beside it; an erasure of the words blanks it
    _text("salt"),
)

sealed = Table(  # which decided submissions a sealed file (cutoff, supplement, final) held
    "sealed",
    metadata,
    Column("export_id", Integer, ForeignKey("exports.id"), primary_key=True),
    Column("submission_id", Integer, ForeignKey("submissions.id"), primary_key=True, index=True),
)

slips = Table(
    "slips",
    metadata,
    Column("programme", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("times", Integer, nullable=False),
)

slip_photos = Table(  # photos of paper slips that somebody is to type; the pictures are files
    "slip_photos",
    metadata,
    _id(),
    _text("programme"),
    *_address(),
    _text("file_id"),
    _text("unique_id"),
    _text("album"),
    _text("unit"),
    _text("sent_by"),
    Column("sent_at", Instant, nullable=False),
    _text("state"),
    _text("file"),
    _text("sha256"),
    _text("kind"),
    _text("taken_by"),
    Column("taken_until", Instant),
    _text("reason"),
    Column("slips", Integer, nullable=False),
    _text("ended_by"),
    Column("ended_at", Instant),
    UniqueConstraint("programme", "unique_id"),
    Index("ix_slip_photos_programme_state", "programme", "state"),
    sqlite_autoincrement=True,
)

facts = Table(
    "facts",
    metadata,
    Column("name", Text, primary_key=True),
    _text("value"),
)

counters = Table(  # running numbers of a programme, never given twice, not even after a deletion
    "counters",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("programme", Text, primary_key=True),
    Column("value", Integer, nullable=False),
)

consents = Table(  # each consent of each person; whoever is forgotten leaves one behind without a name
    "consents",
    metadata,
    _id(),
    Column("person_id", Integer, ForeignKey("people.id", ondelete="SET NULL"), index=True),
    Column("version", Integer, nullable=False),
    _text("text_hash"),
    Column("at", Instant, nullable=False),
    Column("withdrawn_at", Instant),
    sqlite_autoincrement=True,
)

consent_texts = Table(  # the sentences that people consented to, each once
    "consent_texts",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    _text("text"),
    Column("since", Instant, nullable=False),
)

privacy_requests = Table(  # what people asked about their own data; who and in which words is blanked once it is done
    "privacy_requests",
    metadata,
    _id(),
    *(_text(name) for name in ("code", "kind", "source")),
    *_address(),
    *(_text(name) for name in ("about", "words", "asker", "by", "outcome", "note")),
    Column("received_at", Instant, nullable=False),
    Column("reply_by", Instant, nullable=False),
    Column("done_by", Instant, nullable=False),
    Column("acknowledged_at", Instant),
    Column("done_at", Instant),
    UniqueConstraint("code"),
    _partial("ix_privacy_requests_open", "done_by", where="done_at IS NULL"),
    sqlite_autoincrement=True,
)

erasures = Table(  # that somebody's data was erased, by whom and how much; never whose
    "erasures",
    metadata,
    _id(),
    _text("request"),
    Column("at", Instant, nullable=False),
    *(_text(name) for name in ("by", "choice", "reason", "mark")),
    Column("submissions", Integer, nullable=False),
    sqlite_autoincrement=True,
)

retention_runs = Table(  # what was deleted because its time was over
    "retention_runs",
    metadata,
    _id(),
    Column("at", Instant, nullable=False),
    _text("kind"),
    Column("days", Integer, nullable=False),
    Column("times", Integer, nullable=False),
    Index("ix_retention_runs_at", "at"),
    sqlite_autoincrement=True,
)
