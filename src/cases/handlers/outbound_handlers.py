"""What the diagram of 跨省通办 calls: the letter to the home office, the letter to the applicant (DL-37)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from cases import case_files, documents, outbound
from cases.documents import DocumentKind
from engine.calendar import county_day
from engine.domain import Handler, ServiceCall, Tools


def outbound_package(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Write the letter to the home office; a second call writes none."""
    return _write(call, tools, DocumentKind.OUTBOUND_PACKAGE, outbound.package)


def outbound_answer(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Write the letter that tells the applicant; a second call writes none."""
    return _write(call, tools, DocumentKind.OUTBOUND_ANSWER, outbound.answer)


def _write(call: ServiceCall, tools: Tools, kind: DocumentKind, text: Callable[..., str]) -> Mapping[str, Any]:
    case_id = call.case_for(kind)
    with tools.database.transaction() as session:
        row = case_files.find_case(session, case_id)
        body = text(
            session,
            case_id,
            number=outbound.number_of(row["facts"]),
            place=row["place"],
            day=county_day(call.now),
        )
        documents.write(session, case_id, kind, body, idempotency_key=call.idempotency_key, now=call.now)
    return {}


OUTBOUND_HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {"outbound_package": outbound_package, "outbound_answer": outbound_answer}
)
