"""A service that writes does its work once: a second call with the same key finds the marker of the first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cases import case_files
from engine.domain import ServiceCall, Tools
from engine.store.session import Session

Work = Callable[[Session, str], None]


def once(call: ServiceCall, tools: Tools, work: Work) -> Mapping[str, Any]:
    """Do `work(session, case_id)` in one transaction with its marker; nothing if it was done.

    :raises ServiceError: the process works on no case.
    """
    case_id = call.case_for(f"服务 {call.service} ")
    with tools.database.transaction() as session:
        done = case_files.find_case(session, case_id)["facts"].get("services_done", ())
        if call.idempotency_key in done:
            return {}
        work(session, case_id)
        case_files.add_facts(session, case_id, {"services_done": [*done, call.idempotency_key]})
    return {}
