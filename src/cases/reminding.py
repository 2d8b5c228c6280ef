"""Sends the reminders that have come due: reads open tasks, asks `reminders.due_rungs`, writes log and messages.

No timer stands in a diagram for this. An open task's row says when to look at it next (`remind_at`), an index finds
those to look at, and looking twice finds nothing the second time: a rung is logged in the same transaction as its
messages, once for ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from cases.absences import stand_ins
from cases.addressees import Addressed, Holder, Late, address, desk_names, holders_of, roles_for
from cases.case_files import case_department
from cases.contacts import ways_of
from cases.duty_roster import Call, Shift, calls, on_duty
from cases.identifiers import mobile_problem
from cases.messages import Channel, Letter, post
from cases.reminder_log import logged, reminder_log
from cases.reminder_words import Reader, cases_of, is_protected, readers, with_calls, wording
from cases.reminders import LADDER_H, DueRungs, OpenTask, due_rungs
from engine.calendar import Calendar, Rung, RungCode, county_day
from engine.outcome import InstanceStatus
from engine.store.instance import instance
from engine.store.session import Database, Session
from engine.store.user_task import TO_REMIND, user_task

BATCH = 200
#: When a task of a suspended case is looked at again: it gets no reminder, and none is noted as missed yet.
SUSPENDED_FOR = timedelta(hours=1)
NO_WAYS: frozenset[Channel] = frozenset()

_TASKS = select(
    user_task.c.id,
    user_task.c.element_id,
    user_task.c.name,
    user_task.c.role,
    user_task.c.place,
    user_task.c.department,
    user_task.c.assignee,
    user_task.c.opened_at,
    user_task.c.due_at,
    user_task.c.reminders,
    user_task.c.case_id,
    user_task.c.subject,
    instance.c.status,
).join(instance, instance.c.id == user_task.c.instance_id)
_TO_LOOK_AT = (
    _TASKS.where(TO_REMIND, user_task.c.remind_at <= bindparam("now"))
    .order_by(user_task.c.remind_at, user_task.c.id)
    .with_for_update(of=user_task, skip_locked=True, key_share=True)
)
_LOOK_AGAIN = update(user_task).where(user_task.c.id == bindparam("task_id")).values(remind_at=bindparam("look_at"))


def anything_due(session: Session, now: datetime) -> bool:
    """Whether any open task is to be looked at: one look into an index."""
    first = next_look(session)
    return first is not None and first <= now


def next_look(session: Session) -> datetime | None:
    """When the next task is to be looked at; None: no open task has a reminder to come."""
    look: datetime | None = session.scalar(
        select(user_task.c.remind_at).where(TO_REMIND).order_by(user_task.c.remind_at, user_task.c.id).limit(1)
    )
    return look


def remind(
    database: Database,
    *,
    calendar: Calendar,
    now: datetime,
    offered: frozenset[Channel] = NO_WAYS,
    batch: int = BATCH,
) -> int:
    """Send every reminder that is due at `now`, a transaction per batch; returns how many tasks were looked at.

    :param offered: the ways to the outside that the installation has (`outbox.offered`).
    """
    with database.reading() as session:
        if not anything_due(session, now):
            return 0
    looked_at = 0
    while True:
        with database.transaction() as session:
            count = remind_batch(session, calendar=calendar, now=now, offered=offered, limit=batch)
        looked_at += count
        if count < batch:
            return looked_at


def remind_batch(
    session: Session, *, calendar: Calendar, now: datetime, offered: frozenset[Channel] = NO_WAYS, limit: int = BATCH
) -> int:
    """Look at the tasks whose turn it is, at most `limit`; returns how many there were. Tasks that somebody else works
    on at this moment are left for the next time."""
    rows = session.execute(_TO_LOOK_AT.limit(limit), {"now": now}).all()
    if not rows:
        return 0
    running = [row for row in rows if row.status == InstanceStatus.RUNNING]
    known = logged(session, [row.id for row in running])
    decided = due_rungs([_open_task(row, known.get(row.id, frozenset())) for row in running], now, calendar)
    _send(session, {row.id: row for row in running}, decided, now=now, offered=offered)
    look_at = {each.task_id: each.look_at for each in decided}
    session.execute(
        _LOOK_AGAIN, [{"task_id": row.id, "look_at": look_at.get(row.id, now + SUSPENDED_FOR)} for row in rows]
    )
    return len(rows)


def remind_at_once(session: Session, task_ids: Iterable[str], code: RungCode, *, now: datetime) -> None:
    """Send a rung that a process calls for, of these open tasks and inside the program only; once for each task."""
    rows = {row.id: row for row in session.execute(_TASKS.where(user_task.c.id.in_(list(task_ids))))}
    known = logged(session, rows)
    rung = Rung(code=code, at=now)
    decided = [
        DueRungs(task_id=task_id, send=rung, skipped=(), look_at=None)
        for task_id in rows
        if code not in known.get(task_id, frozenset())
    ]
    if decided:
        _send(session, rows, decided, now=now, offered=NO_WAYS)


def look_again(session: Session, *, now: datetime) -> None:
    """Due dates or the calendar changed: look at every task that has reminders to come, with the next round."""
    session.execute(update(user_task).where(TO_REMIND).values(remind_at=now))


def _open_task(row: Any, known: frozenset[str]) -> OpenTask:
    return OpenTask(
        id=row.id,
        element_id=row.element_id,
        ladder=row.reminders,
        department=row.department,
        opened_at=row.opened_at,
        due_at=row.due_at,
        logged=known,
    )


@dataclass(frozen=True, kw_only=True)
class _Sending:
    """One rung of one task, and to whom it goes."""

    row: Any
    rung: Rung
    to: Addressed
    to_call: tuple[str, ...] = ()  #: whom its readers telephone, by user id

    def joined_by(self, instead: Mapping[str, tuple[str, ...]]) -> _Sending:
        """With those who stand in for the absent: both are told, and telephoned."""
        people, called = _and_stand_ins(self.to.people, instead), _and_stand_ins(self.to_call, instead)
        return replace(self, to=replace(self.to, people=people), to_call=called)


@dataclass(frozen=True, kw_only=True)
class _Round:
    """What the letters of a round are made of."""

    cases: Mapping[str, Any]
    departments: Mapping[str, frozenset[str]]
    known: Mapping[str, Reader]
    ways: Mapping[str, frozenset[Channel]]
    manning: Sequence[Shift]
    calls: Mapping[str, Call]


def _send(
    session: Session,
    rows: Mapping[str, Any],
    decided: Sequence[DueRungs],
    *,
    now: datetime,
    offered: frozenset[Channel],
) -> None:
    """Write the log, and the messages of what is sent."""
    cases = cases_of(session, [rows[each.task_id].case_id for each in decided if each.send])
    due = [(rows[each.task_id], each.send) for each in decided if each.send]
    late = {row.id: _late(row, cases.get(row.case_id)) for row, _ in due}
    rungs = {row.id: {rung.code, RungCode.R2} for row, rung in due}
    asked = {
        role for row, _ in due for code in rungs[row.id] for group in roles_for(late[row.id], code) for role in group
    }
    holders: Sequence[Holder] = holders_of(session, asked) if asked else ()
    hourly = any(each.ladder == LADDER_H for each in late.values())
    manning = on_duty(session, now, roles=asked) if hourly else ()
    sendings = [_sending(row, rung, late[row.id], holders, manning) for row, rung in due]
    meant = {person_id for each in sendings for person_id in (*each.to.people, *each.to_call)}
    instead = stand_ins(session, meant, on=county_day(now)) if meant else {}
    sendings = [each.joined_by(instead) for each in sendings]
    entries = [_entry(each.row, each.rung, sent_at=now, to=each.to) for each in sendings]
    entries += [_entry(rows[each.task_id], rung, sent_at=None) for each in decided for rung in each.skipped]
    if entries:
        session.execute(insert(reminder_log), entries)
    known = readers(session, {person_id for each in sendings for person_id in each.to.people})
    round_ = _Round(
        cases=cases,
        departments=_departments(session, cases),
        known=known,
        ways=ways_of(session, known, offered),
        manning=manning,
        calls=calls(session, {person_id for each in sendings for person_id in each.to_call}, manning),
    )
    letters = [letter for each in sendings for letter in _letters(each, round_, offered)]
    post(session, letters, now=now)


def _and_stand_ins(people: Sequence[str], instead: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The people and who stands in for them, each once; whoever stands in holds the post already (`absences`)."""
    return tuple(dict.fromkeys((*people, *(each for one in people for each in instead.get(one, ())))))


def _sending(row: Any, rung: Rung, late: Late, holders: Sequence[Holder], manning: Sequence[Shift]) -> _Sending:
    """By the hour it is telephoned: whoever is told at this rung, and those at the work before them."""
    to = address(late, rung.code, holders, manning)
    if late.ladder != LADDER_H or not roles_for(late, RungCode.R2):
        return _Sending(row=row, rung=rung, to=to)
    at_work = address(late, RungCode.R2, holders, manning).people
    return _Sending(row=row, rung=rung, to=to, to_call=tuple(dict.fromkeys((*at_work, *to.people))))


def _entry(row: Any, rung: Rung, *, sent_at: datetime | None, to: Addressed | None = None) -> dict[str, Any]:
    return {
        "task_id": row.id,
        "case_id": row.case_id,
        "element_id": row.element_id,
        "department": row.department,
        "rung": rung.code,
        "due_at": row.due_at,
        "rung_at": rung.at,
        "provisional": rung.provisional,
        "sent_at": sent_at,
        "roles": list(to.roles) if to else [],
        "people": list(to.people) if to else [],
        "unmanned": list(to.unmanned) if to else [],
    }


def _late(row: Any, case: Any) -> Late:
    return Late(
        role=row.role,
        place=row.place,
        department=row.department,
        assignee=row.assignee,
        ladder=row.reminders,
        sealed=bool(case and case.sealed_hiv),
        protected=is_protected(row, case),
        owner=case.owner_id if case else None,
    )


def _departments(session: Session, cases: Iterable[str]) -> dict[str, frozenset[str]]:
    """The departments that have an item of each of these cases."""
    rows = session.execute(select(case_department).where(case_department.c.case_id.in_(list(cases))))
    found: dict[str, frozenset[str]] = {}
    for row in rows:
        found[row.case_id] = found.get(row.case_id, frozenset()) | {row.department}
    return found


def _letters(sending: _Sending, round_: _Round, offered: frozenset[Channel]) -> list[Letter]:
    row, rung = sending.row, sending.rung
    case = round_.cases.get(row.case_id)
    departments = round_.departments.get(row.case_id, frozenset())
    unmanned = desk_names(sending.to.unmanned)
    letters = []
    for person_id in sending.to.people:
        reader = round_.known.get(person_id)
        if reader is None:
            continue  # a hand-over to somebody who has left, or a told story's person
        mobile = _desk_mobile(person_id, round_.manning)
        outside = round_.ways.get(person_id, NO_WAYS) | ({Channel.SMS} & offered if mobile else NO_WAYS)
        if rung.code is RungCode.R1:
            outside -= {Channel.SMS}  # a text message is for what is late
        called = [round_.calls[each] for each in sending.to_call if each != person_id and each in round_.calls]
        words = wording(row, rung, case, departments, reader)
        letters.append(
            Letter(
                person_id=person_id,
                kind="reminder",
                cause=f"{row.id}:{rung.code}",
                words=with_calls(words, called, unmanned, sealed=bool(case and case.sealed_hiv)),
                case_id=row.case_id,
                task_id=row.id,
                outside=outside,
                mobile=mobile,
            )
        )
    return letters


def _desk_mobile(person_id: str, manning: Sequence[Shift]) -> str:
    """The mobile number under which the person is on duty; empty: none, or a land line."""
    return next(
        (each.phone for each in manning if each.person_id == person_id and mobile_problem(each.phone) is None), ""
    )
