"""A letter is downloaded by who may see its case, the reading is noted, and its code leads nobody else anywhere."""

from __future__ import annotations

import sqlalchemy as sa

from cases import documents
from cases.documents import DocumentKind
from cases.paper_references import paper_reference
from engine.store.audit import audit
from tests.opened_cases import opened_case
from tests.web.conftest import START

BODY = "退回材料及不予认定告知书\n编号:A-1\n\n王秀英:\n材料不全。\n\n青川镇人民政府\n2025年9月24日"


def a_letter(edge) -> int:
    with edge.database.transaction() as session:
        case_id = opened_case(session, "application", now=START)
        documents.write(session, case_id, DocumentKind.RETURN, BODY, idempotency_key="k", now=START)
        return int(session.scalar(sa.select(documents.document.c.id)))


def test_who_sees_the_case_downloads_its_letter_and_the_reading_is_noted(edge, as_person):
    letter = a_letter(edge)
    answer = as_person("officer").get(f"/papers/{letter}")
    assert answer.status_code == 200 and answer.data.startswith(b"PK")
    with edge.database.reading() as session:
        noted = session.scalar(sa.select(audit.c.detail).where(audit.c.action == "case.read"))
    assert noted["purpose"] == f"下载文书 {letter}"


def test_nobody_else_does_and_an_unknown_one_is_not_found(edge, as_person):
    letter = a_letter(edge)
    assert as_person("otherofficer").get(f"/papers/{letter}").status_code == 404
    assert as_person("officer").get("/papers/999").status_code == 404


def test_the_code_on_a_paper_leads_on_only_who_may_see_it(edge, as_person):
    letter = a_letter(edge)
    officer = as_person("officer")
    officer.get(f"/papers/{letter}")
    with edge.database.reading() as session:
        code = session.scalar(sa.select(paper_reference.c.code))
    assert officer.get(f"/q/{code}").status_code == 200
    assert as_person("otherofficer").get(f"/q/{code}").status_code == 404
