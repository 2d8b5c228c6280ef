"""Where people go: offices with address and telephone number, for the public pages.

Written by hand and kept as it is: a migration knows the schema of its own day, not the models of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "public_office",
        sa.Column("code", sa.String(12), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("address", sa.String(120), nullable=False),
        sa.Column("telephone", sa.String(20), nullable=False),
        sa.Column("hours", sa.String(60), nullable=False, server_default=""),
        sa.Column("entered_by", sa.String(40), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_public_office"),
        sa.ForeignKeyConstraint(["code"], ["division.code"], name="fk_public_office_code_division"),
    )


def downgrade() -> None:
    op.drop_table("public_office")
