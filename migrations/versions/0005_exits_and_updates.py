"""Exits and quarterly updates.

Written by hand and kept as it is: a migration knows the schema of its own day, not the models of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    _agenda()
    _exits()
    _updates()


def downgrade() -> None:
    for table in ("visit", "quarter_report", "exit_fact", "exit_case", "agenda_entry"):
        op.drop_table(table)


def _case_key(table: str) -> tuple[sa.Column[str], sa.ForeignKeyConstraint]:
    return (
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=f"fk_{table}_case_id_case_file"),
    )


def _child_key(table: str) -> tuple[sa.Column[str], sa.ForeignKeyConstraint]:
    return (
        sa.Column("child_id", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=f"fk_{table}_child_id_child"),
    )


def _agenda() -> None:
    op.create_table(
        "agenda_entry",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("slot", sa.String(80), nullable=False),
        sa.Column("process_key", sa.String(80), nullable=False),
        sa.Column("instance_id", sa.String(40), nullable=False),
        sa.Column("opened_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("name", "slot", name="pk_agenda_entry"),
    )


def _exits() -> None:
    op.create_table(
        "exit_case",
        *_case_key("exit_case"),
        *_child_key("exit_case"),
        sa.Column("cause", sa.String(20), nullable=False),
        sa.Column("ground", sa.String(2), nullable=False),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("fact_on", sa.Date(), nullable=True),
        sa.Column("conclusion", sa.String(12), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False, server_default=""),
        sa.Column("statement", sa.Text(), nullable=True),
        sa.Column("decision", sa.String(8), nullable=True),
        sa.Column("decided_reason", sa.Text(), nullable=False, server_default=""),
        sa.Column("new_categories", _JSON, nullable=False),
        sa.Column("overpaid_months", sa.Integer(), nullable=True),
        sa.Column("stop_month", sa.String(7), nullable=True),
        sa.PrimaryKeyConstraint("case_id", name="pk_exit_case"),
    )
    op.create_index("ix_exit_case_child_id", "exit_case", ["child_id"])
    op.create_table(
        "exit_fact",
        sa.Column("id", sa.String(40), nullable=False),
        *_child_key("exit_fact"),
        sa.Column("ground", sa.String(2), nullable=False),
        sa.Column("fact_on", sa.Date(), nullable=True),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("noted_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_exit_fact"),
    )
    op.create_index("ix_exit_fact_child_id", "exit_fact", ["child_id"])


def _updates() -> None:
    op.create_table(
        "quarter_report",
        *_case_key("quarter_report"),
        sa.Column("town", sa.String(9), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("children", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=True),
        sa.Column("changed", sa.Integer(), nullable=True),
        sa.Column("exited", sa.Integer(), nullable=True),
        sa.Column("zero_report", sa.Boolean(), nullable=True),
        sa.Column("merged_at", _INSTANT, nullable=True),
        sa.Column("signed_at", _INSTANT, nullable=True),
        sa.Column("accepted_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("case_id", name="pk_quarter_report"),
        sa.UniqueConstraint("town", "year", "quarter", name="uq_quarter_report_town_year_quarter"),
    )
    op.create_table(
        "visit",
        *_case_key("visit"),
        *_child_key("visit"),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("campaign_id", sa.String(40), nullable=True),
        sa.Column("found", _JSON, nullable=True),
        sa.Column("changes", _JSON, nullable=False),
        sa.Column("exit_clue", sa.String(2), nullable=True),
        sa.Column("risk_found", sa.Boolean(), nullable=True),
        sa.Column("by_name", sa.String(60), nullable=True),
        sa.Column("at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("case_id", name="pk_visit"),
    )
    op.create_index("ix_visit_child_id", "visit", ["child_id"])
    op.create_index("ix_visit_campaign_id", "visit", ["campaign_id"])
