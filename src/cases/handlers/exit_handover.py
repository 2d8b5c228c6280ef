"""出具档案移交函: the letter that goes with the file of a child who moved away with its registered residence (1.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import case_files, children, documents, exit_letters, exits, file_handovers, handover_contents
from cases.documents import DocumentKind
from cases.handlers.once import once
from engine.calendar import county_day
from engine.domain import ServiceCall, Tools
from engine.errors import NotFound
from engine.store.session import Session


def exit_handover(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Write to the receiver that was named: what the file says, until when what was paid, and which papers come along.
    A file that came back is sent with a letter of its own."""

    def write(session: Session, case_id: str) -> None:
        found = children.find_child(session, case_files.find_case(session, case_id)["child_id"])
        if found is None:
            raise NotFound(f"办件 {case_id} 没有儿童档案")
        to = file_handovers.find(session, case_id)
        body = exit_letters.handover(
            exits.letter_head(session, case_id, now=call.now),
            receiver=to["receiver"],
            area=to["receiver_area"],
            month=str(exits.find(session, case_id)["stop_month"]),
            sections=handover_contents.paragraphs(session, case_id, found, now=call.now),
            note=to["note"],
            day=county_day(call.now),
        )
        key = call.idempotency_key
        documents.write(session, case_id, DocumentKind.FILE_HANDOVER, body, idempotency_key=key, now=call.now)

    return once(call, tools, write)
