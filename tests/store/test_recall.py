"""What a transaction has read it does not read again, until it writes."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from engine.store import Database
from engine.store.audit import audit, record
from engine.store.recall import recall
from engine.store.session import Session
from tests.factories import CLERK

COUNT = sa.select(sa.func.count()).select_from(audit)


def counted(session: Session) -> int:
    return recall(session, "entries", lambda: int(session.scalar(COUNT)))


def test_what_was_read_stands_until_the_transaction_writes(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        before = counted(session)
        trips = database.traffic.trips
        assert (counted(session), database.traffic.trips) == (before, trips), "it was read again"
        record(session, actor=CLERK, action="test", target=None, now=now, detail={})
        assert counted(session) == before + 1
        session.execute(sa.delete(audit))
        assert counted(session) == 0


def test_names_do_not_meet(database: Database) -> None:
    with database.reading() as session:
        assert recall(session, ("a", "1"), lambda: "first") == "first"
        assert recall(session, ("a", "2"), lambda: "second") == "second"
