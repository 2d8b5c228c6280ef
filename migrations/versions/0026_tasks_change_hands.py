"""Tasks change hands: entrusting, substitutes, co-signers, copies, drafts, remarks, absences and handovers.

Written by hand and kept as it is: a migration knows the schema of its own day, not the models of today.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def _of_task() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("owner", sa.String(80), nullable=True),
        sa.Column("owner_name", sa.String(80), nullable=True),
        sa.Column("for_person", sa.String(80), nullable=True),
        sa.Column("for_person_name", sa.String(80), nullable=True),
        sa.Column("urged_at", _INSTANT, nullable=True),
        sa.Column("sign", sa.String(10), nullable=True),
    )


def upgrade() -> None:
    for column in _of_task():
        op.add_column("user_task", column)
    _copies()
    _signatures()
    _drafts()
    _remarks()
    _absences()


def _copies() -> None:
    op.create_table(
        "task_copy",
        sa.Column("task_id", sa.String(40), nullable=False),
        sa.Column("instance_id", sa.String(26), nullable=False),
        sa.Column("recipient", sa.String(80), nullable=False),
        sa.Column("recipient_name", sa.String(80), nullable=False),
        sa.Column("sender", sa.String(80), nullable=False),
        sa.Column("sender_name", sa.String(80), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("read_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("task_id", "recipient", name="pk_task_copy"),
        sa.ForeignKeyConstraint(["task_id"], ["user_task.id"], name="fk_task_copy_task_id_user_task"),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name="fk_task_copy_instance_id_instance"),
    )
    op.create_index("ix_task_copy_recipient_at", "task_copy", ["recipient", "at"])
    op.create_table(
        "task_opening",
        sa.Column("task_id", sa.String(40), nullable=False),
        sa.Column("person", sa.String(80), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("task_id", "person", name="pk_task_opening"),
        sa.ForeignKeyConstraint(["task_id"], ["user_task.id"], name="fk_task_opening_task_id_user_task"),
    )


def _signatures() -> None:
    op.create_table(
        "task_signature",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("task_id", sa.String(40), nullable=False),
        sa.Column("instance_id", sa.String(26), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(80), nullable=True),
        sa.Column("person", sa.String(80), nullable=True),
        sa.Column("person_name", sa.String(80), nullable=True),
        sa.Column("asked_by", sa.String(80), nullable=False),
        sa.Column("asked_by_name", sa.String(80), nullable=False),
        sa.Column("asked_at", _INSTANT, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=True),
        sa.Column("agrees", sa.Boolean(), nullable=True),
        sa.Column("signed_by", sa.String(80), nullable=True),
        sa.Column("signed_by_name", sa.String(80), nullable=True),
        sa.Column("signed_at", _INSTANT, nullable=True),
        sa.Column("removed_at", _INSTANT, nullable=True),
        sa.Column("removed_by_name", sa.String(80), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_task_signature"),
        sa.ForeignKeyConstraint(["task_id"], ["user_task.id"], name="fk_task_signature_task_id_user_task"),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name="fk_task_signature_instance_id_instance"),
    )
    op.create_index("ix_task_signature_task_id", "task_signature", ["task_id"])
    op.create_index("ix_task_signature_person", "task_signature", ["person", "asked_at"])


def _drafts() -> None:
    op.create_table(
        "task_draft",
        sa.Column("id", sa.String(120), nullable=False),
        sa.Column("task_id", sa.String(40), nullable=False),
        sa.Column("person", sa.String(80), nullable=False),
        sa.Column("fields", _JSON, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_task_draft"),
        sa.ForeignKeyConstraint(["task_id"], ["user_task.id"], name="fk_task_draft_task_id_user_task"),
    )
    op.create_index("ix_task_draft_task_id", "task_draft", ["task_id"])


def _remarks() -> None:
    op.create_table(
        "task_remark",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("instance_id", sa.String(26), nullable=False),
        sa.Column("task_id", sa.String(40), nullable=True),
        sa.Column("author", sa.String(80), nullable=False),
        sa.Column("author_name", sa.String(80), nullable=False),
        sa.Column("author_unit", sa.String(80), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("named", _JSON, nullable=True),
        sa.Column("at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_task_remark"),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name="fk_task_remark_instance_id_instance"),
    )
    op.create_index("ix_task_remark_instance_id_at", "task_remark", ["instance_id", "at"])


def _absences() -> None:
    op.create_table(
        "absence",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("substitute_id", sa.String(40), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.String(80), nullable=False),
        sa.Column("entered_at", _INSTANT, nullable=False),
        sa.Column("ended_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_absence"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_absence_person_id_person"),
        sa.ForeignKeyConstraint(["substitute_id"], ["person.id"], name="fk_absence_substitute_id_person"),
    )
    op.create_index("ix_absence_substitute_id", "absence", ["substitute_id", "last_day"])
    op.create_index("ix_absence_person_id", "absence", ["person_id", "last_day"])
    op.create_table(
        "office_handover",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("from_person", sa.String(40), nullable=False),
        sa.Column("to_person", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("items", _JSON, nullable=False),
        sa.Column("done_by", sa.String(80), nullable=False),
        sa.Column("done_by_name", sa.String(80), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_office_handover"),
        sa.ForeignKeyConstraint(["from_person"], ["person.id"], name="fk_office_handover_from_person_person"),
        sa.ForeignKeyConstraint(["to_person"], ["person.id"], name="fk_office_handover_to_person_person"),
    )


def downgrade() -> None:
    for table in (
        "office_handover",
        "absence",
        "task_remark",
        "task_draft",
        "task_signature",
        "task_opening",
        "task_copy",
    ):
        op.drop_table(table)
    with op.batch_alter_table("user_task") as table_of_tasks:
        for column in _of_task():
            table_of_tasks.drop_column(column.name)
