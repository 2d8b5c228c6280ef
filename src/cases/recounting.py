"""Counts open due dates again when the calendar changed: provisional ones become final, others move with a day that the
State made free or working (domain.md 0.4-10, SIG_CALENDAR_RELOADED).

Every change is a row of the instance's history, or of the audit for a case's clock, with the dates before and after.
A date is only moved where it still is what its derivation says; a date that somebody set by other means stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import or_, select, update

from cases import applications, notices
from cases.deadlines import DeadlineCode, deadline
from engine.access import Actor
from engine.calendar import Calendar, Derivation, count_again, due_at, end_of_day
from engine.commands.recount_timers import recount_timers
from engine.environment import Environment
from engine.outcome import JobKind, TimerMoved
from engine.store import audit
from engine.store.changes import touch
from engine.store.instance import locked
from engine.store.job import JobStatus, job
from engine.store.session import Session
from engine.store.user_task import TaskStatus, user_task

MIDNIGHT = time(0, 0)

#: The note of a date that now lies in the past.
ALREADY_PAST = "按正式节假日安排重新计算后,时限已过"


@dataclass(frozen=True, kw_only=True)
class Recounted:
    """What became of the open due dates."""

    tasks: int = 0  #: user tasks whose due date or derivation changed
    deadlines: int = 0  #: clocks of cases, likewise
    timers: int = 0  #: timers that wait for another instant
    moved: int = 0  #: of all: how many got another date
    past: int = 0  #: of those: how many now lie in the past, each with a note

    def as_dict(self) -> dict[str, int]:
        """For the audit."""
        return {
            "tasks": self.tasks,
            "deadlines": self.deadlines,
            "timers": self.timers,
            "moved": self.moved,
            "past": self.past,
        }


@dataclass(frozen=True, kw_only=True)
class _Change:
    """One due date by the new calendar."""

    due_at: datetime
    derivation: Mapping[str, Any]
    told: Mapping[str, Any]  #: for history and audit
    moved: bool
    past: bool


@dataclass(frozen=True, kw_only=True)
class Notice:
    """The change of the calendar by which dates are counted again."""

    before: Calendar
    after: Calendar
    since: date  #: the first day that changed
    actor: Actor
    now: datetime
    source_doc: str


def count_open_again(session: Session, notice: Notice, env: Environment | None = None) -> Recounted:
    """Count again every open due date that is provisional or lies on or after the first day that changed; with `env`
    also the instants for which timers of running processes wait."""
    tasks = _count_tasks(session, notice)
    clocks = _count_clocks(session, notice)
    timers = [] if env is None else _count_timers(session, env, notice)
    changes = [*tasks, *clocks]
    return Recounted(
        tasks=len(tasks),
        deadlines=len(clocks),
        timers=len(timers),
        moved=sum(each.moved for each in changes) + len(timers),
        past=sum(each.past for each in changes) + sum(each.after <= notice.now for each in timers),
    )


def _count_timers(session: Session, env: Environment, notice: Notice) -> list[TimerMoved]:
    """The timers, also of suspended instances: one that lies before the first day that changed cannot move."""
    concerned = session.execute(
        select(job.c.instance_id)
        .where(
            job.c.kind == JobKind.TIMER,
            job.c.status.in_([JobStatus.PENDING, JobStatus.HELD]),
            job.c.due_at >= due_at(notice.since, MIDNIGHT),
        )
        .distinct()
        .order_by(job.c.instance_id)
    ).scalars()
    moved: list[TimerMoved] = []
    for instance_id in concerned.all():
        moved += recount_timers(
            session,
            env,
            locked(session, instance_id),
            before=notice.before,
            after=notice.after,
            actor=notice.actor,
            now=notice.now,
            note={"source_doc": notice.source_doc},
        )
    return moved


def _count_tasks(session: Session, notice: Notice) -> list[_Change]:
    """The user tasks. Each instance is locked before its tasks are read, in the order of the ids."""
    table = user_task
    concerned = (
        table.c.status == TaskStatus.OPEN,
        table.c.due_derivation.is_not(None),
        or_(table.c.due_derivation["provisional"].as_boolean(), table.c.due_at >= due_at(notice.since, MIDNIGHT)),
    )
    instances = session.execute(
        select(table.c.instance_id).where(*concerned).distinct().order_by(table.c.instance_id)
    ).scalars()
    changes: list[_Change] = []
    for instance_id in instances.all():
        row = locked(session, instance_id)
        found = session.execute(select(table).where(table.c.instance_id == instance_id, *concerned)).all()
        changed = {task.id: _changed(notice.after, task.due_at, task.due_derivation, now=notice.now) for task in found}
        kept = {task_id: change for task_id, change in changed.items() if change is not None}
        for task_id, change in kept.items():
            values = {"due_at": change.due_at, "due_order": change.due_at, "due_derivation": change.derivation}
            session.execute(update(table).where(table.c.id == task_id).values(**values))
        if kept:
            told = {"source_doc": notice.source_doc, "due": [{"task": key, **each.told} for key, each in kept.items()]}
            touch(session, row, kind="calendar", actor=notice.actor, now=notice.now, data=told)
        changes += kept.values()
    return changes


def _count_clocks(session: Session, notice: Notice) -> list[_Change]:
    """The cases' clocks that still run, and the county's date in the application that follows one of them."""
    running = (
        deadline.c.met_at.is_(None),
        or_(deadline.c.provisional, deadline.c.due_at >= due_at(notice.since, MIDNIGHT)),
    )
    changes: list[_Change] = []
    for row in session.execute(select(deadline).where(*running).order_by(deadline.c.id).with_for_update()).all():
        change = _changed(notice.after, row.due_at, row.derivation, now=notice.now)
        if change is None:
            continue
        values = {"due_at": change.due_at, "derivation": change.derivation}
        provisional = bool(change.derivation["provisional"])
        session.execute(update(deadline).where(deadline.c.id == row.id).values(**values, provisional=provisional))
        if row.code == DeadlineCode.COUNTY:
            applications.change(session, row.case_id, county_due=date.fromisoformat(change.derivation["end"]))
        if row.code == DeadlineCode.NOTICE:
            notices.move_end(session, row.case_id, date.fromisoformat(change.derivation["end"]))
        told = {"source_doc": notice.source_doc, "code": row.code, **change.told}
        audit.record(
            session, actor=notice.actor, action="deadline.recount", target=row.case_id, now=notice.now, detail=told
        )
        changes.append(change)
    return changes


def _changed(calendar: Calendar, due: datetime, stored: Mapping[str, Any], *, now: datetime) -> _Change | None:
    """The due date by this calendar; None where nothing changes or the date is not the derivation's own."""
    old = Derivation.from_dict(stored)
    new = count_again(calendar, old)
    if new == old:
        return None
    for ends in (due_at, end_of_day):
        if ends(old.end) == due:
            moved_to = ends(new.end)
            break
    else:
        return None
    past = moved_to != due and moved_to <= now
    told = {"from": due.isoformat(), "to": moved_to.isoformat(), "provisional": new.provisional}
    if past:
        told["note"] = ALREADY_PAST
    return _Change(due_at=moved_to, derivation=new.as_dict(), told=told, moved=moved_to != due, past=past)
