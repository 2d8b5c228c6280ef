"""What is sealed stands nowhere readable, comes back as it was, and refuses another key, a changed or moved text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

import cases.composition  # noqa: F401 - every table is known
from engine.errors import SealBroken, SettingsInvalid
from engine.sealing import Keyring, is_sealed, new_key, read_keys
from engine.settings import load_settings
from engine.store import Database
from engine.store.base import metadata
from engine.store.seals import Seal, Sealed, SealedJson, SecretFields, reseal, sealed_columns

OLD, NEW = f"2025:{new_key()}", f"2026:{new_key()}"
SECRETS = frozenset({"reporter_name"})


def seal(keys: str) -> Seal:
    return Seal(keyring=read_keys(keys), secret_fields=SECRETS, name=keys)


@pytest.fixture
def table() -> Iterator[sa.Table]:
    made = sa.Table(
        "seal_sample",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", Sealed("seal_sample.name")),
        sa.Column("whole", SealedJson("seal_sample.whole")),
        sa.Column("form", SecretFields("seal_sample.form", typed=True)),
    )
    yield made
    metadata.remove(made)


@pytest.fixture
def opened(database_url: str, table: sa.Table) -> Iterator[Database]:
    made = Database.open(database_url, seal=seal(OLD))
    with made.engine.connect() as connection:
        table.drop(connection, checkfirst=True)
        table.create(connection)
        connection.commit()
    yield made
    with made.engine.connect() as connection:
        table.drop(connection)
        connection.commit()
    made.dispose()


def enter(database: Database, table: sa.Table) -> None:
    values = {
        "id": 1,
        "name": "周大明",
        "whole": {"name": "周大明", "phone": "13800000000"},
        "form": {"reporter_name": "周大明", "place": "石门村", "inner": [{"reporter_name": "周大明"}]},
    }
    with database.transaction() as session:
        session.execute(sa.insert(table).values(**values))


def read(database: Database, table: sa.Table) -> tuple[object, ...]:
    with database.reading() as session:
        return tuple(session.execute(sa.select(table.c.name, table.c.whole, table.c.form)).one())


def raw(database: Database) -> str:
    with database.reading() as session:
        return str(session.execute(sa.text("SELECT name, whole, form FROM seal_sample")).one())


WHOLE = (
    "周大明",
    {"name": "周大明", "phone": "13800000000"},
    {"reporter_name": "周大明", "place": "石门村", "inner": [{"reporter_name": "周大明"}]},
)


def test_nothing_readable_stands_in_the_column_and_all_comes_back(opened: Database, table: sa.Table) -> None:
    enter(opened, table)
    assert read(opened, table) == WHOLE
    assert "周大明" not in raw(opened)
    assert "\\u5468" not in raw(opened)
    assert "13800000000" not in raw(opened)
    assert "石门村" in raw(opened)  # what is no secret stays to look at


def test_the_same_text_is_never_sealed_alike(opened: Database, table: sa.Table) -> None:
    ring = read_keys(OLD)
    assert ring.seal("周大明", "a.b") != ring.seal("周大明", "a.b")


def test_another_key_does_not_open_it(opened: Database, table: sa.Table, database_url: str) -> None:
    enter(opened, table)
    for keys, message in ((NEW, "不在 TONGAN_SEALING_KEYS"), (f"2025:{new_key()}", "无法解开")):
        other = Database.open(database_url, seal=seal(keys))
        with pytest.raises(SealBroken, match=message):
            read(other, table)
        other.dispose()


def test_a_changed_or_moved_text_is_refused() -> None:
    ring = read_keys(OLD)
    sealed = ring.seal("周大明", "objector.name")
    assert is_sealed(sealed) and ring.unseal(sealed, "objector.name") == "周大明"
    changed = sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:]
    for text, place in ((changed, "objector.name"), (sealed, "objector.phone"), (sealed[:-8], "objector.name")):
        with pytest.raises(SealBroken):
            ring.unseal(text, place)


def test_without_a_key_nothing_is_written_and_nothing_sealed_is_read(
    opened: Database, table: sa.Table, database_url: str
) -> None:
    enter(opened, table)
    bare = Database.open(database_url)
    with pytest.raises(SealBroken), bare.transaction() as session:
        session.execute(sa.insert(table).values(id=2, name="赵"))
    with pytest.raises(SealBroken):
        read(bare, table)
    bare.dispose()


def test_what_was_plain_is_read_and_then_rewritten(
    opened: Database, table: sa.Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened.transaction() as session:
        plain = "INSERT INTO seal_sample (id, name, whole, form) VALUES (1, '周大明', :whole, :form)"
        told = {"whole": '{"name": "周大明", "phone": "13800000000"}'}
        told["form"] = '{"reporter_name": "周大明", "place": "石门村", "inner": [{"reporter_name": "周大明"}]}'
        session.execute(sa.text(plain), told)
    assert read(opened, table) == WHOLE
    assert reseal(opened) == 3
    assert read(opened, table) == WHOLE
    assert "周大明" not in raw(opened)
    assert reseal(opened) == 0


def test_a_rotation_rewrites_everything_with_the_new_key(opened: Database, table: sa.Table, database_url: str) -> None:
    enter(opened, table)
    both = Database.open(database_url, seal=seal(f"{NEW} {OLD}"))
    assert read(both, table) == WHOLE
    assert reseal(both) == 3
    both.dispose()
    newest = Database.open(database_url, seal=seal(NEW))
    assert read(newest, table) == WHOLE
    assert "v1:2025" not in raw(newest)
    newest.dispose()


def test_the_columns_that_the_plan_wants_sealed() -> None:
    assert {f"{column.table.name}.{column.name}" for column in sealed_columns()} >= {
        "submission.fields",
        "incident.request",
        "objector.name",
        "objector.phone",
        "report.reporter",
        "document.body",
    }


@pytest.mark.parametrize(
    "keys",
    ["", "no-colon", "a:short", f"{OLD} {OLD}", "a:" + "A" * 43 + "="],
    ids=["none", "no id", "short", "twice", "guessed"],
)
def test_keys_that_are_none(keys: str) -> None:
    with pytest.raises(SettingsInvalid, match="TONGAN_SEALING_KEYS"):
        read_keys(keys)


def test_production_does_not_start_without_a_key() -> None:
    settings = {"mode": "production", "secret_key": "x7" * 24, "database_url": "sqlite:///x"}
    with pytest.raises(SettingsInvalid, match="TONGAN_SEALING_KEYS"):
        load_settings(**settings)
    with pytest.raises(SettingsInvalid, match="TONGAN_SEALED_KEYS: names no key"):
        load_settings(**settings, sealing_keys=NEW)
    with pytest.raises(SettingsInvalid, match="TONGAN_SEALED_KEYS: shares a key"):
        load_settings(**settings, sealing_keys=NEW, sealed_keys=f"{OLD} other:{NEW.split(':', 1)[1]}")
    assert load_settings(**settings, sealing_keys=NEW, sealed_keys=OLD).sealing_keys == NEW


def test_keys_stand_in_no_representation() -> None:
    key = NEW.split(":", 1)[1]
    ring: Keyring = read_keys(NEW)
    assert key not in repr(load_settings(sealing_keys=NEW)) and repr(ring.keys["2026"]) not in repr(ring)
