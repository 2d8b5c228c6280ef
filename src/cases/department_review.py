"""What the departments found of a case and when they were reminded, as its page tells it (domain.md P_D, 0.6, 6.1).

Whoever leads the review reads all of it: the township, 县民政局, the inspectors and the conveners of the council, who
see how each department stands, and no reason. A department reads its own. Of a sealed file only the pair does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import RowMapping, select

from cases.case_files import scope_of
from cases.opinions import FACT_CHECK, standing
from cases.reminder_log import reminder_log
from cases.roles import AREA_SIGHT, DEPARTMENTS, CaseScope, Sight
from cases.seeing import is_owner, read_case, require_sight
from engine.access import Actor, covers
from engine.calendar import RUNG_NAMES, RungCode
from engine.store.session import Session

#: Who sees the area's cases, and yet reads no department's answer: the village, and the window.
_NOT_TOLD = frozenset({"village_officer", "village_head", "town_window"})


@dataclass(frozen=True, kw_only=True)
class Reminded:
    """One reminder that was sent."""

    rung: str  #: its name: 内部提醒, 提醒, 催办, 督办, 升级
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How one department stands."""

    department: str
    fact_check: bool  #: it confirms facts (协查); else it gives an opinion (复核)
    opinion: str | None  #: None: not answered
    reason: str  #: empty for who sees less than the sensitive file
    by: str  #: who answered and who signed
    answered_at: datetime | None
    due_on: date | None
    reminders: Sequence[Reminded] = field(default=())


def department_review(
    session: Session, actor: Actor, case_id: str, *, purpose: str, now: datetime
) -> Sequence[Standing]:
    """The departments that were asked, by their codes; none for who is not to know, the applicant above all.

    :raises NotFound: there is no such case for this actor.
    :raises Refused: no purpose was given.
    """
    seen = require_sight(session, actor, case_id)
    scope = scope_of(session, case_id)
    if is_owner(session, actor, case_id) or (scope.sealed_hiv and seen < Sight.SEALED):
        return ()
    whole = actor.is_system or _leads(actor, scope, seen)
    own = {grant.department for grant in actor.grants if grant.department and covers(grant, scope.place)}
    rows = [row for row in standing(session, case_id) if whole or row["department"] in own]
    told = {row["department"]: seen >= Sight.SENSITIVE or row["department"] in own for row in rows}
    if any(told.values()):
        read_case(session, actor, case_id, purpose=purpose, now=now)
    sent = _reminders(session, case_id) if rows else {}
    return tuple(
        _standing(row, told=told[row["department"]], reminders=sent.get(row["department"], ())) for row in rows
    )


def _leads(actor: Actor, scope: CaseScope, seen: Sight) -> bool:
    if seen is Sight.SEALED:
        return True
    held = {grant.role for grant in actor.grants if covers(grant, scope.place)}
    return bool(held & (AREA_SIGHT.keys() - _NOT_TOLD))


def _standing(row: RowMapping, *, told: bool, reminders: Sequence[Reminded]) -> Standing:
    department = DEPARTMENTS.get(row["department"])
    return Standing(
        department=department.name if department else row["department"],
        fact_check=row["mode"] == FACT_CHECK,
        opinion=row["opinion"],
        reason=str(row["reason"] or "") if told else "",
        by="、".join(name for name in (row["handler_name"], row["leader_name"]) if name) if told else "",
        answered_at=row["answered_at"],
        due_on=row["due_on"],
        reminders=reminders,
    )


def _reminders(session: Session, case_id: str) -> Mapping[str, Sequence[Reminded]]:
    rows = session.execute(
        select(reminder_log.c.department, reminder_log.c.rung, reminder_log.c.sent_at)
        .where(
            reminder_log.c.case_id == case_id,
            reminder_log.c.department.is_not(None),
            reminder_log.c.sent_at.is_not(None),
        )
        .order_by(reminder_log.c.sent_at, reminder_log.c.id)
    )
    found: dict[str, list[Reminded]] = {}
    for row in rows:
        found.setdefault(row.department, []).append(Reminded(rung=RUNG_NAMES[RungCode(row.rung)], at=row.sent_at))
    return found
