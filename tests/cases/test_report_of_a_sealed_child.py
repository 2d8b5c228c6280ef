"""A report of a child whom only a sealed file knows goes the way of a child whom no file knows: whoever handles it,
police included, learns nothing of the sealed one (domain.md M2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from cases import children
from cases.case_facts import gather
from cases.case_files import case_file
from cases.child_search import by_idcard
from cases.demo_people import holder
from cases.sending import sent
from cases.stage import Stage, build
from engine.clock import COUNTY_ZONE
from engine.commands.complete_task import complete_task
from engine.commands.start_process import start_process
from engine.settings import Settings
from engine.store.user_task import user_task

PROCESSES = Path(__file__).parents[2] / "processes"
NOW = datetime(2026, 3, 7, 23, 0, tzinfo=COUNTY_ZONE)
IDCARD, VILLAGE = "519927201912240057", "519927101001"
REPORT = {
    "found_at": "2026-03-07T22:30:00+08:00",
    "division": VILLAGE,
    "place": "青山村3组家中",
    "child_name": "张小宝",
    "situations": ["遭受意外伤害"],
    "life_threat": True,
    "reported_to_police": True,
    "reporter_name": "沈刚",
    "reporter_unit": "县公安局",
    "reporter_phone": "13812345678",
}


@pytest.fixture
def stage(database_url: str, tmp_path: Path) -> Iterator[Stage]:
    made = build(Settings(mode="demo", data_folder=tmp_path, database_url=database_url), at=NOW)
    made.prepare([PROCESSES / "report"])
    yield made
    made.database.dispose()


def file_of(stage: Stage, *, sealed: bool) -> str:
    with stage.database.transaction() as session:
        return children.open_file(
            session,
            name="张小宝",
            idcard=IDCARD,
            birth=date(2019, 12, 24),
            sex="男",
            hukou_code=VILLAGE,
            search_key="",
            actor_id="test",
            now=NOW,
            day=NOW.date(),
            sealed=sealed,
        )


def reported(stage: Stage, *, numbered_by: str) -> dict[str, Any]:
    """A report by the police; who triages it, or who reports, gives the child's number. What the case then knows."""
    police, desk = holder("gaj_handler", "519927").actor, holder("mzj_duty", "519927").actor
    fields = {**REPORT, **({"child_idcard": IDCARD} if numbered_by == "reporter" else {})}
    with stage.database.transaction() as session:
        values = sent(session, fields, folder=stage.env.settings.data_folder, actor=police, now=NOW)
        started = start_process(
            session, stage.env, "report", fields=values, actor=police, now=NOW, idempotency_key="report"
        )
    stage.run_due()
    with stage.database.transaction() as session:
        row = session.execute(sa.select(user_task.c.id).where(user_task.c.element_id == "h_ut_triage")).one()
        triage = {"triage_result": "受理", "level_confirmed": "L1", "child_idcard": IDCARD}
        complete_task(session, stage.env, row.id, fields=triage, actor=desk, now=NOW, idempotency_key="triage")
    stage.run_due()
    with stage.database.reading() as session:
        case = session.execute(sa.select(case_file).where(case_file.c.id == started.case_id)).mappings().one()
        facts = dict(gather(session, str(started.case_id), NOW))
    ids = ("case_id", "report_no", "id", "instance_id")
    return {"child": case["child_id"], **{name: facts[name] for name in facts if name not in ids}}


@pytest.mark.parametrize("numbered_by", ["reporter", "desk"])
def test_a_sealed_file_alone_is_as_good_as_none(stage: Stage, numbered_by: str) -> None:
    child_id = file_of(stage, sealed=True)
    found = reported(stage, numbered_by=numbered_by)
    assert found["child"] is None and child_id not in str(found)
    with stage.database.transaction() as session:
        sealed = children.find_child(session, child_id)
        assert sealed is not None and not sealed["no_publicity"], "the sealed file is left alone"
        for role in ("gaj_handler", "mzj_duty", "mzj_handler"):
            actor = holder(role, "519927").actor
            assert by_idcard(session, IDCARD, purpose="接报研判", actor=actor, now=NOW) == []


def test_the_ordinary_file_is_found_beside_a_sealed_one(stage: Stage) -> None:
    """The control: a report does find a file, and of two the ordinary one."""
    file_of(stage, sealed=True)
    ordinary = file_of(stage, sealed=False)
    assert reported(stage, numbered_by="reporter")["child"] == ordinary
    with stage.database.reading() as session:
        found = children.find_child(session, ordinary)
    assert found is not None and found["no_publicity"]
