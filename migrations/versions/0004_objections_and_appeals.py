"""Objections and appeals.

Written by hand and kept as it is: a migration knows the schema of its own day, not the models of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    _objections()
    _appeals()
    op.add_column("notice", sa.Column("waits_since", _INSTANT, nullable=True))
    op.add_column("decision", sa.Column("review_until", sa.Date, nullable=True))
    op.add_column("decision", sa.Column("lawsuit_until", sa.Date, nullable=True))


def downgrade() -> None:
    op.drop_column("decision", "lawsuit_until")
    op.drop_column("decision", "review_until")
    op.drop_column("notice", "waits_since")
    for table in ("appeal", "objector", "objection"):
        op.drop_table(table)


def _objections() -> None:
    op.create_table(
        "objection",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("case_id", sa.String(40), sa.ForeignKey("case_file.id"), nullable=False, unique=True),
        sa.Column("application_case_id", sa.String(40), sa.ForeignKey("case_file.id"), nullable=False),
        sa.Column("notice_id", sa.String(26), sa.ForeignKey("notice.id"), nullable=False),
        sa.Column("channel", sa.String(12), nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("evidence", _JSON, nullable=False),
        sa.Column("received_at", _INSTANT, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("handling", sa.String(12), nullable=True),
        sa.Column("handling_reason", sa.String(1000), nullable=True),
        sa.Column("extension", sa.String(12), nullable=True),
        sa.Column("investigator_id", sa.String(40), nullable=True),
        sa.Column("investigator_name", sa.String(60), nullable=True),
        sa.Column("findings", sa.Text, nullable=True),
        sa.Column("conclusion", sa.String(12), nullable=True),
        sa.Column("ruling", sa.String(12), nullable=True),
        sa.Column("ruling_reason", sa.Text, nullable=True),
        sa.Column("closed_at", _INSTANT, nullable=True),
        sa.Column("counted_by", sa.String(160), nullable=True),
        sa.Column("replied_on", sa.Date, nullable=True),
    )
    op.create_index(op.f("ix_objection_application_case_id"), "objection", ["application_case_id"])
    op.create_index(op.f("ix_objection_notice_id"), "objection", ["notice_id"])
    op.create_table(
        "objector",
        sa.Column("objection_id", sa.String(26), sa.ForeignKey("objection.id"), primary_key=True),
        sa.Column("name", sa.String(60), nullable=True),
        sa.Column("phone", sa.String(40), nullable=True),
    )


def _appeals() -> None:
    op.create_table(
        "appeal",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("case_id", sa.String(40), sa.ForeignKey("case_file.id"), nullable=False, unique=True),
        sa.Column("decision_id", sa.Integer, sa.ForeignKey("decision.id"), nullable=False),
        sa.Column("remedy", sa.String(12), nullable=False),
        sa.Column("received_on", sa.Date, nullable=False),
        sa.Column("body", sa.String(120), nullable=False),
        sa.Column("claim", sa.Text, nullable=False),
        sa.Column("defence_due", sa.Date, nullable=False),
        sa.Column("in_time", sa.Boolean, nullable=True),
        sa.Column("result", sa.String(12), nullable=True),
        sa.Column("result_on", sa.Date, nullable=True),
        sa.Column("result_text", sa.Text, nullable=True),
        sa.Column("lawsuit_until", sa.Date, nullable=True),
        sa.Column("redo_due", sa.Date, nullable=True),
        sa.Column("redone_on", sa.Date, nullable=True),
        sa.Column("redone_as", sa.String(200), nullable=True),
    )
    op.create_index(op.f("ix_appeal_decision_id"), "appeal", ["decision_id"])
