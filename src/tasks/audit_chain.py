"""Links the audit's new rows once a minute, and once a night holds the whole chain against what was noted outside.

The anchors stand in the data folder, one line a night: date, number of links, digest of the last. They are the memory
that somebody with the database alone cannot change; print them, or copy the file to another machine.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path

from cases import people
from cases.messages import Letter, Words, post
from engine.access import Actor
from engine.calendar import county_day
from engine.clock import COUNTY_ZONE
from engine.store import audit
from engine.store.audit_chain import BATCH, Head, Problem, head, link_new, verify
from engine.store.session import Database, Session

log = logging.getLogger(__name__)

ACTOR = Actor.system("audit")
ANCHORS = "audit_anchors.txt"
#: The nightly verification begins after this hour of the county.
FROM = time(2, 0)
#: Problems that the audit and the message name; there may be thousands of one cause.
NAMED = 20


def link_rows(database: Database, *, now: datetime) -> int:
    """Link what was committed since the last run; how many rows."""
    linked = 0
    while True:
        with database.transaction() as session:
            fresh = link_new(session, now=now)
        linked += fresh
        if fresh < BATCH:
            return linked


def verify_nightly(database: Database, folder: Path, *, now: datetime) -> Sequence[Problem] | None:
    """Verify the chain and note its head outside, once a day; None: done today already, or too early. `now`: the
    machine's time. What was damaged stays found every night until somebody has restored it."""
    file, today = folder / ANCHORS, county_day(now)
    anchors = read_anchors(file)
    if now.astimezone(COUNTY_ZONE).time() < FROM or any(day >= today for day, _ in anchors):
        return None
    with database.transaction() as session:
        while link_new(session, now=now, all_of_them=True) == BATCH:
            pass
    with database.transaction() as session:
        problems = tuple(verify(session, [each for _, each in anchors]))
        end = head(session)
        _tell(session, problems, end, today, now)
    _note(file, today, end)
    return problems


def read_anchors(file: Path) -> list[tuple[date, Head]]:
    """The heads that were noted, oldest first."""
    lines = file.read_text(encoding="ascii").splitlines() if file.exists() else []
    parts = (line.split() for line in lines if line.strip())
    return [(date.fromisoformat(day), Head(count=int(count), hash=text)) for day, count, text in parts]


def _note(file: Path, today: date, end: Head) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="ascii") as out:
        out.write(f"{today.isoformat()} {end.count} {end.hash}\n")
        out.flush()
        os.fsync(out.fileno())
    log.info("audit chain of %d links ends with %s", end.count, end.hash)


def _tell(session: Session, problems: Sequence[Problem], end: Head, today: date, now: datetime) -> None:
    detail = {"count": end.count, "hash": end.hash}
    if not problems:
        audit.record(session, actor=ACTOR, action="audit.verified", target=None, now=now, detail=detail)
        return
    named = [f"{each.damage} {each.seq} {each.audit_id}".strip() for each in problems[:NAMED]]
    log.error("the audit was tampered with: %d problems, first %s", len(problems), named[0])
    detail = {**detail, "problems": len(problems), "named": named}
    audit.record(session, actor=ACTOR, action="audit.broken", target=None, now=now, detail=detail)
    subject = "审计日志完整性核验未通过"
    place = f"{len(problems)} 处与记录不符,首处为第 {problems[0].seq} 条"
    body = f"{today.isoformat()} 核验发现{place}。请立即保全现场并报告。"
    words = Words(subject=subject, body=body, outside_subject=subject, outside_body=body)
    cause = f"audit-broken-{today.isoformat()}"
    readers = people.holders(session, role="auditor")
    post(session, [Letter(person_id=one.id, kind="audit", cause=cause, words=words) for one in readers], now=now)
