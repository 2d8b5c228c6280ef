"""Migration 0031: a sealed file of the earlier version, in the middle of its case, is sealed and loses nothing.

`tests/data/older/sealed_files.json` holds the rows that the program wrote at revision 0030 when it told AC-04 up to the
delivery; the definition of the process is left out.
"""

from __future__ import annotations

import base64
import json
import warnings
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from alembic import command

import cases.composition  # noqa: F401 - every table is known
from cases import children, sealed_identity, sealed_records
from engine.access import Actor
from engine.clock import COUNTY_ZONE
from engine.errors import NotFound, SealBroken, SettingsInvalid
from engine.sealing import APART, new_key, read_keys
from engine.store import Database, metadata, migrate
from engine.store.migrating import alembic_config
from engine.store.seals import Seal
from engine.store.veils import reveil
from tests.readable import texts

ROWS = json.loads((Path(__file__).parents[1] / "data" / "older" / "sealed_files.json").read_text(encoding="utf-8"))
USUAL, OLD, NEW = f"u:{new_key()}", f"2025:{new_key()}", f"2026:{new_key()}"
NOW = datetime(2026, 3, 1, 9, 0, tzinfo=COUNTY_ZONE)
#: What tells of the child, its family or its illness.
TELLS = ("钱未央", "519927200909300026", "钱大有", "519927198506232137", "青山村3组9号", "13899990000", "艾滋", "HIV")
#: The account of the applicant is a person of the program: who did a step is told by its name (docs/adr/0006).
PLACES = frozenset({"submission.actor_name", "history.actor_name"})


@pytest.fixture(params=["sqlite", "postgresql"])
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of revision 0030 with the rows of then."""
    url = f"sqlite:///{tmp_path}/older.sqlite3"
    if request.param == "postgresql":
        address = request.getfixturevalue("postgresql_address")
        name = "older_" + getattr(request.config, "workerinput", {"workerid": "main"})["workerid"]
        with psycopg.connect(f"postgresql://tester@{address}/postgres", autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")  # type: ignore[arg-type]
            connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
        url = f"postgresql+psycopg://tester@{address}/{name}"
    migrate(url, to="0030")
    engine = sa.create_engine(url)
    found = sa.MetaData()
    with warnings.catch_warnings(action="ignore"):
        found.reflect(engine, only=list(ROWS))
    with engine.begin() as connection:
        for table in found.sorted_tables:
            for row in ROWS.get(table.name, ()):
                connection.execute(table.insert().values({name: _typed(table.c[name], row[name]) for name in row}))
    engine.dispose()
    yield url


def _typed(column: sa.Column[Any], value: Any) -> Any:
    kind = column.type
    if isinstance(value, dict):
        return base64.b64decode(value["b64"])
    if isinstance(kind, sa.DateTime):
        return datetime.fromisoformat(value)
    if isinstance(kind, sa.Date):
        return date.fromisoformat(value)
    if isinstance(kind, sa.Boolean):
        return bool(value)
    if isinstance(kind, sa.JSON):
        return json.loads(value)
    return value


def opened(url: str, keys: str) -> Database:
    apart = read_keys(keys, "TONGAN_SEALED_KEYS", APART)
    return Database.open(url, seal=Seal(keyring=read_keys(USUAL), apart=apart, name=keys))


def found_in(url: str) -> set[tuple[str, str]]:
    engine = sa.create_engine(url)
    try:
        return {(place, word) for place, text in texts(engine) for word in TELLS if word in text} - {
            (place, word) for place in PLACES for word in TELLS
        }
    finally:
        engine.dispose()


def test_without_the_key_it_stops_and_changes_nothing(older: str) -> None:
    before = found_in(older)
    with pytest.raises(SettingsInvalid, match="TONGAN_SEALED_KEYS: 数据库中有涉密档案"):
        migrate(older)
    assert found_in(older) == before
    migrate(older, sealed_keys=OLD)


def test_nothing_of_it_stands_readable_and_all_of_it_is_there(older: str) -> None:
    assert {word for _place, word in found_in(older)} == set(TELLS), "the control: it all stood readable before"
    migrate(older, sealed_keys=OLD)
    assert found_in(older) == set()
    database = opened(older, OLD)
    assert_all_there(database)
    database.dispose()


def assert_all_there(database: Database) -> None:
    """Every value of before comes back through the program's own types, and the identity from its record."""
    child = ROWS["child"][0]
    with database.transaction() as session:
        for name, rows in ROWS.items():
            if name in ("child", "household", "process_version"):
                continue
            table = metadata.tables[name]
            keys = tuple(table.primary_key.columns)
            got = {tuple(str(row[key]) for key in keys): row for row in session.execute(sa.select(table)).mappings()}
            for row in rows:
                now = got[tuple(str(row[key.name]) for key in keys)]
                for column, value in row.items():
                    if isinstance(value, str) and isinstance(now[table.c[column]], str):
                        assert now[table.c[column]] == value, f"{name}.{column}"
                    if isinstance(value, dict):
                        assert now[table.c[column]] == base64.b64decode(value["b64"]), f"{name}.{column}"
        facts = session.scalar(sa.select(metadata.tables["case_file"].c.facts))
        assert facts["father_status"] == "健在" and facts["categories"] == []
        fields = session.execute(sa.select(metadata.tables["submission"].c.fields)).scalars().all()
        assert any(each.get("child_name") == "钱未央" and each["hiv_track"] is True for each in fields)
        row = children.find_by_idcard(session, child["idcard"], sealed=True)
        assert row is not None and row["id"] == child["id"] and row["name"] == f"涉密件{child['id'][-8:].upper()}"
        pair = Actor.system("test")
        who = sealed_identity.open_identity(session, pair, row["id"], purpose="核对迁移", now=NOW)
        assert (who.name, who.idcard, who.hukou_code) == (child["name"], child["idcard"], child["hukou_code"])
        assert (who.live_address, who.ethnic) == (child["live_address"], child["ethnic"])
        assert session.scalar(sa.select(metadata.tables["benefit_item"].c.benefit).where(
            metadata.tables["benefit_item"].c.standard_key == "STD_ORPHAN_SCATTERED")) == "HIV"  # fmt: skip


def test_the_ring_is_rotated_and_the_old_key_may_go(older: str) -> None:
    migrate(older, sealed_keys=OLD)
    both = opened(older, f"{NEW} {OLD}")
    assert children_found(both), "found under the older key's mark"
    assert reveil(both) > 20 and sealed_records.rekey(both) == 1
    assert reveil(both) == sealed_records.rekey(both) == 0, "again, nothing is left to do"
    both.dispose()
    new, old = opened(older, NEW), opened(older, OLD)
    assert_all_there(new)
    with pytest.raises(SealBroken, match="不在 TONGAN_SEALED_KEYS 中"):
        assert_all_there(old)
    new.dispose()
    old.dispose()


def children_found(database: Database) -> bool:
    with database.reading() as session:
        return children.find_by_idcard(session, ROWS["child"][0]["idcard"], sealed=True) is not None


def test_a_record_put_under_another_child_does_not_open(older: str) -> None:
    migrate(older, sealed_keys=OLD)
    database = opened(older, OLD)
    with database.transaction() as session:
        table = sealed_records.sealed_record
        document = session.scalar(sa.select(table.c.document))
        other = children.open_file(
            session, name="孙小果", idcard="519927201503110024", birth=date(2015, 3, 11), sex="女",
            hukou_code="519927101001", search_key="", actor_id="t", now=NOW, day=NOW.date(), sealed=True,
        )  # fmt: skip
        session.execute(sa.update(table).where(table.c.child_id == other).values(document=document))
        with pytest.raises(SealBroken):
            sealed_identity.open_identity(session, Actor.system("t"), other, purpose="核对", now=NOW)
        with pytest.raises(NotFound):
            sealed_identity.open_identity(session, Actor(id="x", name="某"), other, purpose="核对", now=NOW)
    database.dispose()


def test_the_way_back_is_shut_while_there_are_sealed_records(older: str) -> None:
    migrate(older, sealed_keys=OLD)
    with pytest.raises(SettingsInvalid, match="退回旧版会使其可读"):
        command.downgrade(alembic_config(older), "0030")
