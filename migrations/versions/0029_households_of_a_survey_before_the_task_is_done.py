"""The households that a village officer registers one by one, kept on the server until the village's task is done.

Written by hand and kept as it is: a migration knows the schema of its own day, not the models of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "survey_draft_household",
        sa.Column("task_id", sa.String(40), nullable=False),
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("household_no", sa.String(30), nullable=False),
        sa.Column("household", _JSON, nullable=False),
        sa.Column("children", _JSON, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("last_key", sa.String(80), nullable=False),
        sa.Column("report_no", sa.String(32), nullable=True),
        sa.Column("by_id", sa.String(40), nullable=False),
        sa.Column("by_name", sa.String(60), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("task_id", "id", name="pk_survey_draft_household"),
        sa.UniqueConstraint("task_id", "household_no", name="uq_survey_draft_household_task_id_household_no"),
    )


def downgrade() -> None:
    op.drop_table("survey_draft_household")
