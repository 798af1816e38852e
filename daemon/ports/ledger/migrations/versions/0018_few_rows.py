"""Indexes over what is left to do, so that a cycle does not look through all that was ever done."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add three and let one hold the time that is asked for."""
    op.drop_index("ix_delivery_state", "delivery")
    op.create_index("ix_delivery_state", "delivery", ["state", "started_at"])
    op.create_index("ix_delivery_draft_id", "delivery", ["draft_id", "state"])
    _sparse("ix_delivery_unfiled", "delivery", "state", "filed_at IS NULL")
    _sparse("ix_draft_touched", "draft", "mailbox_id", "touched_at IS NOT NULL")


def _sparse(name: str, table: str, column: str, condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, [column], sqlite_where=where, postgresql_where=where)
