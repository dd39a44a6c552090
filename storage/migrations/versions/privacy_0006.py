"""What people may ask about their own data: requests, erasures, consents, and how long things are kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Only additions: nothing that was there is built anew."""
    _consents()
    _requests()
    _ledgers()


def downgrade() -> None:
    """There is no way back from here but a backup."""
    raise NotImplementedError


def _consents() -> None:
    """Every consent by itself. Those that are on record with their person get one without its words."""
    op.create_table(
        "consent_texts",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_consent_texts"),
    )
    op.create_table(
        "consents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text_hash", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_consents_person_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_consents_person_id", "consents", ["person_id"])
    op.execute(
        "INSERT INTO consents (person_id, version, text_hash, at) "
        "SELECT id, consent_version, '', consented_at FROM people ORDER BY id"
    )


def _requests() -> None:
    words = ("code", "kind", "source", "channel", "bot", "chat", "about", "words", "asker", "by", "outcome", "note")
    op.create_table(
        "privacy_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in words),
        *(
            sa.Column(name, sa.DateTime(timezone=True), nullable=False)
            for name in ("received_at", "reply_by", "done_by")
        ),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True)),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_privacy_requests"),
        sa.UniqueConstraint("code", name="uq_privacy_requests_code"),
        sqlite_autoincrement=True,
    )
    open_ = sa.text("done_at IS NULL")
    op.create_index(
        "ix_privacy_requests_open", "privacy_requests", ["done_by"], sqlite_where=open_, postgresql_where=open_
    )


def _ledgers() -> None:
    op.create_table(
        "erasures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("by", "choice", "reason", "mark")),
        sa.Column("submissions", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_erasures"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "retention_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_retention_runs"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_retention_runs_at", "retention_runs", ["at"])
