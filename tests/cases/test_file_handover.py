"""What goes along when a child's registered residence moves away (domain.md 1.5): what is told, and what not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select, update

from cases import (
    benefits,
    children,
    decisions,
    documents,
    exit_letters,
    exits,
    handover_contents,
    letters,
    materials,
    paper_page,
)
from cases.benefits import benefit_item
from cases.case_files import case_file
from cases.covered_children import enter_child
from cases.demo_people import holder
from cases.documents import DocumentKind
from cases.stage import Stage, build
from engine.clock import COUNTY_ZONE
from engine.errors import NotFound
from engine.settings import Settings
from engine.store.session import Session
from tests.opened_cases import opened_case

NOW = datetime(2025, 10, 28, 10, 0, tzinfo=COUNTY_ZONE)
CHILD = {
    "name": "马小松",
    "idcard": "519927201912240057",
    "village": "519927101001",
    "categories": ["C1"],
    "enrolled_on": date(2021, 4, 8),
    "guardian": "王建国",
    "stage": "学前教育",
    "scheme": "HIV",
    "amount": Decimal(1100),
}


@pytest.fixture
def stage(database_url: str, tmp_path: Path) -> Iterator[Stage]:
    made = build(Settings(mode="demo", data_folder=tmp_path, database_url=database_url), at=NOW)
    yield made
    made.database.dispose()


def moved(session: Session, *, sealed: bool = False) -> str:
    """A child whose exit stopped everything from November on; returns the exit's case."""
    child_id = enter_child(session, {**CHILD, "sealed": sealed}, now=NOW)
    first = session.scalar(select(case_file.c.id).where(case_file.c.child_id == child_id))
    materials.receive(
        session, str(first), ["M01", "M23", "M24"], source="提交", received_on=NOW.date(), actor_id="", now=NOW
    )
    case_id = opened_case(session, "exit", now=NOW, child_id=child_id, sealed_hiv=sealed)
    exits.enter(session, case_id, child_id=child_id, cause="退出情形核查", ground="7", source="乡镇核查")
    exits.stop_items(session, child_id, "2025-11")
    exits.change(session, case_id, stop_month="2025-11")
    return case_id


def told(session: Session, case_id: str) -> str:
    found = children.find_child(session, exits.find(session, case_id)["child_id"])
    assert found is not None
    return "\n".join(handover_contents.paragraphs(session, case_id, found, now=NOW))


def test_the_letter_tells_the_file(stage: Stage) -> None:
    with stage.database.transaction() as session:
        said = told(session, moved(session))
    assert "每月1,100.00元,自2021年5月起,发至2025年10月" in said
    assert "1. 儿童户口簿(复印件);" in said and "就学:学前教育。" in said and "监护人:王建国" in said
    assert said.index("一、儿童基本情况") < said.index("二、保障情况") < said.index("三、随附材料")


def test_of_a_sealed_file_neither_the_scheme_nor_the_report_is_named(stage: Stage) -> None:
    with stage.database.transaction() as session:
        case_id = moved(session, sealed=True)
        session.execute(update(benefit_item).values(title="艾滋病病毒感染儿童基本生活费"))
        said = told(session, case_id)
    assert "儿童福利生活费:每月" in said and "密封件(另行交接)" in said and "马小松" in said
    assert "艾滋" not in said and "HIV" not in said


def test_a_protection_case_and_papers_that_went_back_are_not_told(stage: Stage) -> None:
    with stage.database.transaction() as session:
        case_id = moved(session)
        child_id = exits.find(session, case_id)["child_id"]
        for kind, what in (("report", decisions.DecisionKind.TEMPORARY), ("exit", decisions.DecisionKind.LEFT)):
            its = opened_case(session, kind, now=NOW, child_id=child_id)
            decisions.decide(
                session, its, kind=what, reason="", decided_on=date(2025, 10, 24), policy_profile="CURRENT", now=NOW
            )
        session.execute(update(materials.material).where(materials.material.c.code == "M24").values(returned_on=NOW))
        said = told(session, case_id)
    assert "云困保〔2025〕2号,退出,2025年10月24日" in said
    assert "临时监护" not in said and "家庭经济状况" not in said


def test_what_never_flowed_is_said_so(stage: Stage) -> None:
    with stage.database.transaction() as session:
        case_id = moved(session)
        session.execute(update(benefit_item).values(result=benefits.NOT_YET))
        waits = told(session, case_id)
        session.execute(update(benefit_item).values(result=benefits.DELIVERED, start_month="2025-11"))
        begins = told(session, case_id)
        session.execute(update(benefit_item).values(benefit=exits.RECOVERY))
        owes = told(session, case_id)
    assert "尚未落实,请接续办理" in waits and "尚未开始发放" in begins and "没有正在发放的待遇" in owes


@pytest.mark.parametrize(("month", "before"), [("2026-01", "2025-12"), ("2025-11", "2025-10"), ("2026-10", "2026-09")])
def test_the_last_month_paid(month: str, before: str) -> None:
    assert benefits.month_before(month) == before


def test_the_letter_is_read_by_offices_that_see_what_is_sensitive(stage: Stage) -> None:
    """The village sees the exit and its other letters, but no parent's sentence (L3)."""
    with stage.database.transaction() as session:
        case_id = moved(session)
        for kind in (DocumentKind.EXIT_STOP, DocumentKind.FILE_HANDOVER):
            documents.write(session, case_id, kind, "函\n编号:1\n\n某:\n文\n\n署\n日", idempotency_key=kind, now=NOW)
        number = session.scalar(select(documents.document.c.id).where(documents.document.c.kind == kind))
    read: dict[str, int] = {}
    for role, place in (("village_officer", "519927101001"), ("town_officer", "519927101")):
        who = holder(role, place).actor
        with stage.database.transaction() as session:
            read[role] = len(paper_page.papers_of_case(session, who, case_id, purpose="办理", now=NOW).letters)
    assert read == {"village_officer": 1, "town_officer": 2}
    village, settings = holder("village_officer", "519927101001").actor, stage.env.settings
    for ask in (paper_page.letter_of, paper_page.letter_sheet):
        with pytest.raises(NotFound), stage.database.transaction() as session:
            ask(session, village, number, settings=settings, now=NOW)


def test_the_letter_s_frame() -> None:
    head = letters.Head(number="1", applicant="王建国", child="马小松", area="", issuer="青川镇人民政府", sealed=False)
    body = exit_letters.handover(
        head,
        receiver="柳溪镇人民政府",
        area="邻江县",
        month="2025-11",
        sections=["一"],
        note="",
        day=date(2025, 10, 28),
    )
    assert "柳溪镇人民政府:\n" in body and "涉密" not in body and "其他需要说明的" not in body
    assert body.endswith("请核收后填写回执,退回我单位。\n\n青川镇人民政府\n2025年10月28日")
