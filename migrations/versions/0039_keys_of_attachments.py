"""A key for each attachment's bytes. Those of before stand plain until `tongan keys rotate` enciphers them.

Written by hand and kept as it is: a migration knows the schema of its own day, not the models of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("file", sa.Column("key", sa.Text, nullable=True))


def downgrade() -> None:
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM file WHERE key IS NOT NULL")):
        raise RuntimeError("附件已加密,不能退回到不认识密钥的版本")
    op.drop_column("file", "key")
