"""The file in a dozen lines, cut to what the reader may see of the case (domain.md 6.1): names and numbers masked,
nothing of health, custody or income."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from cases import appeals, file_handovers, sealed
from cases.applications import application
from cases.case_files import departments_of, find_case
from cases.children import find_child
from cases.decisions import current as decision_of
from cases.identity import category_names
from cases.jurisdictions import full_name
from cases.privacy import mask_guardian_name, mask_idcard, mask_phone
from cases.question_facts import question_facts
from cases.roles import Sight
from cases.seeing import read_case
from engine.access import Actor
from engine.store.session import Session


@dataclass(frozen=True, kw_only=True)
class Line:
    """A label and its value."""

    label: str
    value: str | date | datetime


def summary(session: Session, actor: Actor, case_id: str, *, purpose: str, now: datetime) -> tuple[Line, ...]:
    """The case in a few lines; the reading is noted with its purpose. Someone who sees the case only in code, or in a
    sample, gets number, area and status.

    :raises NotFound: there is no such case for this actor.
    """
    seen = read_case(session, actor, case_id, purpose=purpose, now=now)
    row = find_case(session, case_id)
    lines = [*_plain(session, row)]
    if row["sealed_hiv"] and seen < Sight.SEALED:
        lines.append(Line(label="申请类别", value=sealed.OUTSIDE_CATEGORY))
    if seen >= Sight.FILE:
        lines += [*_file(session, row)]
    if Sight.FILE <= seen < Sight.SENSITIVE:
        lines += [*_of_question(session, actor, row)]
    return tuple(line for line in lines if line.value not in ("", None))


def _plain(session: Session, row: Mapping[str, Any]) -> Iterator[Line]:
    filed = _application(session, row["id"])
    if filed is not None:
        yield Line(label="申请编号", value=filed.application_no)
    yield Line(label="地区", value=full_name(session, row["place"]))
    yield Line(label="办件状态", value=row["status"])
    if filed is not None:
        yield Line(label="收到申请", value=filed.received_at)
        for label, value in (
            ("受理日期", filed.accepted_on),
            ("县级收件", filed.county_received_on),
        ):
            if value is not None:
                yield Line(label=label, value=value)
    yield from _remedies(session, row["id"])


def _remedies(session: Session, case_id: str) -> Iterator[Line]:
    """Until when the decision may be fought (DL-36)."""
    decided = decision_of(session, case_id)
    if decided is None:
        return
    fate = appeals.fate_of(session, decided["id"])
    yield Line(label="决定文号", value=f"{decided['no']}({fate})" if fate else decided["no"])
    for label, until in (("申请行政复议截止", decided["review_until"]), ("提起行政诉讼截止", decided["lawsuit_until"])):
        if until is not None:
            yield Line(label=label, value=until)


def _file(session: Session, row: Mapping[str, Any]) -> Iterator[Line]:
    filed = _application(session, row["id"])
    if filed is not None:
        yield Line(label="申请人", value=f"{mask_guardian_name(filed.applicant_name)}({filed.relation or '监护人'})")
        if filed.applicant_phone:
            yield Line(label="联系电话", value=mask_phone(filed.applicant_phone))
        if not row["sealed_hiv"]:
            names = "、".join(category_names(filed.categories_claimed))
            yield Line(label="申请类别", value=names)
    child = find_child(session, row["child_id"]) if row["child_id"] else None
    yield from _handed_over(session, row["id"])
    if child is not None:
        yield Line(label="档案编号", value=child["archive_no"])
        if child["idcard"]:
            yield Line(label="身份证号", value=mask_idcard(child["idcard"]))


def _handed_over(session: Session, case_id: str) -> Iterator[Line]:
    """Where the file went with the child's registered residence (domain.md 1.5)."""
    row = file_handovers.latest(session, case_id)
    if row is None:
        return
    yield Line(label="档案移交", value=f"{row['receiver_area']} {row['receiver']}")
    if row["sent_on"] is not None:
        yield Line(label="档案寄出", value=row["sent_on"])
    if row["outcome"] is not None:
        yield Line(label="移交回执", value=f"{row['outcome']}({row['answered_on']:%Y-%m-%d})")


def _of_question(session: Session, actor: Actor, row: Mapping[str, Any]) -> Iterator[Line]:
    departments = departments_of(session, row["id"])
    asked = question_facts(session, actor, child_id=row["child_id"] or "", place=row["place"], departments=departments)
    for label, value in asked:
        yield Line(label=label, value=value)


def _application(session: Session, case_id: str) -> Any:
    return session.execute(select(application).where(application.c.case_id == case_id)).first()
