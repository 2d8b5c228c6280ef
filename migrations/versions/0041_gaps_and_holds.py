"""A benefit that a visit found lacking is opened again; a living allowance whose yearly proof is missing is held.

Written by hand and kept as it is: a migration knows the schema of its own day, not the models of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("benefit_item", sa.Column("reopened_on", sa.Date, nullable=True))
    op.add_column("child", sa.Column("pay_hold_from", sa.String(7), nullable=True))


def downgrade() -> None:
    op.drop_column("child", "pay_hold_from")
    op.drop_column("benefit_item", "reopened_on")
