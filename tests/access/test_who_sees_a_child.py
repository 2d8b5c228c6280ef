"""The child's file × every role × own and foreign place: how much, which full values, who reviews readings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from cases import child_search, children, people, readings
from cases.case_files import case_file
from cases.children import child
from cases.identity import LABELS, identity, may_show
from cases.seen_children import sight_of_child
from cases.unmasking import unmask
from engine.access import Actor, Grant, Sight
from engine.errors import NotAllowed, NotFound, Refused, SubmissionInvalid
from engine.store.audit import audit
from tests.access.conftest import ARCHIVED, ENDED, FOREIGN, OF_A_CHILD, OWN, SIGHTS, VILLAGE, Prepared, holder

NUMBERS = ("519927201503110016", "519927201503110024", "519927200909300026", "519927200710080038")
NUMBERS += (
    "519927200801110044",
    "519927200802290083",
    "519927201002140014",
    "519927201011110060",
    "519927201912240057",
    "519927198506232137",
)
CLERK = Actor.system("test")
NAME, GUARDIAN, PHONE, ADDRESS = "王小明", "王建国", "13812345678", "石门村二组七号"

#: Role to the full values that it may see of a child whose case its department has an item of; not named: all of them
#: for who sees the file by area, else name and id number. Written by hand from domain.md 6.1.
ALL = frozenset(LABELS)
BY_AREA = {"village_officer", "village_head", "town_window", "town_officer", "town_leader", "town_head"}
BY_AREA |= {"mzj_handler", "mzj_leader"}
OF_PROTECTION = {"mzj_duty", "cpc_staff", "cwi_staff"}
SERVICE_ONLY = {f"{each}_{post}" for each in ("wmb", "txw", "fl", "zgh", "ggw") for post in ("handler", "leader")}
#: Whoever sees who read the ordinary child's file: its leaders, and those who open the sensitive file by the area.
REVIEWERS = {"village_head", "town_officer", "town_leader", "town_head", "mzj_handler", "mzj_leader"}


@pytest.fixture
def files(prepared: Prepared) -> dict[str, str]:
    """A child for each case of the table, by its column."""
    made = {}
    with prepared.world.database.transaction() as session:
        for (column, (_kind, sealed, _items)), number in zip(OF_A_CHILD.items(), NUMBERS, strict=True):
            made[column] = children.open_file(
                session,
                name=NAME,
                idcard=number,
                birth=None,
                sex="男",
                hukou_code=VILLAGE,
                search_key="",
                actor_id="li",
                now=prepared.world.now,
                day=prepared.world.now.date(),
                live_address=ADDRESS,
                sealed=sealed,
            )
            relation = {"idcard": None, "phone": PHONE, "relation": "父亲"}
            children.set_guardian(session, made[column], name=GUARDIAN, **relation)
            case = case_file.c.id == prepared.cases[column]
            session.execute(sa.update(case_file).where(case).values(child_id=made[column], owner_id=None))
            put = sa.update(child).where(child.c.id == made[column])
            session.execute(put.values(archived=column in ARCHIVED))
            if column in ENDED:
                session.execute(put.values(status=children.ChildStatus.LEFT))
    return made


def everybody() -> Iterator[tuple[dict[str, str], bool, Actor]]:
    """Row of the table, whether at the own place, and the person."""
    for row in SIGHTS:
        for places in (OWN, FOREIGN):
            if row["level"] in places:
                yield row, places is OWN, holder(row, places)


def of_file(row: dict[str, str], column: str) -> Sight:
    """What the table says of the file: the area's sight of an ordinary case opens it, and the case itself."""
    apart = column if column in ARCHIVED | ENDED else "ordinary"
    by_area = "sealed" if "sealed" in column else apart
    return max(Sight[row[by_area]], Sight[row[column]])


@pytest.mark.parametrize("column", OF_A_CHILD)
def test_how_much_each_role_sees_of_a_file(prepared: Prepared, files: dict[str, str], column: str) -> None:
    wrong = []
    with prepared.world.database.reading() as session:
        found = children.find_child(session, files[column])
        assert found is not None
        for row, own, actor in everybody():
            expected = of_file(row, column) if own else Sight.NONE
            if sight_of_child(session, actor, found).seen != expected:
                wrong.append((row["role"], own, expected))
    assert wrong == []


def expected_values(role: str) -> frozenset[str]:
    """Of the file in the column `own item`."""
    if role in BY_AREA:
        return ALL
    if role in SERVICE_ONLY or not role.endswith(("_handler", "_leader")):
        return frozenset()
    return frozenset({"name"}) if role.startswith("czj_") else frozenset({"name", "idcard"})


def test_which_full_values_each_role_may_see(prepared: Prepared, files: dict[str, str]) -> None:
    wrong = []
    with prepared.world.database.reading() as session:
        found = children.find_child(session, files["own item"])
        assert found is not None
        for row, own, actor in everybody():
            expected = expected_values(row["role"]) if own else frozenset()
            fields = may_show(actor, sight_of_child(session, actor, found))
            if fields != expected:
                wrong.append((row["role"], own, fields))
    assert wrong == []


def unmasked(session: Any, prepared: Prepared, actor: Actor, child_id: str, **given: str) -> Any:
    asked = {"purpose": "VISIT", "note": "季度走访", **given}
    return unmask(session, actor, child_id, now=prepared.world.now, **asked)


@pytest.mark.parametrize("column", ["ordinary", "own item", "sealed", "protection", "archived"])
def test_who_unmasks_and_what_stands_in_the_audit(prepared: Prepared, files: dict[str, str], column: str) -> None:
    wrong, shown = [], []
    with prepared.world.database.transaction() as session:
        for row, own, actor in everybody():
            may = own and of_file(row, column) >= Sight.FILE
            try:
                found = unmasked(session, prepared, actor, files[column])
            except (NotAllowed, NotFound):
                got = False
            else:
                got = True
                shown.append((actor.id, sorted(found.shown)))
                assert all(found.values[key] == full for key, full in (("name", NAME),) if key in found.shown)
            if got != may:
                wrong.append((row["role"], own, may))
        rows = session.execute(sa.select(audit).where(audit.c.action == "child.unmask").order_by(audit.c.id)).all()
    assert wrong == []
    assert shown != []
    assert sorted((row.actor_id, row.detail["fields"]) for row in rows) == sorted(shown)
    assert {row.target for row in rows} == {files[column]}
    assert {row.detail["purpose"] for row in rows} == {"入户走访:季度走访"}


def test_what_is_masked_until_then(prepared: Prepared, files: dict[str, str]) -> None:
    officer = holder(next(row for row in SIGHTS if row["role"] == "town_officer"))
    with prepared.world.database.transaction() as session:
        masked = identity(session, officer, files["ordinary"], now=prepared.world.now)
        assert masked is not None
        assert masked.values == {
            "name": "王某某",
            "idcard": "5199**********0016",
            "guardian": "王某",
            "guardian_phone": "138****5678",
            "address": "******",
        }
        full = unmasked(session, prepared, officer, files["ordinary"])
    assert full.values["address"] == ADDRESS
    assert full.values["guardian_phone"] == PHONE


def test_the_treasury_reads_the_name_and_never_the_number(prepared: Prepared, files: dict[str, str]) -> None:
    treasury = holder(next(row for row in SIGHTS if row["role"] == "czj_handler"))
    with prepared.world.database.transaction() as session:
        found = unmasked(session, prepared, treasury, files["own item"])
    assert (found.values["name"], found.values["idcard"]) == (NAME, "5199**********0024")


@pytest.mark.parametrize("given", [{"purpose": "CURIOUS"}, {"purpose": ""}, {"note": " 看 "}, {"note": "字" * 201}])
def test_nothing_is_shown_without_a_purpose(prepared: Prepared, files: dict[str, str], given: dict[str, str]) -> None:
    officer = holder(next(row for row in SIGHTS if row["role"] == "town_officer"))
    with prepared.world.database.transaction() as session, pytest.raises(SubmissionInvalid):
        unmasked(session, prepared, officer, files["ordinary"], **given)


def test_nothing_is_shown_where_no_note_is_kept(prepared: Prepared, files: dict[str, str]) -> None:
    officer = holder(next(row for row in SIGHTS if row["role"] == "town_officer"))
    with prepared.world.database.reading() as session:
        with pytest.raises(RuntimeError, match="keeps no note"):
            unmasked(session, prepared, officer, files["ordinary"])
        with pytest.raises(RuntimeError, match="keeps no note"):
            child_search.by_idcard(session, NUMBERS[0], actor=officer, purpose="x", now=prepared.world.now)


def test_the_masked_head_of_a_sealed_file_is_for_the_pair(prepared: Prepared, files: dict[str, str]) -> None:
    """Whoever knows of the seal alone gets no name; the guardian reads the label that all of the outside reads."""
    with prepared.world.database.transaction() as session:
        knows = holder(next(row for row in SIGHTS if row["role"] == "mzj_handler"))
        assert identity(session, knows, files["sealed"], now=prepared.world.now) is None
        case = case_file.c.id == prepared.cases["sealed"]
        session.execute(sa.update(case_file).where(case).values(owner_id="guardian"))
        session.execute(sa.update(child).where(child.c.id == files["sealed"]).values(categories=["CX"]))
        guardian = Actor(id="guardian", name="王秀英", grants=(Grant(role="applicant", place="519927"),))
        seen = identity(session, guardian, files["sealed"], now=prepared.world.now)
        assert seen is not None
        assert seen.categories == ("困境儿童(民政直管)",)
        pair = holder(next(row for row in SIGHTS if row["role"] == "mzj_sealed"))
        own = identity(session, pair, files["sealed"], now=prepared.world.now)
        assert own is not None
        assert own.categories == ("其他困境儿童",)


@pytest.mark.parametrize("column", ["ordinary", "sealed"])
def test_who_finds_a_child_by_the_number(prepared: Prepared, files: dict[str, str], column: str) -> None:
    number = NUMBERS[list(OF_A_CHILD).index(column)]
    wrong, asked = [], 0
    with prepared.world.database.transaction() as session:
        for row, own, actor in everybody():
            may = own and of_file(row, column) >= Sight.MASKED
            office = row["level"] not in ("public", "program")
            try:
                found = child_search.by_idcard(session, number, actor=actor, purpose="核对", now=prepared.world.now)
            except NotAllowed:
                got = None
            else:
                got, asked = bool(found), asked + 1
            if got != (may if office else None):
                wrong.append((row["role"], own, got))
        rows = session.execute(sa.select(audit).where(audit.c.action == "child.search")).all()
    assert wrong == []
    assert len(rows) == asked, "a search that finds nothing is noted too"
    assert all(row.detail["purpose"] == "核对" and number not in str(row.detail) for row in rows)


def test_a_search_needs_a_purpose_and_a_number(prepared: Prepared, files: dict[str, str]) -> None:
    officer = holder(next(row for row in SIGHTS if row["role"] == "town_officer"))
    with prepared.world.database.transaction() as session:
        with pytest.raises(Refused, match="目的"):
            child_search.by_idcard(session, NUMBERS[0], actor=officer, purpose=" ", now=prepared.world.now)
        with pytest.raises(SubmissionInvalid):
            child_search.by_idcard(session, "519927", actor=officer, purpose="核对", now=prepared.world.now)


def test_who_reviews_the_readings_of_a_file(prepared: Prepared, files: dict[str, str]) -> None:
    wrong = []
    with prepared.world.database.transaction() as session:
        officer = holder(next(row for row in SIGHTS if row["role"] == "town_officer"))
        unmasked(session, prepared, officer, files["ordinary"])
        for column, reviewers in (("ordinary", REVIEWERS), ("sealed", {"mzj_sealed"})):
            for row, own, actor in everybody():
                seen = sight_of_child(session, actor, children.find_child(session, files[column]))
                got = readings.may_read_of_child(actor, seen)
                if got:
                    found = readings.readings_of_child(session, seen)
                    assert [each.purpose for each in found.rows] == (
                        ["入户走访:季度走访"] if column == "ordinary" else []
                    )
                if got != (own and row["role"] in reviewers):
                    wrong.append((column, row["role"], own))
    assert wrong == []


def test_a_leader_reads_of_the_own_unit_and_nobody_but_the_pair_of_a_sealed_file(
    prepared: Prepared, files: dict[str, str]
) -> None:
    posts = {"town_officer": "519927101", "cl_handler": "519927", "mzj_handler": "519927", "mzj_sealed": "519927"}
    with prepared.world.database.transaction() as session:
        for role, place in posts.items():
            grant = Grant(role=role, place=place)
            people.add_person(
                session,
                person_id=f"one-{role}",
                user_name=role,
                name=f"某{role}",
                password_hash="",
                grants=(grant,),
                now=prepared.world.now,
            )
            actor = people.actor_of(session, f"one-{role}")
            column = "sealed" if role == "mzj_sealed" else "own item"
            unmasked(session, prepared, actor, files[column], note=f"因公{role}")
        told = {}
        for row, own, actor in everybody():
            try:
                found = readings.readings_of_unit(session, actor)
            except NotAllowed:
                continue
            if found.rows:
                told[row["role"], own] = {each.purpose.removeprefix("入户走访:因公") for each in found.rows}
    assert told == {
        ("town_leader", True): {"town_officer"},
        ("town_head", True): {"town_officer"},
        ("mzj_leader", True): {"mzj_handler"},
        ("cl_leader", True): {"cl_handler"},
        ("mzj_sealed", True): {"mzj_sealed"},
    }
