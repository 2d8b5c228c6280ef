"""The full values of a child's identity, for a click with a reason; entered in the audit in the same transaction
(domain.md 6.1, 6.4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from cases.identity import Identity, may_show, of_row
from cases.roles import Sight
from cases.sealed_identity import open_identity
from cases.seen_children import require_child
from engine.access import Actor
from engine.errors import FieldProblem, NotAllowed, SubmissionInvalid
from engine.store import audit
from engine.store.session import Session

ACTION = "child.unmask"
#: Why somebody needs the full values; the code stands in the audit.
PURPOSES: Mapping[str, str] = MappingProxyType(
    {
        "IDENTITY": "核对身份",
        "CONTACT": "联系监护人或儿童",
        "VISIT": "入户走访",
        "MATCH": "部门比对和复核",
        "DELIVERY": "落实待遇和发放",
        "REMEDY": "答复异议、复议或诉讼",
        "DANGER": "处置人身安全风险",
        "INSPECTION": "督查和档案检查",
    }
)
LEAST_NOTE, LONGEST_NOTE = 4, 200


def unmask(session: Session, actor: Actor, child_id: str, *, purpose: str, note: str, now: datetime) -> Identity:
    """The head of the file with every value in full that the actor's office needs. `purpose`: a code of `PURPOSES`;
    `note`: what for, in words, 4 to 200 characters.

    :raises NotFound: there is no such file for this actor.
    :raises NotAllowed: the actor sees the file masked only.
    :raises SubmissionInvalid: no purpose of the list, or no words.
    """
    child = require_child(session, actor, child_id, at_least=Sight.CODED)
    found, seen = child.row, child.seen
    fields = may_show(actor, child)
    if not fields:
        raise NotAllowed("您只能看到隐去姓名和号码的档案")
    words = require_purpose(purpose, note)
    if not actor.is_system:
        detail = {"purpose": words, "code": purpose, "sight": seen.name, "fields": sorted(fields)}
        if not session.keeps:
            raise RuntimeError("full values are shown in a transaction that keeps no note of it")
        audit.record(session, actor=actor, action=ACTION, target=child_id, now=now, detail=detail)
    who = open_identity(session, actor, child_id, purpose=words, now=now) if found["sealed_hiv"] else None
    return of_row(session, found, seen, may_show=fields, shown=fields, now=now, who=who)


def require_purpose(purpose: str, note: str) -> str:
    """The purpose in words.

    :raises SubmissionInvalid: no purpose of the list, or no words.
    """
    problems = []
    if purpose not in PURPOSES:
        problems.append(FieldProblem(field="purpose", rule="choice", message="请从列表中选择查阅目的"))
    note = note.strip()
    if not LEAST_NOTE <= len(note) <= LONGEST_NOTE:
        message = f"请用{LEAST_NOTE}至{LONGEST_NOTE}个字写明查阅事由"
        problems.append(FieldProblem(field="note", rule="length", message=message))
    if problems:
        raise SubmissionInvalid(problems)
    return f"{PURPOSES[purpose]}:{note}"
