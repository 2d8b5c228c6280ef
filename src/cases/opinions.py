"""Departments' opinions 意见: one row per department and round, read by the joint decision (domain.md P_D, D4).

Parallel branches carry nothing back into the state; the join reads these rows. When a department is asked again, its
earlier answer stays in the record and a row of the next round stands for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Integer,
    RowMapping,
    String,
    Table,
    UniqueConstraint,
    insert,
    select,
    update,
)

from cases import case_files
from cases.veils import veil
from engine.access import Actor
from engine.errors import NotFound
from engine.store.base import Instant, metadata
from engine.store.session import Session
from engine.store.user_task import TaskStatus, user_task
from engine.store.veils import Veiled, VeiledJson

REVIEW, FACT_CHECK = "R", "V"
AGREE, DISAGREE, SUPPLEMENT = "同意", "不同意", "需补充"
TRUE, CONTRADICTS, NO_RECORD = "属实", "矛盾", "无记录"
#: The step in which a leader signs a fact check.
FACT_CHECK_SIGNED = "d_ut_check_sign"

opinion = Table(
    "opinion",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", String(40), ForeignKey("case_file.id"), nullable=False, index=True),
    Column("department", String(12), nullable=False),
    Column("round", Integer, nullable=False),
    Column("mode", String(1), nullable=False),
    Column("questions", VeiledJson("opinion.questions"), nullable=False),
    Column("answers", VeiledJson("opinion.answers"), nullable=False),
    Column("opinion", String(12), nullable=True),
    Column("reason", Veiled("opinion.reason"), nullable=False, server_default=""),
    Column("original_seen", Boolean, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("target_due", Date, nullable=True),
    Column("due_on", Date, nullable=True),
    Column("answered_at", Instant, nullable=True),
    Column("handler_id", String(40), nullable=True),
    Column("handler_name", String(60), nullable=True),
    Column("signed_at", Instant, nullable=True),
    Column("leader_id", String(40), nullable=True),
    Column("leader_name", String(60), nullable=True),
    UniqueConstraint("case_id", "department", "round"),
)


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a department is asked (a line of table D3, merged per department)."""

    department: str
    mode: str  #: R: gives an opinion; V: confirms facts
    questions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Count:
    """The inputs of table D4. Opinions are counted over R members only; V answers set `contradiction`."""

    missing: int
    supplement: int
    disagree: int
    agree: int
    contradiction: bool
    asking: tuple[str, ...]  #: departments whose present answer is 需补充


def standing(session: Session, case_id: str) -> Sequence[RowMapping]:
    """The row that stands for each department: the one of its latest round."""
    rows = session.execute(
        select(opinion).where(opinion.c.case_id == case_id).order_by(opinion.c.department, opinion.c.round)
    ).mappings()
    latest = {row["department"]: row for row in rows}
    return tuple(latest.values())


def _standing_of(session: Session, case_id: str, department: str) -> RowMapping | None:
    return next((row for row in standing(session, case_id) if row["department"] == department), None)


def ask(
    session: Session,
    case_id: str,
    requests: Iterable[Request],
    *,
    now: datetime,
    target_due: date | None = None,
    due_on: date | None = None,
) -> None:
    """Ask departments. One whose question is still open is not asked twice; one that answered gets the next round."""
    for request in requests:
        known = _standing_of(session, case_id, request.department)
        if known is not None and known["opinion"] is None:
            continue
        session.execute(
            insert(opinion).values(
                case_id=case_id,
                department=request.department,
                round=known["round"] + 1 if known else 1,
                mode=request.mode,
                **veil(session, opinion, {"questions": list(request.questions), "answers": []}, case_id=case_id),
                original_seen=False,
                asked_at=now,
                target_due=target_due,
                due_on=due_on,
            )
        )
        case_files.involve(session, case_id, [request.department])


def answer(
    session: Session,
    case_id: str,
    department: str,
    *,
    given: str,
    reason: str,
    answers: Mapping[str, Any],
    original_seen: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """Enter the answer of a department.

    :raises NotFound: the department was not asked.
    """
    row = _standing_of(session, case_id, department)
    if row is None:
        raise NotFound(f"没有向 {department} 征求过意见")
    session.execute(
        update(opinion)
        .where(opinion.c.id == row["id"])
        .values(
            **veil(session, opinion, {"reason": reason, "answers": dict(answers)}, case_id=case_id),
            opinion=given,
            original_seen=original_seen,
            answered_at=now,
            handler_id=actor.id,
            handler_name=actor.name,
        )
    )


def sign(session: Session, case_id: str, department: str, *, actor: Actor, now: datetime) -> None:
    """The department's leader signs the answer that stands."""
    row = _standing_of(session, case_id, department)
    if row is None:
        raise NotFound(f"没有 {department} 的意见")
    session.execute(
        update(opinion)
        .where(opinion.c.id == row["id"])
        .values(signed_at=now, leader_id=actor.id, leader_name=actor.name)
    )


def left_unsigned(session: Session, case_id: str) -> frozenset[str]:
    """The departments whose leader did not sign a fact check before the county stopped waiting (M8): no answer of
    theirs, though a contradiction that it tells of is still looked into."""
    found = select(user_task.c.department).where(
        user_task.c.case_id == case_id,
        user_task.c.element_id == FACT_CHECK_SIGNED,
        user_task.c.status == TaskStatus.WITHDRAWN,
    )
    return frozenset(session.execute(found).scalars())


def note_originals(session: Session, case_id: str) -> None:
    """The originals were sighted where a body has no record or has not answered: that is then no contradiction (M8)."""
    session.execute(
        update(opinion).where(opinion.c.case_id == case_id, opinion.c.mode == FACT_CHECK).values(original_seen=True)
    )


def count(rows: Sequence[Any]) -> Count:
    """Count standing rows for table D4 (pure)."""
    review = [row for row in rows if row["mode"] == REVIEW]
    facts = [row for row in rows if row["mode"] == FACT_CHECK]
    given = [row["opinion"] for row in review]
    return Count(
        missing=given.count(None),
        supplement=given.count(SUPPLEMENT),
        disagree=given.count(DISAGREE),
        agree=given.count(AGREE),
        contradiction=any(
            row["opinion"] == CONTRADICTS or (row["opinion"] == NO_RECORD and not row["original_seen"]) for row in facts
        ),
        asking=tuple(row["department"] for row in review if row["opinion"] == SUPPLEMENT),
    )
