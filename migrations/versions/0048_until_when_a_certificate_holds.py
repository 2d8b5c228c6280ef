"""Until when a disability certificate holds, the child's or a parent's: its end opens an examination (ground 6).

Written by hand and kept as it is: a migration knows the schema of its own day, not the models of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0041"
branch_labels = None
depends_on = None

TABLES = ("child_health", "parent_status")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("cert_valid_to", sa.Date(), nullable=True))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "cert_valid_to")
