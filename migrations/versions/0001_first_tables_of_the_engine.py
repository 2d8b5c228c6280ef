"""First tables of the engine.

Written by hand and kept as it is: a migration knows the schema of its own day, not the models of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def _where(condition: str) -> dict[str, sa.TextClause]:
    return {"postgresql_where": sa.text(condition), "sqlite_where": sa.text(condition)}


def upgrade() -> None:
    _process_version()
    _instance()
    _user_task()
    _submission()
    _job()
    _message_wait()
    _incident()
    _history()
    _audit()
    _demo_clock()


def downgrade() -> None:
    for table in (
        "demo_clock",
        "audit",
        "history",
        "incident",
        "message_wait",
        "job",
        "submission",
        "user_task",
        "instance",
        "process_version",
    ):
        op.drop_table(table)


def _process_version() -> None:
    op.create_table(
        "process_version",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("process_key", sa.String(80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("case_kind", sa.String(40), nullable=False),
        sa.Column("starters", _JSON, nullable=False),
        sa.Column("bundle", sa.LargeBinary(), nullable=False),
        sa.Column("published_at", _INSTANT, nullable=False),
        sa.Column("published_by", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_process_version"),
        sa.UniqueConstraint("process_key", "content_hash", name="uq_process_version_process_key_content_hash"),
        sa.UniqueConstraint("process_key", "number", name="uq_process_version_process_key_number"),
    )


def _instance() -> None:
    op.create_table(
        "instance",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("process_key", sa.String(80), nullable=False),
        sa.Column(
            "version_id",
            sa.String(26),
            sa.ForeignKey("process_version.id", name="fk_instance_version_id_process_version"),
            nullable=False,
        ),
        sa.Column("case_id", sa.String(40)),
        sa.Column("case_kind", sa.String(40), nullable=False),
        sa.Column("place", sa.String(12), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("state", sa.LargeBinary()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("incidents", sa.Integer(), nullable=False),
        sa.Column("started_at", _INSTANT, nullable=False),
        sa.Column("started_by", sa.String(80), nullable=False),
        sa.Column("ended_at", _INSTANT),
        sa.Column("end_event", sa.String(80)),
        sa.Column("tokens", _JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_instance"),
    )
    op.create_index("ix_instance_case_id", "instance", ["case_id"])
    op.create_index("ix_instance_started_by_started_at", "instance", ["started_by", "started_at"])
    op.create_index("ix_instance_status_started_at_id", "instance", ["status", "started_at", "id"])


def _user_task() -> None:
    op.create_table(
        "user_task",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column(
            "instance_id",
            sa.String(26),
            sa.ForeignKey("instance.id", name="fk_user_task_instance_id_instance"),
            nullable=False,
        ),
        sa.Column("element_id", sa.String(80), nullable=False),
        sa.Column("element_process", sa.String(80), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("form", sa.String(80), nullable=False),
        sa.Column("role", sa.String(80), nullable=False),
        sa.Column("place", sa.String(12), nullable=False),
        sa.Column("department", sa.String(40)),
        sa.Column("assignee", sa.String(80)),
        sa.Column("assignee_name", sa.String(80)),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("opened_at", _INSTANT, nullable=False),
        sa.Column("due_at", _INSTANT),
        sa.Column("due_order", _INSTANT, nullable=False),
        sa.Column("due_derivation", _JSON),
        sa.Column("separate_from", _JSON),
        sa.Column("reminders", sa.String(20)),
        sa.Column("variables", _JSON),
        sa.Column("instance_key", sa.String(80)),
        sa.Column("closed_at", _INSTANT),
        sa.Column("closed_by", sa.String(80)),
        sa.Column("closed_by_name", sa.String(80)),
        sa.Column("process_key", sa.String(80), nullable=False),
        sa.Column("case_id", sa.String(40)),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_user_task"),
    )
    op.create_index("ix_user_task_done", "user_task", ["closed_by", "closed_at", "id"], **_where("status = 'done'"))
    op.create_index(
        "ix_user_task_held",
        "user_task",
        ["assignee", "due_order", "id"],
        **_where("status = 'open' AND assignee IS NOT NULL"),
    )
    op.create_index("ix_user_task_instance_id", "user_task", ["instance_id"])
    op.create_index(
        "ix_user_task_pool_place",
        "user_task",
        ["role", "place", "due_order", "id"],
        **_where("status = 'open' AND assignee IS NULL"),
    )
    op.create_index(
        "ix_user_task_pool_role",
        "user_task",
        ["role", "due_order", "id"],
        **_where("status = 'open' AND assignee IS NULL"),
    )
    op.create_index(
        "ix_user_task_pool_town",
        "user_task",
        ["role", sa.text("substr(place, 1, 9)"), "due_order", "id"],
        **_where("status = 'open' AND assignee IS NULL"),
    )


def _submission() -> None:
    op.create_table(
        "submission",
        sa.Column("idempotency_key", sa.String(80), nullable=False),
        sa.Column(
            "instance_id",
            sa.String(26),
            sa.ForeignKey("instance.id", name="fk_submission_instance_id_instance"),
            nullable=False,
        ),
        sa.Column("task_id", sa.String(40)),
        sa.Column("process_key", sa.String(80), nullable=False),
        sa.Column("version_id", sa.String(26), nullable=False),
        sa.Column("element_id", sa.String(80)),
        sa.Column("form", sa.String(80)),
        sa.Column("fields", _JSON, nullable=False),
        sa.Column("actor_id", sa.String(80), nullable=False),
        sa.Column("actor_name", sa.String(80), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("answer", _JSON, nullable=False),
        sa.PrimaryKeyConstraint("idempotency_key", name="pk_submission"),
    )
    op.create_index("ix_submission_instance_id", "submission", ["instance_id"])


def _job() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column(
            "instance_id",
            sa.String(26),
            sa.ForeignKey("instance.id", name="fk_job_instance_id_instance"),
            nullable=False,
        ),
        sa.Column("token_id", sa.String(40), nullable=False),
        sa.Column("element_id", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("service", sa.String(80)),
        sa.Column("parameters", _JSON, nullable=False),
        sa.Column("idempotency_key", sa.String(80), nullable=False),
        sa.Column("queue", sa.String(40), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("due_at", _INSTANT, nullable=False),
        sa.Column("first_due_at", _INSTANT, nullable=False),
        sa.Column("lease_until", _INSTANT),
        sa.Column("worker", sa.String(80)),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text()),
        sa.Column("result", _JSON),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
        sa.UniqueConstraint("token_id", "kind", "sequence", name="uq_job_token_id_kind_sequence"),
    )
    op.create_index("ix_job_due_pending", "job", ["due_at", "id"], **_where("status = 'pending'"))
    op.create_index("ix_job_instance_id", "job", ["instance_id"])
    op.create_index("ix_job_lease", "job", ["lease_until"], **_where("status = 'leased'"))


def _message_wait() -> None:
    op.create_table(
        "message_wait",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column(
            "instance_id",
            sa.String(26),
            sa.ForeignKey("instance.id", name="fk_message_wait_instance_id_instance"),
            nullable=False,
        ),
        sa.Column("token_id", sa.String(40), nullable=False),
        sa.Column("element_id", sa.String(80), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("key", sa.String(80)),
        sa.Column("signal", sa.Boolean(), nullable=False),
        sa.Column("since", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_message_wait"),
    )
    op.create_index("ix_message_wait_instance_id_token_id", "message_wait", ["instance_id", "token_id"])
    op.create_index("ix_message_wait_name_key", "message_wait", ["name", "key"])


def _incident() -> None:
    op.create_table(
        "incident",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("instance_id", sa.String(26), sa.ForeignKey("instance.id", name="fk_incident_instance_id_instance")),
        sa.Column("process_key", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("element_id", sa.String(80)),
        sa.Column("element_name", sa.String(200)),
        sa.Column("token_id", sa.String(40)),
        sa.Column("job_id", sa.String(26)),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("detail", _JSON),
        sa.Column("stimulus", _JSON),
        sa.Column("request", _JSON),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("opened_at", _INSTANT, nullable=False),
        sa.Column("resolved_at", _INSTANT),
        sa.Column("resolved_by", sa.String(80)),
        sa.Column("resolution", sa.String(200)),
        sa.PrimaryKeyConstraint("id", name="pk_incident"),
    )
    op.create_index("ix_incident_instance_id", "incident", ["instance_id"])
    op.create_index("ix_incident_open", "incident", ["opened_at", "id"], **_where("status = 'open'"))


def _history() -> None:
    op.create_table(
        "history",
        sa.Column(
            "instance_id",
            sa.String(26),
            sa.ForeignKey("instance.id", name="fk_history_instance_id_instance"),
            nullable=False,
        ),
        sa.Column("step", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("element_id", sa.String(80)),
        sa.Column("actor_id", sa.String(80), nullable=False),
        sa.Column("actor_name", sa.String(80), nullable=False),
        sa.Column("actor_unit", sa.String(80), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("data", _JSON),
        sa.PrimaryKeyConstraint("instance_id", "step", name="pk_history"),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("actor_id", sa.String(80), nullable=False),
        sa.Column("actor_name", sa.String(80), nullable=False),
        sa.Column("action", sa.String(60), nullable=False),
        sa.Column("target", sa.String(80)),
        sa.Column("detail", _JSON),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_actor_id_at", "audit", ["actor_id", "at"])
    op.create_index("ix_audit_target_at", "audit", ["target", "at"])


def _demo_clock() -> None:
    op.create_table(
        "demo_clock",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("offset_seconds", sa.BigInteger(), nullable=False),
        sa.Column("set_at", _INSTANT, nullable=False),
        sa.Column("set_by", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_demo_clock"),
    )
