"""Money: the monthly lists and their payments, accounts, temporary relief, changes of standards, the benefit sheet.

Written by hand and kept as it is: a migration knows the schema of its own day, not the models of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_JSON = sa.JSON().with_variant(JSONB(), "postgresql")

_ITEM_COLUMNS = (
    ("standard_key", sa.String(40)),
    ("pay_mode", sa.String(12)),
    ("already", sa.Numeric(12, 2)),
    ("scheme_result", sa.String(12)),
    ("scheme_result_on", sa.Date()),
    ("scheme_ref", sa.String(60)),
)
_TABLES = ("standard_change", "temp_relief", "payment", "payment_batch", "bank_account", "benefit_sheet")


def _key(table: str, column: str, other: str, *, null: bool = False) -> tuple[sa.Column, sa.ForeignKeyConstraint]:
    return (
        sa.Column(column, sa.String(40), nullable=null),
        sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}"),
    )


def upgrade() -> None:
    for name, kind in _ITEM_COLUMNS:
        op.add_column("benefit_item", sa.Column(name, kind, nullable=True))
    _sheet_and_account()
    _payments()
    _relief_and_standards()


def _sheet_and_account() -> None:
    op.create_table(
        "benefit_sheet",
        *_key("benefit_sheet", "case_id", "case_file"),
        *_key("benefit_sheet", "child_id", "child"),
        sa.Column("candidates", _JSON, nullable=False),
        sa.Column("chosen", sa.String(40), nullable=False),
        sa.Column("best", sa.Numeric(12, 2), nullable=True),
        sa.Column("already", sa.Numeric(12, 2), nullable=False),
        sa.Column("pay", sa.Numeric(12, 2), nullable=True),
        sa.Column("start_month", sa.String(7), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_benefit_sheet"),
    )
    op.create_index("ix_benefit_sheet_child_id", "benefit_sheet", ["child_id"])
    op.create_table(
        "bank_account",
        *_key("bank_account", "child_id", "child"),
        sa.Column("account", sa.String(24), nullable=False),
        sa.Column("holder", sa.String(60), nullable=False),
        sa.Column("owner", sa.String(12), nullable=False),
        sa.Column("set_at", _INSTANT, nullable=False),
        sa.Column("set_by", sa.String(60), nullable=False),
        sa.PrimaryKeyConstraint("child_id", name="pk_bank_account"),
    )


def _payments() -> None:
    op.create_table(
        "payment_batch",
        *_key("payment_batch", "case_id", "case_file"),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("track", sa.String(10), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("batch_no", sa.String(40), nullable=True),
        sa.Column("file_id", sa.String(26), nullable=True),
        sa.Column("withheld", _JSON, nullable=False),
        sa.Column("closed_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("case_id", name="pk_payment_batch"),
        sa.UniqueConstraint("month", "track", name="uq_payment_batch_month_track"),
        sa.UniqueConstraint("batch_no", name="uq_payment_batch_batch_no"),
    )
    op.create_table(
        "payment",
        sa.Column("id", sa.Integer(), nullable=False),
        *_key("payment", "case_id", "case_file"),
        *_key("payment", "child_id", "child"),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["benefit_item.id"], name="fk_payment_item_id_benefit_item"),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("slot", sa.String(50), nullable=False),
        sa.Column("scheme", sa.String(40), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("account_masked", sa.String(24), nullable=False),
        sa.Column("bank_result", sa.String(12), nullable=False),
        sa.Column("bank_reason", sa.String(200), nullable=False, server_default=""),
        sa.Column("batch_no", sa.String(40), nullable=True),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("attempts", _JSON, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_payment"),
        sa.UniqueConstraint("child_id", "month", "slot", name="uq_payment_child_id_month_slot"),
    )
    op.create_index("ix_payment_case_id", "payment", ["case_id"])


def _relief_and_standards() -> None:
    op.create_table(
        "temp_relief",
        *_key("temp_relief", "case_id", "case_file"),
        *_key("temp_relief", "child_id", "child"),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("traits", _JSON, nullable=False),
        sa.Column("need_amount", sa.Integer(), nullable=True),
        sa.Column("emergency", sa.Boolean(), nullable=True),
        sa.Column("route", sa.String(20), nullable=True),
        sa.Column("decision", sa.String(8), nullable=True),
        sa.Column("granted", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False, server_default=""),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("papers_due", sa.Date(), nullable=True),
        sa.Column("papers_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", name="pk_temp_relief"),
    )
    op.create_index("ix_temp_relief_child_id", "temp_relief", ["child_id"])
    op.create_table(
        "standard_change",
        *_key("standard_change", "case_id", "case_file"),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("former", sa.Numeric(12, 2), nullable=True),
        sa.Column("monthly_amount", sa.Numeric(12, 2), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("doc_no", sa.String(120), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decision", sa.String(8), nullable=True),
        sa.Column("signed_by", _JSON, nullable=False),
        sa.Column("entered_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("case_id", name="pk_standard_change"),
    )


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)
    for name, _ in reversed(_ITEM_COLUMNS):
        op.drop_column("benefit_item", name)
