"""The quarter's visits (P_G): no number tells of a sealed file, and what a visit found stands in the file in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from cases import case_files, quarters, visit_changes
from cases.children import child, child_education
from cases.covered_children import enter_world
from cases.quarters import Quarter, visit
from cases.stage import Stage, build
from engine.access import Actor
from engine.clock import COUNTY_ZONE
from engine.settings import Settings
from engine.store.session import Session

NOW = datetime(2026, 3, 12, 10, 0, tzinfo=COUNTY_ZONE)
TOWN, VILLAGE = "519927101", "519927101001"
CHILD = {
    "name": "罗小溪",
    "idcard": "519927201011110060",
    "village": VILLAGE,
    "categories": ["C2"],
    "enrolled_on": NOW.date(),
    "guardian": "罗姨",
}
FOUND: dict[str, Any] = {"visit_at": NOW, "new_live_address": "青山村3组19号", "new_stage": "普通高中"}


@pytest.fixture
def stage(database_url: str, tmp_path: Path) -> Iterator[Stage]:
    made = build(Settings(mode="demo", data_folder=tmp_path, database_url=database_url), at=NOW)
    made.prepare([])
    with made.database.transaction() as session:
        enter_world(session, children=[CHILD], standards=[], now=NOW)
    yield made
    made.database.dispose()


def opened(session: Session, kind: str, place: str, *, child_id: str | None = None, sealed: bool = False) -> str:
    return case_files.open_case(
        session,
        kind=kind,
        process_key=kind,
        child_id=child_id,
        place=place,
        policy_profile="CURRENT",
        facts={"quarter_villages": [{"place": VILLAGE}]},
        actor=Actor.system("test"),
        now=NOW,
        sealed_hiv=sealed,
    )


def campaign(session: Session, *, ordinary: int, sealed: int) -> tuple[str, list[str]]:
    """A quarter's update with so many visits that were made; all to the one child, which the counts do not mind."""
    campaign_id = opened(session, "update", TOWN)
    quarters.enter_report(session, campaign_id, town=TOWN, quarter=Quarter(year=2026, number=1), children=ordinary)
    child_id = session.scalar(select(child.c.id))
    visits = []
    for number in range(ordinary + sealed):
        case_id = opened(session, "visit", VILLAGE, child_id=child_id, sealed=number >= ordinary)
        quarters.enter_visit(session, case_id, child_id=child_id, kind="季度", campaign_id=campaign_id)
        quarters.record_visit(session, case_id, found=FOUND, changes=["住址", "就学"], at=NOW)
        visits.append(case_id)
    return campaign_id, visits


@pytest.mark.parametrize(("ordinary", "sealed", "needed"), [(10, 0, 1), (10, 1, 1), (0, 3, 0), (11, 0, 2)])
def test_a_sealed_visit_does_not_show_in_the_number_of_checks(
    stage: Stage, ordinary: int, sealed: int, needed: int
) -> None:
    """M2: ten and a sealed one still ask for one check; two would tell the township of the eleventh child."""
    with stage.database.transaction() as session:
        campaign_id, _ = campaign(session, ordinary=ordinary, sealed=sealed)
        assert quarters.spot_checks_needed(session, campaign_id) == needed


def told(session: Session) -> tuple[str | None, str | None]:
    stage = session.scalar(select(child_education.c.stage))
    return session.scalar(select(child.c.live_address)), stage


def test_the_file_changes_when_the_township_passes_the_visits(stage: Stage) -> None:
    with stage.database.transaction() as session:
        campaign_id, [case_id] = campaign(session, ordinary=1, sealed=0)
        before = told(session)
        visit_changes.tell(session, case_id, FOUND, now=NOW)
        assert told(session) == before
        facts = case_files.find_case(session, campaign_id)["facts"]
        assert "住址改为青山村3组19号;就学改为普通高中" in facts[visit_changes.SHOWN][0]["text"]
        visit_changes.apply(session, campaign_id, now=NOW)
        assert told(session) == ("青山村3组19号", "普通高中")


def test_of_a_sealed_file_the_township_is_told_nothing(stage: Stage) -> None:
    """Its own people's visit changes it at once; the township's passing is none of its business."""
    with stage.database.transaction() as session:
        campaign_id, [case_id] = campaign(session, ordinary=0, sealed=1)
        visit_changes.apply(session, campaign_id, now=NOW)
        assert told(session)[0] != "青山村3组19号"
        visit_changes.tell(session, case_id, FOUND, now=NOW)
        assert told(session) == ("青山村3组19号", "普通高中")
        assert visit_changes.SHOWN not in case_files.find_case(session, campaign_id)["facts"]


def test_a_visit_that_was_sent_back_stays_with_the_child_and_counts_no_more(stage: Stage) -> None:
    with stage.database.transaction() as session:
        campaign_id, [case_id] = campaign(session, ordinary=1, sealed=0)
        archive_no = session.scalar(select(child.c.archive_no))
        found = visit_changes.made(session, campaign_id, [archive_no])
        assert [row["case_id"] for row in found] == [case_id]
        visit_changes.send_back(session, campaign_id, found)
        assert quarters.visits_left(session, campaign_id, VILLAGE) == 1
        visit_changes.apply(session, campaign_id, now=NOW)
        assert told(session)[0] != "青山村3组19号", "what was sent back changes nothing"
        visit_changes.replace_former(session, found[0]["child_id"], campaign_id)
        assert quarters.visits_left(session, campaign_id, VILLAGE) == 0
        row = session.execute(select(visit).where(visit.c.case_id == case_id)).mappings().one()
        assert (row["campaign_id"], row["at"]) == (None, NOW)
        assert list(visit_changes.sent_back(session, campaign_id).values()) == [1]


def test_a_sealed_visit_is_not_sent_back_by_the_township(stage: Stage) -> None:
    with stage.database.transaction() as session:
        campaign_id, _ = campaign(session, ordinary=0, sealed=1)
        session.execute(update(child).values(archive_no="519927-2026-00009"))
        assert visit_changes.made(session, campaign_id, ["519927-2026-00009"]) == []
