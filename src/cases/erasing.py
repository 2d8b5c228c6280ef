"""Erase one child's file 销毁: what `disposal_rules` says of every table, in the caller's transaction.

The bytes of attachments are not touched here: a transaction that fails must leave them. Their ids and digests are
returned, and `disposals.clear_bytes` removes them once the rows are gone for good.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from cases.case_files import case_file
from cases.children import child
from cases.disposal_rules import BLANKED, CHILD, REMOVED, tables
from cases.files import file
from cases.households import household, household_member
from cases.notices import notice, public_notice
from cases.objections import objection
from cases.privacy import sealed_code
from cases.reports import report
from cases.surveys import survey_household
from engine.store.base import metadata
from engine.store.instance import instance
from engine.store.session import Session
from engine.store.user_task import user_task

DISPOSED = "已销毁"


@dataclass(frozen=True)
class Belonging:
    """The ids of everything that belongs to a child's file."""

    child_id: str
    cases: Sequence[str]
    instances: Sequence[str]
    tasks: Sequence[str]


def cases_of(child_id: str, idcard: str | None) -> sa.Select[str]:
    """The ids of a child's cases: its own, objections to its notices, and reports that name its number."""
    own = sa.select(case_file.c.id).where(case_file.c.child_id == child_id)
    disputed = sa.select(objection.c.case_id).where(objection.c.application_case_id.in_(own))
    reported = sa.select(report.c.case_id).where(report.c.child_idcard == idcard)
    theirs = sa.or_(case_file.c.child_id == child_id, case_file.c.id.in_(disputed), case_file.c.id.in_(reported))
    return sa.select(case_file.c.id).where(theirs)


def erase(session: Session, child_id: str, *, now: datetime) -> tuple[tuple[str, str], ...]:
    """Erase the file; the caller has locked the child's row and asked whether its time is over. Returns the ids and
    digests of the attachments whose rows went."""
    row = session.execute(sa.select(child).where(child.c.id == child_id)).mappings().one()
    every, whole = tables(), _belonging(session, child_id, row["idcard"])
    bytes_of = sa.select(file.c.id, file.c.sha256).where(file.c.case_id.in_(whole.cases))
    attachments = tuple((found.id, found.sha256) for found in session.execute(bytes_of).all())
    numbers = sa.select(notice.c.notice_no).where(notice.c.case_id.in_(whole.cases))
    session.execute(sa.delete(public_notice).where(public_notice.c.notice_no.in_(numbers)))
    _leave_household(session, child_id)
    _leave_surveys(session, row["idcard"])
    for table in every:
        if table.name in REMOVED:
            session.execute(sa.delete(table).where(_of(table, whole)))
    for name, values in BLANKED.items():
        session.execute(sa.update(metadata.tables[name]).where(_of(metadata.tables[name], whole)).values(**values))
    for subject in (instance, user_task):
        session.execute(sa.update(subject).where(_of(subject, whole)).values(subject=DISPOSED))
    place = {"name": sealed_code(child_id)} if row["sealed_hiv"] else {"name": DISPOSED, "hukou_code": row["town_code"]}
    changed = {**CHILD, **place, "updated_at": now, "version": child.c.version + 1}
    session.execute(sa.update(child).where(child.c.id == child_id).values(**changed))
    return attachments


def _belonging(session: Session, child_id: str, idcard: str | None) -> Belonging:
    cases = _all(session, cases_of(child_id, idcard))
    instances = _all(session, sa.select(instance.c.id).where(instance.c.case_id.in_(cases)))
    tasks = _all(session, sa.select(user_task.c.id).where(user_task.c.instance_id.in_(instances)))
    return Belonging(child_id, cases, instances, tasks)


def _all(session: Session, query: sa.Select[str]) -> Sequence[str]:
    return session.execute(query).scalars().all()


def _of(table: sa.Table, whole: Belonging) -> sa.ColumnElement[bool]:
    """Which rows of the table belong to the file."""
    known: dict[str, Iterable[str]] = {
        "case_id": whole.cases,
        "application_case_id": whole.cases,
        "instance_id": whole.instances,
        "task_id": whole.tasks,
    }
    clauses: list[sa.ColumnElement[bool]] = [
        table.c[name].in_(list(ids)) for name, ids in known.items() if name in table.c
    ]
    if "child_id" in table.c:
        clauses.append(table.c.child_id == whole.child_id)
    own = {"case_file": whole.cases, "instance": whole.instances, "user_task": whole.tasks}
    if table.name in own:
        clauses.append(table.c.id.in_(own[table.name]))
    for name, through in (("document_id", "document"), ("notice_id", "notice"), ("objection_id", "objection")):
        if name in table.c and table.name in REMOVED:
            owner = metadata.tables[through]
            clauses.append(table.c[name].in_(sa.select(owner.c.id).where(_of(owner, whole))))
    return sa.or_(sa.false(), *clauses)


def _leave_household(session: Session, child_id: str) -> None:
    """The household's address goes with its last child."""
    mine = _all(session, sa.select(household_member.c.household_id).where(household_member.c.child_id == child_id))
    session.execute(sa.delete(household_member).where(household_member.c.child_id == child_id))
    others = sa.select(household_member.c.household_id)
    session.execute(sa.delete(household).where(household.c.id.in_(mine), household.c.id.not_in(others)))


def _leave_surveys(session: Session, idcard: str | None) -> None:
    """The child leaves the villages' lists by its number; how many children a village listed stays."""
    if idcard is None:
        return
    for row in session.execute(sa.select(survey_household.c.id, survey_household.c.children)).all():
        left = [{} if each.get("idcard") == idcard else each for each in row.children]
        if left != list(row.children):
            values: dict[str, Any] = {"children": left}
            if not any(left):
                values |= {"head_name": "", "address": "", "found": {}}
            session.execute(sa.update(survey_household).where(survey_household.c.id == row.id).values(**values))
