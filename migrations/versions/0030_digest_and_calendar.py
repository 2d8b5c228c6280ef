"""The daily digest, who wants none, and the secret addresses of calendars.

Written by hand and kept as it is: a migration knows the schema of its own day, not the models of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "digest_run",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sent_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_digest_run"),
    )
    op.create_table(
        "digest_off",
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("since", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_digest_off"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_digest_off_person_id_person"),
    )
    op.create_table(
        "due_feed",
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_due_feed"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_due_feed_person_id_person"),
        sa.UniqueConstraint("secret_hash", name="uq_due_feed_secret_hash"),
    )


def downgrade() -> None:
    for table in ("due_feed", "digest_off", "digest_run"):
        op.drop_table(table)
