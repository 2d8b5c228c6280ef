"""Reports and protection.

Written by hand and kept as it is: a migration knows the schema of its own day, not the models of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_JSON = sa.JSON().with_variant(JSONB(), "postgresql")
_TABLES = (
    "report",
    "intervention_case",
    "handover",
    "assessment",
    "protection_order",
    "court_matter",
    "custody_inquiry",
    "meeting",
    "action_item",
)


def upgrade() -> None:
    _report()
    _intervention()
    _orders_and_courts()
    _meetings()


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)


def _report() -> None:
    op.create_table(
        "report",
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("report_no", sa.String(32), nullable=False),
        sa.Column("found_at", _INSTANT, nullable=False),
        sa.Column("reported_at", _INSTANT, nullable=False),
        sa.Column("location", sa.String(240), nullable=False),
        sa.Column("child_name", sa.String(60), nullable=True),
        sa.Column("child_idcard", sa.String(18), nullable=True),
        sa.Column("approx_age", sa.Integer(), nullable=True),
        sa.Column("sex", sa.String(2), nullable=True),
        sa.Column("situations", _JSON, nullable=False),
        sa.Column("flags", _JSON, nullable=False),
        sa.Column("suspect", sa.String(120), nullable=True),
        sa.Column("injuries", sa.String(4000), nullable=True),
        sa.Column("mandatory", sa.Boolean(), nullable=False),
        sa.Column("reported_to_police", sa.Boolean(), nullable=False),
        sa.Column("police_receipt", sa.String(80), nullable=True),
        sa.Column("reporter", _JSON, nullable=False),
        sa.Column("level", sa.String(2), nullable=True),
        sa.Column("level_reason", sa.String(1200), nullable=True),
        sa.Column("merged_into", sa.String(32), nullable=True),
        sa.Column("police_informed_at", _INSTANT, nullable=True),
        sa.Column("police_noticed_at", _INSTANT, nullable=True),
        sa.Column("finding", sa.String(12), nullable=True),
        sa.PrimaryKeyConstraint("case_id", name="pk_report"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_report_case_id_case_file"),
        sa.UniqueConstraint("report_no", name="uq_report_report_no"),
    )


def _intervention() -> None:
    op.create_table(
        "intervention_case",
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("case_no", sa.String(32), nullable=False),
        sa.Column("stage", sa.String(2), nullable=False),
        sa.Column("placement", sa.String(20), nullable=True),
        sa.Column("ground", sa.String(8), nullable=True),
        sa.Column("temp_from", sa.Date(), nullable=True),
        sa.Column("temp_limit", sa.Date(), nullable=True),
        sa.Column("decide_by", sa.Date(), nullable=True),
        sa.Column("risk_level", sa.String(2), nullable=True),
        sa.Column("outcome", sa.String(20), nullable=True),
        sa.Column("care_form", sa.String(12), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", name="pk_intervention_case"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_intervention_case_case_id_case_file"),
        sa.UniqueConstraint("case_no", name="uq_intervention_case_case_no"),
    )
    op.create_table(
        "handover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("receiver_org", sa.String(40), nullable=False),
        sa.Column("receiver_person", sa.String(60), nullable=False),
        sa.Column("handed_at", _INSTANT, nullable=False),
        sa.Column("health_note", sa.String(2000), nullable=False, server_default=""),
        sa.Column("told_rights", sa.Boolean(), nullable=False),
        sa.Column("by_id", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_handover"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_handover_case_id_case_file"),
    )
    op.create_index("ix_handover_case_id", "handover", ["case_id"])
    op.create_table(
        "assessment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("assessors", sa.String(240), nullable=False),
        sa.Column("scores", _JSON, nullable=False),
        sa.Column("risk_level", sa.String(2), nullable=False),
        sa.Column("guardian_attitude", sa.String(12), nullable=False),
        sa.Column("needs", _JSON, nullable=False),
        sa.Column("findings", _JSON, nullable=False),
        sa.Column("child_wish", sa.Text(), nullable=False),
        sa.Column("by_id", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_assessment"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_assessment_case_id_case_file"),
    )
    op.create_index("ix_assessment_case_id", "assessment", ["case_id"])


def _orders_and_courts() -> None:
    op.create_table(
        "protection_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("applicant", sa.String(60), nullable=False),
        sa.Column("applied_at", _INSTANT, nullable=False),
        sa.Column("accepted_at", _INSTANT, nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("due_at", _INSTANT, nullable=False),
        sa.Column("result", sa.String(20), nullable=True),
        sa.Column("made_on", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("review_until", sa.Date(), nullable=True),
        sa.Column("measures", _JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_protection_order"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_protection_order_case_id_case_file"),
    )
    op.create_index("ix_protection_order_case_id", "protection_order", ["case_id"])
    op.create_table(
        "court_matter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("applicant", sa.String(60), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=False),
        sa.Column("expected_by", sa.Date(), nullable=False),
        sa.Column("result", sa.String(20), nullable=True),
        sa.Column("judgment_no", sa.String(80), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("designated", sa.String(80), nullable=True),
        sa.Column("restore_from", sa.Date(), nullable=True),
        sa.Column("restore_until", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_court_matter"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_court_matter_case_id_case_file"),
    )
    op.create_index("ix_court_matter_case_id", "court_matter", ["case_id"])
    op.create_table(
        "custody_inquiry",
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("notice_no", sa.String(32), nullable=False),
        sa.Column("detained_name", sa.String(60), nullable=False),
        sa.Column("detained_idcard", sa.String(18), nullable=False),
        sa.Column("custody_measure", sa.String(20), nullable=False),
        sa.Column("decided_at", _INSTANT, nullable=False),
        sa.Column("entered_at", _INSTANT, nullable=False),
        sa.Column("custody_from", sa.Date(), nullable=False),
        sa.Column("custody_to", sa.Date(), nullable=True),
        sa.Column("child_where", sa.String(120), nullable=False),
        sa.Column("who_cares", sa.String(80), nullable=False),
        sa.Column("need_arrange", sa.Boolean(), nullable=False),
        sa.Column("carer", _JSON, nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_custody_inquiry"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_custody_inquiry_case_id_case_file"),
        sa.UniqueConstraint("notice_no", name="uq_custody_inquiry_notice_no"),
    )


def _meetings() -> None:
    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("meeting_type", sa.String(12), nullable=False),
        sa.Column("topic", sa.String(200), nullable=False),
        sa.Column("invited", _JSON, nullable=False),
        sa.Column("meets_at", _INSTANT, nullable=True),
        sa.Column("met_on", sa.Date(), nullable=True),
        sa.Column("attendees", _JSON, nullable=False),
        sa.Column("conclusion", sa.String(8000), nullable=True),
        sa.Column("case_outcome", sa.String(20), nullable=True),
        sa.Column("signed_by", sa.String(40), nullable=True),
        sa.Column("signed_at", _INSTANT, nullable=True),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_meeting"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_meeting_case_id_case_file"),
    )
    op.create_index("ix_meeting_case_id", "meeting", ["case_id"])
    op.create_table(
        "action_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("item_text", sa.String(800), nullable=False),
        sa.Column("dept", sa.String(12), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("measure", sa.String(400), nullable=True),
        sa.Column("result", sa.String(20), nullable=True),
        sa.Column("origin", sa.String(80), nullable=True),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_action_item"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_action_item_case_id_case_file"),
        sa.UniqueConstraint("origin", name="uq_action_item_origin"),
    )
    op.create_index("ix_action_item_case_id", "action_item", ["case_id"])
