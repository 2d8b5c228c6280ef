"""Who may ask for a list of children, who stands for it, and how many it may hold (domain.md 6.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from engine.access import Actor, covers
from engine.errors import FieldProblem, Refused, SubmissionInvalid

#: Whoever sees the sensitive file of an area may ask for its list, of ordinary files (False) and of sealed ones (True);
#: who leads there approves it.
ASKERS: Mapping[bool, frozenset[str]] = MappingProxyType(
    {
        False: frozenset({"town_officer", "town_leader", "town_head", "mzj_handler", "mzj_leader"}),
        True: frozenset({"mzj_sealed"}),
    }
)
APPROVERS: Mapping[bool, frozenset[str]] = MappingProxyType(
    {False: frozenset({"town_leader", "town_head", "mzj_leader"}), True: frozenset({"mzj_sealed"})}
)
MOST_CHILDREN = 1_000
#: An approval is for now, not for keeps.
VALID_FOR = timedelta(hours=24)
SHORTEST_REASON = 4


@dataclass(frozen=True, kw_only=True)
class Measured:
    """How far a list reaches that somebody asks for."""

    place: str  #: the area, all of which an approver must lead
    sealed: bool
    children: int


def holds(actor: Actor, roles: frozenset[str], place: str) -> bool:
    """Whether the person holds one of these roles for the whole place."""
    return any(grant.role in roles and covers(grant, place) for grant in actor.grants)


def require_reason(approved: bool, reason: str) -> None:
    """:raises SubmissionInvalid: a second person refuses and does not say why."""
    if not approved and len(reason.strip()) < SHORTEST_REASON:
        raise SubmissionInvalid([FieldProblem(field="reason", rule="required", message="请写明不批准的理由,至少4个字")])


def require_bearable(number: int) -> None:
    """:raises Refused: nobody fits, or more children than may leave at once."""
    if number == 0:
        raise Refused("没有符合条件、您可以导出的儿童")
    if number > MOST_CHILDREN:
        raise Refused(f"一次最多导出 {MOST_CHILDREN} 名儿童。请按乡镇、村、类别或状态缩小范围后再申请")
