"""When, and by which way, whoever reported was answered: the receipt shows that, and no more (P_H H1 6).

Written by hand and kept as it is: a migration knows the schema of its own day, not the models of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("report", sa.Column("fed_back_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("report", sa.Column("fed_back_way", sa.String(20), nullable=True))


def downgrade() -> None:
    op.drop_column("report", "fed_back_way")
    op.drop_column("report", "fed_back_at")
