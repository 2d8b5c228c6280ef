"""What a department found, written into the child's file beside its opinion (domain.md P_D 2, 5): the dates of the
parents, the disability certificate and its end, schooling and its end, insurance. What it left empty stays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from cases import children, parent_periods
from cases.roles import DEPARTMENTS
from engine.store.session import Session

Write = Callable[[Session, str, Mapping[str, Any], children.Proof], None]

OWN = "儿童本人"
LEVELS: Mapping[str, int] = MappingProxyType({"一级": 1, "二级": 2, "三级": 3, "四级": 4})


def enter(session: Session, child_id: str, department: str, found: Mapping[str, Any], now: datetime) -> None:
    """Write what the department's form tells; another department's fields are not looked at."""
    write = _WRITES.get(department)
    if write is not None:
        write(session, child_id, found, children.Proof(by=DEPARTMENTS[department].name, at=now))


def _certificate(session: Session, child_id: str, found: Mapping[str, Any], _proof: children.Proof) -> None:
    """The child's own certificate, or until when a parent's holds."""
    holder = found.get("cert_holder")
    if holder == OWN:
        values = {
            "disability_kind": found.get("disability_kind"),
            "disability_level": LEVELS.get(str(found.get("disability_level"))),
            "disability_cert_no": found.get("cert_no"),
            "cert_valid_to": found.get("valid_to"),
        }
        _set(children.set_health, session, child_id, values)
    elif holder in parent_periods.PARENTS and found.get("valid_to") and holder in children.parents(session, child_id):
        children.set_parent(session, child_id, str(holder), cert_valid_to=found["valid_to"])


def _insurance(session: Session, child_id: str, found: Mapping[str, Any], _proof: children.Proof) -> None:
    _set(children.set_health, session, child_id, {"insured": found.get("insured")})


def _schooling(session: Session, child_id: str, found: Mapping[str, Any], _proof: children.Proof) -> None:
    names = ("stage", "school", "student_no", "expected_graduation")
    _set(children.set_education, session, child_id, {name: found.get(name) for name in names})


def _parents(session: Session, child_id: str, found: Mapping[str, Any], proof: children.Proof) -> None:
    parent_periods.enter(session, child_id, parent_periods.checked(found), proof)


def _set(write: Callable[..., None], session: Session, child_id: str, values: Mapping[str, Any]) -> None:
    told = {name: value for name, value in values.items() if value not in (None, "")}
    if told:
        write(session, child_id, **told)


_WRITES: Mapping[str, Write] = MappingProxyType(
    {
        "CL": _certificate,
        **dict.fromkeys(("RSJ", "YBJ"), _insurance),
        "JKT": _schooling,
        **dict.fromkeys(("SFJ", "GAJ"), _parents),
    }
)
