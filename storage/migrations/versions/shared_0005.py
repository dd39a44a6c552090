"""Several processes at one database: who is at work on an update, and until when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Only additions: nothing that was there is built anew."""
    op.add_column("inbox", sa.Column("claimed_by", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("inbox", sa.Column("claimed_until", sa.DateTime(timezone=True)))
    if op.get_bind().dialect.name == "postgresql":  # SQLite has no TRUNCATE
        op.execute(
            "CREATE TRIGGER history_no_truncate BEFORE TRUNCATE ON history "
            "FOR EACH STATEMENT EXECUTE FUNCTION history_is_append_only()"
        )


def downgrade() -> None:
    """There is no way back from here but a backup."""
    raise NotImplementedError
