"""What a department is told of the sensitive part of a file: the fields that its own question needs, and no other
(domain.md 6.1, P_D 2). Whoever sees the whole file by office reads it in the forms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from sqlalchemy import Table, select

from cases.children import child_education, child_health, parents
from engine.access import Actor, covers
from engine.store.session import Session


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One value of a child's file that a question needs."""

    table: Table
    column: str
    label: str


_DISABILITY = (
    Asked(table=child_health, column="disability_kind", label="残疾类别"),
    Asked(table=child_health, column="disability_level", label="残疾等级"),
    Asked(table=child_health, column="disability_cert_no", label="残疾人证号"),
    Asked(table=child_health, column="cert_valid_to", label="残疾人证有效期至"),
)
_ILLNESS = (
    Asked(table=child_health, column="illness_name", label="疾病名称"),
    Asked(table=child_health, column="hospital", label="就诊医院"),
)
_INSURANCE = (Asked(table=child_health, column="insured", label="是否参保"),)
_SCHOOL = (
    Asked(table=child_education, column="stage", label="学段"),
    Asked(table=child_education, column="school", label="就读学校"),
)

#: Department to the values of the child's file that its question needs.
QUESTIONS: Mapping[str, tuple[Asked, ...]] = MappingProxyType(
    {"CL": _DISABILITY, "WJJ": _ILLNESS, "RSJ": _INSURANCE, "YBJ": _INSURANCE, "JKT": _SCHOOL}
)
#: Departments whose question is about the parents: justice and police with the dates, the court without.
_PARENTS = frozenset({"SFJ", "GAJ", "FY"})
_WITH_DATES = frozenset({"SFJ", "GAJ"})


def question_facts(
    session: Session, actor: Actor, *, child_id: str, place: str, departments: frozenset[str]
) -> Iterator[tuple[str, str]]:
    """Label and value of what the actor's departments need for their question. `place` and `departments`: of the case;
    a department without an item of it is told nothing."""
    held = {grant.department for grant in actor.grants if grant.department and covers(grant, place)}
    for department in sorted(held & departments):
        for asked in QUESTIONS.get(department, ()):
            value = session.scalar(select(asked.table.c[asked.column]).where(asked.table.c.child_id == child_id))
            if value not in (None, ""):
                yield asked.label, _in_words(value)
        if department in _PARENTS:
            yield from _of_parents(session, child_id, with_dates=department in _WITH_DATES)


def _of_parents(session: Session, child_id: str, *, with_dates: bool) -> Iterator[tuple[str, str]]:
    for which, row in parents(session, child_id).items():
        words = row["status"]
        if with_dates and (row["start_date"] or row["end_date"]):
            words += f"({_day(row['start_date'])}至{_day(row['end_date'])})"
        yield f"{which}亲状况", words


def _day(value: date | None) -> str:
    return value.isoformat() if value else "—"


def _in_words(value: object) -> str:
    return {True: "是", False: "否"}[value] if isinstance(value, bool) else str(value)
