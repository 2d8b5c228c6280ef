"""Somebody in a told story looks for a child, or opens a case, as the pages do it: refused and audited alike."""

from __future__ import annotations

from datetime import datetime

from cases import child_search
from cases.roles import Sight
from cases.seeing import sight_of
from cases.story import Step
from engine.errors import NotAllowed
from engine.store.audit import note_read
from engine.store.session import Session


def look(session: Session, step: Step, *, case_id: str, now: datetime) -> str:
    """Search by the exact id number (`do = "search"`), or open the case (`do = "open"`); what differs, in words.

    :raises NotAllowed: the person sees nothing of the case.
    """
    assert step.actor is not None
    if step.do == "open":
        seen = sight_of(session, step.actor, case_id)
        if seen == Sight.NONE:
            raise NotAllowed("没有这个办件")
        note_read(session, case_id, actor=step.actor, seen=seen, purpose="故事:打开办件", now=now)
        return ""
    found = len(
        child_search.by_idcard(
            session, str(step.fields["idcard"]), actor=step.actor, purpose="故事:按身份证号查找", now=now
        )
    )
    return "" if found == step.finds else f"{step.actor.name} 应查到 {step.finds} 份档案,实际 {found} 份"
