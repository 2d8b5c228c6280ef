"""What a reminder says, and to whom it may say the masked name (domain.md 6.1): reminders carry the coded number, and
the name's mask only inside the program, for readers who may see the file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from cases.applications import application
from cases.case_files import case_file
from cases.duty_roster import UNKNOWN, Call
from cases.messages import Words
from cases.people import person, role_grant
from cases.roles import PROTECTION_KINDS, CaseScope, Sight, sight
from engine.access import Actor, Grant
from engine.calendar import Rung, county_minute
from engine.store.session import Session

#: Steps of P_H, whichever kind the case that they belong to has.
_PROTECTION_STEPS = "h_ut_"

#: How much of a case id stands for a case that has no other number, or whose number would say too much.
CODE_LENGTH = 8

#: A person as an actor, with all grants.
Reader = Actor


@dataclass(frozen=True, kw_only=True)
class _Shown:
    number: str
    subject: str  #: empty where the reader may not read it


def readers(session: Session, people: Collection[str]) -> dict[str, Reader]:
    """The active ones of these people, with all that they hold."""
    if not people:
        return {}
    query = (
        select(person.c.id, person.c.name, role_grant.c.role, role_grant.c.place, role_grant.c.department)
        .select_from(person.outerjoin(role_grant, role_grant.c.person_id == person.c.id))
        .where(person.c.id.in_(sorted(people)), person.c.active.is_(True))
        .order_by(person.c.id, role_grant.c.id)
    )
    held: dict[str, tuple[str, list[Grant]]] = {}
    for row in session.execute(query):
        _, grants = held.setdefault(row.id, (row.name, []))
        if row.role is not None:
            grants.append(Grant(role=row.role, place=row.place, department=row.department))
    return {key: Actor(id=key, name=name, grants=tuple(grants)) for key, (name, grants) in held.items()}


def cases_of(session: Session, case_ids: Iterable[str | None]) -> dict[str, Any]:
    """What decides who may read what, and by which number the case is called."""
    wanted = [each for each in case_ids if each]
    if not wanted:
        return {}
    query = (
        select(
            case_file.c.id,
            case_file.c.kind,
            case_file.c.place,
            case_file.c.sealed_hiv,
            case_file.c.owner_id,
            application.c.application_no,
        )
        .select_from(case_file.outerjoin(application, application.c.case_id == case_file.c.id))
        .where(case_file.c.id.in_(wanted))
    )
    return {row.id: row for row in session.execute(query)}


def is_protected(task: Any, case: Any) -> bool:
    """Whether the task belongs to a protection case (P_H)."""
    return task.element_id.startswith(_PROTECTION_STEPS) or (case is not None and case.kind in PROTECTION_KINDS)


def coded_number(task: Any, case: Any) -> str:
    """The number by which a task's case is called to whoever may not see it."""
    return "" if case is None else case_number(case, protected=is_protected(task, case))


def case_number(case: Any, *, protected: bool = False) -> str:
    """The same of a case (`cases_of`). A sealed or a protection case is called by the end of its id: an application's
    number would tell township and day."""
    if case.sealed_hiv or protected or not case.application_no:
        return str(case.id)[-CODE_LENGTH:].upper()
    return str(case.application_no)


def wording(task: Any, rung: Rung, case: Any, departments: frozenset[str], reader: Reader) -> Words:
    """The reminder for this reader; `departments`: those that have an item of the case."""
    shown = _shown(task, case, departments, reader)
    due = county_minute(task.due_at)
    matter = f"办件{shown.number}" if shown.number else "一件工作"
    about = f"{shown.subject}({matter})" if shown.subject else matter
    provisional = "(该期限跨尚未公布的节假日安排,为暂定)" if rung.provisional else ""
    return Words(
        subject=f"【{rung.name}】{task.name}",
        body=f"{about}的“{task.name}”{_state(rung)},时限为{due}{provisional}。",
        outside_subject=f"【{rung.name}】{matter}",
        outside_body=f"{matter}有一项工作{_state(rung)},时限为{due}{provisional}。请登录童安系统查看和办理。",
    )


def with_calls(words: Words, called: Sequence[Call], unmanned: str, *, sealed: bool) -> Words:
    """The reminder with whom to telephone, and with the desks at which nobody is on duty. What leaves the house names
    no post, which would tell an outsider what kind of case it is; of a sealed file, nobody."""
    body, outside = words.body, words.outside_body
    if called:
        body += f"请立即电话联系:{';'.join(each.words for each in called)}。"
        if not sealed:
            outside += f"请立即电话联系:{';'.join(f'{each.name} {each.phone or UNKNOWN}' for each in called)}。"
    if unmanned:
        body += f"{unmanned}现在无人值班,已通知该岗位全部人员。"
    return replace(words, body=body, outside_body=outside)


def _state(rung: Rung) -> str:
    return {
        "R0": "已到内部目标日,请尽快办理",
        "R1": "即将到期",
        "R2": "已到期仍未办结",
        "R3": "已逾期,请督促办理",
        "R4": "已严重逾期,现予升级",
    }[rung.code]


def _shown(task: Any, case: Any, departments: frozenset[str], reader: Reader) -> _Shown:
    if case is None:
        return _Shown(number="", subject="")
    number = coded_number(task, case)
    if case.sealed_hiv or is_protected(task, case):
        return _Shown(number=number, subject="")
    scope = CaseScope(
        place=case.place,
        kind=case.kind,
        departments=departments,
        owner=case.owner_id,
    )
    return _Shown(number=number, subject=task.subject if sight(reader, scope) >= Sight.MASKED else "")
