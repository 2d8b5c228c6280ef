"""How people like their inbox: filters that were given a name, the columns; and the words of open tasks, indexed.

Written by hand and kept as it is: a migration knows the schema of its own day, not the models of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "inbox_filter",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("owner", sa.String(40), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("asked", _JSON, nullable=False),
        sa.Column("role", sa.String(40), nullable=True),
        sa.Column("place", sa.String(12), nullable=True),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_inbox_filter"),
        sa.ForeignKeyConstraint(["owner"], ["person.id"], name="fk_inbox_filter_owner_person"),
        sa.UniqueConstraint("owner", "name", name="uq_inbox_filter_owner_name"),
    )
    op.create_index("ix_inbox_filter_role", "inbox_filter", ["role", "place"])
    op.create_table(
        "inbox_columns",
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("columns", _JSON, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_inbox_columns"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_inbox_columns_person_id_person"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE INDEX ix_user_task_words ON user_task USING gin"
            " (array_to_tsvector(array_remove(string_to_array(lower(search_key), ' '), '')))"
            " WITH (gin_pending_list_limit = 256) WHERE status = 'open'"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP INDEX ix_user_task_words")
    op.drop_table("inbox_columns")
    op.drop_table("inbox_filter")
