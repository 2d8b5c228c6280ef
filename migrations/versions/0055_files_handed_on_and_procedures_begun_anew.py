"""Where the file of a child went whose registered residence moved away: receiver, dispatch, receipt (domain.md 1.5).
Which procedure a ruling orders anew, and which case that became (P_K); rulings of before keep what was entered by hand.

Written by hand and kept as it is: a migration knows the schema of its own day, not the models of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "file_handover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("child_id", sa.String(40), nullable=False),
        sa.Column("receiver_area", sa.Text(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("sent_by", sa.String(12), nullable=True),
        sa.Column("tracking_no", sa.Text(), nullable=True),
        sa.Column("outcome", sa.String(8), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("received_by", sa.Text(), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_file_handover_case_id_case_file"),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name="fk_file_handover_child_id_child"),
        sa.PrimaryKeyConstraint("id", name="pk_file_handover"),
    )
    op.create_index("ix_file_handover_case_id", "file_handover", ["case_id"])
    op.create_index("ix_file_handover_child_id", "file_handover", ["child_id"])
    op.add_column("appeal", sa.Column("redo_as", sa.String(20), nullable=True))
    op.add_column("appeal", sa.Column("redo_case_id", sa.String(40), nullable=True))


def downgrade() -> None:
    for name in ("redo_case_id", "redo_as"):
        op.drop_column("appeal", name)
    op.drop_table("file_handover")
