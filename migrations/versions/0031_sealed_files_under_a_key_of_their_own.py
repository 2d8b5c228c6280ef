"""Sealed files under a key of their own: who the child is moves into `sealed_record`, what else tells of it is hidden.

Needs TONGAN_SEALED_KEYS where the database holds sealed files, and changes nothing without. All in one transaction:
what cannot be moved stays where it was. The way back is shut while there are sealed records: it would make them
readable.

Written by hand and kept as it is: a migration knows the schema of its own day, not the models of today. Of the program
it uses the cipher alone, whose texts of today stay readable for ever.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects.postgresql import JSONB

from engine.errors import SettingsInvalid
from engine.sealing import APART, Keyring, read_keys

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_JSON = sa.JSON().with_variant(JSONB(), "postgresql")

#: Columns that must hold a sealed text, which is longer: (type before, may be empty).
_LONGER: dict[str, dict[str, tuple[int, bool]]] = {
    "guardian": {"name": (60, False), "idcard": (18, True), "phone": (20, True)},
    "parent_status": {"name": (60, True), "idcard": (18, True)},
    "child_health": {"disability_cert_no": (24, True), "illness_name": (120, True), "hospital": (120, True)},
    "child_education": {"school": (120, True), "student_no": (24, True)},
    "household": {"address": (240, False)},
    "application": {
        "applicant_name": (60, False),
        "applicant_phone": (20, True),
        "statement": (4000, False),
        "bank_account": (24, True),
        "account_holder": (60, True),
    },
    "bank_account": {"account": (24, False), "holder": (60, False)},
    "account_change": {"holder": (60, False), "former_holder": (60, True)},
    "opinion": {"reason": (2000, False)},
    "benefit_sheet": {"chosen": (40, False)},
    "benefit_item": {"reason": (1000, False)},
    "material": {"title": (120, False)},
    "file": {"name": (120, False)},
}

_SEALED_CASES = "SELECT id FROM case_file WHERE sealed_hiv"
_SEALED_INSTANCES = f"SELECT id FROM instance WHERE case_id IN ({_SEALED_CASES})"  # noqa: S608
_SEALED_CHILDREN = "SELECT id FROM child WHERE sealed_hiv"
_OF_CASE = f"case_id IN ({_SEALED_CASES})"
_OF_CHILD = f"child_id IN ({_SEALED_CHILDREN})"
_OF_INSTANCE = f"instance_id IN ({_SEALED_INSTANCES})"
_OF_TASK = f"task_id IN (SELECT id FROM user_task WHERE instance_id IN ({_SEALED_INSTANCES}))"  # noqa: S608
_MEMBERS = f"SELECT household_id FROM household_member WHERE child_id IN ({_SEALED_CHILDREN})"  # noqa: S608

#: What is hidden, of which rows: table, condition, text columns, JSON columns.
_HIDDEN: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("guardian", _OF_CHILD, ("name", "idcard", "phone"), ()),
    ("parent_status", _OF_CHILD, ("name", "idcard"), ()),
    ("child_health", _OF_CHILD, ("disability_cert_no", "illness_name", "hospital"), ()),
    ("child_education", _OF_CHILD, ("school", "student_no"), ()),
    ("household", f"id IN ({_MEMBERS})", ("address",), ()),
    (
        "application",
        _OF_CASE,
        ("applicant_name", "applicant_phone", "statement", "bank_account", "account_holder"),
        (),
    ),
    ("bank_account", _OF_CHILD, ("account", "holder"), ()),
    ("account_change", _OF_CHILD, ("holder", "former_holder", "reason"), ()),
    ("opinion", _OF_CASE, ("reason",), ("questions", "answers")),
    ("decision", _OF_CASE, ("reason",), ("dmn_trace",)),
    ("benefit_sheet", _OF_CHILD, ("chosen", "words"), ("candidates",)),
    ("benefit_item", _OF_CHILD, ("reason",), ()),
    ("exit_case", _OF_CHILD, ("reason", "statement", "decided_reason"), ()),
    ("visit", _OF_CHILD, (), ("found", "changes")),
    ("temp_relief", _OF_CHILD, ("event", "reason"), ("traits",)),
    ("appeal", _OF_CASE, ("claim", "result_text"), ()),
    ("material", _OF_CASE, ("title",), ()),
    ("file", _OF_CASE, ("name",), ()),
    ("case_file", "sealed_hiv", (), ("facts",)),
    ("submission", _OF_INSTANCE, (), ("fields",)),
    ("history", _OF_INSTANCE, (), ("data",)),
    ("job", _OF_INSTANCE, ("last_error",), ("parameters", "result")),
    ("incident", _OF_INSTANCE, ("message",), ("detail", "stimulus", "request")),
    ("task_draft", _OF_TASK, (), ("fields",)),
    ("task_remark", _OF_INSTANCE, ("body",), ()),
    ("task_signature", _OF_INSTANCE, ("note", "opinion"), ()),
    ("task_copy", _OF_INSTANCE, ("note",), ()),
)

_CODED = (
    "NOT sealed_hiv OR (idcard IS NULL AND live_address IS NULL AND phone IS NULL AND ethnic IS NULL "
    "AND no_id_reason IS NULL AND search_key = '' AND name LIKE '涉密件%')"
)


def upgrade() -> None:
    ring = _ring()
    with _without_warnings():
        _upgrade(ring)


def _upgrade(ring: Keyring | None) -> None:
    with op.batch_alter_table("instance") as table:
        table.add_column(sa.Column("confidential", sa.Boolean(), nullable=False, server_default=sa.false()))
    for name, columns in _LONGER.items():
        with op.batch_alter_table(name) as table:
            for column, (width, empty) in columns.items():
                table.alter_column(column, type_=sa.Text(), existing_type=sa.String(width), existing_nullable=empty)
    op.create_table(
        "sealed_record",
        sa.Column("child_id", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(1), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("changed_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("child_id", name="pk_sealed_record"),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name="fk_sealed_record_child_id_child"),
        sa.UniqueConstraint("mark", name="uq_sealed_record_mark"),
    )
    op.execute("UPDATE benefit_item SET benefit = 'MZJ_DIRECT' WHERE benefit = 'HIV'")
    if ring is not None:
        op.execute(f"UPDATE instance SET confidential = {_true()} WHERE case_id IN ({_SEALED_CASES})")  # noqa: S608
        for name, condition, texts, values in _HIDDEN:
            _hide(ring, name, condition, texts, values)
        _hide_states(ring)
        _hide_children(ring)
    _constrain(_CODED)


def downgrade() -> None:
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM sealed_record")):
        raise SettingsInvalid("数据库中有涉密档案,退回旧版会使其可读,已停止;需要旧版的,请从升级前的备份恢复")
    with _without_warnings():
        _downgrade()


def _downgrade() -> None:
    _constrain(None)
    op.drop_table("sealed_record")
    op.execute("UPDATE benefit_item SET benefit = 'HIV' WHERE benefit = 'MZJ_DIRECT'")
    for name, columns in _LONGER.items():
        with op.batch_alter_table(name) as table:
            for column, (width, empty) in columns.items():
                table.alter_column(column, type_=sa.String(width), existing_type=sa.Text(), existing_nullable=empty)
    with op.batch_alter_table("instance") as table:
        table.drop_column("confidential")


@contextmanager
def _without_warnings() -> Iterator[None]:
    """SQLite's tables are made anew, and the one index that is lost by it is made again here."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Skipped unsupported reflection")
        yield


def _ring() -> Keyring | None:
    """The key; None where nothing is sealed."""
    wanted = f"SELECT (SELECT count(*) FROM ({_SEALED_CHILDREN}) a) + (SELECT count(*) FROM ({_SEALED_CASES}) b)"  # noqa: S608
    if not op.get_bind().scalar(sa.text(wanted)):
        return None
    keys = str(context.config.attributes.get("sealed_keys") or "")
    if not keys:
        raise SettingsInvalid(
            "TONGAN_SEALED_KEYS: 数据库中有涉密档案,升级须用涉密密钥把它们封存;请用 `tongan keys new` 生成密钥、"
            "写入设置并另存一份,再运行 `tongan migrate`。数据没有改动"
        )
    return read_keys(keys, "TONGAN_SEALED_KEYS", APART)


def _true() -> str:
    return "true" if op.get_bind().dialect.name == "postgresql" else "1"


def _constrain(rule: str | None) -> None:
    """Add or drop the constraint; SQLite makes the table anew and forgets the index by an expression."""
    with op.batch_alter_table("child") as table:
        if rule is None:
            table.drop_constraint(op.f("ck_child_sealed_is_coded"), type_="check")
        else:
            table.create_check_constraint(op.f("ck_child_sealed_is_coded"), sa.text(rule))
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE INDEX IF NOT EXISTS ix_child_last_four ON child (substr(idcard, 15, 4))")


def _keys_of(name: str) -> list[str]:
    return list(sa.inspect(op.get_bind()).get_pk_constraint(name)["constrained_columns"])


def _hide(ring: Keyring, name: str, condition: str, texts: Iterable[str], values: Iterable[str]) -> None:
    keys, connection = _keys_of(name), op.get_bind()
    columns = [*(sa.column(each, sa.Text) for each in texts), *(sa.column(each, _JSON) for each in values)]
    table = sa.table(name, *(sa.column(key) for key in keys if key not in {each.name for each in columns}), *columns)
    rows = connection.execute(sa.select(table).where(sa.text(condition))).mappings().all()
    for row in rows:
        new = {
            each.name: _closed(ring, f"{name}.{each.name}", row[each.name])
            for each in columns
            if row[each.name] is not None
        }
        if new:
            same = [table.c[key] == row[key] for key in keys]
            connection.execute(sa.update(table).where(*same).values(**new))


def _closed(ring: Keyring, place: str, value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return ring.seal(text, place)


def _hide_states(ring: Keyring) -> None:
    connection = op.get_bind()
    table = sa.table("instance", sa.column("id"), sa.column("state", sa.LargeBinary))
    rows = connection.execute(
        sa.select(table).where(table.c.state.is_not(None), sa.text(f"id IN ({_SEALED_INSTANCES})"))
    ).all()
    for row in rows:
        sealed = ring.seal(bytes(row.state).decode("latin-1"), "instance.state").encode("ascii")
        connection.execute(sa.update(table).where(table.c.id == row.id).values(state=sealed))


def _hide_children(ring: Keyring) -> None:
    connection = op.get_bind()
    kept = ("name", "idcard", "hukou_code", "no_id_reason", "ethnic", "live_address", "phone")
    moments = (sa.column("created_at", _INSTANT), sa.column("updated_at", _INSTANT))
    names = ("id", *kept, "search_key")
    table = sa.table("child", *(sa.column(each) for each in names), sa.column("birth", sa.Date), *moments)
    record = sa.table(
        "sealed_record",
        *(sa.column(each) for each in ("child_id", "kind", "document", "mark")),
        *(sa.column(each, _INSTANT) for each in ("made_at", "changed_at")),
    )
    for row in connection.execute(sa.select(table).where(sa.text("sealed_hiv"))).mappings().all():
        birth: date | None = row["birth"]
        who = {each: row[each] for each in kept}
        who["birth"] = {"$": "date", "v": birth.isoformat()} if birth else None
        described = f"described:{row['name']}|{birth or ''}|{row['hukou_code']}"
        mark = f"number:{row['idcard'].upper()}" if row["idcard"] else described
        text = json.dumps(who, ensure_ascii=False, separators=(",", ":"))
        connection.execute(
            sa.insert(record).values(
                child_id=row["id"],
                kind="A",
                document=ring.seal(text, f"sealed_record:{row['id']}"),
                mark=ring.marks(mark, "sealed_record")[0],
                made_at=row["created_at"],
                changed_at=row["updated_at"],
            )
        )
        coded = dict.fromkeys(("idcard", "no_id_reason", "ethnic", "live_address", "phone"))
        connection.execute(
            sa.update(table)
            .where(table.c.id == row["id"])
            .values(**coded, name=f"涉密件{row['id'][-8:].upper()}", hukou_code=row["hukou_code"][:6], search_key="")
        )
    op.execute(f"UPDATE household SET place = substr(place, 1, 6) WHERE id IN ({_MEMBERS})")  # noqa: S608
