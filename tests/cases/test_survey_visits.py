"""Households of a survey's village that come in one by one, late, twice, or from two devices; on both databases."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from cases import files, survey_visits
from cases.reports import report
from cases.roles import ROLE
from cases.stage import Stage, build
from cases.survey_drafts import survey_draft_household
from cases.survey_visits import HouseholdChanged, SentHousehold
from cases.surveys import survey_household
from engine.access import Actor, Grant
from engine.clock import COUNTY_ZONE
from engine.commands.complete_task import complete_task
from engine.commands.start_process import start_process
from engine.errors import Conflict, NotAllowed, NotFound, SubmissionInvalid, TaskAlreadyClosed
from engine.settings import Settings
from engine.store.audit import audit
from engine.store.instance import instance
from engine.store.user_task import user_task

PROCESSES = Path(__file__).parents[2] / "processes"
NOW = datetime(2026, 7, 14, 10, 0, tzinfo=COUNTY_ZONE)
VILLAGE, OTHER = "519927101001", "519927101002"
MZJ = Actor(id="mzj", name="韩梅", grants=(Grant(role="mzj_handler", place="519927", department="MZJ"),))
OFFICER = Actor(id="li", name="李春", unit="石门村", grants=(Grant(role="village_officer", place=VILLAGE),))
NEIGHBOUR = Actor(id="wu", name="吴夏", unit="河口村", grants=(Grant(role="village_officer", place=OTHER),))

HOUSEHOLD: dict[str, Any] = {
    "household_no": "001",
    "head_name": "王大山",
    "address": "一组3号",
    "visit_at": "2026-07-14T09:00:00+08:00",
    "visitors": "李春",
    "interviewee": "王大山",
    "housing": "砖瓦房,安全",
    "guardianship": "正常",
    "schooling": "在读",
}
CHILD: dict[str, Any] = {
    "name": "王小川",
    "no_id_reason": "补办中",
    "birth": "2016-03-02",
    "hukou": VILLAGE,
    "live_place": "一组3号",
    "suspect_category": ["NONE"],
    "wish_apply": "否",
}
SENT = SentHousehold(id="household-1", base=0, keys=["key-00001"], household=HOUSEHOLD, children=[CHILD])


@dataclass
class Village:
    stage: Stage
    task: str

    def send(self, sent: SentHousehold = SENT, actor: Actor = OFFICER, task: str | None = None) -> Any:
        with self.stage.database.transaction() as session:
            return survey_visits.register_household(
                session, self.stage.env, task or self.task, sent, actor=actor, now=NOW
            )

    def count(self, table: sa.Table) -> int:
        with self.stage.database.reading() as session:
            return int(session.scalar(sa.select(sa.func.count()).select_from(table)) or 0)

    def registered(self) -> Any:
        with self.stage.database.reading() as session:
            return survey_visits.registered(session, self.task, actor=OFFICER)


@pytest.fixture
def village(database_url: str, tmp_path: Path) -> Iterator[Village]:
    """A campaign that has reached its villages."""
    stage = build(Settings(mode="demo", data_folder=tmp_path, database_url=database_url), at=NOW)
    stage.prepare(sorted(each.parent for each in PROCESSES.glob("*/process.toml")))
    with stage.database.transaction() as session:
        fields = {"campaign_name": "2026年摸底", "year": 2026, "deadline": "2026-08-24", "scope_towns": ["519927101"]}
        start_process(session, stage.env, "survey", fields=fields, actor=MZJ, now=NOW, idempotency_key="start-survey")
    stage.run_due()
    with stage.database.reading() as session:
        mine = (user_task.c.element_id == "a_ut_household") & (user_task.c.place == VILLAGE)
        task = session.scalar(sa.select(user_task.c.id).where(mine))
    assert task
    yield Village(stage, str(task))
    stage.database.dispose()


def changed(**values: Any) -> dict[str, Any]:
    return {**HOUSEHOLD, **values}


def test_a_household_comes_in_and_a_repetition_changes_nothing(village):
    first = village.send()
    again = village.send()
    assert first.version == again.version == 1
    assert village.count(survey_draft_household) == 1
    [one] = village.registered()
    assert (one.household["head_name"], one.children[0]["household_no"]) == ("王大山", "001")


def test_a_change_of_the_present_version_is_taken(village):
    village.send()
    made = village.send(replace(SENT, base=1, keys=["key-00002"], household=changed(address="二组1号")))
    assert made.version == 2
    assert village.registered()[0].household["address"] == "二组1号"


def test_a_change_of_an_older_version_is_shown_the_newer_and_loses_nothing(village):
    village.send()
    village.send(replace(SENT, base=1, keys=["key-00002"], household=changed(address="二组1号")))
    with pytest.raises(HouseholdChanged) as told:
        village.send(replace(SENT, base=1, keys=["key-00003"], household=changed(address="三组9号")))
    assert told.value.theirs.version == 2
    assert village.registered()[0].household["address"] == "二组1号"


def test_an_answer_that_was_lost_is_no_quarrel_with_oneself(village):
    village.send()
    made = village.send(replace(SENT, base=0, keys=["key-00001", "key-00002"], household=changed(address="二组1号")))
    assert made.version == 2


def test_a_number_that_another_device_gave_is_shown(village):
    village.send()
    with pytest.raises(HouseholdChanged) as told:
        village.send(replace(SENT, id="household-2", keys=["key-00009"], household=changed(head_name="赵水")))
    assert told.value.theirs.id == "household-1"
    assert village.count(survey_draft_household) == 1


@pytest.mark.parametrize(
    ("household", "child", "field"),
    [
        (changed(health="携带HIV"), CHILD, "health"),
        (changed(head_name=""), CHILD, "head_name"),
        (HOUSEHOLD, {**CHILD, "clues": "艾滋病"}, "children[0].clues"),
        (HOUSEHOLD, {**CHILD, "no_id_reason": None}, "children"),
        (HOUSEHOLD, {**CHILD, "idcard": "51992720160302"}, "children[0].idcard"),
    ],
)
def test_the_forms_rules_are_kept(village, household, child, field):
    with pytest.raises(SubmissionInvalid) as told:
        village.send(replace(SENT, household=household, children=[child]))
    assert [each.field for each in told.value.problems] == [field]
    assert village.count(survey_draft_household) == 0


def test_the_same_child_in_two_households_is_refused(village):
    number = "110101201603070011"
    idcard = (
        number[:17]
        + "10X98765432"[
            sum(
                int(d) * w
                for d, w in zip(number[:17], (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), strict=True)
            )
            % 11
        ]
    )
    child = {**CHILD, "idcard": idcard}
    village.send(replace(SENT, children=[child]))
    other = replace(SENT, id="household-2", keys=["key-00009"], household=changed(household_no="002"), children=[child])
    with pytest.raises(SubmissionInvalid, match="已登记过"):
        village.send(other)


def test_a_child_at_risk_is_reported_at_once_and_once(village):
    sent = replace(SENT, household=changed(guardianship="缺失"))
    made = village.send(sent)
    assert made.report_no
    assert village.send(sent).report_no == made.report_no
    later = village.send(replace(sent, base=1, keys=["key-00002"], household=changed(risk_found=True)))
    assert later.report_no == made.report_no
    assert village.count(report) == 1
    with village.stage.database.reading() as session:
        running = sa.select(instance.c.id).where(instance.c.process_key == "report", instance.c.status == "running")
        assert len(session.execute(running).all()) == 1


def test_no_risk_no_report(village):
    assert village.send().report_no is None
    assert village.count(report) == 0


def test_only_the_villages_own_officer(village):
    with pytest.raises(NotAllowed):
        village.send(actor=NEIGHBOUR)
    with village.stage.database.reading() as session, pytest.raises(NotAllowed):
        survey_visits.registered(session, village.task, actor=NEIGHBOUR)
    with village.stage.database.transaction() as session, pytest.raises(NotAllowed):
        survey_visits.require_unchanged(session, village.task, "", actor=NEIGHBOUR)
    with pytest.raises(NotFound):
        village.send(task="no-such-task")


def complete(village: Village, stamp: str) -> None:
    drafts = village.registered()
    fields = {
        "households": [dict(each.household) for each in drafts],
        "children": [dict(child) for each in drafts for child in each.children],
    }
    with village.stage.database.transaction() as session:
        survey_visits.require_unchanged(session, village.task, stamp, actor=OFFICER)
        complete_task(
            session, village.stage.env, village.task, fields=fields, actor=OFFICER, now=NOW, idempotency_key="done-0001"
        )


def test_completing_the_task_takes_the_households(village):
    village.send()
    complete(village, survey_visits.stamp_of(village.registered()))
    assert village.count(survey_household) == 1
    assert village.count(survey_draft_household) == 0
    with pytest.raises(TaskAlreadyClosed):
        village.send(replace(SENT, id="household-9", keys=["key-00009"]))


def test_a_form_that_was_drawn_before_a_household_came_in_is_not_taken(village):
    village.send()
    with pytest.raises(Conflict, match="请刷新本页"):
        complete(village, "")
    assert village.count(survey_draft_household) == 1


def test_photographs_are_bound_to_the_case_and_must_be_known(village, tmp_path):
    with village.stage.database.transaction() as session:
        stored = files.store(session, tmp_path, name="a.jpg", content=b"\xff\xd8\xff", actor=OFFICER, now=NOW)
        foreign = files.store(session, tmp_path, name="b.jpg", content=b"\xff\xd8\xff", actor=NEIGHBOUR, now=NOW)
    made = village.send(replace(SENT, photos=[stored.id, stored.id]))
    assert made.photos == [stored.id]
    with village.stage.database.reading() as session:
        assert session.scalar(sa.select(files.file.c.case_id).where(files.file.c.id == stored.id))
    for photos, rule in (([foreign.id], "known"), (["no-such-file"], "known"), ([str(n) for n in range(10)], "max")):
        with pytest.raises(SubmissionInvalid) as refused:
            village.send(replace(SENT, base=1, keys=["key-00002"], photos=photos))
        assert [(each.field, each.rule) for each in refused.value.problems] == [("photos", rule)]
    assert village.registered()[0].photos == [stored.id]


def test_a_reading_by_a_device_is_noted_with_its_purpose(village):
    village.send()
    with village.stage.database.transaction() as session:
        [one] = survey_visits.read_registered(session, village.task, actor=OFFICER, now=NOW)
        noted = session.execute(sa.select(audit.c.detail).where(audit.c.actor_id == OFFICER.id)).scalars().all()
    assert one.household["household_no"] == "001"
    assert [each["purpose"] for each in noted if each and "purpose" in each] == [survey_visits.PURPOSE]


def test_only_the_village_that_is_visited_registers_and_reads(village):
    """Every role, at the village itself, at its neighbour, and above."""
    village.send()
    theirs = {("village_officer", place) for place in (VILLAGE, VILLAGE[:9], VILLAGE[:6])}  # a place covers its subtree
    env, task, let_in = village.stage.env, village.task, set()
    for role, place in itertools.product(ROLE, (VILLAGE, OTHER, VILLAGE[:9], VILLAGE[:6])):
        actor = Actor(id="x", name="某人", grants=(Grant(role=role, place=place),))
        with village.stage.database.transaction() as session:
            for ask in (
                partial(survey_visits.read_registered, session, task, now=NOW),
                partial(survey_visits.registered, session, task),
                partial(survey_visits.require_unchanged, session, task, "household-1:1"),
                partial(survey_visits.register_household, session, env, task, SENT, now=NOW),
            ):
                try:
                    ask(actor=actor)
                except (NotAllowed, NotFound):
                    assert (role, place) not in theirs, ask
                else:
                    let_in.add((role, place))
    assert let_in <= theirs, let_in - theirs
    assert ("village_officer", VILLAGE) in let_in
