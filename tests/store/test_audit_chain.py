"""The audit's chain shows what was done to the audit: each way of tampering is done to a real database and found."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from cases import messages, people
from engine.access import Actor, Grant
from engine.store import Database, audit
from engine.store.audit_chain import ROOT, Damage, audit_link, digest, head, link_new, verify
from tasks.audit_chain import ANCHORS, link_rows, read_anchors, verify_nightly

WHO = Actor(id="li", name="李四", grants=(Grant(role="town_officer"),))
#: Three in the morning of the county.
NIGHT = datetime.fromisoformat("2025-10-14T03:00:00+08:00")


def write(database: Database, count: int, at: datetime = NIGHT) -> None:
    for number in range(count):
        with database.transaction() as session:
            moment = at + timedelta(seconds=number)
            detail = {"purpose": f"走访{number}", "fields": ["name"]}
            audit.record(session, actor=WHO, action="child.unmask", target=f"c{number}", now=moment, detail=detail)


def found(database: Database, folder: Path) -> list[tuple[Damage, int]]:
    anchors = [each for _, each in read_anchors(folder / ANCHORS)]
    with database.reading() as session:
        return [(each.damage, each.seq) for each in verify(session, anchors)]


@pytest.fixture
def chained(database: Database, tmp_path: Path) -> Database:
    """Nine readings, linked and anchored."""
    write(database, 9)
    assert link_rows(database, now=NIGHT) == 9
    assert verify_nightly(database, tmp_path, now=NIGHT) == ()
    return database


def do(database: Database, *statements: Any) -> None:
    with database.transaction() as session:
        for each in statements:
            session.execute(each)


def id_of(database: Database, seq: int) -> str:
    with database.reading() as session:
        return str(session.scalar(sa.select(audit_link.c.audit_id).where(audit_link.c.seq == seq)))


def test_an_untouched_chain_holds_and_grows(chained: Database, tmp_path: Path) -> None:
    write(chained, 2, NIGHT + timedelta(hours=1))
    assert link_rows(chained, now=NIGHT) == 3, "the two, and the verification's own line"
    assert link_rows(chained, now=NIGHT) == 0
    assert found(chained, tmp_path) == []
    with chained.reading() as session:
        assert head(session).count == 12


@pytest.mark.parametrize(
    "values",
    [{"actor_id": "zhao"}, {"target": "c9"}, {"detail": {"purpose": "别的"}}, {"at": NIGHT}, {"action": "login"}],
)
def test_a_changed_row_is_found(chained: Database, tmp_path: Path, values: dict[str, Any]) -> None:
    do(chained, sa.update(audit.audit).where(audit.audit.c.id == id_of(chained, 5)).values(values))
    assert found(chained, tmp_path) == [(Damage.CHANGED, 5)]


def test_a_removed_row_is_found(chained: Database, tmp_path: Path) -> None:
    do(chained, sa.delete(audit.audit).where(audit.audit.c.id == id_of(chained, 5)))
    assert found(chained, tmp_path) == [(Damage.REMOVED, 5)]


def test_a_row_removed_with_its_link_is_found(chained: Database, tmp_path: Path) -> None:
    gone = id_of(chained, 5)
    do(chained, sa.delete(audit.audit).where(audit.audit.c.id == gone))
    do(chained, sa.delete(audit_link).where(audit_link.c.seq == 5))
    assert (Damage.GAP, 5) in found(chained, tmp_path)


def test_a_tail_that_was_cut_off_is_found(chained: Database, tmp_path: Path) -> None:
    gone = [id_of(chained, seq) for seq in (8, 9)]
    do(chained, sa.delete(audit_link).where(audit_link.c.seq >= 8))
    do(chained, sa.delete(audit.audit).where(audit.audit.c.id.in_(gone)))
    assert found(chained, tmp_path) == [(Damage.CUT, 9)]


def test_a_tail_that_was_cut_and_written_anew_is_found(chained: Database, tmp_path: Path) -> None:
    gone = [id_of(chained, seq) for seq in (8, 9)]
    do(chained, sa.delete(audit_link).where(audit_link.c.seq >= 8))
    do(chained, sa.delete(audit.audit).where(audit.audit.c.id.in_(gone)))
    write(chained, 5, NIGHT + timedelta(hours=2))
    link_rows(chained, now=NIGHT)
    assert found(chained, tmp_path) == [(Damage.REPLACED, 9)]


def test_a_chain_that_was_made_anew_is_found(chained: Database, tmp_path: Path) -> None:
    """Whoever can write to the database can make every digest right again, and cannot reach the anchor."""
    do(chained, sa.update(audit.audit).where(audit.audit.c.id == id_of(chained, 5)).values(actor_id="zhao"))
    with chained.transaction() as session:
        query = sa.select(audit_link.c.seq, audit.audit).join(audit.audit, audit.audit.c.id == audit_link.c.audit_id)
        before = ROOT
        for row in session.execute(query.order_by(audit_link.c.seq)).all():
            before = digest(before, row)
            session.execute(sa.update(audit_link).where(audit_link.c.seq == row.seq).values(hash=before))
    assert found(chained, tmp_path) == [(Damage.REPLACED, 9)]


def test_the_night_tells_the_auditors_and_the_log(chained: Database, tmp_path: Path, caplog: Any) -> None:
    with chained.transaction() as session:
        grant = Grant(role="auditor")
        people.add_person(
            session, person_id="a", user_name="a", name="吴静", password_hash="", grants=(grant,), now=NIGHT
        )
    do(chained, sa.update(audit.audit).where(audit.audit.c.id == id_of(chained, 5)).values(actor_id="zhao"))
    problems = verify_nightly(chained, tmp_path, now=NIGHT + timedelta(days=1))
    assert [(each.damage, each.seq) for each in problems or ()] == [(Damage.CHANGED, 5)]
    assert "tampered" in caplog.text
    with chained.reading() as session:
        assert session.scalar(sa.select(messages.message_out.c.person_id)) == "a"
        rows = session.execute(sa.select(audit.audit.c.action).where(audit.audit.c.actor_id == "system:audit"))
        assert sorted(rows.scalars()) == ["audit.broken", "audit.verified"]


@pytest.mark.parametrize("after", [timedelta(hours=5), timedelta(hours=22, minutes=59)])
def test_once_a_night(chained: Database, tmp_path: Path, after: timedelta) -> None:
    """Later the same day: done. The next day before two o'clock: too early."""
    assert verify_nightly(chained, tmp_path, now=NIGHT + after) is None
    assert len(read_anchors(tmp_path / ANCHORS)) == 1
    assert verify_nightly(chained, tmp_path, now=NIGHT + timedelta(days=1)) == ()
    assert len(read_anchors(tmp_path / ANCHORS)) == 2


def test_a_row_that_was_committed_late_is_linked_by_night(chained: Database, tmp_path: Path) -> None:
    write(chained, 1, NIGHT - timedelta(days=30))
    with chained.transaction() as session:
        assert link_new(session, now=NIGHT) == 1, "the verification's own line"
    assert verify_nightly(chained, tmp_path, now=NIGHT + timedelta(days=1)) == ()
    with chained.reading() as session:
        unlinked = (
            sa.select(sa.func.count())
            .select_from(audit.audit.outerjoin(audit_link, audit_link.c.audit_id == audit.audit.c.id))
            .where(audit_link.c.seq.is_(None), audit.audit.c.actor_id == WHO.id)
        )
        assert session.scalar(unlinked) == 0
