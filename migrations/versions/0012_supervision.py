"""Supervision: units, findings, numbers, leads, major matters; and the register of village officers.

Written by hand and kept as it is: a migration knows the schema of its own day, not the models of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def _case_key(table: str, *, nullable: bool = False) -> tuple[sa.Column[str], sa.ForeignKeyConstraint]:
    return (
        sa.Column("case_id", sa.String(40), nullable=nullable),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=f"fk_{table}_case_id_case_file"),
    )


def upgrade() -> None:
    op.create_table(
        "supervision",
        *_case_key("supervision"),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("cause", sa.String(500), nullable=False, server_default=""),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("lead", sa.String(12), nullable=True),
        sa.Column("scope", sa.Text(), nullable=False, server_default=""),
        sa.Column("indicators", _JSON, nullable=False),
        sa.Column("sample_percent", sa.Integer(), nullable=False),
        sa.Column("signed_by", sa.String(60), nullable=True),
        sa.Column("signed_at", _INSTANT, nullable=True),
        sa.Column("report", sa.Text(), nullable=False, server_default=""),
        sa.Column("reported_at", _INSTANT, nullable=True),
        sa.Column("instruction", sa.Text(), nullable=False, server_default=""),
        sa.Column("instructed_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("case_id", name="pk_supervision"),
    )
    op.create_table(
        "supervision_unit",
        *_case_key("supervision_unit"),
        sa.Column("unit", sa.String(12), nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("selfcheck", sa.Text(), nullable=False, server_default=""),
        sa.Column("selfchecked_at", _INSTANT, nullable=True),
        sa.Column("files", sa.Integer(), nullable=True),
        sa.Column("sampled", sa.Integer(), nullable=True),
        sa.Column("inspected_at", _INSTANT, nullable=True),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("closed_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("case_id", "unit", name="pk_supervision_unit"),
    )
    op.create_table(
        "supervision_finding",
        sa.Column("id", sa.Integer(), nullable=False),
        *_case_key("supervision_finding"),
        sa.Column("unit", sa.String(12), nullable=False),
        sa.Column("issue", sa.String(500), nullable=False),
        sa.Column("level", sa.String(8), nullable=False),
        sa.Column("rule", sa.String(200), nullable=False),
        sa.Column("evidence", sa.String(500), nullable=False),
        sa.Column("found_at", _INSTANT, nullable=False),
        sa.Column("measure", sa.Text(), nullable=False, server_default=""),
        sa.Column("rectified_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_supervision_finding"),
    )
    op.create_index("ix_supervision_finding_case_id", "supervision_finding", ["case_id"])
    op.create_table(
        "supervision_indicator",
        *_case_key("supervision_indicator"),
        sa.Column("unit", sa.String(12), nullable=False),
        sa.Column("name", sa.String(24), nullable=False),
        sa.Column("met", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("value", sa.Numeric(10, 2), nullable=True),
        sa.Column("counted_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("case_id", "unit", "name", name="pk_supervision_indicator"),
    )
    op.create_table(
        "supervision_lead",
        sa.Column("id", sa.Integer(), nullable=False),
        *_case_key("supervision_lead", nullable=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("unit", sa.String(60), nullable=False),
        sa.Column("content", sa.String(1000), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("major", sa.String(20), nullable=True),
        sa.Column("known_at", _INSTANT, nullable=False),
        sa.Column("origin", sa.String(120), nullable=False),
        sa.Column("handling", sa.String(12), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_supervision_lead"),
        sa.UniqueConstraint("origin", name="uq_supervision_lead_origin"),
    )
    op.create_index("ix_supervision_lead_case_id", "supervision_lead", ["case_id"])
    op.create_index("ix_supervision_lead_known_at", "supervision_lead", ["known_at"])
    op.create_table(
        "major_matter",
        *_case_key("major_matter"),
        sa.Column("matter", sa.String(20), nullable=False),
        sa.Column("unit", sa.String(60), nullable=False),
        sa.Column("known_at", _INSTANT, nullable=False),
        sa.Column("report_due", _INSTANT, nullable=False),
        sa.Column("verdict", sa.String(12), nullable=True),
        sa.Column("report", sa.Text(), nullable=False, server_default=""),
        sa.Column("reported_at", _INSTANT, nullable=True),
        sa.Column("instruction", sa.Text(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("case_id", name="pk_major_matter"),
    )
    _officers()


def _officers() -> None:
    op.create_table(
        "village_officer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(12), nullable=False),
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("post", sa.String(12), nullable=False),
        sa.Column("held_by", sa.String(20), nullable=False),
        sa.Column("phone", sa.String(20), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("entered_by", sa.String(40), nullable=False),
        sa.Column("entered_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_village_officer"),
    )
    op.create_index("ix_village_officer_place", "village_officer", ["place"])
    op.create_table(
        "officer_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("topic", sa.String(100), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=True),
        sa.Column("reached", sa.Integer(), nullable=True),
        sa.Column("entered_by", sa.String(40), nullable=False),
        sa.Column("entered_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_officer_entry"),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["village_officer.id"], name="fk_officer_entry_officer_id_village_officer"
        ),
    )
    op.create_index("ix_officer_entry_officer_id", "officer_entry", ["officer_id"])


def downgrade() -> None:
    for table in (
        "officer_entry",
        "village_officer",
        "major_matter",
        "supervision_lead",
        "supervision_indicator",
        "supervision_finding",
        "supervision_unit",
        "supervision",
    ):
        op.drop_table(table)
