"""A notice is on the web page only when the township asked for it (网上公示); every one that hangs may be objected to.

Those of before were all on the web page, and stay there until they end.
Written by hand and kept as it is: a migration knows the schema of its own day, not the models of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notice", sa.Column("online", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("public_notice", sa.Column("listed", sa.Boolean, nullable=False, server_default=sa.false()))
    op.execute(sa.text("UPDATE notice SET online = true WHERE posted_at IS NOT NULL"))
    op.execute(sa.text("UPDATE public_notice SET listed = true"))


def downgrade() -> None:
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM public_notice WHERE NOT listed")):
        raise RuntimeError("有只在公示栏张贴的公示,退回后会出现在网上,不能退回")
    op.drop_column("public_notice", "listed")
    op.drop_column("notice", "online")
