"""The disposal list 销毁清单: what is past its time, the second person, and that nothing of the child is left (6.3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from cases import case_files, children, disposals, files, retention
from cases.applications import application
from cases.benefits import benefit_item
from cases.case_files import case_file
from cases.children import ChildStatus, child, guardian
from cases.decisions import decision
from cases.demo_children import DEMO_CHILDREN, Deed, DemoChild
from cases.disposal_rules import APART, BLANKED, KEPT, REMOVED, tables
from cases.disposals import DisposalState, Outcome
from cases.past_time import Why
from cases.privacy import sealed_code
from cases.reports import report
from engine.access import Actor, Grant
from engine.errors import NotAllowed, NotFound, Refused, SubmissionInvalid
from engine.store import Database
from engine.store.audit import audit
from engine.store.history import history
from engine.store.user_task import user_task
from tests.cases.conftest import Flow
from tests.readable import texts

COUNTY, VILLAGE = "519927", "519927101001"
SYSTEM = Actor.system("test")
ENDED = datetime.fromisoformat("2025-10-14T10:00:00+08:00")
#: The last instant of the refused file's time, and the first on which it is over; of an archived child's file.
LAST_REFUSED = datetime.fromisoformat("2028-10-13T23:59:00+08:00")
OVER_REFUSED = datetime.fromisoformat("2028-10-14T00:01:00+08:00")
OVER = datetime.fromisoformat("2056-10-14T00:01:00+08:00")
IDCARD = "519927201503110016"


def official(role: str, name: str, place: str = COUNTY) -> Actor:
    return Actor(id=name, name=name, grants=(Grant(role=role, place=place, department="MZJ"),))


ARCHIVIST, LEADER = official("mzj_archivist", "庄严"), official("mzj_leader", "周正")
BOTH = Actor(id="庄严", name="庄严", grants=(*ARCHIVIST.grants, *LEADER.grants))
PAIR = official("mzj_sealed", "陶然"), official("mzj_sealed", "曹颖")


def enter(
    session: Any, status: ChildStatus = ChildStatus.SURVEYED, *, sealed: bool = False, closed: bool = True
) -> str:
    """An archived file whose only case ended at `ENDED`."""
    child_id = children.open_file(
        session, name="王小明", idcard=IDCARD, birth=date(2015, 3, 11), sex="男", hukou_code=VILLAGE,
        search_key="" if sealed else "王小明 wxm", actor_id="li", now=ENDED, day=date(2025, 10, 14), sealed=sealed,
    )  # fmt: skip
    session.execute(sa.update(child).where(child.c.id == child_id).values(status=status, archived=True))
    case_id = another(session, child_id, sealed=sealed)
    if closed:
        case_files.change(session, case_id, closed_at=ENDED, archived=True)
    return child_id


def another(session: Any, child_id: str | None, kind: str = "application", *, sealed: bool = False) -> str:
    return case_files.open_case(
        session, kind=kind, process_key=kind, child_id=child_id, place=VILLAGE, policy_profile="CURRENT", facts={},
        actor=SYSTEM, now=ENDED, sealed_hiv=sealed,
    )  # fmt: skip


def listed(session: Any, now: datetime, **narrowed: Any) -> list[str]:
    found = disposals.past_their_time(session, ARCHIVIST, place=COUNTY, now=now, **narrowed)
    return [each.child_id for each in found]


def approved(session: Any, now: datetime) -> str:
    list_id = disposals.draw_up(session, place=COUNTY, actor=ARCHIVIST, now=now)
    disposals.decide(session, list_id, approved=True, reason="", actor=LEADER, now=now)
    return list_id


@pytest.mark.parametrize(
    ("status", "last", "over", "why"),
    [
        (ChildStatus.SURVEYED, LAST_REFUSED, OVER_REFUSED, Why.REFUSED),
        (ChildStatus.LEFT, OVER - timedelta(minutes=2), OVER, Why.ARCHIVE),
        (ChildStatus.MOVED, OVER - timedelta(minutes=2), OVER, Why.ARCHIVE),
        (ChildStatus.DECEASED, OVER - timedelta(minutes=2), OVER, Why.ARCHIVE),
    ],
)
def test_the_day_on_which_its_time_is_over(
    database: Database, status: ChildStatus, last: datetime, over: datetime, why: Why
) -> None:
    with database.transaction() as session:
        child_id = enter(session, status)
        assert listed(session, last) == []
        [found] = disposals.past_their_time(session, ARCHIVIST, place=COUNTY, now=over)
        assert (found.child_id, found.why, found.until, found.cases) == (child_id, why, over.date(), 1)


@pytest.mark.parametrize("status", [ChildStatus.PROTECTED, ChildStatus.PENDING, ChildStatus.APPLYING])
def test_a_child_in_protection_is_never_listed(database: Database, status: ChildStatus) -> None:
    with database.transaction() as session:
        enter(session, status)
        assert listed(session, OVER) == []


@pytest.mark.parametrize("kind", ["application", "intervention", "report", "appeal", "visit"])
def test_a_child_with_an_open_case_is_never_listed(database: Database, kind: str) -> None:
    with database.transaction() as session:
        child_id = enter(session, ChildStatus.LEFT)
        assert listed(session, OVER) == [child_id]
        case_id = another(session, child_id, kind)
        assert listed(session, OVER) == []
        case_files.change(session, case_id, closed_at=OVER)
        assert listed(session, OVER) == [], "the time begins with the end of the last case"


def test_nor_one_whose_number_an_open_report_names(database: Database) -> None:
    with database.transaction() as session:
        enter(session, ChildStatus.LEFT)
        case_id = another(session, None, "report")
        session.execute(
            sa.insert(report).values(
                case_id=case_id, report_no="BG1", found_at=OVER, reported_at=OVER, location="村口", situations=[],
                flags=[], mandatory=True, reported_to_police=True, reporter={}, child_idcard=IDCARD,
            )
        )  # fmt: skip
        assert listed(session, OVER) == []


@pytest.mark.parametrize(("stop_month", "runs"), [(None, True), ("2099-01", True), ("2025-11", False)])
def test_nor_one_whose_benefit_runs(database: Database, stop_month: str | None, runs: bool) -> None:
    with database.transaction() as session:
        child_id = enter(session, ChildStatus.LEFT)
        session.execute(
            sa.insert(benefit_item).values(
                case_id=session.scalar(sa.select(case_file.c.id)), child_id=child_id, benefit="B1", title="生活费",
                department="MZJ", mode="monthly", amount=1000, start_month="2025-01", stop_month=stop_month,
                reason="", created_at=ENDED,
            )
        )  # fmt: skip
        assert listed(session, OVER) == ([] if runs else [child_id])


def test_a_sealed_file_is_the_sealed_pairs(database: Database) -> None:
    with database.transaction() as session:
        child_id = enter(session, ChildStatus.LEFT, sealed=True)
        assert listed(session, OVER) == []
        for person in (ARCHIVIST, LEADER):
            with pytest.raises(NotAllowed):
                disposals.past_their_time(session, person, place=COUNTY, sealed=True, now=OVER)
        list_id = disposals.draw_up(session, place=COUNTY, actor=PAIR[0], now=OVER, sealed=True)
        for person in (ARCHIVIST, LEADER):
            with pytest.raises(NotFound):
                disposals.files_of(session, list_id, person)
            with pytest.raises(NotFound):
                disposals.decide(session, list_id, approved=True, reason="", actor=person, now=OVER)
        with pytest.raises(NotAllowed):
            disposals.decide(session, list_id, approved=True, reason="", actor=PAIR[0], now=OVER)
        disposals.decide(session, list_id, approved=True, reason="", actor=PAIR[1], now=OVER)
        assert disposals.carry_out(session, list_id, actor=PAIR[0], now=OVER) == ()
        assert session.scalar(sa.select(child.c.name)) == sealed_code(child_id)
        assert session.scalar(sa.text("SELECT count(*) FROM sealed_record")) == 0


@pytest.mark.parametrize(
    "person", [LEADER, official("mzj_handler", "经办"), official("mzj_archivist", "邻县", "519928")]
)
def test_nobody_but_the_places_archivist_draws_up_or_carries_out(database: Database, person: Actor) -> None:
    with database.transaction() as session:
        enter(session)
        with pytest.raises(NotAllowed):
            disposals.past_their_time(session, person, place=COUNTY, now=OVER)
        with pytest.raises(NotAllowed):
            disposals.draw_up(session, place=COUNTY, actor=person, now=OVER)
        list_id = approved(session, OVER)
        with pytest.raises(NotFound):
            disposals.carry_out(session, list_id, actor=person, now=OVER)
        with pytest.raises(NotFound):
            disposals.clear_bytes(session, list_id, folder=Path("nowhere"), actor=person)


def test_a_second_person_decides_once_and_says_why_not(database: Database) -> None:
    with database.transaction() as session:
        child_id = enter(session)
        with pytest.raises(Refused, match="没有保存期满"):
            disposals.draw_up(session, place=COUNTY, actor=ARCHIVIST, now=LAST_REFUSED)
        list_id = disposals.draw_up(session, place=COUNTY, actor=BOTH, now=OVER)
        assert listed(session, OVER) == [], "it is on a list"
        with pytest.raises(NotAllowed, match="第二人"):
            disposals.decide(session, list_id, approved=True, reason="", actor=BOTH, now=OVER)
        with pytest.raises(NotFound):
            disposals.decide(session, list_id, approved=True, reason="", actor=official("mzj_handler", "x"), now=OVER)
        with pytest.raises(Refused, match="待批准"):
            disposals.carry_out(session, list_id, actor=ARCHIVIST, now=OVER)
        with pytest.raises(SubmissionInvalid):
            disposals.decide(session, list_id, approved=False, reason=" 否 ", actor=LEADER, now=OVER)
        disposals.decide(session, list_id, approved=False, reason="县档案馆要求续存", actor=LEADER, now=OVER)
        with pytest.raises(Refused, match="未批准"):
            disposals.decide(session, list_id, approved=True, reason="", actor=LEADER, now=OVER)
        assert listed(session, OVER) == [child_id], "it may be listed again"


@pytest.mark.parametrize("reopened", ["case", "taken out"])
def test_what_was_taken_up_again_after_the_approval_is_left_out_and_said(database: Database, reopened: str) -> None:
    with database.transaction() as session:
        child_id = enter(session, ChildStatus.LEFT)
        list_id = approved(session, OVER)
    with database.transaction() as session:
        if reopened == "case":
            another(session, child_id)
        else:
            retention.take_out(session, child_id)
    with database.transaction() as session:
        number = session.scalar(sa.select(child.c.archive_no))
        assert disposals.carry_out(session, list_id, actor=ARCHIVIST, now=OVER) == (number,)
        [row] = disposals.files_of(session, list_id, LEADER)
        assert row["outcome"] == Outcome.LEFT_OUT
        assert session.scalar(sa.select(child.c.name)) == "王小明"
        assert session.scalar(sa.select(audit.c.id).where(audit.c.action == "child.dispose")) is None


def test_what_is_disposed_of_is_not_taken_up_again(database: Database) -> None:
    with database.transaction() as session:
        child_id = enter(session, ChildStatus.LEFT)
        found = children.find_child(session, child_id)
        assert found is not None
        list_id = approved(session, OVER)
        assert disposals.carry_out(session, list_id, actor=ARCHIVIST, now=OVER) == ()
        with pytest.raises(Refused, match="已销毁"):
            disposals.carry_out(session, list_id, actor=ARCHIVIST, now=OVER)
        assert listed(session, OVER) == []
        with pytest.raises(Refused, match="重新提出申请"):
            retention.reopen(session, found, kind="application")
    with database.reading() as session:
        assert session.scalar(sa.select(disposals.disposal.c.state)) == DisposalState.CARRIED_OUT


def test_every_table_of_a_childs_file_is_decided_about() -> None:
    owners = {"child", "case_file", "instance", "user_task", "document", "notice", "objection"}
    keys = {"child_id", "case_id", "instance_id", "task_id", "application_case_id"}
    theirs = {
        table.name
        for table in tables()
        if keys & set(table.c.keys()) or any(key.column.table.name in owners for key in table.foreign_keys)
    }
    decided = REMOVED | set(BLANKED) | KEPT | APART
    assert theirs - decided == set(), "say in disposal_rules what becomes of these"
    assert decided - theirs - {"case_file"} == set(), "no table of a child's file"
    assert len(decided) == len(REMOVED) + len(BLANKED) + len(KEPT) + len(APART), "decided twice"


#: A sample number stands in the published process.
PUBLISHED = frozenset({"process_version.bundle"})
TALE = replace(
    next(each for each in DEMO_CHILDREN if each.name == "张小明"), name="钱未央", guardian="钱大有"
)  # fmt: skip


def refuse(flow: Callable[[DemoChild], Flow]) -> Flow:
    """An application that the township refuses, of a family that occurs nowhere else, with an attachment."""
    case = flow(TALE)
    for deed in (Deed.CHECK, Deed.VISIT_REFUSE, Deed.REVIEW, Deed.SIGN):
        case.do(deed)
    return case


def numbers(case: Flow) -> dict[str, Any]:
    """What statistics count of the case."""
    columns = (case_file.c.kind, case_file.c.place, case_file.c.status, case_file.c.end_state, case_file.c.closed_at)
    with case.stage.database.reading() as session:
        return {
            "case": tuple(session.execute(sa.select(*columns)).one()),
            "tasks": session.scalar(sa.text("SELECT count(*) FROM user_task")),
            "deadlines": [tuple(row) for row in session.execute(sa.text("SELECT code, due_at, met_at FROM deadline"))],
            "steps": session.scalar(sa.text("SELECT count(*) FROM history")),
        }


def test_nothing_of_the_child_is_left_and_the_numbers_are(flow: Callable[[DemoChild], Flow], tmp_path: Path) -> None:
    case = refuse(flow)
    database = case.stage.database
    with database.transaction() as session:
        row = children.find_child(session, case_files.find_case(session, case.case_id)["child_id"])
        assert row is not None
        child_id, name, idcard = row["id"], row["name"], row["idcard"]
        case_files.change(session, case.case_id, closed_at=ENDED)
        session.execute(sa.update(child).values(status=ChildStatus.SURVEYED))
        kept = [
            files.store(session, tmp_path, name=f"{name}.pdf", content=content, actor=ARCHIVIST, now=ENDED)
            for content in (b"%PDF-own", b"%PDF-shared", b"%PDF-shared")
        ]
        files.attach(session, [each.id for each in kept[:2]], case_id=case.case_id, actor=ARCHIVIST)
        session.execute(sa.update(files.file).where(files.file.c.id == kept[2].id).values(name="别处.pdf"))
        before_ciphers = sa.update(files.file).where(files.file.c.id.in_([each.id for each in kept[1:]]))
        session.execute(before_ciphers.values(key=sa.null()))
        session.execute(sa.update(application).values(statement=f"{name}就学困难"))
        session.execute(sa.update(history).values(data={"reason": f"{name}({idcard})"}))
        session.execute(sa.update(user_task).values(variables={"note": name}, subject=name))
        session.execute(sa.update(decision).values(reason=name, appeal_text=name))
        session.execute(sa.update(case_file).values(facts={"note": name}))
        retention.file_away(session, actor=SYSTEM, now=OVER)

    def tells() -> set[tuple[str, str]]:
        words = (name, idcard, TALE.guardian)
        return {
            (place, word) for place, text in texts(database.engine, but=PUBLISHED) for word in words if word in text
        }

    before, counted = tells(), numbers(case)
    assert {place for place, _ in before} >= {"child.name", "child.idcard", "guardian.name", "submission.fields"} | {
        "application.statement", "history.data", "user_task.variables", "user_task.subject", "case_file.facts",
    }  # fmt: skip
    enciphered = tmp_path / "files" / kept[0].id[-2:] / kept[0].id
    plain = tmp_path / "files" / kept[1].sha256[:2] / kept[1].sha256
    plain.parent.mkdir(parents=True, exist_ok=True)
    plain.write_bytes(b"%PDF-shared")
    paths = [enciphered, plain]

    with database.transaction() as session:
        list_id = approved(session, OVER)
    with pytest.raises(RuntimeError), database.transaction() as session:
        disposals.carry_out(session, list_id, actor=ARCHIVIST, now=OVER)
        raise RuntimeError
    assert tells() == before and all(path.exists() for path in paths), "one transaction, and the bytes come last"
    with database.transaction() as session:
        assert disposals.carry_out(session, list_id, actor=ARCHIVIST, now=OVER) == ()
    assert all(path.exists() for path in paths)
    with database.transaction() as session:
        assert disposals.clear_bytes(session, list_id, folder=tmp_path, actor=ARCHIVIST) >= 1
        assert disposals.clear_bytes(session, list_id, folder=tmp_path, actor=ARCHIVIST) == 0

    assert tells() == set()
    assert [path.exists() for path in paths] == [False, True], "another row names the plain bytes of before"
    assert numbers(case) == counted
    with database.reading() as session:
        [line] = session.execute(sa.select(audit).where(audit.c.action == "child.dispose")).mappings()
        assert line["target"] == child_id and line["detail"]["archive_no"] == row["archive_no"]
        assert session.scalar(sa.select(sa.func.count()).select_from(guardian)) == 0
