"""Which body verified what became of a parent, and when (part 5, parent_status).

What stands there from before was the applicant's word or a body's, which nobody knows any more: it stays unproved.
Written by hand and kept as it is: a migration knows the schema of its own day, not the models of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("parent_status", sa.Column("verified_by", sa.String(60), nullable=True))
    op.add_column("parent_status", sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("parent_status", "verified_at")
    op.drop_column("parent_status", "verified_by")
