"""Who sees which case: the rule by role (domain.md 6.1), and the list's WHERE clause against it, role by role."""

from __future__ import annotations

from datetime import date, datetime
from itertools import product

import pytest
from sqlalchemy import insert, select

from cases import case_files, children
from cases.case_files import case_department, case_file, open_case, scope_of, visible
from cases.roles import ROLE, ROLES, SEALED_REVIEW, CaseScope, Sight, sight
from cases.seeing import cases_seen, sight_of
from engine.access import Actor, Grant
from engine.store import Database, Session, audit

OWN, OTHER = "519927101001", "519927102001"
CLERK = Actor(id="clerk", name="窗口")
PLACE = {"village": OWN, "town": OWN[:9], "county": "519927", "public": OWN, "program": "519927"}


def holder(role: str, place: str | None = None) -> Actor:
    where = PLACE[ROLE[role].level] if place is None else place
    return Actor(id=role, name=role, grants=(Grant(role=role, place=where, department=ROLE[role].department),))


def case(**values: object) -> CaseScope:
    return CaseScope(**{"place": OWN, "kind": "application", **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("role", "here", "elsewhere"),
    [
        ("village_officer", Sight.FILE, Sight.NONE),
        ("village_head", Sight.FILE, Sight.NONE),
        ("town_window", Sight.FILE, Sight.NONE),
        ("town_officer", Sight.SENSITIVE, Sight.NONE),
        ("town_leader", Sight.SENSITIVE, Sight.NONE),
        ("town_head", Sight.SENSITIVE, Sight.NONE),
        ("mzj_handler", Sight.SENSITIVE, Sight.SENSITIVE),
        ("mzj_leader", Sight.SENSITIVE, Sight.SENSITIVE),
        ("inspector", Sight.MASKED, Sight.MASKED),
        ("convener", Sight.CODED, Sight.CODED),
        ("jkt_handler", Sight.NONE, Sight.NONE),
        ("gaj_leader", Sight.NONE, Sight.NONE),
        ("mzj_sealed", Sight.NONE, Sight.NONE),
        ("applicant", Sight.NONE, Sight.NONE),
        ("auditor", Sight.NONE, Sight.NONE),
        ("administrator", Sight.NONE, Sight.NONE),
        ("security_admin", Sight.NONE, Sight.NONE),
        ("process_owner", Sight.NONE, Sight.NONE),
    ],
)
def test_an_ordinary_case(role: str, here: Sight, elsewhere: Sight) -> None:
    assert sight(holder(role), case()) == here
    assert sight(holder(role), case(place=OTHER)) == elsewhere


@pytest.mark.parametrize(
    ("role", "seen"),
    [("jkt_handler", Sight.FILE), ("jkt_leader", Sight.FILE), ("fl_handler", Sight.NONE), ("rsj_handler", Sight.NONE)],
)
def test_a_department_sees_only_cases_with_an_item_of_its_own(role: str, seen: Sight) -> None:
    assert sight(holder(role), case(departments=frozenset({"JKT"}))) == seen


def test_a_people_s_organisation_sees_the_service_list_only() -> None:
    assert sight(holder("fl_handler"), case(departments=frozenset({"FL"}))) == Sight.CODED


@pytest.mark.parametrize("role", sorted(ROLES - {"mzj_sealed", "wjj_sealed", "mzj_handler", "mzj_leader"}))
def test_nobody_else_learns_of_a_sealed_file(role: str) -> None:
    everything = frozenset({"MZJ", "WJJ", "JKT", SEALED_REVIEW, ROLE[role].department or ""})
    assert sight(holder(role), case(sealed_hiv=True, departments=everything)) == Sight.NONE


def test_a_sealed_file_opens_to_the_sealed_pair() -> None:
    asked = case(sealed_hiv=True, departments=frozenset({SEALED_REVIEW}))
    assert sight(holder("mzj_sealed"), asked) == Sight.SEALED
    assert sight(holder("wjj_sealed"), asked) == Sight.SEALED
    assert sight(holder("wjj_sealed"), case(sealed_hiv=True)) == Sight.NONE
    assert sight(holder("mzj_handler"), asked) == Sight.CODED


@pytest.mark.parametrize("role", ["village_officer", "town_officer", "town_head", "mzj_handler", "jkt_handler"])
def test_a_protection_case_is_hidden_from_the_ordinary_handlers(role: str) -> None:
    assert sight(holder(role), case(kind="intervention", departments=frozenset({"JKT"}))) == Sight.NONE


def test_the_applicant_sees_the_own_file_only() -> None:
    assert sight(holder("applicant"), case(owner="applicant")) == Sight.SENSITIVE
    assert sight(holder("applicant"), case(owner="somebody else")) == Sight.NONE


def ended_case(session: Session, now: datetime, number: int, status: children.ChildStatus) -> str:
    """A case that has ended, and how its child stands since."""
    child_id = children.open_file(
        session, name="张小明", idcard=None, birth=None, sex="男", hukou_code=OWN, search_key="",
        actor_id="t", now=now, day=date(2025, 9, number),
    )  # fmt: skip
    children.change(session, child_id, now=now, status=status)
    case_id = open_case(
        session, kind="application", process_key="application", child_id=child_id, place=OWN,
        policy_profile="CURRENT", facts={}, actor=CLERK, now=now,
    )  # fmt: skip
    case_files.change(session, case_id, closed_at=now)
    return case_id


@pytest.mark.parametrize(
    ("status", "township"),
    [
        (children.ChildStatus.PROTECTED, Sight.SENSITIVE),
        (children.ChildStatus.PENDING, Sight.SENSITIVE),
        (children.ChildStatus.LEFT, Sight.FILE),
        (children.ChildStatus.DECEASED, Sight.FILE),
        (children.ChildStatus.SURVEYED, Sight.FILE),
    ],
)
def test_the_township_reads_what_is_sensitive_of_active_cases(
    database: Database, now: datetime, status: children.ChildStatus, township: Sight
) -> None:
    """Active: it runs, or its child is protected (6.1). The county's office is not bound to that."""
    with database.transaction() as session:
        case_id = ended_case(session, now, 1, status)
        for role in ("town_officer", "town_leader", "town_head"):
            assert sight_of(session, holder(role), case_id) == township
        assert sight_of(session, holder("mzj_handler"), case_id) == Sight.SENSITIVE
        assert sight_of(session, holder("village_officer"), case_id) == Sight.FILE


def all_kinds_of_cases(session: Session, now: datetime) -> None:
    for number, status in enumerate(children.ChildStatus, 1):
        ended_case(session, now, number, status)
    departments = ["JKT", "WJJ", "FL", SEALED_REVIEW]
    for place, kind, sealed, involved in product(
        (OWN, OTHER), ("application", "intervention"), (False, True), (False, True)
    ):
        case_id = open_case(
            session,
            kind=kind,
            process_key="application",
            child_id=None,
            place=place,
            policy_profile="CURRENT",
            facts={},
            actor=CLERK,
            now=now,
            sealed_hiv=sealed,
            owner_id="applicant" if place == OWN and not sealed else None,
        )
        if involved:
            rows = [{"case_id": case_id, "department": department} for department in departments]
            session.execute(insert(case_department), rows)


def test_lists_and_pages_agree_for_every_role(database: Database, now: datetime) -> None:
    """The WHERE clause of every list against the rule of the page: each role, two places, each kind of case."""
    with database.transaction() as session:
        all_kinds_of_cases(session, now)
        rows = session.execute(select(case_file)).mappings().all()
        scopes = {row["id"]: scope_of(session, row["id"]) for row in rows}
        for role in sorted(ROLES):
            for actor in (holder(role), holder(role, OTHER)):
                for level in (Sight.CODED, Sight.MASKED, Sight.FILE, Sight.SENSITIVE, Sight.SEALED):
                    listed = session.execute(select(case_file.c.id).where(visible(actor, level))).scalars()
                    expected = {case_id for case_id, scope in scopes.items() if sight(actor, scope) >= level}
                    assert set(listed) == expected, (role, actor.grants, level)


def test_a_whole_list_is_seen_as_each_case_is(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        all_kinds_of_cases(session, now)
        ids = list(session.execute(select(case_file.c.id)).scalars())
        for role in sorted(ROLES):
            for actor in (holder(role), holder(role, OTHER)):
                expected = {case_id for case_id in ids if sight_of(session, actor, case_id) > Sight.NONE}
                assert cases_seen(session, actor, ids) == expected, (role, actor.grants)


def test_a_person_without_grants_sees_nothing(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        all_kinds_of_cases(session, now)
        nobody = Actor(id="nobody", name="无")
        assert session.execute(select(case_file.c.id).where(visible(nobody))).all() == []


def test_opening_a_case_is_a_line_of_the_audit(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        audit.note_read(session, "case", actor=holder("town_officer"), seen=Sight.SENSITIVE, now=now, purpose="核查")
    with database.reading() as session:
        row = session.execute(audit.audit.select()).one()
    assert (row.actor_id, row.action, row.target) == ("town_officer", "case.read", "case")
    assert row.detail == {"sight": "SENSITIVE", "purpose": "核查"}
