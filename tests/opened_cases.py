"""A case as tests open it where what stands around it does not matter."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cases import case_files
from engine.access import Actor
from engine.store.session import Session


def opened_case(session: Session, kind: str, *, now: datetime, **told: Any) -> str:
    """Open a case of this kind at this instant and return its id; `told` stands over what is usual
    (`case_files.open_case`): 青山村, nobody's, without facts."""
    usual: dict[str, Any] = {
        "process_key": kind,
        "child_id": None,
        "place": "519927101001",
        "policy_profile": "CURRENT",
        "facts": {},
        "actor": Actor.system("test"),
    }
    return case_files.open_case(session, kind=kind, now=now, **{**usual, **told})
