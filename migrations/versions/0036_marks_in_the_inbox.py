"""What a person notes beside a task in the own inbox: a day to come back to it, and how pressing it is.

Written by hand and kept as it is: a migration knows the schema of its own day, not the models of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inbox_mark",
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("task_id", sa.String(40), nullable=False),
        sa.Column("follow_on", sa.Date(), nullable=True),
        sa.Column("priority", sa.String(4), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "task_id", name="pk_inbox_mark"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_inbox_mark_person_id_person"),
        sa.ForeignKeyConstraint(["task_id"], ["user_task.id"], name="fk_inbox_mark_task_id_user_task"),
    )


def downgrade() -> None:
    op.drop_table("inbox_mark")
