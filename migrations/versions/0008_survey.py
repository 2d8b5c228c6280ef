"""The survey: campaigns, their places and the households visited.

Written by hand and kept as it is: a migration knows the schema of its own day, not the models of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def _case_key(table: str) -> tuple[sa.Column[str], sa.ForeignKeyConstraint]:
    return (
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=f"fk_{table}_case_id_case_file"),
    )


def upgrade() -> None:
    op.create_table(
        "survey_campaign",
        *_case_key("survey_campaign"),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False, server_default=""),
        sa.Column("completed_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("case_id", name="pk_survey_campaign"),
    )
    op.create_table(
        "survey_place",
        *_case_key("survey_place"),
        sa.Column("place", sa.String(12), nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("zero_report", sa.Boolean(), nullable=True),
        sa.Column("return_reason", sa.String(500), nullable=False, server_default=""),
        sa.Column("signed_at", _INSTANT, nullable=True),
        sa.Column("signed_by", sa.String(60), nullable=True),
        sa.PrimaryKeyConstraint("case_id", "place", name="pk_survey_place"),
    )
    op.create_table(
        "survey_household",
        sa.Column("id", sa.Integer(), nullable=False),
        *_case_key("survey_household"),
        sa.Column("place", sa.String(12), nullable=False),
        sa.Column("household_no", sa.String(30), nullable=False),
        sa.Column("head_name", sa.String(20), nullable=False),
        sa.Column("address", sa.String(100), nullable=False),
        sa.Column("found", _JSON, nullable=False),
        sa.Column("children", _JSON, nullable=False),
        sa.Column("by_name", sa.String(60), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_survey_household"),
        sa.UniqueConstraint("case_id", "place", "household_no", name="uq_survey_household_case_id_place_household_no"),
    )
    op.create_index("ix_survey_household_case_id", "survey_household", ["case_id"])


def downgrade() -> None:
    for table in ("survey_household", "survey_place", "survey_campaign"):
        op.drop_table(table)
