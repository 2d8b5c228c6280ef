"""Column types whose values stand sealed in the database (see `engine.sealing`).

A `Seal` belongs to one opened database: `Database.open(…, seal=…)` puts it on the dialect, where the types find it, so
that no key is ambient. What was written before the seal came is read as it is, until `reseal` has rewritten it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from engine.errors import SealBroken
from engine.sealing import Keyring, is_sealed
from engine.store import tagged
from engine.store.base import Json, metadata
from engine.store.session import Database

#: Rows that a transaction of `reseal` rewrites at most.
BATCH = 200


@dataclass(frozen=True, kw_only=True)
class Seal:
    """What an opened database seals with, and which fields of forms it seals."""

    keyring: Keyring = field(hash=False, compare=False)
    apart: Keyring | None = field(default=None, hash=False, compare=False)  #: of files that are sealed apart (`veils`)
    secret_fields: frozenset[str] = frozenset()  #: keys of forms whose values may not stand readable
    name: str = ""  #: a digest of the keys, so that prepared statements tell databases apart


def seal_on(dialect: Dialect) -> Seal | None:
    """The seal of the database whose dialect this is."""
    found: Seal | None = getattr(dialect, "seal", None)
    return found


class NoKey(SealBroken, sa.exc.DontWrapMixin):
    """A value must be sealed, and the database was opened without a key; told as it is, without the values."""


class Sealed(sa.types.TypeDecorator[str]):
    """A text that is sealed whole. `place` is its table and column: a text moved elsewhere is refused."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        seal = seal_on(dialect)
        if seal is None:
            raise NoKey(f"{self.place} 须加密保存,但数据库打开时没有密钥")
        return seal.keyring.seal(value, self.place)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or not is_sealed(value):
            return value
        return _opened(value, self.place, dialect)

    def is_stale(self, raw: Any, seal: Seal) -> bool:
        """Whether a rotation must rewrite this raw value."""
        return isinstance(raw, str) and not (is_sealed(raw) and seal.keyring.is_current(raw))


class SealedJson(Sealed):
    """A JSON value that is sealed whole; in the column it is one JSON text."""

    impl = Json  # type: ignore[assignment]
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else super().process_bind_param(tagged.dumps(value), dialect)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        if not isinstance(value, str) or not is_sealed(value):
            return value
        return tagged.loads(_opened(value, self.place, dialect))

    def is_stale(self, raw: Any, seal: Seal) -> bool:
        return raw is not None and not (isinstance(raw, str) and is_sealed(raw) and seal.keyring.is_current(raw))


class SecretFields(sa.types.TypeDecorator[Any]):
    """JSON in which the values of the seal's secret fields are sealed, at any depth; the rest stays to look at. With
    `typed` FEEL's values come back as they were (see `tagged`)."""

    impl = Json
    cache_ok = True

    def __init__(self, place: str, *, typed: bool = False) -> None:
        super().__init__()
        self.place = place
        self.typed = typed

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if value is None:
            return None
        seal = seal_on(dialect)
        plain = tagged.pack(value) if self.typed else value
        if seal is None:
            return plain
        return _changed(plain, seal, lambda each: seal.keyring.seal(tagged.dumps(each), self.place))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        if value is None:
            return None
        seal = seal_on(dialect)
        plain = value if seal is None else _changed(value, seal, lambda each: self._open(each, dialect))
        return tagged.unpack(plain) if self.typed else plain

    def _open(self, value: Any, dialect: Dialect) -> Any:
        if not isinstance(value, str) or not is_sealed(value):
            return value
        return tagged.loads(_opened(value, self.place, dialect))

    def is_stale(self, raw: Any, seal: Seal) -> bool:
        """Whether a rotation must rewrite this raw value."""
        return any(
            not (isinstance(each, str) and is_sealed(each) and seal.keyring.is_current(each))
            for each in _secrets(raw, seal)
        )


def _opened(value: str, place: str, dialect: Dialect) -> str:
    seal = seal_on(dialect)
    if seal is None:
        raise SealBroken(f"{place} 已加密,但数据库打开时没有密钥")
    return seal.keyring.unseal(value, place)


def _changed(value: Any, seal: Seal, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, dict):
        return {
            key: change(each) if key in seal.secret_fields and each is not None else _changed(each, seal, change)
            for key, each in value.items()
        }
    if isinstance(value, list | tuple):
        return [_changed(each, seal, change) for each in value]
    return value


def _secrets(value: Any, seal: Seal) -> Iterator[Any]:
    if isinstance(value, dict):
        for key, each in value.items():
            if key in seal.secret_fields and each is not None:
                yield each
            else:
                yield from _secrets(each, seal)
    elif isinstance(value, list):
        for each in value:
            yield from _secrets(each, seal)


def sealed_columns() -> tuple[sa.Column[Any], ...]:
    """Every column that holds something sealed."""
    return tuple(
        column
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, Sealed | SecretFields)
    )


def reseal(database: Database) -> int:
    """Rewrite, with the key that writes, whatever stands readable or under an older key; returns how many values. Small
    transactions: it may be killed and started again, and the system may run meanwhile.

    :raises SealBroken: a value cannot be opened with the keys there are.
    """
    return sum(_reseal_column(database, column) for column in sealed_columns())


def _reseal_column(database: Database, column: sa.Column[Any]) -> int:
    table, (key, *_more) = column.table, column.table.primary_key.columns
    raw = sa.type_coerce(column, Json if isinstance(column.type, SealedJson | SecretFields) else sa.Text).label("raw")
    last, changed = None, 0
    while True:
        with database.transaction() as session:
            wanted = sa.select(key, raw, column.label("value")).where(column.is_not(None)).order_by(key).limit(BATCH)
            if last is not None:
                wanted = wanted.where(key > last)
            rows = session.execute(wanted.with_for_update()).all()
            seal = seal_on(session.connection.dialect)
            if seal is None:
                raise SealBroken("数据库打开时没有密钥,请设置 TONGAN_SEALING_KEYS")
            for row in rows:
                if column.type.is_stale(row.raw, seal):  # type: ignore[attr-defined]
                    session.execute(sa.update(table).where(key == row[0]).values({column.name: row.value}))
                    changed += 1
        if len(rows) < BATCH:
            return changed
        last = rows[-1][0]
