"""What became of a parent, from when to when, as bodies with records say: it stands in the child's file, where the
release opens the examination of ground 4 (`agenda_exits.parents_return`), and decides whether six months are reached
(DL-34)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from cases import children
from engine.calendar import Calendar
from engine.store.session import Session

#: 服刑、强制隔离戒毒、其他限制人身自由 of at least so many months, and missing for so long (domain.md 2, C2).
MONTHS = 6
MISSING, DEAD = "失联", "死亡"
#: A parent's status that counts from six months on, and what it is called.
HELD: Mapping[str, str] = {"服刑": "服刑", "强制戒毒": "强制隔离戒毒", "其他限制自由": "被限制人身自由"}
PARENTS: Mapping[str, str] = {"父": "父亲", "母": "母亲"}

#: The fields of a fact check: where a period begins and ends, and the parent's status that it proves.
_CHECKED = (
    ("sentence_from", "sentence_to", "服刑"),
    ("rehab_from", "rehab_to", "强制戒毒"),
    ("custody_from", "custody_to", "其他限制自由"),
    ("missing_registered_on", "", MISSING),
    ("death_date", "", DEAD),
)


@dataclass(frozen=True, kw_only=True)
class Period:
    """One parent's status; both days are counted."""

    which: str  #: 父 or 母
    status: str  #: in the words of the application
    start: date | None
    end: date | None

    @property
    def reversed(self) -> bool:
        return self.start is not None and self.end is not None and self.end < self.start


def checked(fields: Mapping[str, Any]) -> Sequence[Period]:
    """What a fact check tells: of the parent it is about, and of the other one in rows."""
    which = str(fields.get("about_parent") or "")
    found = [
        Period(which=which, status=status, start=fields.get(first), end=fields.get(last) if last else None)
        for first, last, status in _CHECKED
        if which in PARENTS and (fields.get(first) or fields.get(last))
    ]
    return (*found, *listed(fields.get("parent_periods") or ()))


def lacks_parent(fields: Mapping[str, Any]) -> bool:
    """Whether dates are told of nobody, although the form asks whose they are (forms of older versions do not)."""
    dated = any(fields.get(first) or fields.get(last) for first, last, _ in _CHECKED)
    return dated and "about_parent" in fields and not fields["about_parent"]


def listed(rows: Iterable[Mapping[str, Any]]) -> Sequence[Period]:
    """The rows of a form's list."""
    return tuple(
        Period(
            which=str(row["which"]),
            status=str(row["status"]),
            start=row.get("period_from"),
            end=row.get("period_to"),
        )
        for row in rows
    )


def enter(session: Session, child_id: str, periods: Iterable[Period], proof: children.Proof) -> None:
    """Write them into the child's file, with who proves them. Of several about one parent the one that lasts longest
    stands, a death before all others."""
    stands: dict[str, Period] = {}
    for each in periods:
        known = stands.get(each.which)
        if known is None or _lasts(each) >= _lasts(known):
            stands[each.which] = each
    for which, each in stands.items():
        days = {"start_date": each.start, "end_date": each.end}
        children.set_parent(session, child_id, which, proof=proof, status=each.status, **days)


def _lasts(period: Period) -> tuple[bool, date]:
    return period.status == DEAD, period.end or period.start or date.min


def too_short(parents: Mapping[str, Mapping[Any, Any]], *, on: date, calendar: Calendar) -> Sequence[str]:
    """In words, which parents' periods do not reach six months: those whose days are known.

    :param parents: rows of the file by 父 and 母.
    :param on: the day of the decision, up to which somebody counts as missing.
    """
    return tuple(filter(None, (_short(which, row, on, calendar) for which, row in sorted(parents.items()))))


def _short(which: str, row: Mapping[Any, Any], on: date, calendar: Calendar) -> str | None:
    status, start, end = row["status"], row["start_date"], row["end_date"]
    if start is None:
        return None
    until = calendar.add_months(start, MONTHS).end
    if status == MISSING and on < until:
        return f"{PARENTS[which]}自{start:%Y-%m-%d}起失联,到{until:%Y-%m-%d}才满{MONTHS}个月"
    if status in HELD and end is not None and end + timedelta(days=1) < until:
        return f"{PARENTS[which]}{HELD[status]}自{start:%Y-%m-%d}至{end:%Y-%m-%d},不满{MONTHS}个月"
    return None
