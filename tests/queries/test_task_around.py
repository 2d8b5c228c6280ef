"""What stands around a task: who reads copies, remarks, opinions and drafts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access import Actor, Grant
from engine.commands.add_cosigner import add_cosigner
from engine.commands.claim_task import claim_task
from engine.commands.copy_task import copy_task
from engine.commands.remark_on_task import remark_on_task
from engine.commands.save_draft import save_draft
from engine.commands.sign_task import sign_task
from engine.errors import NotAllowed, NotFound
from engine.queries.inbox import inbox
from engine.queries.task_around import copies_of, copies_to, draft, instance_of, remarks, signatures, to_sign
from engine.store.audit import audit
from tests.diagrams import Diagram
from tests.factories import CLERK, LEADER, OTHER_CLERK, STRANGER, World

READER = Actor(id="feng", name="冯七", grants=(Grant(role="leader", place="510722"),))


@pytest.fixture
def task_id(world: World) -> str:
    world.publish(Diagram().start().user("a").end().flow("start", "a", "end"), "a")
    return world.start().opened_task_ids[0]


def do(world: World, command: Any, *arguments: Any, actor: Actor = CLERK, **named: Any) -> None:
    with world.database.transaction() as session:
        command(session, *arguments, actor=actor, now=world.now, **named)


def test_copies_are_shown_to_whom_they_went_as_long_as_the_case_is_seen(world: World, task_id: str) -> None:
    do(world, copy_task, world.env, task_id, recipient=READER, note="请阅")
    do(world, copy_task, world.env, task_id, recipient=LEADER, note="")
    with world.database.reading() as session:
        instance_id = instance_of(session, world.env, task_id, actor=READER)
        assert [row.note for row in copies_to(session, world.env, [task_id], actor=READER)] == ["请阅"]
        assert copies_to(session, world.env, [task_id], actor=replace(READER, grants=())) == ()
        assert copies_to(session, world.env, [task_id], actor=CLERK) == ()
        assert copies_to(session, world.env, [], actor=READER) == ()
        assert {row.recipient for row in copies_of(session, world.env, instance_id, actor=CLERK)} == {"feng", "zhao"}
        with pytest.raises(NotFound):
            copies_of(session, world.env, instance_id, actor=STRANGER)
        with pytest.raises(NotFound):
            instance_of(session, world.env, task_id, actor=STRANGER)


def test_whose_own_case_it_is_reads_no_remark_and_no_copy_to_others(world: World, task_id: str) -> None:
    do(world, copy_task, world.env, task_id, recipient=LEADER, note="")
    do(world, remark_on_task, world.env, task_id, body="收入存疑")
    with world.database.reading() as session:
        instance_id = instance_of(session, world.env, task_id, actor=CLERK)
        assert [row.body for row in remarks(session, world.env, instance_id, actor=READER)] == ["收入存疑"]
        world.domain.parties = frozenset({"feng"})
        assert remarks(session, world.env, instance_id, actor=READER) == ()
        assert copies_of(session, world.env, instance_id, actor=READER) == ()
    with pytest.raises(NotAllowed, match="申请人"):
        do(world, copy_task, world.env, task_id, recipient=READER, note="")
    with pytest.raises(NotAllowed, match="申请人"):
        do(world, add_cosigner, world.env, task_id, cosigner=READER, reason="请核")
    with pytest.raises(NotAllowed, match="申请人"):
        do(world, remark_on_task, world.env, task_id, body="请看", named=(READER,))


def test_a_draft_is_its_authors_and_for_whom_the_author_asks(world: World, task_id: str) -> None:
    def shown(actor: Actor) -> Any:
        with world.database.transaction() as session:
            found = draft(session, world.env, task_id, actor=actor, purpose="会签", now=world.now)
            return found and found.fields

    do(world, claim_task, task_id)
    do(world, save_draft, task_id, fields={"note": "拟同意"}, revision=0)
    assert (shown(CLERK), shown(OTHER_CLERK)) == ({"note": "拟同意"}, None)
    with pytest.raises(NotAllowed):
        shown(LEADER)
    with world.database.reading() as session, pytest.raises(NotAllowed):
        signatures(session, LEADER, task_id)
    do(world, add_cosigner, world.env, task_id, cosigner=LEADER, reason="请核")
    assert shown(LEADER) == {"note": "拟同意"}
    with world.database.reading() as session:
        assert [row.person for row in signatures(session, LEADER, task_id)] == ["zhao"]
        noted = session.execute(sa.select(audit.c.actor_id, audit.c.action, audit.c.detail)).all()
    assert [(row.actor_id, row.action, row.detail["purpose"]) for row in noted] == [("zhao", "case.read", "会签")]


def test_the_substitutes_inbox_holds_what_the_absent_one_holds_of_their_common_post(world: World, task_id: str) -> None:
    do(world, claim_task, task_id)

    def shown(actor: Actor) -> list[str | None]:
        with world.database.reading() as session:
            return [row.task_id for row in inbox(session, actor, now=world.now).rows]

    standing = frozenset({"li"})
    assert shown(OTHER_CLERK) == []
    assert shown(replace(OTHER_CLERK, stands_in_for=standing)) == [task_id]
    assert shown(replace(LEADER, stands_in_for=standing)) == []


def test_what_waits_for_ones_opinion_is_listed_until_it_is_given(world: World, task_id: str) -> None:
    def waiting(actor: Actor) -> list[str]:
        with world.database.reading() as session:
            return [row.task_id for row in to_sign(session, world.env, actor=actor)]

    do(world, add_cosigner, world.env, task_id, cosigner=LEADER, reason="请核")
    assert (waiting(LEADER), waiting(READER), waiting(replace(LEADER, grants=()))) == ([task_id], [], [])
    do(world, sign_task, world.env, task_id, agrees=True, opinion="同意", actor=LEADER)
    assert waiting(LEADER) == []


def test_a_role_that_the_diagram_names_finds_it_at_its_place_only(world: World) -> None:
    diagram = Diagram().start().user("a", sign="all", signers="leader").end().flow("start", "a", "end")
    world.publish(diagram, "a")
    opened = world.start().opened_task_ids[0]
    far = replace(LEADER, id="far", grants=(Grant(role="leader", place="510799"),))
    with world.database.reading() as session:
        assert [row.task_id for row in to_sign(session, world.env, actor=LEADER)] == [opened]
        assert to_sign(session, world.env, actor=far) == ()
