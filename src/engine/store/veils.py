"""Column types for tables that hold ordinary rows beside rows of files that are sealed apart.

An ordinary value stands as it is. One that the writer gives as `Hidden(value)` stands sealed with the database's second
ring (`Seal.apart`) and comes back opened, so that readers need not know. Without that ring nothing hidden is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from engine.sealing import APART, Keyring, is_sealed
from engine.store import tagged
from engine.store.base import Json, metadata
from engine.store.seals import BATCH, NoKey, Seal, SecretFields, seal_on
from engine.store.session import Database


@dataclass(frozen=True)
class Hidden:
    """A value of a file that is sealed apart, on its way into a veiled column."""

    value: Any


def ring_on(dialect: Dialect, place: str) -> Keyring:
    """The second ring of the database whose dialect this is.

    :raises NoKey: it was opened without.
    """
    seal = seal_on(dialect)
    if seal is None or seal.apart is None:
        raise NoKey(f"{place} 属涉密内容,但数据库打开时没有涉密密钥,请设置 TONGAN_SEALED_KEYS")
    return seal.apart


class Veiled(sa.types.TypeDecorator[Any]):
    """A text. `place` is its table and column: a text moved elsewhere is refused."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if not isinstance(value, Hidden):
            return self._shown(value, dialect)
        if value.value is None:
            return None
        return self._closed(ring_on(dialect, self.place).seal(self._text(value.value), self.place))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        sealed = self.sealed_part(value)
        if sealed is None:
            return self._read(value, dialect)
        return self._value(ring_on(dialect, self.place).unseal(sealed, self.place))

    def is_stale_apart(self, raw: Any, ring: Keyring) -> bool:
        """Whether a rotation must rewrite this raw value; one that stands as it is stays so."""
        sealed = self.sealed_part(raw)
        return sealed is not None and not ring.is_current(sealed)

    def _shown(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        return value

    def _read(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        return value

    def _text(self, value: Any) -> str:
        return str(value)

    def _value(self, text: str) -> Any:
        return text

    def _closed(self, sealed: str) -> Any:
        return sealed

    def sealed_part(self, raw: Any) -> str | None:
        """The sealed text in this raw value; None: it stands as it is."""
        return raw if isinstance(raw, str) and is_sealed(raw, APART) else None


class VeiledJson(Veiled):
    """A JSON value; with `typed` FEEL's values come back as they were (see `tagged`)."""

    impl = Json  # type: ignore[assignment]
    cache_ok = True

    def __init__(self, place: str, *, typed: bool = False) -> None:
        super().__init__(place)
        self.typed = typed

    def _shown(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        return tagged.pack(value) if self.typed and value is not None else value

    def _read(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        return tagged.unpack(value) if self.typed and value is not None else value

    def _text(self, value: Any) -> str:
        return tagged.dumps(tagged.pack(value) if self.typed else value)

    def _value(self, text: str) -> Any:
        value = tagged.loads(text)
        return tagged.unpack(value) if self.typed else value


class VeiledFields(SecretFields):
    """A form's fields: of an ordinary file with its secret fields sealed (`SecretFields`), of a sealed one whole."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if not isinstance(value, Hidden):
            return super().process_bind_param(value, dialect)
        return self._whole.process_bind_param(value, dialect)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        sealed = self._whole.sealed_part(value)
        if sealed is not None:
            value = tagged.loads(ring_on(dialect, self.place).unseal(sealed, self.place))
        return super().process_result_value(value, dialect)

    def is_stale(self, raw: Any, seal: Seal) -> bool:
        return self._whole.sealed_part(raw) is None and super().is_stale(raw, seal)

    def is_stale_apart(self, raw: Any, ring: Keyring) -> bool:
        """As `Veiled.is_stale_apart`."""
        return self._whole.is_stale_apart(raw, ring)

    @property
    def _whole(self) -> VeiledJson:
        return VeiledJson(self.place, typed=self.typed)


class VeiledBytes(Veiled):
    """Bytes, e.g. an instance's state."""

    impl = sa.LargeBinary  # type: ignore[assignment]
    cache_ok = True

    def _text(self, value: Any) -> str:
        return bytes(value).decode("latin-1")

    def _value(self, text: str) -> Any:
        return text.encode("latin-1")

    def _closed(self, sealed: str) -> Any:
        return sealed.encode("ascii")

    def sealed_part(self, raw: Any) -> str | None:
        if raw is None or bytes(raw[: len(APART)]) != APART.encode():
            return None
        text = bytes(raw).decode("latin-1")
        return text if is_sealed(text, APART) else None


def veiled_columns() -> tuple[sa.Column[Any], ...]:
    """Every column that may hold a value of a file that is sealed apart."""
    return tuple(
        column
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, Veiled | VeiledFields)
    )


def reveil(database: Database) -> int:
    """Rewrite, with the second ring's first key, whatever stands under an older one; returns how many values. Small
    transactions, as in `seals.reseal`.

    :raises SealBroken: a value cannot be opened with the keys there are.
    """
    return sum(_reveil_column(database, column) for column in veiled_columns())


def _reveil_column(database: Database, column: sa.Column[Any]) -> int:
    table, keys = column.table, tuple(column.table.primary_key.columns)
    raw_type = column.type.impl if isinstance(column.type, VeiledJson | VeiledFields | VeiledBytes) else sa.Text
    raw = sa.type_coerce(column, raw_type).label("raw")
    last, changed = None, 0
    while True:
        with database.transaction() as session:
            ring = ring_on(session.connection.dialect, column.type.place)  # type: ignore[attr-defined]
            wanted = sa.select(*keys, raw).where(column.is_not(None)).order_by(*keys).limit(BATCH)
            if last is not None:
                wanted = wanted.where(sa.tuple_(*keys) > sa.tuple_(*last))
            rows = session.execute(wanted.with_for_update()).all()
            for row in rows:
                if column.type.is_stale_apart(row.raw, ring):  # type: ignore[attr-defined]
                    opened = column.type.process_result_value(row.raw, session.connection.dialect)  # type: ignore[attr-defined]
                    same = [key == value for key, value in zip(keys, row, strict=False)]
                    session.execute(sa.update(table).where(*same).values({column.name: Hidden(opened)}))
                    changed += 1
        if len(rows) < BATCH:
            return changed
        last = rows[-1][: len(keys)]
