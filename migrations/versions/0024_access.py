"""Who reads what: the audit's chain, sealed files opened in an emergency, tasks lent for a time, files in the archive.

Written by hand and kept as it is: a migration knows the schema of its own day, not the models of today. What stands in
the audit already is chained by the first run of the sealing job.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0021"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "audit_link",
        sa.Column("seq", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("audit_id", sa.String(26), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("linked_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_audit_link"),
        sa.UniqueConstraint("audit_id", name="uq_audit_link_audit_id"),
    )
    op.create_table(
        "break_glass",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("place", sa.String(12), nullable=False),
        sa.Column("idcard", sa.Text, nullable=False),
        sa.Column("danger", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("asked_by", sa.String(80), nullable=False),
        sa.Column("asked_name", sa.String(80), nullable=False),
        sa.Column("asked_at", _INSTANT, nullable=False),
        sa.Column("answer", sa.String(10), nullable=True),
        sa.Column("answered_by", sa.String(80), nullable=True),
        sa.Column("answered_name", sa.String(80), nullable=True),
        sa.Column("answered_at", _INSTANT, nullable=True),
        sa.Column("open_until", _INSTANT, nullable=True),
        sa.Column("review_due", _INSTANT, nullable=True),
        sa.Column("finding", sa.String(10), nullable=True),
        sa.Column("finding_note", sa.Text, nullable=True),
        sa.Column("reviewed_by", sa.String(80), nullable=True),
        sa.Column("reviewed_name", sa.String(80), nullable=True),
        sa.Column("reviewed_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_break_glass"),
        sa.CheckConstraint("answered_by <> asked_by", name="ck_break_glass_two_persons"),
        sa.CheckConstraint(
            "reviewed_by <> asked_by AND reviewed_by <> answered_by", name="ck_break_glass_third_reviews"
        ),
    )
    op.create_index("ix_break_glass_asked_at", "break_glass", ["asked_at"])
    op.create_table(
        "task_loan",
        sa.Column("task_id", sa.String(40), nullable=False),
        sa.Column("to_user", sa.String(80), nullable=False),
        sa.Column("back_to", sa.String(80), nullable=True),
        sa.Column("back_to_name", sa.String(80), nullable=True),
        sa.Column("until", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("task_id", name="pk_task_loan"),
    )
    op.create_index("ix_task_loan_until", "task_loan", ["until"])
    for table in ("child", "case_file"):
        with op.batch_alter_table(table) as change:
            change.add_column(sa.Column("archived", sa.Boolean, nullable=False, server_default=sa.false()))


def downgrade() -> None:
    for table in ("child", "case_file"):
        with op.batch_alter_table(table) as change:
            change.drop_column("archived")
    for table in ("task_loan", "break_glass", "audit_link"):
        op.drop_table(table)
