"""The receipt of a report 强制报告: what whoever reported may know of it, and no more (domain.md 6.1, reporter)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from cases.reports import report
from engine.access import Actor
from engine.errors import NotFound
from engine.outcome import InstanceStatus
from engine.store.instance import instance
from engine.store.session import Session


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """That the report is there, and how far it has come."""

    number: str
    reported_at: datetime
    reported_to_police: bool  #: by the reporter
    police_informed_at: datetime | None  #: by the program
    is_open: bool


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
        is_open=row.status in (InstanceStatus.RUNNING, InstanceStatus.SUSPENDED),
    )
