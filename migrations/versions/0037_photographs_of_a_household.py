"""Photographs that were taken of a household where there was no network.

Written by hand and kept as it is: a migration knows the schema of its own day, not the models of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("survey_draft_household", sa.Column("photos", _JSON, nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("survey_draft_household", "photos")
