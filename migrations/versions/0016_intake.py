"""What the public files without a log-in.

Written by hand and kept as it is: a migration knows the schema of its own day, not the models of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0016"
down_revision = "0013"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "intake",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("receipt_no", sa.String(24), nullable=False),
        sa.Column("process_key", sa.String(80), nullable=False),
        sa.Column("idempotency_key", sa.String(80), nullable=False),
        sa.Column("fields", _JSON, nullable=False),
        sa.Column("phone_mark", sa.String(64), nullable=True),
        sa.Column("received_at", _INSTANT, nullable=False),
        sa.Column("course", sa.String(8), nullable=False),
        sa.Column("answer", sa.String(400), nullable=False, server_default=""),
        sa.Column("instance_id", sa.String(40), nullable=True),
        sa.Column("changed_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_intake"),
        sa.UniqueConstraint("receipt_no", name="uq_intake_receipt_no"),
        sa.UniqueConstraint("idempotency_key", name="uq_intake_idempotency_key"),
    )
    op.create_index("ix_intake_open", "intake", ["course", "received_at"])


def downgrade() -> None:
    op.drop_table("intake")
