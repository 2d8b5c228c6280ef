"""A sealed file beside the ordinary one.

A child may have an ordinary file and a sealed one with the same id number: whoever files the ordinary one must not
learn from a refusal that the sealed one exists (domain.md M2).
"""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("child") as table:
        table.drop_constraint("uq_child_idcard", type_="unique")
        table.create_unique_constraint("uq_child_idcard_sealed_hiv", ["idcard", "sealed_hiv"])


def downgrade() -> None:
    with op.batch_alter_table("child") as table:
        table.drop_constraint("uq_child_idcard_sealed_hiv", type_="unique")
        table.create_unique_constraint("uq_child_idcard", ["idcard"])
