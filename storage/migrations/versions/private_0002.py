"""Private submissions, for the responsible person alone, and who that is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Columns are added and no table is built anew, so the triggers of the history stay."""
    for table, name in (("submissions", "private"), ("moderators", "chief"), ("invitations", "chief")):
        op.add_column(table, sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(
        "ix_submissions_private",
        "submissions",
        ["programme", "number"],
        sqlite_where=sa.text("private"),
        postgresql_where=sa.text("private"),
    )


def downgrade() -> None:
    """There is no way back from here but a backup."""
    raise NotImplementedError
