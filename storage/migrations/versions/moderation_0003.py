"""Moderation by several people: what an undo goes back to, issues with a wording, held news, a chained history.

The history is built anew, because what people wrote moves out of it into a table that an erasure may touch. Its entries
are chained in the order in which they stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any

import sqlalchemy as sa
from alembic import op

from bot.domain.text import fold
from storage.chain import BEGINNING, content_hash, instant, link, new_key

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_PAGE = 1_000
_NEW = {"standing": "", "subject": "", "wanted": ""}  # what entries from before have empty


def upgrade() -> None:
    """Columns, the table of held news, and the history in its new shape."""
    _columns()
    _folded()
    _news()
    _asks()
    _roles()
    _lists()
    _drop_guards()
    op.rename_table("history", "history_before")
    _free_its_name()
    op.drop_index("ix_history_submission_id", "history_before")
    _history()
    _carry_over()
    op.drop_table("history_before")
    op.create_index("ix_history_submission_id", "history", ["submission_id"])
    _guard()


def downgrade() -> None:
    """There is no way back from here but a backup."""
    raise NotImplementedError


def _columns() -> None:
    for table, name in (
        ("issues", "edited_text"),
        ("submissions", "assignee"),
        ("submissions", "shown_text"),
        ("submissions", "body"),
    ):
        op.add_column(table, sa.Column(name, sa.Text(), nullable=False, server_default=sa.text("''")))
    for table in ("issues", "submissions"):
        op.add_column(table, sa.Column("last_decision", sa.Integer()))
    op.add_column("issues", sa.Column("founder", sa.Integer()))
    op.add_column("submissions", sa.Column("whole_id", sa.Integer()))
    op.add_column("submissions", sa.Column("part", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.create_index("ix_submissions_whole_id", "submissions", ["whole_id"])


def _folded() -> None:
    """What a search looks through, for every submission that is there already."""
    op.add_column("submissions", sa.Column("folded", sa.Text(), nullable=False, server_default=sa.text("''")))
    bind = op.get_bind()
    names: list[sa.ColumnClause[Any]] = [sa.column(name) for name in ("id", "code", "text", "unit", "folded")]
    submissions = sa.table("submissions", *names)
    after, page = 0, sa.select(submissions).order_by(submissions.c.id).limit(_PAGE)
    while rows := bind.execute(page.where(submissions.c.id > after)).all():
        for row in rows:
            folded = fold(f"{row.code} {row.text} {row.unit}")
            bind.execute(sa.update(submissions).where(submissions.c.id == row.id).values(folded=folded))
        after = rows[-1].id


def _news() -> None:
    op.create_table(
        "news",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("since", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["submission_id"], ["submissions.id"], name="fk_news_submission_id"),
        sa.PrimaryKeyConstraint("submission_id", name="pk_news"),
    )
    op.create_index("ix_news_due_at", "news", ["due_at"])


def _lists() -> None:
    """Digests and pages of the queue in the group, and cards that lead through the queue."""
    op.add_column("cards", sa.Column("former", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("cards", sa.Column("walk", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "lists",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("bot", sa.Text(), nullable=False),
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_lists"),
        sa.UniqueConstraint("nonce", name="uq_lists_nonce"),
    )
    op.create_table(
        "listed",
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["lists.id"], name="fk_listed_list_id"),
        sa.ForeignKeyConstraint(["submission_id"], ["submissions.id"], name="fk_listed_submission_id"),
        sa.PrimaryKeyConstraint("list_id", "submission_id", name="pk_listed"),
    )
    op.create_index("ix_listed_submission_id", "listed", ["submission_id"])
    op.add_column("outbox", sa.Column("list_id", sa.Integer()))
    waiting = sa.text("kind = 'list' AND state = 'waiting'")
    op.create_index(
        "uq_outbox_waiting_list", "outbox", ["list_id"], unique=True, sqlite_where=waiting, postgresql_where=waiting
    )


def _roles() -> None:
    """Whoever was a responsible person has that role now; everybody else moderates everything, as before."""
    for table in ("moderators", "invitations"):
        role = sa.Column("role", sa.Text(), nullable=False, server_default=sa.text("'moderator'"))
        op.add_column(table, role)
        for name in ("departments", "units"):
            op.add_column(table, sa.Column(name, sa.Text(), nullable=False, server_default=sa.text("'[]'")))
        chiefs = sa.table(table, sa.column("role"), sa.column("chief", sa.Boolean()))
        op.execute(sa.update(chiefs).where(chiefs.c.chief).values(role="chief"))
        op.drop_column(table, "chief")
    op.add_column("moderators", sa.Column("telegram", sa.Text()))
    known = sa.text("telegram IS NOT NULL")
    op.create_index(
        "uq_moderators_telegram",
        "moderators",
        ["telegram"],
        unique=True,
        sqlite_where=known,
        postgresql_where=known,
    )


def _asks() -> None:
    op.create_table(
        "asks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["submission_id"], ["submissions.id"], name="fk_asks_submission_id"),
        sa.PrimaryKeyConstraint("id", name="pk_asks"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_asks_submission_id", "asks", ["submission_id"])
    op.create_index(
        "ix_asks_open",
        "asks",
        ["due_at"],
        sqlite_where=sa.text("answered_at IS NULL AND closed_at IS NULL"),
        postgresql_where=sa.text("answered_at IS NULL AND closed_at IS NULL"),
    )


def _history() -> None:
    op.create_table(
        "history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("state_before", sa.Text()),
        sa.Column("state_after", sa.Text()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("issue_id", sa.Integer()),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["submission_id"], ["submissions.id"], name="fk_history_submission_id"),
        sa.PrimaryKeyConstraint("id", name="pk_history"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "history_texts",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["history.id"], name="fk_history_texts_entry_id"),
        sa.PrimaryKeyConstraint("entry_id", name="pk_history_texts"),
    )


def _carry_over() -> None:
    """Every entry of the former table, chained; a page at a time, because a history may be long."""
    bind = op.get_bind()
    before = sa.Table("history_before", sa.MetaData(), autoload_with=bind)
    tables = sa.MetaData()
    history = sa.Table("history", tables, autoload_with=bind)
    texts = sa.Table("history_texts", tables, autoload_with=bind)
    after, previous = 0, BEGINNING
    page = sa.select(before).order_by(before.c.id).limit(_PAGE)
    while rows := bind.execute(page.where(before.c.id > after)).mappings().all():
        for row in rows:
            key = new_key() if row["text_before"] else ""
            hashed = content_hash(key, row["text_before"]) if key else ""
            previous = link(previous, _fields(row, hashed))
            bind.execute(sa.insert(history).values(_kept(row) | {"content_hash": hashed, "hash": previous}))
            if key:
                bind.execute(sa.insert(texts).values(entry_id=row["id"], text=row["text_before"], key=key))
        after = rows[-1]["id"]


def _free_its_name() -> None:
    """PostgreSQL keeps the names of keys apart by schema, not by table."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX pk_history RENAME TO pk_history_before")


def _fields(row: Mapping[Any, Any], hashed: str) -> list[str | int | None]:
    at = row["at"] if row["at"].tzinfo else row["at"].replace(tzinfo=UTC)
    who = [row["submission_id"], instant(at), row["actor"], row["action"]]
    return [*who, row["state_before"], row["state_after"], row["reason"], row["topic"], None, "", hashed, "", ""]


def _kept(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "text_before"} | _NEW


def _drop_guards() -> None:
    on_table = " ON history" if op.get_bind().dialect.name == "postgresql" else ""
    for verb in ("update", "delete"):
        op.execute(f"DROP TRIGGER history_no_{verb}{on_table}")


def _guard() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    refuse = "FOR EACH ROW EXECUTE FUNCTION history_is_append_only()"
    abort = "BEGIN SELECT RAISE(ABORT, 'history is append-only'); END"
    for verb in ("UPDATE", "DELETE"):
        how = refuse if postgresql else abort
        op.execute(f"CREATE TRIGGER history_no_{verb.lower()} BEFORE {verb} ON history {how}")
