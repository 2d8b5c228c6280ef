"""Requests of whoever lost a guardianship to have it back: each a case of its own (DL-32, M6).

Written by hand and kept as it is: a migration knows the schema of its own day, not the models of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "restoration_request",
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("request_no", sa.String(32), nullable=False),
        sa.Column("source_case_id", sa.String(40), nullable=True),
        sa.Column("revocation_no", sa.String(80), nullable=False),
        sa.Column("requester_was", sa.String(12), nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=False),
        sa.Column("restore_from", sa.Date(), nullable=False),
        sa.Column("restore_until", sa.Date(), nullable=False),
        sa.Column("barred", _JSON, nullable=False),
        sa.Column("advice", sa.String(12), nullable=True),
        sa.Column("result", sa.String(20), nullable=True),
        sa.Column("judgment_no", sa.String(80), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", name="pk_restoration_request"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_restoration_request_case_id_case_file"),
        sa.ForeignKeyConstraint(
            ["source_case_id"], ["case_file.id"], name="fk_restoration_request_source_case_id_case_file"
        ),
        sa.UniqueConstraint("request_no", name="uq_restoration_request_request_no"),
    )


def downgrade() -> None:
    op.drop_table("restoration_request")
