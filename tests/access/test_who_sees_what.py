"""Every query × every role × own and foreign place × every kind of case, against the tables of `tests/data/access`."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import engine.queries
from cases import accounts, case_page, case_ties, files, paper_page, roles, summary
from cases.case_files import case_file, visible
from cases.department_review import department_review
from cases.unmanned import unmanned
from engine.access import Actor, Grant, Sight
from engine.errors import NotAllowed, NotFound
from engine.queries.audit_log import audit_log
from engine.queries.awaited import awaited
from engine.queries.incidents import incidents, incidents_of
from engine.queries.instance import instance
from engine.queries.instances import instances
from engine.queries.open_tasks import open_tasks
from engine.queries.stuck import stuck
from engine.queries.submissions import submissions
from engine.queries.task_around import copies_of, instance_of, remarks
from engine.queries.timeline import timeline
from engine.queries.upcoming import upcoming
from engine.queries.waiting_timers import waiting_timers
from engine.store.audit import audit
from engine.store.user_task import user_task
from tests.access.conftest import (
    CASES,
    DATA,
    DEPARTMENTS,
    FOREIGN,
    SIGHTS,
    VILLAGE,
    Prepared,
    department_of,
    holder,
)

TABLE: dict[str, dict[str, Any]] = tomllib.loads((DATA / "queries.toml").read_text(encoding="utf-8"))
WHY = "抽查"

#: Query to a call that answers whether it told anything of the case.
Asked = Callable[[Any, Prepared, str, Actor], object]
OF_CASE: dict[str, Asked] = {
    "instance": lambda s, p, c, a: instance(s, p.env, p.instances[c], actor=a),
    "timeline": lambda s, p, c, a: timeline(s, p.env, p.instances[c], actor=a),
    "open_tasks": lambda s, p, c, a: open_tasks(s, p.env, p.instances[c], actor=a),
    "unmanned": lambda s, p, c, a: unmanned(s, p.env, p.instances[c], actor=a, today=date(2025, 9, 24)) is not None,
    "incidents_of": lambda s, p, c, a: incidents_of(s, p.env, p.instances[c], actor=a) is not None,
    "awaited": lambda s, p, c, a: awaited(s, p.env, p.instances[c], actor=a) is not None,
    "submissions": lambda s, p, c, a: submissions(s, p.env, p.instances[c], actor=a, purpose=WHY, now=p.world.now),
    "upcoming": lambda s, p, c, a: _subjects(s, p, c, a),
    "status_of": lambda s, p, c, a: case_page.status_of(s, a, p.cases[c]),
    "department_review": lambda s, p, c, a: (
        department_review(s, a, p.cases[c], purpose="抽查", now=p.world.now) is not None
    ),
    "clocks_of": lambda s, p, c, a: case_page.clocks_of(s, a, p.cases[c]) is not None,
    "source_of": lambda s, p, c, a: case_page.source_of(s, a, p.cases[c]) is None,
    "tied_cases": lambda s, p, c, a: case_ties.tied_cases(s, a, p.cases[c]) is not None,
    "items_given": lambda s, p, c, a: case_ties.items_given(s, a, p.cases[c], purpose=WHY, now=p.world.now),
    "summary": lambda s, p, c, a: summary.summary(s, a, p.cases[c], purpose=WHY, now=p.world.now),
    "papers_of": lambda s, p, c, a: case_page.papers_of(s, a, p.cases[c], purpose=WHY, now=p.world.now).missing,
    "papers_of_case": lambda s, p, c, a: _papers(s, p, c, a),
    "find_file": lambda s, p, c, a: files.find_file(s, f"file-{p.cases[c]}", a, now=p.world.now),
    "instance_of": lambda s, p, c, a: instance_of(s, p.env, p.tasks[c], actor=a),
    "copies_of": lambda s, p, c, a: copies_of(s, p.env, p.instances[c], actor=a),
    "remarks": lambda s, p, c, a: remarks(s, p.env, p.instances[c], actor=a),
    "names_of": lambda s, p, c, a: files.names_of(s, [f"file-{p.cases[c]}"], actor=a),
}
OF_SYSTEM: dict[str, Callable[[Any, Prepared, Actor], object]] = {
    "incidents": lambda s, p, a: incidents(s, actor=a),
    "instances": lambda s, p, a: instances(s, actor=a),
    "stuck": lambda s, p, a: stuck(s, actor=a),
    "waiting_timers": lambda s, p, a: waiting_timers(s, p.instances["ordinary"], actor=a),
    "audit_log": lambda s, p, a: audit_log(s, a),
    "accounts": lambda s, p, a: accounts.accounts(s, a),
    "account": lambda s, p, a: accounts.account(s, a, "nobody"),
}


def _subjects(session: Any, prepared: Prepared, column: str, actor: Actor) -> bool:
    """Whether the jobs to come name this case: in the test its subject is its id."""
    found = upcoming(session, prepared.env, actor=actor, limit=50)
    return prepared.cases[column] in {each.subject for each in found}


def _papers(session: Any, prepared: Prepared, column: str, actor: Actor) -> object:
    """Whatever paper of the case the actor is told of."""
    case_id, now = prepared.cases[column], prepared.world.now
    found = paper_page.papers_of_case(session, actor, case_id, purpose=WHY, now=now)
    return [*found.letters, *found.notices] or found.quarterly


def told(ask: Callable[[], object]) -> bool:
    try:
        return bool(ask())
    except (NotAllowed, NotFound):
        return False


def public_functions(module: Any) -> set[str]:
    tree = ast.parse(Path(inspect.getsourcefile(module) or "").read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")}


def test_every_query_stands_in_the_table() -> None:
    names = [each.name for each in pkgutil.iter_modules(engine.queries.__path__)]
    modules = [importlib.import_module(f"engine.queries.{name}") for name in names]
    asked = set().union(*(public_functions(module) for module in modules)) - {"require_seen", "is_seen", "rows_of"}
    asked |= public_functions(case_page) | public_functions(case_ties)
    assert asked - set(TABLE) == set(), "say in tests/data/access/queries.toml who is answered"
    assert set(TABLE) == set(OF_CASE) | set(OF_SYSTEM) | {
        name for name, said in TABLE.items() if {"grants", "everybody"} & set(said)
    }


def test_every_role_stands_in_the_table() -> None:
    assert [row["role"] for row in SIGHTS if row["role"] not in roles.ROLES] == []
    assert roles.ROLES - {row["role"] for row in SIGHTS} == frozenset(), "say in sight.csv what the role sees"


@pytest.mark.parametrize("column", CASES)
def test_what_each_query_tells_each_role_of_a_case(prepared: Prepared, column: str) -> None:
    wrong = []
    names = OF_CASE if not prepared.world.database.is_postgresql else ("instance", "submissions", "papers_of")
    with prepared.world.database.transaction() as session:
        for row in SIGHTS:
            for places in (FOREIGN, None):
                if places is not None and row["level"] not in places:
                    continue
                actor = holder(row, places) if places else holder(row)
                sees = Sight[row[column]] if places is None else Sight.NONE
                for name in names:
                    said = TABLE[name]
                    expected = sees >= Sight[said["needs"]] or row["role"] in said.get("also", ())
                    if told(lambda: OF_CASE[name](session, prepared, column, actor)) != expected:  # noqa: B023
                        wrong.append((name, row["role"], "own" if places is None else "foreign", expected))
    assert wrong == []


def test_what_the_system_tells_each_role(prepared: Prepared) -> None:
    wrong = []
    with prepared.world.database.transaction() as session:
        for row in SIGHTS:
            for name, ask in OF_SYSTEM.items():
                try:
                    ask(session, prepared, holder(row))
                    answered = True
                except NotFound:
                    answered = True  # let in, and there is no such account
                except NotAllowed:
                    answered = False
                if answered != (row["role"] in TABLE[name]["only"]):
                    wrong.append((name, row["role"], answered))
    assert wrong == []


def test_the_list_shows_what_the_page_shows(prepared: Prepared) -> None:
    """`visible`, the WHERE clause of every list, against the same table."""
    wrong = []
    with prepared.world.database.reading() as session:
        for row in SIGHTS:
            for sight in (Sight.CODED, Sight.FILE, Sight.SENSITIVE):
                found = set(session.execute(sa.select(case_file.c.id).where(visible(holder(row), sight))).scalars())
                expected = {prepared.cases[column] for column in CASES if Sight[row[column]] >= sight}
                if found != expected:
                    wrong.append((row["role"], sight, found ^ expected))
    assert wrong == []


def test_an_item_of_another_department_opens_nothing() -> None:
    for row in SIGHTS:
        own = department_of(row["role"])
        others = frozenset(DEPARTMENTS) - {own, f"{own}_SEALED"}
        for column, sealed in (("ordinary", False), ("sealed", True)):
            scope = roles.CaseScope(place=VILLAGE, kind="application", sealed_hiv=sealed, departments=others)
            assert roles.sight(holder(row), scope) == Sight[row[column]], (row["role"], column)


def test_the_applicant_sees_the_own_file_and_not_what_others_said_of_it(prepared: Prepared) -> None:
    guardian = Actor(id="guardian", name="王秀英", grants=(Grant(role="applicant", place="519927"),))
    with prepared.world.database.transaction() as session:
        assert instance(session, prepared.env, prepared.instances["ordinary"], actor=guardian).sight >= Sight.FILE
        assert told(lambda: OF_CASE["papers_of_case"](session, prepared, "ordinary", guardian))
        assert not told(lambda: OF_CASE["submissions"](session, prepared, "ordinary", guardian))


def test_an_open_task_opens_the_file_while_it_is_open(prepared: Prepared) -> None:
    """Also of a protection case, and of no other; and not what is sensitive (M1)."""
    investigator = Actor(id="i", name="核查人", grants=(Grant(role="town_investigator", place="519927101"),))
    task = user_task.c.instance_id == prepared.instances["protection"]
    with prepared.world.database.transaction() as session:
        session.execute(sa.update(user_task).where(task, user_task.c.status == "open").values(role="town_investigator"))
        assert told(lambda: OF_CASE["papers_of_case"](session, prepared, "protection", investigator))
        assert not told(lambda: OF_CASE["papers_of"](session, prepared, "protection", investigator))
        assert not told(lambda: OF_CASE["papers_of_case"](session, prepared, "ordinary", investigator))
        session.execute(sa.update(user_task).where(task).values(status="done"))
        assert not told(lambda: OF_CASE["instance"](session, prepared, "protection", investigator))


def test_a_department_reads_its_own_forms_only(prepared: Prepared) -> None:
    row = next(row for row in SIGHTS if row["role"] == "cl_handler")
    tasks = user_task.c.instance_id == prepared.instances["own item"]
    with prepared.world.database.transaction() as session:
        assert not told(lambda: OF_CASE["submissions"](session, prepared, "own item", holder(row)))
        session.execute(sa.update(user_task).where(tasks, user_task.c.status == "done").values(department="CL"))
        assert told(lambda: OF_CASE["submissions"](session, prepared, "own item", holder(row)))
        other = next(row for row in SIGHTS if row["role"] == "jkt_handler")
        assert not told(lambda: OF_CASE["submissions"](session, prepared, "own item", holder(other)))


@pytest.mark.parametrize("name", ["submissions", "summary", "papers_of", "papers_of_case", "find_file"])
def test_reading_a_file_is_noted_with_its_purpose_in_the_same_transaction(prepared: Prepared, name: str) -> None:
    officer = holder(next(row for row in SIGHTS if row["role"] == "town_officer"))
    with prepared.world.database.transaction() as session:
        assert OF_CASE[name](session, prepared, "ordinary", officer)
        assert OF_CASE[name](session, prepared, "ordinary", officer)
        rows = session.execute(sa.select(audit).where(audit.c.action == "case.read")).all()
    assert [(row.actor_id, row.target) for row in rows] == [(officer.id, prepared.cases["ordinary"])]
    assert rows[0].detail["purpose"]
    with (
        prepared.world.database.reading() as session,
        pytest.raises(RuntimeError, match="keeps no note"),
    ):
        OF_CASE[name](session, prepared, "ordinary", officer)


def test_an_officer_is_no_officer_in_the_own_childs_case(prepared: Prepared) -> None:
    officer = replace(holder(next(row for row in SIGHTS if row["role"] == "town_officer")), id="guardian")
    with prepared.world.database.transaction() as session:
        assert not told(lambda: OF_CASE["submissions"](session, prepared, "ordinary", officer))


def test_who_knows_only_of_the_seal_reads_not_even_the_own_departments_forms(prepared: Prepared) -> None:
    handler = holder(next(row for row in SIGHTS if row["role"] == "mzj_handler"))
    tasks = user_task.c.instance_id == prepared.instances["sealed"]
    with prepared.world.database.transaction() as session:
        session.execute(sa.update(user_task).where(tasks, user_task.c.status == "done").values(department="MZJ"))
        assert told(lambda: OF_CASE["instance"](session, prepared, "sealed", handler))
        assert not told(lambda: OF_CASE["submissions"](session, prepared, "sealed", handler))
