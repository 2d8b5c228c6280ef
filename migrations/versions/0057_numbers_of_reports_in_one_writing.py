"""An identity number that a report named with a small x is written as every other: it is compared as a text.

So a report is found by the child's number, and leaves with the child's file. Written by hand and kept as it is: a
migration knows the schema of its own day, not the models of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

REPORT = sa.table("report", sa.column("child_idcard", sa.String(18)))


def upgrade() -> None:
    number = REPORT.c.child_idcard
    op.execute(sa.update(REPORT).where(number.like("%x")).values(child_idcard=sa.func.upper(number)))


def downgrade() -> None:
    """What was written otherwise before is not known any more, and need not be."""
