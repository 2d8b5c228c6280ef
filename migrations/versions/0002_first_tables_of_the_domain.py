"""First tables of the domain.

Written by hand and kept as it is: a migration knows the schema of its own day, not the models of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    _places_and_people()
    _children()
    _case_files()
    _papers_and_findings()
    _opinions()
    _notices()
    _results()


def downgrade() -> None:
    for table in (
        "document",
        "deadline",
        "benefit_standard",
        "benefit_item",
        "decision",
        "public_notice",
        "notice",
        "opinion",
        "verification",
        "match_row",
        "material",
        "file",
        "application",
        "case_department",
        "case_file",
        "household_member",
        "household",
        "parent_status",
        "guardian",
        "child_education",
        "child_health",
        "child",
        "login_session",
        "role_grant",
        "person",
        "org_alias",
        "division",
    ):
        op.drop_table(table)


def _places_and_people() -> None:
    op.create_table(
        "division",
        sa.Column("code", sa.String(12), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("parent_code", sa.String(12), nullable=True),
        sa.PrimaryKeyConstraint("code", name="pk_division"),
        sa.ForeignKeyConstraint(["parent_code"], ["division.code"], name="fk_division_parent_code_division"),
    )
    op.create_index("ix_division_parent_code", "division", ["parent_code"])
    op.create_table(
        "org_alias",
        sa.Column("department", sa.String(12), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("alias", sa.String(12), nullable=False),
        sa.Column("source_doc", sa.String(200), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("department", "valid_from", name="pk_org_alias"),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("user_name", sa.String(60), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("unit", sa.String(80), nullable=False, server_default=""),
        sa.Column("phone", sa.String(20), nullable=False, server_default=""),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("failed_logins", sa.Integer(), nullable=False),
        sa.Column("locked_until", _INSTANT, nullable=True),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("user_name", name="uq_person_user_name"),
    )
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("place", sa.String(12), nullable=False, server_default=""),
        sa.Column("department", sa.String(12), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_role_grant"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_role_grant_person_id_person"),
        sa.UniqueConstraint("person_id", "role", "place", name="uq_role_grant_person_id_role_place"),
    )
    op.create_index("ix_role_grant_person_id", "role_grant", ["person_id"])
    op.create_table(
        "login_session",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("opened_at", _INSTANT, nullable=False),
        sa.Column("last_seen_at", _INSTANT, nullable=False),
        sa.Column("address", sa.String(64), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("token_hash", name="pk_login_session"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_login_session_person_id_person"),
    )
    op.create_index("ix_login_session_person_id", "login_session", ["person_id"])


def _children() -> None:
    op.create_table(
        "child",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("archive_no", sa.String(20), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("idcard", sa.String(18), nullable=True),
        sa.Column("no_id_reason", sa.String(100), nullable=True),
        sa.Column("sex", sa.String(2), nullable=True),
        sa.Column("birth", sa.Date(), nullable=True),
        sa.Column("ethnic", sa.String(20), nullable=True),
        sa.Column("hukou_code", sa.String(12), nullable=False),
        sa.Column("town_code", sa.String(9), nullable=False),
        sa.Column("live_code", sa.String(12), nullable=True),
        sa.Column("live_address", sa.String(240), nullable=True),
        sa.Column("phone", sa.String(20), nullable=True),
        sa.Column("categories", _JSON, nullable=False),
        sa.Column("primary_category", sa.String(4), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("enrolled_on", sa.Date(), nullable=True),
        sa.Column("effective_month", sa.String(7), nullable=True),
        sa.Column("stop_month", sa.String(7), nullable=True),
        sa.Column("next_review_on", sa.Date(), nullable=True),
        sa.Column("sealed_hiv", sa.Boolean(), nullable=False),
        sa.Column("no_publicity", sa.Boolean(), nullable=False),
        sa.Column("officer_id", sa.String(40), nullable=True),
        sa.Column("search_key", sa.String(1000), nullable=False, server_default=""),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("created_by", sa.String(40), nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_child"),
        sa.UniqueConstraint("archive_no", name="uq_child_archive_no"),
        sa.UniqueConstraint("idcard", name="uq_child_idcard"),
    )
    op.create_index("ix_child_hukou_code", "child", ["hukou_code"])
    op.create_index("ix_child_town_code", "child", ["town_code"])
    op.create_table(
        "child_health",
        sa.Column("child_id", sa.String(40), nullable=False),
        sa.Column("disability_kind", sa.String(12), nullable=True),
        sa.Column("disability_level", sa.Integer(), nullable=True),
        sa.Column("disability_cert_no", sa.String(24), nullable=True),
        sa.Column("illness_name", sa.String(120), nullable=True),
        sa.Column("hospital", sa.String(120), nullable=True),
        sa.Column("insured", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("child_id", name="pk_child_health"),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name="fk_child_health_child_id_child"),
    )
    op.create_table(
        "child_education",
        sa.Column("child_id", sa.String(40), nullable=False),
        sa.Column("stage", sa.String(12), nullable=True),
        sa.Column("school", sa.String(120), nullable=True),
        sa.Column("student_no", sa.String(24), nullable=True),
        sa.Column("enrol_status", sa.String(12), nullable=True),
        sa.Column("expected_graduation", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("child_id", name="pk_child_education"),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name="fk_child_education_child_id_child"),
    )
    op.create_table(
        "guardian",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.String(40), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("idcard", sa.String(18), nullable=True),
        sa.Column("phone", sa.String(20), nullable=True),
        sa.Column("relation", sa.String(20), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_guardian"),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name="fk_guardian_child_id_child"),
    )
    op.create_index("ix_guardian_child_id", "guardian", ["child_id"])
    op.create_table(
        "parent_status",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.String(40), nullable=False),
        sa.Column("which", sa.String(2), nullable=False),
        sa.Column("name", sa.String(60), nullable=True),
        sa.Column("idcard", sa.String(18), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=True),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_parent_status"),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name="fk_parent_status_child_id_child"),
        sa.UniqueConstraint("child_id", "which", name="uq_parent_status_child_id_which"),
    )
    op.create_table(
        "household",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("place", sa.String(12), nullable=False),
        sa.Column("address", sa.String(240), nullable=False, server_default=""),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("year_income", sa.Numeric(12, 2), nullable=True),
        sa.Column("dibao", sa.Boolean(), nullable=True),
        sa.Column("dibao_no", sa.String(40), nullable=True),
        sa.Column("bianyuan", sa.Boolean(), nullable=True),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_household"),
    )
    op.create_index("ix_household_place", "household", ["place"])
    op.create_table(
        "household_member",
        sa.Column("child_id", sa.String(40), nullable=False),
        sa.Column("household_id", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("child_id", name="pk_household_member"),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name="fk_household_member_child_id_child"),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name="fk_household_member_household_id_household"),
    )
    op.create_index("ix_household_member_household_id", "household_member", ["household_id"])


def _case_files() -> None:
    op.create_table(
        "case_file",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("process_key", sa.String(80), nullable=False),
        sa.Column("child_id", sa.String(40), nullable=True),
        sa.Column("place", sa.String(12), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("end_state", sa.String(40), nullable=True),
        sa.Column("sealed_hiv", sa.Boolean(), nullable=False),
        sa.Column("no_publicity", sa.Boolean(), nullable=False),
        sa.Column("policy_profile", sa.String(20), nullable=False),
        sa.Column("owner_id", sa.String(40), nullable=True),
        sa.Column("facts", _JSON, nullable=False),
        sa.Column("opened_at", _INSTANT, nullable=False),
        sa.Column("opened_by", sa.String(40), nullable=False),
        sa.Column("closed_at", _INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_file"),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name="fk_case_file_child_id_child"),
    )
    op.create_index("ix_case_file_child_id", "case_file", ["child_id"])
    op.create_index("ix_case_file_place", "case_file", ["place"])
    op.create_table(
        "case_department",
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("department", sa.String(12), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "department", name="pk_case_department"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_case_department_case_id_case_file"),
    )
    op.create_table(
        "application",
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("application_no", sa.String(32), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("channel", sa.String(12), nullable=False),
        sa.Column("applicant_name", sa.String(60), nullable=False),
        sa.Column("applicant_phone", sa.String(20), nullable=True),
        sa.Column("relation", sa.String(20), nullable=True),
        sa.Column("categories_claimed", _JSON, nullable=False),
        sa.Column("entrusted", sa.Boolean(), nullable=False),
        sa.Column("statement", sa.String(4000), nullable=False, server_default=""),
        sa.Column("received_at", _INSTANT, nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("verify_due", sa.Date(), nullable=True),
        sa.Column("county_received_on", sa.Date(), nullable=True),
        sa.Column("county_due", sa.Date(), nullable=True),
        sa.Column("bank_account", sa.String(24), nullable=True),
        sa.Column("account_holder", sa.String(60), nullable=True),
        sa.PrimaryKeyConstraint("case_id", name="pk_application"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_application_case_id_case_file"),
        sa.UniqueConstraint("application_no", name="uq_application_application_no"),
    )
    op.create_table(
        "file",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(40), nullable=True),
        sa.Column("uploaded_by", sa.String(40), nullable=False),
        sa.Column("uploaded_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_file"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_file_case_id_case_file"),
    )
    op.create_index("ix_file_case_id", "file", ["case_id"])
    op.create_index("ix_file_uploaded_by", "file", ["uploaded_by"])


def _papers_and_findings() -> None:
    op.create_table(
        "material",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("code", sa.String(4), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("source", sa.String(12), nullable=False),
        sa.Column("original_seen", sa.Boolean(), nullable=False),
        sa.Column("file_id", sa.String(64), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("created_by", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_material"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_material_case_id_case_file"),
        sa.UniqueConstraint("case_id", "code", name="uq_material_case_id_code"),
    )
    op.create_index("ix_material_case_id", "material", ["case_id"])
    op.create_table(
        "match_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("source", sa.String(12), nullable=False),
        sa.Column("item", sa.String(60), nullable=False),
        sa.Column("value", sa.String(200), nullable=False),
        sa.Column("matched", sa.Boolean(), nullable=True),
        sa.Column("at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_match_row"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_match_row_case_id_case_file"),
    )
    op.create_index("ix_match_row_case_id", "match_row", ["case_id"])
    op.create_table(
        "verification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("found", _JSON, nullable=False),
        sa.Column("opinion", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(2000), nullable=False, server_default=""),
        sa.Column("by_id", sa.String(40), nullable=False),
        sa.Column("by_name", sa.String(60), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_verification"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_verification_case_id_case_file"),
    )
    op.create_index("ix_verification_case_id", "verification", ["case_id"])


def _opinions() -> None:
    op.create_table(
        "opinion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("department", sa.String(12), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(1), nullable=False),
        sa.Column("questions", _JSON, nullable=False),
        sa.Column("answers", _JSON, nullable=False),
        sa.Column("opinion", sa.String(12), nullable=True),
        sa.Column("reason", sa.String(2000), nullable=False, server_default=""),
        sa.Column("original_seen", sa.Boolean(), nullable=False),
        sa.Column("asked_at", _INSTANT, nullable=False),
        sa.Column("target_due", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("answered_at", _INSTANT, nullable=True),
        sa.Column("handler_id", sa.String(40), nullable=True),
        sa.Column("handler_name", sa.String(60), nullable=True),
        sa.Column("signed_at", _INSTANT, nullable=True),
        sa.Column("leader_id", sa.String(40), nullable=True),
        sa.Column("leader_name", sa.String(60), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_opinion"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_opinion_case_id_case_file"),
        sa.UniqueConstraint("case_id", "department", "round", name="uq_opinion_case_id_department_round"),
    )
    op.create_index("ix_opinion_case_id", "opinion", ["case_id"])


def _notices() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("notice_no", sa.String(32), nullable=False),
        sa.Column("mode", sa.String(20), nullable=True),
        sa.Column("masked_text", sa.Text(), nullable=False),
        sa.Column("places", _JSON, nullable=False),
        sa.Column("min_wd", sa.Integer(), nullable=True),
        sa.Column("min_cd", sa.Integer(), nullable=True),
        sa.Column("posted_at", _INSTANT, nullable=True),
        sa.Column("posted_by", sa.String(40), nullable=True),
        sa.Column("photo_post", sa.String(200), nullable=True),
        sa.Column("notice_until", sa.Date(), nullable=True),
        sa.Column("end_at", _INSTANT, nullable=True),
        sa.Column("removed_at", _INSTANT, nullable=True),
        sa.Column("photo_remove", sa.String(200), nullable=True),
        sa.Column("takedown_reason", sa.String(400), nullable=True),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("created_by", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_notice_case_id_case_file"),
        sa.UniqueConstraint("notice_no", name="uq_notice_notice_no"),
    )
    op.create_index("ix_notice_case_id", "notice", ["case_id"])
    op.create_table(
        "public_notice",
        sa.Column("notice_no", sa.String(32), nullable=False),
        sa.Column("area", sa.String(120), nullable=False),
        sa.Column("issuer", sa.String(120), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("ends_at", _INSTANT, nullable=False),
        sa.Column("objection_phone", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("notice_no", name="pk_public_notice"),
    )
    op.create_index("ix_public_notice_ends_at", "public_notice", ["ends_at"])


def _results() -> None:
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("no", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("categories", _JSON, nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("effective_month", sa.String(7), nullable=True),
        sa.Column("signed_by", sa.String(60), nullable=True),
        sa.Column("served_on", sa.Date(), nullable=True),
        sa.Column("serve_mode", sa.String(20), nullable=True),
        sa.Column("appeal_text", sa.Text(), nullable=False),
        sa.Column("policy_profile", sa.String(20), nullable=False),
        sa.Column("dmn_trace", _JSON, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_decision_case_id_case_file"),
        sa.UniqueConstraint("no", name="uq_decision_no"),
    )
    op.create_index("ix_decision_case_id", "decision", ["case_id"])
    op.create_table(
        "benefit_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("child_id", sa.String(40), nullable=False),
        sa.Column("benefit", sa.String(40), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("department", sa.String(12), nullable=False),
        sa.Column("mode", sa.String(20), nullable=False),
        sa.Column("amount", sa.Numeric(12, 2), nullable=True),
        sa.Column("start_month", sa.String(7), nullable=False),
        sa.Column("stop_month", sa.String(7), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("result", sa.String(20), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("ref_no", sa.String(60), nullable=True),
        sa.Column("reason", sa.String(1000), nullable=False, server_default=""),
        sa.Column("next_check", sa.Date(), nullable=True),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_benefit_item"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_benefit_item_case_id_case_file"),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name="fk_benefit_item_child_id_child"),
        sa.UniqueConstraint("case_id", "benefit", "department", name="uq_benefit_item_case_id_benefit_department"),
    )
    op.create_index("ix_benefit_item_case_id", "benefit_item", ["case_id"])
    op.create_index("ix_benefit_item_child_id", "benefit_item", ["child_id"])
    op.create_table(
        "benefit_standard",
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("monthly_amount", sa.Numeric(12, 2), nullable=False),
        sa.Column("doc_no", sa.String(120), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("key", "valid_from", name="pk_benefit_standard"),
    )
    op.create_table(
        "deadline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("code", sa.String(8), nullable=False),
        sa.Column("due_at", _INSTANT, nullable=False),
        sa.Column("derivation", _JSON, nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("set_at", _INSTANT, nullable=False),
        sa.Column("met_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_deadline"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_deadline_case_id_case_file"),
    )
    op.create_index("ix_deadline_case_id", "deadline", ["case_id"])
    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.String(160), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_document"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_document_case_id_case_file"),
        sa.UniqueConstraint("idempotency_key", name="uq_document_idempotency_key"),
    )
    op.create_index("ix_document_case_id", "document", ["case_id"])
