"""Room for sealed texts: who objected stands encrypted, which is longer than a name.

The rows themselves are rewritten by `tongan keys rotate`, which has the keys; until then plain ones are read as they
are.
Written by hand and kept as it is: a migration knows the schema of its own day, not the models of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_WIDTHS = {"name": 60, "phone": 40}


def upgrade() -> None:
    with op.batch_alter_table("objector") as table:
        for column, width in _WIDTHS.items():
            table.alter_column(column, type_=sa.Text(), existing_type=sa.String(width), existing_nullable=True)


def downgrade() -> None:
    with op.batch_alter_table("objector") as table:
        for column, width in _WIDTHS.items():
            table.alter_column(column, type_=sa.String(width), existing_type=sa.Text(), existing_nullable=True)
