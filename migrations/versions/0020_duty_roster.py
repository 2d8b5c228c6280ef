"""Who is on duty when; and of a reminder, which desk was found empty and which number a text message went to.

Written by hand and kept as it is: a migration knows the schema of its own day, not the models of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0020"
down_revision = "0016"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "duty_shift",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("desk", sa.String(20), nullable=False),
        sa.Column("place", sa.String(12), nullable=False),
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("phone", sa.String(20), nullable=False),
        sa.Column("from_at", _INSTANT, nullable=False),
        sa.Column("to_at", _INSTANT, nullable=False),
        sa.Column("entered_by", sa.String(40), nullable=False),
        sa.Column("entered_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_duty_shift"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_duty_shift_person_id_person"),
    )
    op.create_index("ix_duty_shift_desk", "duty_shift", ["desk", "place", "to_at"])
    op.create_index("ix_duty_shift_person", "duty_shift", ["person_id", "to_at"])
    op.add_column("reminder_log", sa.Column("unmanned", _JSON, nullable=False, server_default="[]"))
    op.add_column("message_out", sa.Column("address", sa.String(120), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("message_out") as table:
        table.drop_column("address")
    with op.batch_alter_table("reminder_log") as table:
        table.drop_column("unmanned")
    op.drop_table("duty_shift")
