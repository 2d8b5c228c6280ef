"""The county's own templates of papers by version, exports of the ledger that two people stand for, and codes by which
a signing sheet finds its step.

Written by hand and kept as it is: a migration knows the schema of its own day, not the models of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "paper_template",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("entered_by", sa.String(40), nullable=False),
        sa.Column("entered_name", sa.String(60), nullable=False),
        sa.Column("entered_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("name", "number", name="pk_paper_template"),
    )
    op.create_table(
        "ledger_export",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("place", sa.String(12), nullable=False),
        sa.Column("scope", sa.String(8), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("asked_by", sa.String(40), nullable=False),
        sa.Column("asked_name", sa.String(60), nullable=False),
        sa.Column("asked_at", _INSTANT, nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("decided_by", sa.String(40), nullable=True),
        sa.Column("decided_name", sa.String(60), nullable=True),
        sa.Column("decided_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_export"),
    )
    op.create_index("ix_ledger_export_place", "ledger_export", ["place"])
    op.create_table(
        "step_reference",
        sa.Column("code", sa.String(26), nullable=False),
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("instance_id", sa.String(40), nullable=False),
        sa.Column("element_id", sa.String(80), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_step_reference"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_step_reference_case_id_case_file"),
        sa.UniqueConstraint("instance_id", "element_id", name="uq_step_reference_instance_id"),
    )
    op.create_index("ix_step_reference_case_id", "step_reference", ["case_id"])


def downgrade() -> None:
    op.drop_table("step_reference")
    op.drop_table("ledger_export")
    op.drop_table("paper_template")
