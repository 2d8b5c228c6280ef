"""How Alembic reaches the database. Run through `engine.store.migrate` (command `tongan migrate`).

A migration waits for no long transaction and lets none wait for it: short lock and statement timeouts. Two programs
that start at once do not migrate at once: an advisory lock on PostgreSQL, the write lock on SQLite.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context
from sqlalchemy.engine import Connection, make_url

from engine.store.base import metadata

LOCK_TIMEOUT = "4s"
STATEMENT_TIMEOUT = "60s"
#: Any number, the same in all releases.
ADVISORY_LOCK = 7_316_001


def _configure(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        transaction_per_migration=connection.dialect.name == "postgresql",
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )


def _run_on_postgresql(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        session = connection.execution_options(isolation_level="AUTOCOMMIT")
        session.execute(sa.text("SET lock_timeout = 0"))
        session.execute(sa.text("SET statement_timeout = 0"))
        session.execute(sa.text("SELECT pg_advisory_lock(:number)"), {"number": ADVISORY_LOCK})
        try:
            with engine.connect() as worker:
                _configure(worker)
                with context.begin_transaction():
                    context.run_migrations()
        finally:
            session.execute(sa.text("SELECT pg_advisory_unlock(:number)"), {"number": ADVISORY_LOCK})


def _run_on_sqlite(engine: sa.Engine) -> None:
    @sa.event.listens_for(engine, "connect")
    def _manual(driver: object, _record: object) -> None:
        driver.isolation_level = None  # type: ignore[attr-defined]

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    with engine.begin() as connection:
        _configure(connection)
        context.run_migrations()


def run() -> None:
    url = make_url(context.config.attributes["database_url"])
    if url.get_backend_name() == "sqlite":
        engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args={"timeout": 60})
        _run_on_sqlite(engine)
    else:
        options = f"-c lock_timeout={LOCK_TIMEOUT} -c statement_timeout={STATEMENT_TIMEOUT}"
        address = url.set(drivername="postgresql+psycopg")
        engine = sa.create_engine(address, poolclass=sa.NullPool, connect_args={"options": options})
        _run_on_postgresql(engine)
    engine.dispose()


run()
