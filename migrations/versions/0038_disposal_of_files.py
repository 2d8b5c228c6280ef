"""Disposal lists of files whose time in the archive is over.

Written by hand and kept as it is: a migration knows the schema of its own day, not the models of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(JSONB(), "postgresql")
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("child", sa.Column("disposed", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_table(
        "disposal",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("place", sa.String(12), nullable=False),
        sa.Column("sealed", sa.Boolean, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("drawn_by", sa.String(40), nullable=False),
        sa.Column("drawn_name", sa.String(80), nullable=False),
        sa.Column("drawn_at", _INSTANT, nullable=False),
        sa.Column("decided_by", sa.String(40)),
        sa.Column("decided_name", sa.String(80)),
        sa.Column("decided_at", _INSTANT),
        sa.Column("reason", sa.String(400), nullable=False, server_default=""),
        sa.Column("done_by", sa.String(40)),
        sa.Column("done_name", sa.String(80)),
        sa.Column("done_at", _INSTANT),
    )
    op.create_table(
        "disposal_file",
        sa.Column("disposal_id", sa.String(26), sa.ForeignKey("disposal.id"), primary_key=True),
        sa.Column("child_id", sa.String(40), sa.ForeignKey("child.id"), primary_key=True),
        sa.Column("archive_no", sa.String(20), nullable=False),
        sa.Column("why", sa.String(20), nullable=False),
        sa.Column("until", sa.Date, nullable=False),
        sa.Column("cases", sa.Integer, nullable=False),
        sa.Column("outcome", sa.String(8), nullable=False),
        sa.Column("bytes_left", _JSON, nullable=False),
    )
    op.create_index("ix_disposal_file_child_id", "disposal_file", ["child_id"])


def downgrade() -> None:
    op.drop_table("disposal_file")
    op.drop_table("disposal")
    op.drop_column("child", "disposed")
