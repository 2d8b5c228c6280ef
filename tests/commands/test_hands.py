"""Work that changes hands: entrusted and handed back, copied, pressed for, taken back, co-signed, noted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access import Actor, Grant
from engine.commands.claim_task import claim_task
from engine.commands.copy_task import copy_task
from engine.commands.delegate_task import delegate_task
from engine.commands.entrust_task import entrust_task
from engine.commands.hand_back_task import hand_back_task
from engine.commands.note_opened import note_opened
from engine.commands.read_copy import read_copy
from engine.commands.remark_on_task import remark_on_task
from engine.commands.return_task import return_task
from engine.commands.save_draft import save_draft
from engine.commands.take_back_task import take_back_task
from engine.commands.unclaim_task import unclaim_task
from engine.commands.urge_task import urge_task
from engine.domain import NewsKind
from engine.errors import Conflict, NotAllowed, NotFound, Refused, SubmissionInvalid, TaskClaimedByOther
from engine.queries.timeline import timeline
from engine.store import task_copy, task_draft, user_task
from tests.diagrams import Diagram
from tests.factories import CLERK, LEADER, OTHER_CLERK, STRANGER, World

COUNTY_READER = Actor(id="feng", name="冯七", unit="督查室", grants=(Grant(role="leader", place="510722"),))


@pytest.fixture
def opened(world: World) -> str:
    diagram = Diagram().start().user("a", variables="verdict").user("b").end()
    world.publish(diagram.flow("start", "a", "b", "end"), "a", "b")
    return world.start().opened_task_ids[0]


def do(world: World, command: Any, *arguments: Any, actor: Actor = CLERK, now: Any = None, **named: Any) -> Any:
    with world.database.transaction() as session:
        return command(session, *arguments, actor=actor, now=now or world.now, **named)


def entrust(world: World, task_id: str, *, to: Actor = OTHER_CLERK, actor: Actor = CLERK) -> None:
    do(world, entrust_task, world.env, task_id, to_user=to.id, to_name=to.name, reason="外出核查", actor=actor)


def read(world: World, task_id: str) -> Any:
    with world.database.reading() as session:
        return session.execute(sa.select(user_task.user_task).where(user_task.user_task.c.id == task_id)).one()


def story(world: World, task_id: str) -> list[Any]:
    with world.database.reading() as session:
        found = timeline(session, world.env, read(world, task_id).instance_id, actor=Actor.system("test"))
    return list(found)


def draft(world: World, task_id: str, person: Actor) -> Any:
    with world.database.reading() as session:
        return session.row(task_draft.OF_PERSON, {"draft_id": task_draft.draft_id(task_id, person.id)})


def told(world: World) -> list[tuple[str, tuple[str, ...]]]:
    return [(each.kind.value, each.to) for each in world.domain.news]


# -- 委派 ------------------------------------------------------------------------------------------------------------


def test_entrusted_work_comes_back_to_its_owner_who_completes_it(world: World, opened: str) -> None:
    entrust(world, opened)
    assert (read(world, opened).assignee, read(world, opened).owner) == ("zhang", "li")
    for actor in (CLERK, OTHER_CLERK):
        with pytest.raises(Refused):
            world.complete(opened, actor=actor)
    do(world, hand_back_task, world.env, opened, fields={"note": "已核查"}, reason="已核查", actor=OTHER_CLERK)
    assert (read(world, opened).assignee, read(world, opened).owner) == ("li", None)
    assert draft(world, opened, CLERK).fields == {"note": "已核查"}
    world.complete(opened, fields={"note": "已核查"})
    assert [row.kind for row in story(world, opened)] == ["start", "entrust", "hand_back", "task"]
    assert told(world) == [("task_entrusted", ("zhang",)), ("task_handed_back", ("li",))]
    assert draft(world, opened, CLERK) is None


def test_neither_of_them_completes_gives_away_or_returns_entrusted_work(world: World, opened: str) -> None:
    entrust(world, opened)
    with pytest.raises(Refused, match="交回后由 李四 办结"):
        world.complete(opened, actor=OTHER_CLERK)
    with pytest.raises(Refused, match="交回"):
        do(world, unclaim_task, opened, actor=OTHER_CLERK)
    with pytest.raises(Refused, match="交回"):
        named = {"to_user": "zhao", "to_name": "赵六", "reason": "再转", "until": world.now + timedelta(days=1)}
        do(world, delegate_task, world.env, opened, actor=OTHER_CLERK, **named)
    with pytest.raises(Refused, match="交回"):
        entrust(world, opened, to=LEADER, actor=OTHER_CLERK)
    with pytest.raises(TaskClaimedByOther):
        world.complete(opened, actor=CLERK)
    assert read(world, opened).owner == "li"


def test_entrusting_stays_in_the_post_and_names_a_reason(world: World, opened: str) -> None:
    world.domain.outsiders = frozenset({"zhang"})
    with pytest.raises(NotAllowed, match="不在此岗位"):
        entrust(world, opened)
    with pytest.raises(NotAllowed):
        entrust(world, opened, actor=STRANGER)
    with pytest.raises(Refused, match="自己"):
        entrust(world, opened, to=CLERK)
    with pytest.raises(SubmissionInvalid):
        do(world, entrust_task, world.env, opened, to_user="zhao", to_name="赵六", reason=" ")


def test_the_owner_calls_the_work_back_with_what_was_saved(world: World, opened: str) -> None:
    entrust(world, opened)
    do(world, save_draft, opened, fields={"note": "一半"}, revision=0, actor=OTHER_CLERK)
    with pytest.raises(NotAllowed):
        do(world, hand_back_task, world.env, opened, reason="插手", actor=replace(OTHER_CLERK, id="wu"))
    do(world, hand_back_task, world.env, opened, reason="收回自办", actor=CLERK)
    assert read(world, opened).assignee == "li"
    assert draft(world, opened, CLERK).fields == {"note": "一半"}
    assert story(world, opened)[-1].kind == "call_back"
    with pytest.raises(Refused, match="没有委派"):
        do(world, hand_back_task, world.env, opened, reason="再收", actor=CLERK)


# -- 抄送 ------------------------------------------------------------------------------------------------------------


def test_a_copy_goes_once_to_somebody_who_may_know_of_the_case(world: World, opened: str) -> None:
    assert do(world, copy_task, world.env, opened, recipient=COUNTY_READER, note="请阅") is True
    assert do(world, copy_task, world.env, opened, recipient=COUNTY_READER, note="请阅") is False
    assert told(world) == [("task_copied", ("feng",))]
    with pytest.raises(NotAllowed, match="钱五 无权查阅"):
        do(world, copy_task, world.env, opened, recipient=STRANGER, note="")
    with pytest.raises(NotAllowed):
        do(world, copy_task, world.env, opened, recipient=COUNTY_READER, note="", actor=STRANGER)
    with pytest.raises(NotFound):
        do(world, read_copy, opened, actor=STRANGER)
    do(world, read_copy, opened, actor=COUNTY_READER)
    do(world, read_copy, opened, actor=COUNTY_READER, now=world.now + timedelta(hours=1))
    with world.database.reading() as session:
        row = session.execute(sa.select(task_copy.task_copy)).one()
    assert (row.recipient, row.sender, row.note, row.read_at) == ("feng", "li", "请阅", world.now)
    assert [each.kind for each in story(world, opened)] == ["start", "copy"]


def test_a_copy_opens_no_task(world: World, opened: str) -> None:
    do(world, copy_task, world.env, opened, recipient=COUNTY_READER, note="请阅")
    with pytest.raises(NotAllowed):
        world.complete(opened, actor=COUNTY_READER)


# -- 催办 ------------------------------------------------------------------------------------------------------------


def test_pressing_is_for_those_who_wait_and_once_a_day(world: World, opened: str) -> None:
    with pytest.raises(Refused, match="由您办理"):
        do(world, urge_task, world.env, opened, note="", actor=CLERK)
    with pytest.raises(NotAllowed):
        do(world, urge_task, world.env, opened, note="", actor=STRANGER)
    do(world, urge_task, world.env, opened, note="群众在等", actor=COUNTY_READER)
    with pytest.raises(Refused, match="24 小时"):
        do(world, urge_task, world.env, opened, note="", actor=LEADER, now=world.now + timedelta(hours=23))
    do(world, claim_task, opened)
    do(world, urge_task, world.env, opened, note="", actor=LEADER, now=world.now + timedelta(hours=24))
    assert told(world) == [("task_urged", ()), ("task_urged", ("li",))]
    assert world.domain.news[0].post.role == "clerk"


# -- 撤回 ------------------------------------------------------------------------------------------------------------


def take_back(world: World, task_id: str, *, actor: Actor = CLERK) -> Any:
    return do(world, take_back_task, world.env, task_id, reason="填错", actor=actor)


def test_a_step_is_taken_back_while_the_next_has_not_begun(world: World, opened: str) -> None:
    (following,) = world.complete(opened, fields={"note": "写错"}).opened_task_ids
    anew = take_back(world, opened)
    assert read(world, following).status == "withdrawn"
    assert (read(world, anew).element_id, read(world, anew).assignee) == ("a", "li")
    assert draft(world, anew, CLERK).fields["note"] == "写错"
    assert story(world, opened)[-1].data["act"] == "take_back"
    (again,) = world.complete(anew).opened_task_ids
    assert world.complete(again, actor=OTHER_CLERK).finished


def test_what_was_taken_back_keeps_its_time_limit(world: World) -> None:
    diagram = Diagram().start().user("a", due='duration("P3D")').user("b").end().flow("start", "a", "b", "end")
    world.publish(diagram, "a", "b")
    first = world.start().opened_task_ids[0]
    due = read(world, first).due_at
    world.complete(first)
    anew = do(world, take_back_task, world.env, first, reason="填错", now=world.now + timedelta(days=2))
    assert due is not None and (read(world, anew).due_at, read(world, anew).due_order) == (due, due)


@pytest.mark.parametrize("begun", ["claimed", "opened", "completed", "somebody else's"])
def test_a_step_is_not_taken_back_once_the_next_has_begun(world: World, opened: str, begun: str) -> None:
    (following,) = world.complete(opened).opened_task_ids
    if begun == "claimed":
        do(world, claim_task, following, actor=OTHER_CLERK)
    elif begun == "opened":
        with world.database.transaction() as session:
            note_opened(session, following, actor=OTHER_CLERK, now=world.now)
            note_opened(session, following, actor=OTHER_CLERK, now=world.now)
    elif begun == "completed":
        diagram_goes_on = world.complete(following, actor=OTHER_CLERK)
        assert diagram_goes_on.finished
    with pytest.raises(Refused):
        take_back(world, opened, actor=OTHER_CLERK if begun == "somebody else's" else CLERK)
    assert read(world, opened).status == "done"


def test_the_same_persons_own_look_at_the_next_step_does_not_count(world: World, opened: str) -> None:
    (following,) = world.complete(opened).opened_task_ids
    with world.database.transaction() as session:
        note_opened(session, following, actor=CLERK, now=world.now)
    assert take_back(world, opened)


@pytest.mark.parametrize("between", ["branch", "message", "service", "a step after"])
def test_what_has_had_its_effect_elsewhere_is_not_taken_back(world: World, between: str) -> None:
    diagram = Diagram().start().user("a").user("b").end()
    if between == "branch":
        diagram.par("split").par("join").user("c").flow("start", "a", "split", "b", "join", "end")
        diagram.flow("split", "c", "join")
    elif between == "message":
        diagram.throw("say", "message MSG_X", message_key="case_id").flow("start", "a", "say", "b", "end")
    elif between == "service":
        diagram.service("call", "send").flow("start", "a", "call", "b", "end")
    else:
        diagram.user("c").flow("start", "a", "b", "c", "end")
    world.publish(diagram, "a", "b", "c")
    first = world.start().opened_task_ids[0]
    done = world.complete(first)
    if between == "a step after":
        world.complete(done.opened_task_ids[0], actor=CLERK)
    with pytest.raises(Refused, match="不能撤回"):
        take_back(world, first)


# -- 代办 ------------------------------------------------------------------------------------------------------------


def test_a_substitute_claims_in_the_absent_persons_stead(world: World, opened: str) -> None:
    do(world, claim_task, opened, actor=CLERK)
    with pytest.raises(TaskClaimedByOther):
        do(world, claim_task, opened, actor=OTHER_CLERK)
    substitute = replace(OTHER_CLERK, stands_in_for=frozenset({"li"}))
    with pytest.raises(TaskClaimedByOther):
        world.complete(opened, actor=substitute)
    do(world, claim_task, opened, actor=substitute)
    assert (read(world, opened).assignee, read(world, opened).for_person_name) == ("zhang", "李四")
    world.complete(opened, actor=substitute)
    assert [(row.kind, row.data.get("for")) for row in story(world, opened)[1:]] == [
        ("claim", None),
        ("claim", "李四"),
        ("task", "李四"),
    ]


# -- 草稿 留言 --------------------------------------------------------------------------------------------------------


def test_a_draft_is_kept_for_its_author_and_no_page_overwrites_a_later_one(world: World, opened: str) -> None:
    assert do(world, save_draft, opened, fields={"note": "一"}, revision=0) == 1
    assert do(world, save_draft, opened, fields={"note": "二"}, revision=1) == 2
    with pytest.raises(Conflict):
        do(world, save_draft, opened, fields={"note": "旧页"}, revision=1)
    assert draft(world, opened, CLERK).fields == {"note": "二"}
    assert draft(world, opened, OTHER_CLERK) is None
    with pytest.raises(NotAllowed):
        do(world, save_draft, opened, fields={}, revision=0, actor=STRANGER)
    with pytest.raises(Refused, match="太多"):
        do(world, save_draft, opened, fields={"note": "字" * 200_000}, revision=2)


def test_a_draft_outlives_that_somebody_else_was_faster(world: World, opened: str) -> None:
    do(world, save_draft, opened, fields={"note": "我写的"}, revision=0)
    world.complete(opened, fields={"note": "同事写的"}, actor=OTHER_CLERK)
    assert draft(world, opened, CLERK).fields == {"note": "我写的"}
    assert do(world, save_draft, opened, fields={"note": "还在写"}, revision=1) == 2


def test_a_draft_is_forgotten_long_after_its_task_was_closed(world: World, opened: str) -> None:
    do(world, save_draft, opened, fields={"note": "我写的"}, revision=0)
    (following,) = world.complete(opened, actor=OTHER_CLERK).opened_task_ids
    do(world, save_draft, following, fields={"note": "还在办"}, revision=0)
    for closed_before, left in ((world.now, 2), (world.now + timedelta(seconds=1), 1)):
        with world.database.transaction() as session:
            task_draft.sweep(session, closed_before=closed_before)
        assert [draft(world, each, CLERK) is not None for each in (opened, following)].count(True) == left
    assert draft(world, following, CLERK) is not None


def test_a_remark_names_only_people_who_see_the_file(world: World, opened: str) -> None:
    with pytest.raises(NotAllowed, match="钱五"):
        do(world, remark_on_task, world.env, opened, body="请看", named=(STRANGER,))
    with pytest.raises(NotAllowed):
        do(world, remark_on_task, world.env, opened, body="请看", actor=STRANGER)
    with pytest.raises(SubmissionInvalid):
        do(world, remark_on_task, world.env, opened, body="  ")
    do(world, remark_on_task, world.env, opened, body="请看第三份材料", named=(LEADER, CLERK))
    assert told(world) == [(NewsKind.NAMED.value, ("zhao",))]


def test_handing_over_and_returning_tell_whom_it_concerns(world: World, opened: str) -> None:
    named = {"to_user": "zhang", "to_name": "张三", "reason": "出差", "until": world.now + timedelta(days=1)}
    do(world, delegate_task, world.env, opened, **named)
    (second,) = world.complete(opened, actor=OTHER_CLERK).opened_task_ids
    do(world, return_task, world.env, second, to_element="a", reason="缺材料", actor=CLERK)
    assert told(world) == [("task_handed", ("zhang",)), ("task_returned", ("zhang",))]
