"""The ledger of children: read in the order of the archive, by place, category and state, searched by words; given out
as a sheet that a second person approves, and loaded from one.

The GIN index is PostgreSQL's; SQLite, which serves a laptop, looks through its few rows.
Written by hand and kept as it is: a migration knows the schema of its own day, not the models of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_JSON = sa.JSON().with_variant(JSONB(), "postgresql")
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

    _make_exports()
    _make_imports()


def _make_exports() -> None:
    op.create_table(
        "child_export",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("place", sa.String(12), nullable=False),
        sa.Column("narrowed", _JSON, nullable=False),
        sa.Column("purpose", sa.String(400), nullable=False),
        sa.Column("children", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(40), nullable=False),
        sa.Column("asked_name", sa.String(80), nullable=False),
        sa.Column("asked_unit", sa.String(120), nullable=False),
        sa.Column("asked_at", _INSTANT, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("decided_by", sa.String(40), nullable=True),
        sa.Column("decided_name", sa.String(80), nullable=True),
        sa.Column("decided_at", _INSTANT, nullable=True),
        sa.Column("reason", sa.String(400), nullable=False, server_default=""),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("taken_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_child_export"),
    )
    op.create_index("ix_child_export_asked_by_asked_at", "child_export", ["asked_by", "asked_at"])
    op.create_index("ix_child_export_state_asked_at", "child_export", ["state", "asked_at"])


def _make_imports() -> None:
    op.create_table(
        "child_import",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("headings", _JSON, nullable=False),
        sa.Column("left_out", _JSON, nullable=False),
        sa.Column("entered", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("returned", sa.Integer(), nullable=False),
        sa.Column("loaded_by", sa.String(40), nullable=False),
        sa.Column("loaded_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_child_import"),
        sa.UniqueConstraint("sha256", "loaded_by", name="uq_child_import_sha256_loaded_by"),
    )
    op.create_index("ix_child_import_loaded_by_loaded_at", "child_import", ["loaded_by", "loaded_at"])
    op.create_table(
        "child_import_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.String(26), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(8), nullable=False),
        sa.Column("reasons", _JSON, nullable=False),
        sa.Column("child_id", sa.String(40), nullable=True),
        sa.Column("cells", _JSON, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_child_import_row"),
        sa.UniqueConstraint("import_id", "line", name="uq_child_import_row_import_id_line"),
        sa.ForeignKeyConstraint(["import_id"], ["child_import.id"], name="fk_child_import_row_import_id_child_import"),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name="fk_child_import_row_child_id_child"),
    )


def downgrade() -> None:
    for table in ("child_import_row", "child_import", "child_export"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP INDEX ix_child_words")
    op.drop_index("ix_case_department_department_case_id", "case_department")
    op.drop_index("ix_case_file_owner_id", "case_file")
    op.drop_index("ix_child_last_four", "child")
    for column in _BY:
        op.drop_index(f"ix_child_{column}_archive_no", "child")
