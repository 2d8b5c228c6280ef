"""The list of children is read in the order of the archive, by place, category and state, and searched by words.

The GIN index is PostgreSQL's; SQLite, which serves a laptop, looks through its few rows.
Written by hand and kept as it is: a migration knows the schema of its own day, not the models of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0016"
branch_labels = None
depends_on = None

_BY = ("hukou_code", "town_code", "primary_category", "status")


def upgrade() -> None:
    for column in _BY:
        op.create_index(f"ix_child_{column}_archive_no", "child", [column, "archive_no"])
    op.create_index("ix_child_last_four", "child", [sa.text("substr(idcard, 15, 4)")])
    op.create_index("ix_case_file_owner_id", "case_file", ["owner_id"])
    op.create_index("ix_case_department_department_case_id", "case_department", ["department", "case_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE INDEX ix_child_words ON child USING gin (array_to_tsvector(string_to_array(search_key, ' ')))"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP INDEX ix_child_words")
    op.drop_index("ix_case_department_department_case_id", "case_department")
    op.drop_index("ix_case_file_owner_id", "case_file")
    op.drop_index("ix_child_last_four", "child")
    for column in _BY:
        op.drop_index(f"ix_child_{column}_archive_no", "child")
