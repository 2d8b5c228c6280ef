"""Publishing: checked, numbered, the same files once."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from engine.commands.check_bundle import check_bundle
from engine.commands.deploy import deploy
from engine.errors import BundleInvalid, NotAllowed
from engine.store import audit
from tests.definitions_builder import Builder
from tests.factories import CLERK, OWNER, World


def drawn(*names: str) -> Builder:
    builder = Builder("demo")
    builder.start("s")
    for name in names:
        builder.user(name)
    builder.end("e")
    builder.chain("s", *names, "e")
    return builder


def test_versions_are_numbered_and_the_same_files_are_the_same_version(world: World) -> None:
    first, second = drawn("a").bundle(), drawn("a", "b").bundle()
    problems = check_bundle(world.env, first, actor=OWNER)
    assert [each for each in problems if each.is_error] == []
    with world.database.transaction() as session:
        made = [deploy(session, world.env, bundle, actor=OWNER, now=world.now) for bundle in (first, second, first)]
    assert [(each.number, each.is_new) for each in made] == [(1, True), (2, True), (1, False)]
    assert made[0].id == made[2].id != made[1].id
    with world.database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(audit.audit)) == 2
    assert world.start("demo").opened_task_ids


def test_a_bundle_with_errors_is_refused_with_all_of_them(world: World) -> None:
    builder = drawn("a")
    builder.service("letter", service="no_such_service")
    with pytest.raises(BundleInvalid) as refused, world.database.transaction() as session:
        deploy(session, world.env, builder.bundle(), actor=OWNER, now=world.now)
    assert refused.value.problems


def test_only_a_process_owner_publishes(world: World) -> None:
    with pytest.raises(NotAllowed), world.database.transaction() as session:
        deploy(session, world.env, drawn("a").bundle(), actor=CLERK, now=world.now)
