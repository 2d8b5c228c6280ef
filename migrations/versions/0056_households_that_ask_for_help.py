"""Which households of a survey ask for help with applying: the village's list reads those alone.

Written by hand and kept as it is: a migration knows the schema of its own day, not the models of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

_MARK = {
    "postgresql": """UPDATE survey_household SET asks_help = TRUE
        WHERE children @> '[{"wish_apply": "需协助"}]'::jsonb""",
    "sqlite": """UPDATE survey_household SET asks_help = 1 WHERE EXISTS (SELECT 1 FROM json_each(children) AS one
        WHERE json_extract(one.value, '$.wish_apply') = '需协助')""",
}


def upgrade() -> None:
    asks = sa.Column("asks_help", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("survey_household", asks)
    op.get_bind().exec_driver_sql(_MARK[op.get_bind().dialect.name])
    op.create_index("ix_survey_household_place_asks_help_at", "survey_household", ["place", "asks_help", "at"])


def downgrade() -> None:
    op.drop_index("ix_survey_household_place_asks_help_at", "survey_household")
    op.drop_column("survey_household", "asks_help")
