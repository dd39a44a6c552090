"""Workbooks that come back with answers, releases, and the topics of a group."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Only additions: nothing that was there is built anew."""
    _exports()
    _answers()
    _answer_news()
    _ratings()
    _covered()
    _threads()
    _exported()
    _slip_photos()
    _answer_files()


def downgrade() -> None:
    """There is no way back from here but a backup."""
    raise NotImplementedError


def _answers() -> None:
    op.create_table(
        "answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("text", "basis", "responsible", "due", "settlement")),
        sa.Column("drafted_by", sa.Text(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False, server_default=sa.text("''"))
            for name in ("source", "reason", "confirmed_by")
        ),
        sa.Column("confirmed_at", sa.DateTime(timezone=True)),
        sa.Column("release_at", sa.DateTime(timezone=True)),
        sa.Column("released_by", sa.Text(), nullable=False, server_default=sa.text("''")),
        sa.Column("released_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name="fk_answers_issue_id"),
        sa.PrimaryKeyConstraint("id", name="pk_answers"),
        sa.UniqueConstraint("issue_id", "revision", name="uq_answers_issue_id_revision"),
        sqlite_autoincrement=True,
    )
    ready = sa.text("state = 'confirmed' AND release_at IS NOT NULL")
    op.create_index("ix_answers_to_release", "answers", ["release_at"], sqlite_where=ready, postgresql_where=ready)


def _covered() -> None:
    """Questions back and their answers as others read them, and what a masking replaced beside the text."""
    for table, name in (
        ("asks", "covered_question"),
        ("asks", "covered_answer"),
        ("history_texts", "elsewhere"),
    ):
        op.add_column(table, sa.Column(name, sa.Text(), nullable=False, server_default=sa.text("''")))


def _threads() -> None:
    """Threads (forum topics) of the moderators' group, and in which of them cards, lists and words belong."""
    op.create_table(
        "threads",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("channel", "bot", "chat", "shelf", "thread", "name")),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "bot", "chat", "shelf", name="pk_threads"),
    )
    for table, name in (
        ("cards", "shelf"),
        ("cards", "thread"),
        ("lists", "thread"),
        ("outbox", "shelf"),
        ("outbox", "thread"),
    ):
        op.add_column(table, sa.Column(name, sa.Text(), nullable=False, server_default=sa.text("''")))


def _exports() -> None:
    """Files that a person made final, supplements after the sealing, what each file held."""
    op.add_column("exports", sa.Column("final", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("exports", sa.Column("supplement", sa.Integer(), nullable=False, server_default=sa.text("0")))
    for name in ("issues", "waiting", "added", "changed", "gone"):
        op.add_column("exports", sa.Column(name, sa.Integer()))
    op.create_table(
        "sealed",
        sa.Column("export_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["export_id"], ["exports.id"], name="fk_sealed_export_id"),
        sa.ForeignKeyConstraint(["submission_id"], ["submissions.id"], name="fk_sealed_submission_id"),
        sa.PrimaryKeyConstraint("export_id", "submission_id", name="pk_sealed"),
    )
    op.create_index("ix_sealed_submission_id", "sealed", ["submission_id"])


def _exported() -> None:
    """What the readers of each file know of every submission: the next file says what is different."""
    op.create_table(
        "exported",
        sa.Column("export_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("state", "topic")),
        sa.Column("lead", sa.Text()),
        sa.Column("issue", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("hash", "salt")),
        sa.ForeignKeyConstraint(["export_id"], ["exports.id"], name="fk_exported_export_id"),
        sa.ForeignKeyConstraint(["submission_id"], ["submissions.id"], name="fk_exported_submission_id"),
        sa.PrimaryKeyConstraint("export_id", "submission_id", name="pk_exported"),
    )
    op.create_index("ix_exported_submission_id", "exported", ["submission_id"])


def _slip_photos() -> None:
    """Photos of paper slips that wait to be typed."""
    op.create_table(
        "slip_photos",
        sa.Column("id", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("programme", "channel", "bot", "chat", "file_id", "unique_id", "album", "unit", "sent_by")
        ),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("state", "file", "sha256", "kind", "taken_by")),
        sa.Column("taken_until", sa.DateTime(timezone=True)),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("slips", sa.Integer(), nullable=False),
        sa.Column("ended_by", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_slip_photos"),
        sa.UniqueConstraint("programme", "unique_id", name="uq_slip_photos_programme_unique_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_slip_photos_programme_state", "slip_photos", ["programme", "state"])


def _answer_news() -> None:
    op.create_table(
        "answer_news",
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("outbox_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["answers.id"], name="fk_answer_news_answer_id"),
        sa.ForeignKeyConstraint(["submission_id"], ["submissions.id"], name="fk_answer_news_submission_id"),
        sa.PrimaryKeyConstraint("answer_id", "submission_id", name="pk_answer_news"),
    )
    for column in ("submission_id", "outbox_id"):
        op.create_index(f"ix_answer_news_{column}", "answer_news", [column])


def _ratings() -> None:
    op.create_table(
        "ratings",
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("good", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["answers.id"], name="fk_ratings_answer_id"),
        sa.ForeignKeyConstraint(["submission_id"], ["submissions.id"], name="fk_ratings_submission_id"),
        sa.PrimaryKeyConstraint("answer_id", "submission_id", name="pk_ratings"),
    )
    op.create_index("ix_ratings_submission_id", "ratings", ["submission_id"])


def _answer_files() -> None:
    """Files of answers that came back, and what stood in them that a person has to decide about."""
    op.create_table(
        "answer_files",
        sa.Column("id", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("programme", "name", "sha256", "state", "channel", "bot", "chat")
        ),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("thread", "file_id", "unique_id", "sent_by", "account")
        ),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("applied", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_answer_files"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_answer_files_programme_state", "answer_files", ["programme", "state"])
    op.create_table(
        "answer_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("digest", "place", "finding", "question")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("text", "basis", "responsible", "due", "settlement")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("state", "decided_by")),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["file_id"], ["answer_files.id"], name="fk_answer_rows_file_id"),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name="fk_answer_rows_issue_id"),
        sa.PrimaryKeyConstraint("id", name="pk_answer_rows"),
        sa.UniqueConstraint("issue_id", "digest", name="uq_answer_rows_issue_id_digest"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_answer_rows_file_id", "answer_rows", ["file_id"])
