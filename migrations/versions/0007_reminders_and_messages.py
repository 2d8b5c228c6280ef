"""Reminders and messages.

Written by hand and kept as it is: a migration knows the schema of its own day, not the models of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("user_task", sa.Column("remind_at", _INSTANT))
    # Tasks that were open before get their ladder with the first round.
    op.execute(
        "UPDATE user_task SET remind_at = opened_at"
        " WHERE status = 'open' AND reminders IS NOT NULL AND due_at IS NOT NULL"
    )
    op.create_index(
        "ix_user_task_remind",
        "user_task",
        ["remind_at", "id"],
        **_where("status = 'open' AND remind_at IS NOT NULL"),
    )
    _reminder_log()
    _message_out()
    _paper_reference()


def downgrade() -> None:
    for table in ("paper_reference", "contact", "message_out", "reminder_log"):
        op.drop_table(table)
    op.drop_index("ix_user_task_remind", table_name="user_task")
    op.drop_column("user_task", "remind_at")


def _where(condition: str) -> dict[str, sa.TextClause]:
    text = sa.text(condition)
    return {"postgresql_where": text, "sqlite_where": text}


def _reminder_log() -> None:
    op.create_table(
        "reminder_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.String(40), nullable=False),
        sa.Column("case_id", sa.String(40)),
        sa.Column("element_id", sa.String(80), nullable=False),
        sa.Column("department", sa.String(40)),
        sa.Column("rung", sa.String(2), nullable=False),
        sa.Column("due_at", _INSTANT, nullable=False),
        sa.Column("rung_at", _INSTANT, nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("sent_at", _INSTANT),
        sa.Column("roles", _JSON, nullable=False),
        sa.Column("people", _JSON, nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["user_task.id"], name="fk_reminder_log_task_id_user_task"),
        sa.PrimaryKeyConstraint("id", name="pk_reminder_log"),
        sa.UniqueConstraint("task_id", "rung", name="uq_reminder_log_task_id_rung"),
    )
    op.create_index("ix_reminder_log_case_id", "reminder_log", ["case_id"])


def _message_out() -> None:
    op.create_table(
        "message_out",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("case_id", sa.String(40)),
        sa.Column("task_id", sa.String(40)),
        sa.Column("subject", sa.String(120), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("dedup", sa.String(120), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("read_at", _INSTANT),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("next_at", _INSTANT),
        sa.Column("sent_at", _INSTANT),
        sa.Column("last_error", sa.Text()),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_message_out_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_message_out"),
        sa.UniqueConstraint("dedup", name="uq_message_out_dedup"),
    )
    op.create_index("ix_message_out_reader", "message_out", ["person_id", "created_at", "id"])
    op.create_index(
        "ix_message_out_unread", "message_out", ["person_id", "id"], **_where("channel = 'app' AND read_at IS NULL")
    )
    op.create_index("ix_message_out_pending", "message_out", ["next_at", "id"], **_where("status = 'pending'"))
    op.create_table(
        "contact",
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("address", sa.String(120), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_contact_person_id_person"),
        sa.PrimaryKeyConstraint("person_id", "channel", name="pk_contact"),
    )


def _paper_reference() -> None:
    op.create_table(
        "paper_reference",
        sa.Column("code", sa.String(26), nullable=False),
        sa.Column("document_id", sa.Integer()),
        sa.Column("notice_id", sa.String(26)),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.CheckConstraint("(document_id IS NULL) <> (notice_id IS NULL)", name="ck_paper_reference_one_paper"),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name="fk_paper_reference_document_id_document"),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name="fk_paper_reference_notice_id_notice"),
        sa.PrimaryKeyConstraint("code", name="pk_paper_reference"),
        sa.UniqueConstraint("document_id", name="uq_paper_reference_document_id"),
        sa.UniqueConstraint("notice_id", name="uq_paper_reference_notice_id"),
    )
