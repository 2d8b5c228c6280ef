"""Meetings (P_I, P_J 6): whoever has a step reads what it is about; items carry their words; children are codes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from cases import meetings
from cases.expectation import open_tasks
from cases.naming import are_codes
from cases.stage import Stage, build
from engine.access import Actor, Grant
from engine.clock import COUNTY_ZONE
from engine.commands.claim_task import claim_task
from engine.commands.complete_task import complete_task
from engine.commands.start_process import start_process
from engine.errors import NotAllowed, SubmissionInvalid
from engine.feel import evaluate, parse_expression
from engine.queries.task_facts import task_facts
from engine.settings import Settings
from web.taskforms import names_in

PROCESSES = Path(__file__).parents[2] / "processes"
NOW = datetime(2026, 3, 10, 9, tzinfo=COUNTY_ZONE)
PROPOSAL: Mapping[str, Any] = {
    "meeting_type": "专题会商",
    "topic": "寄宿生返校",
    "background": "三所学校反映交通不便。",
    "invited": ["JKT", "TXW"],
    "is_urgent": False,
}
NOTICE: Mapping[str, Any] = {"meets_at": "2026-03-13T09:00:00+08:00", "venue": "县政府二号会议室"}
REPLY: Mapping[str, Any] = {"reply": "参加", "attendee": "吴芳"}
MINUTES: Mapping[str, Any] = {
    "met_on": "2026-03-10",
    "attendees": ["JKT", "TXW"],
    "opinions": [{"dept": "JKT", "opinion": "可以增加班车"}],
    "conclusion": "每周日增开一班。",
    "actions": [
        {"item_text": "与客运公司商定班次", "dept": "JKT", "due_on": "2026-03-27", "measure": "书面报告"},
        {"item_text": "公布班次", "dept": "JKT", "due_on": "2026-03-31"},
    ],
}


def person(role: str, department: str | None = None) -> Actor:
    return Actor(id=role, name=role, grants=(Grant(role=role, place="519927", department=department),))


MZJ, VICE, CONVENER = person("mzj_handler", "MZJ"), person("vice_convener"), person("convener")
JKT, TXW = person("jkt_handler", "JKT"), person("txw_handler", "TXW")


class Council:
    """A meeting of its own, step by step."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        fields = {"council_level": "县级", "council_cause": "寄宿生返校"}
        with stage.database.transaction() as session:
            begun = start_process(
                session, stage.env, "council", fields=fields, actor=MZJ, now=NOW, idempotency_key="start"
            )
        self.instance_id, self.case_id = begun.instance_id, begun.case_id or ""

    def task(self, step: str, department: str | None = None, key: str | None = None) -> Any:
        with self.stage.database.reading() as session:
            rows = [
                row
                for row in open_tasks(session, self.instance_id, step)
                if department in (None, row.department) and key in (None, row.instance_key)
            ]
        [row] = rows
        return row

    def do(self, actor: Actor, step: str, fields: Mapping[str, Any], department: str | None = None) -> None:
        self.finish(actor, self.task(step, department), fields)

    def finish(self, actor: Actor, task: Any, fields: Mapping[str, Any]) -> None:
        with self.stage.database.transaction() as session:
            claim_task(session, task.id, actor=actor, now=NOW)
            complete_task(
                session, self.stage.env, task.id, fields=dict(fields), actor=actor, now=NOW, idempotency_key=task.id
            )
        self.stage.run_due()

    def words(self, actor: Actor, task: Any) -> str:
        """What the form's texts say to whoever has the task."""
        [path] = PROCESSES.glob(f"*/forms/{task.form}.form")
        schema = json.loads(path.read_text(encoding="utf-8"))
        with self.stage.database.transaction() as session:
            facts = task_facts(session, self.stage.env, task.id, names=names_in(schema), actor=actor, now=NOW)
        known = {**facts, "instance_key": task.instance_key, "department": task.department}
        texts = [str(each["text"]) for each in schema["components"] if each["type"] == "text"]
        found = [evaluate(parse_expression(text[1:]), known).value for text in texts if text.startswith("=")]
        return "\n".join(str(text) for text in found if text)

    def to_minutes(self) -> None:
        self.do(MZJ, "i_ut_propose", PROPOSAL)
        self.do(VICE, "i_ut_approve", {"approval": "同意召开", "sign": True})
        self.do(MZJ, "i_ut_notice", NOTICE)
        self.do(JKT, "i_ut_reply", REPLY, "JKT")
        self.do(TXW, "i_ut_reply", REPLY, "TXW")


@pytest.fixture
def council(database_url: str, tmp_path: Path) -> Iterator[Council]:
    settings = Settings(mode="demo", data_folder=tmp_path, database_url=database_url)
    stage = build(settings, at=NOW)
    stage.prepare([PROCESSES / "council"])
    yield Council(stage)
    stage.database.dispose()


def test_whoever_approves_reads_the_proposal(council: Council) -> None:
    council.do(MZJ, "i_ut_propose", {**PROPOSAL, "child_refs": "GA519927-2026-0001"})
    words = council.words(VICE, council.task("i_ut_approve"))
    for part in ("专题会商", "寄宿生返校", "三所学校反映交通不便。", "GA519927-2026-0001", "县教科体局、团县委"):
        assert part in words


def test_whoever_is_invited_reads_topic_time_and_place_and_no_background(council: Council) -> None:
    council.do(MZJ, "i_ut_propose", PROPOSAL)
    council.do(VICE, "i_ut_approve", {"approval": "同意召开", "sign": True})
    assert "三所学校反映交通不便。" in council.words(MZJ, council.task("i_ut_notice"))
    council.do(MZJ, "i_ut_notice", NOTICE)
    words = council.words(TXW, council.task("i_ut_reply", "TXW"))
    for part in ("寄宿生返校", "2026年3月13日09:00", "县政府二号会议室"):
        assert part in words
    assert "三所学校" not in words


def test_whoever_signs_reads_the_minutes(council: Council) -> None:
    council.to_minutes()
    assert "县政府二号会议室" in council.words(MZJ, council.task("i_ut_minutes"))
    council.do(MZJ, "i_ut_minutes", MINUTES)
    words = council.words(VICE, council.task("i_ut_sign"))
    for part in ("县教科体局意见**:可以增加班车", "每周日增开一班。", "与客运公司商定班次", "2026年3月27日"):
        assert part in words


def test_each_item_carries_its_own_words_and_its_own_result(council: Council) -> None:
    """Two items of one department: each task shows its own, and what is entered stands with that one."""
    council.to_minutes()
    council.do(MZJ, "i_ut_minutes", MINUTES)
    council.do(VICE, "i_ut_sign", {"sign": True})
    with council.stage.database.reading() as session:
        first, second = meetings.items_of(session, council.case_id)
    tasks = {each["id"]: council.task("i_ut_action", "JKT", str(each["id"])) for each in (first, second)}
    told = council.words(JKT, tasks[first["id"]])
    assert "与客运公司商定班次" in told and "书面报告" in told and "公布班次" not in told
    assert "公布班次" in council.words(JKT, tasks[second["id"]])
    council.finish(JKT, tasks[second["id"]], {"action_result": "已落实", "done_on": "2026-03-10", "action_note": "好"})
    with council.stage.database.reading() as session:
        assert [each["result"] for each in meetings.items_of(session, council.case_id)] == [None, "已落实"]


@pytest.mark.parametrize(
    ("chosen", "role", "signer"),
    [("召集人", "convener", CONVENER), ("副召集人", "vice_convener", VICE), (None, "vice_convener", VICE)],
)
def test_convener_or_vice_convener_signs(council: Council, chosen: str | None, role: str, signer: Actor) -> None:
    council.to_minutes()
    council.do(MZJ, "i_ut_minutes", {**MINUTES, **({"signer": chosen} if chosen else {})})
    task = council.task("i_ut_sign")
    assert task.role == role
    with pytest.raises(NotAllowed):
        council.finish(CONVENER if signer is VICE else VICE, task, {"sign": True})
    council.finish(signer, task, {"sign": True})
    assert council.task("i_ut_action", "JKT", _first_key(council)).department == "JKT"


def _first_key(council: Council) -> str:
    with council.stage.database.reading() as session:
        return str(session.scalar(select(meetings.action_item.c.id).order_by(meetings.action_item.c.id).limit(1)))


def test_a_meeting_about_policy_has_no_outcome_of_a_case(council: Council) -> None:
    council.to_minutes()
    with pytest.raises(SubmissionInvalid) as refused:
        council.do(MZJ, "i_ut_minutes", {**MINUTES, "case_outcome": "RETURN"})
    assert [each.field for each in refused.value.problems] == ["case_outcome"]
    council.do(MZJ, "i_ut_minutes", MINUTES)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("child_refs", "张小明"),
        ("child_refs", "519927201503110016"),
        ("background", "张某,519927201503110016,三次未到校。"),
    ],
)
def test_a_proposal_calls_children_by_codes(council: Council, field: str, value: str) -> None:
    with pytest.raises(SubmissionInvalid) as refused:
        council.do(MZJ, "i_ut_propose", {**PROPOSAL, field: value})
    assert [each.field for each in refused.value.problems] == [field]


def test_an_item_is_due_in_the_future_and_names_nobody(council: Council) -> None:
    council.to_minutes()
    for changed in ({"due_on": "2026-03-09"}, {"item_text": "走访519927201503110016"}):
        row = {"item_text": "走访", "dept": "JKT", "due_on": "2026-03-27", **changed}
        with pytest.raises(SubmissionInvalid) as refused:
            council.do(MZJ, "i_ut_minutes", {**MINUTES, "actions": [row]})
        assert [each.field for each in refused.value.problems] == ["actions"]


@pytest.mark.parametrize(
    ("text", "coded"),
    [
        ("", True),
        ("GA519927-2026-0001、519927101-20251027-0001", True),
        ("涉密件0A1B2C3D;5199272025100001", True),
        ("小明", False),
        ("GA519927-2026-0001 小明", False),
        ("51992720150311001X", False),
    ],
)
def test_what_counts_as_a_code(text: str, coded: bool) -> None:
    assert are_codes(text) is coded
