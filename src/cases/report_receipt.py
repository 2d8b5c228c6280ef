"""The receipt of a report 强制报告: what whoever reported may know of it, and no more (domain.md 6.1, reporter)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from cases.reports import report
from engine.access import Actor
from engine.errors import NotFound
from engine.outcome import InstanceStatus
from engine.store.instance import instance
from engine.store.session import Session


class Course(StrEnum):
    """How far a report has come, in words that tell nothing of the child."""

    RECEIVED = "已收到,值班员正在研判"
    AT_WORK = "正在处置"
    ANSWERED = "已处置并反馈"
    DONE = "已办结"  #: ended without an answer: cancelled, or from a time that kept none


#: The ways of answering, as the form lists them.
WAYS = ("电话", "书面", "当面", "报告人未留联系方式")


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """That the report is there, and how far it has come."""

    number: str
    reported_at: datetime
    reported_to_police: bool  #: by the reporter
    police_informed_at: datetime | None  #: by the program
    course: Course
    fed_back_at: datetime | None  #: when the reporter was answered
    fed_back_way: str | None

    @property
    def urging(self) -> bool:
        """Whether the reporter is still asked to call the police."""
        return self.course in (Course.RECEIVED, Course.AT_WORK)


def receipt_of(session: Session, actor: Actor, instance_id: str) -> Receipt:
    """The receipt, for the reporter alone: neither the child nor what was found stands on it.

    :raises NotFound: there is no such report, or somebody else reported it; both look alike.
    """
    row = session.execute(
        select(
            report.c.report_no,
            report.c.reported_at,
            report.c.reported_to_police,
            report.c.police_informed_at,
            report.c.level,
            report.c.fed_back_at,
            report.c.fed_back_way,
            instance.c.status,
        )
        .join(instance, instance.c.case_id == report.c.case_id)
        .where(instance.c.id == instance_id, instance.c.started_by == actor.id)
    ).one_or_none()
    if row is None:
        raise NotFound(f"没有报告 {instance_id}")
    return Receipt(
        number=row.report_no,
        reported_at=row.reported_at,
        reported_to_police=row.reported_to_police,
        police_informed_at=row.police_informed_at,
        course=_course(row),
        fed_back_at=row.fed_back_at,
        fed_back_way=row.fed_back_way,
    )


def _course(row: Any) -> Course:
    """Once answered it stays answered: how long the child's case goes on after that would tell of the child."""
    if row.fed_back_at is not None:
        return Course.ANSWERED
    if row.status not in (InstanceStatus.RUNNING, InstanceStatus.SUSPENDED):
        return Course.DONE
    return Course.RECEIVED if row.level is None else Course.AT_WORK
