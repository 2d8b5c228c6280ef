"""Which procedure a ruling orders anew, and which case that became (domain.md P_K). Rulings of before keep what was
entered by hand.

Written by hand and kept as it is: a migration knows the schema of its own day, not the models of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("appeal", sa.Column("redo_as", sa.String(20), nullable=True))
    op.add_column("appeal", sa.Column("redo_case_id", sa.String(40), nullable=True))


def downgrade() -> None:
    for name in ("redo_case_id", "redo_as"):
        op.drop_column("appeal", name)
