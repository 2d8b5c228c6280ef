"""Messages of an emergency are marked, so that they are found without looking at what else waits.

What waits from before is marked by its case's kind. Written by hand and kept as it is: a migration knows the schema of
its own day, not the models of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0031"
branch_labels = None
depends_on = None

INDEX = "ix_message_out_urgent"


def upgrade() -> None:
    op.add_column("message_out", sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(
        "UPDATE message_out SET urgent = true WHERE status = 'pending' AND case_id IN "
        "(SELECT id FROM case_file WHERE kind IN ('report', 'custody'))"
    )
    wanted = sa.text("urgent AND status = 'pending'")
    op.create_index(INDEX, "message_out", ["next_at", "id"], postgresql_where=wanted, sqlite_where=wanted)


def downgrade() -> None:
    op.drop_index(INDEX, table_name="message_out")
    op.drop_column("message_out", "urgent")
