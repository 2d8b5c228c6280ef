"""Changes of the account that a child's money goes to: asked for by one, looked at by another.

Written by hand and kept as it is: a migration knows the schema of its own day, not the models of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account_change",
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("child_id", sa.String(40), nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("holder", sa.String(60), nullable=False),
        sa.Column("owner", sa.String(12), nullable=False),
        sa.Column("former_account", sa.Text, nullable=True),
        sa.Column("former_holder", sa.String(60), nullable=True),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("decision", sa.String(8), nullable=True),
        sa.Column("decided_by", sa.String(60), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("case_id", name="pk_account_change"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_account_change_case_id_case_file"),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name="fk_account_change_child_id_child"),
    )
    op.create_index("ix_account_change_child_id", "account_change", ["child_id"])


def downgrade() -> None:
    op.drop_table("account_change")
