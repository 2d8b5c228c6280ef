"""Writes invented children (演示) as they would stand after years of work: files, households, closed cases, benefits,
visits, papers. Rows go in bulk; cases that run are never made here but by the commands that the pages call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Table, func, insert, select

from cases.applications import application
from cases.benefits import DIRECT, HANDED_ON, benefit_item, month_after
from cases.case_files import CaseStatus, case_department, case_file
from cases.children import ChildStatus, child, child_education, child_health, guardian, parent_status
from cases.decisions import APPEAL_TEXT, DecisionKind, decision
from cases.demo_invented import SURVEYED, Invented, Parent, invent
from cases.divisions import COUNTY
from cases.exits import exit_case
from cases.households import household, household_member
from cases.materials import MATERIALS, REASON_PAPER, SUBMITTED, material
from cases.quarters import visit
from cases.search import search_key
from engine.errors import Refused
from engine.store.identifiers import identifier
from engine.store.session import Database, Session

#: So many children are written in one transaction.
BATCH = 2_000
_BY = "system:demo:"
#: In the order in which they refer to each other.
_TABLES = (
    child, child_health, child_education, guardian, parent_status, household, household_member, case_file,
    case_department, application, decision, benefit_item, material, visit, exit_case,
)  # fmt: skip
#: Scheme, title and standard of the living allowance per category (tables D5 and D6).
_LIVING: Mapping[str, tuple[str, str, int | None]] = {
    "C1": ("ORPHAN", "社会散居孤儿基本生活费", 1_100),
    "C2": ("DEFACTO", "事实无人抚养儿童基本生活补贴(补差)", 1_100),
    "C3": ("DIBAO_SINGLE", "最低生活保障(参照单人户)", 720),
    "C4": ("TEKUN", "特困人员救助供养", 1_050),
    "C5": ("DIBAO", "最低生活保障(按户)", None),
}
#: Ground and its words per status (table EXIT_GROUND).
_GROUND: Mapping[str, tuple[str, str]] = {
    ChildStatus.LEFT: ("5", "家庭生活状况改善"),
    ChildStatus.MOVED: ("7", "户籍迁出"),
    ChildStatus.DECEASED: ("7", "儿童死亡"),
}


@dataclass(kw_only=True)
class _Sheet:
    """The rows of a batch, by table, and the archive's running numbers by year."""

    seed: int
    archive: dict[int, int]
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, table: Table, **values: Any) -> None:
        self.rows.setdefault(table.name, []).append(values)

    def id_of(self, kind: str, number: int, at: datetime) -> str:
        """An identifier like any other, but the same for the same seed."""
        return identifier(at, Random(f"{self.seed}:{kind}:{number}").getrandbits(80))  # noqa: S311

    def archive_no(self, year: int) -> str:
        self.archive[year] = self.archive.get(year, 0) + 1
        return f"{COUNTY}-{year}-{self.archive[year]:05d}"


def fill_up(database: Database, *, children: int, seed: int, say: Callable[[int], object] = lambda _: None) -> int:
    """Invent and enter children until the county has so many in all; returns how many were entered. What an earlier
    call entered stays, also one that was cut short: each batch is a transaction.

    :param say: is told after each batch how many the county has.
    :raises Refused: the county was filled with another seed before.
    """
    with database.reading() as session:
        _require_seed(session, seed)
        there = int(session.scalar(select(func.count()).select_from(child)) or 0)
        begun = _entered(session, seed)
    last = begun + max(0, children - there)
    for first in range(begun, last, BATCH):
        batch = [invent(number, seed=seed) for number in range(first, min(first + BATCH, last))]
        with database.transaction() as session:
            _enter(session, batch, seed)
        say(there + batch[-1].number + 1 - begun)
    return last - begun


def _entered(session: Session, seed: int) -> int:
    return int(session.scalar(select(func.count()).where(child.c.created_by == f"{_BY}{seed}")) or 0)


def _require_seed(session: Session, seed: int) -> None:
    others = select(child.c.created_by).where(
        child.c.created_by.startswith(_BY, autoescape=True), child.c.created_by != f"{_BY}{seed}"
    )
    found = session.scalar(others.limit(1))
    if found is not None:
        raise Refused(f"库中的演示儿童是用种子 {found.removeprefix(_BY)} 生成的,请用同一种子或换一个空库")


def _enter(session: Session, batch: Iterable[Invented], seed: int) -> None:
    sheet = _Sheet(seed=seed, archive=_archive_numbers(session))
    for each in batch:
        _file(sheet, each)
        if each.status != SURVEYED:
            case_id = _application(sheet, each)
            _benefits(sheet, each, case_id)
        if each.visited_at is not None:
            _visit(sheet, each, each.visited_at)
        if each.left_on is not None:
            _exit(sheet, each)
    for table in _TABLES:
        if rows := sheet.rows.get(table.name):
            session.execute(insert(table), rows)


def _archive_numbers(session: Session) -> dict[int, int]:
    """The last number of each year."""
    last = func.max(child.c.archive_no)
    rows = session.execute(select(last).group_by(func.substr(child.c.archive_no, 1, len(COUNTY) + 5)))
    return {int(number.split("-")[1]): int(number.split("-")[2]) for (number,) in rows}


def _file(sheet: _Sheet, each: Invented) -> None:
    """The child's file, its people, school, health and household."""
    at = each.applied_at
    child_id = sheet.id_of("child", each.number, at)
    covered = each.status not in (SURVEYED,)
    categories = [each.category] if covered else []
    sheet.add(
        child, id=child_id, archive_no=sheet.archive_no(at.year), name=each.name, idcard=each.idcard, sex=each.sex,
        birth=each.birth, ethnic="汉族", hukou_code=each.place, town_code=each.town, live_code=each.place,
        live_address="村内自建房(演示)", categories=categories, primary_category=each.category if covered else None,
        status=each.status, enrolled_on=each.decided_on if covered else None,
        effective_month=month_after(each.decided_on) if covered else None,
        stop_month=month_after(each.left_on) if each.left_on else None, sealed_hiv=False,
        no_publicity=each.category in ("C1", "C2"), search_key=search_key(each.name), demo=True, created_at=at,
        created_by=f"{_BY}{sheet.seed}", updated_at=at, version=1,
    )  # fmt: skip
    kind, level = each.disability or ("无", None)
    sheet.add(
        child_health, child_id=child_id, disability_kind=kind, disability_level=level, illness_name=each.illness,
        insured=True,
    )  # fmt: skip
    school = "乡镇中心小学(演示)" if each.stage == "义务教育" else None
    sheet.add(child_education, child_id=child_id, stage=each.stage, school=school)
    phone = f"138{each.family % 100_000_000:08d}"
    sheet.add(guardian, child_id=child_id, name=each.guardian, phone=phone, relation=each.relation, is_current=True)
    _parent(sheet, child_id, "父", each.father)
    _parent(sheet, child_id, "母", each.mother)
    household_id = sheet.id_of("household", each.family, invent(each.family, seed=sheet.seed).applied_at)
    if each.family == each.number:
        sheet.add(
            household, id=household_id, place=each.place, address="村内自建房(演示)", size=each.household_size,
            year_income=each.year_income, dibao=each.dibao, bianyuan=False, created_at=at,
        )  # fmt: skip
    sheet.add(household_member, child_id=child_id, household_id=household_id)


def _parent(sheet: _Sheet, child_id: str, which: str, told: Parent) -> None:
    sheet.add(parent_status, child_id=child_id, which=which, status=told.status, end_date=told.end_date)


def _case(
    sheet: _Sheet, each: Invented, kind: str, *, opened: datetime, closed: datetime, status: str, end: str
) -> str:
    """A case that is closed."""
    case_id = sheet.id_of(kind, each.number, opened)
    sheet.add(
        case_file, id=case_id, kind=kind, process_key=kind, child_id=_child_id(sheet, each), place=each.place,
        status=status, end_state=end, sealed_hiv=False, no_publicity=each.category in ("C1", "C2"),
        policy_profile="CURRENT", facts={}, opened_at=opened, opened_by=f"{_BY}{sheet.seed}", closed_at=closed,
        version=1,
    )  # fmt: skip
    return case_id


def _child_id(sheet: _Sheet, each: Invented) -> str:
    return sheet.id_of("child", each.number, each.applied_at)


def _application(sheet: _Sheet, each: Invented) -> str:
    at = each.applied_at
    decided = datetime.combine(each.decided_on, at.timetz())
    case_id = _case(
        sheet, each, "application", opened=at, closed=decided + timedelta(days=14), status=CaseStatus.PROTECTED,
        end="APPROVED",
    )  # fmt: skip
    day = each.applied_on
    sheet.add(
        application, case_id=case_id, application_no=f"{each.town}-{day:%Y%m%d}-{each.number + 1:06d}",
        status=CaseStatus.PROTECTED, channel="本人", applicant_name=each.guardian, relation=each.relation,
        categories_claimed=[each.category], entrusted=False, received_at=at, accepted_on=day,
        statement="家庭生活困难,申请纳入困境儿童分类保障。(演示数据)",
    )  # fmt: skip
    sheet.add(
        decision, case_id=case_id, no=f"云困保演〔{each.decided_on.year}〕{each.number + 1}号",
        kind=DecisionKind.RECOGNISED, reason="", categories=[each.category], decided_on=each.decided_on,
        effective_month=month_after(each.decided_on), signed_by="杨帆", served_on=each.decided_on + timedelta(days=2),
        serve_mode="直接", appeal_text=APPEAL_TEXT, policy_profile="CURRENT", dmn_trace=[], created_at=decided,
    )  # fmt: skip
    for code in _papers(each):
        sheet.add(
            material, case_id=case_id, code=code, title=MATERIALS[code], source=SUBMITTED, original_seen=True,
            received_on=day, created_at=at, created_by=f"{_BY}{sheet.seed}",
        )  # fmt: skip
    return case_id


def _papers(each: Invented) -> tuple[str, ...]:
    own: Mapping[str, tuple[str, ...]] = {
        "C1": ("M10",),
        "C2": (REASON_PAPER[each.father.status],) if each.category == "C2" else (),
        "C3": ("M22",) if each.illness else ("M21",),
        "C4": ("M24", "M28"),
        "C5": ("M24", "M25", "M27"),
    }
    return ("M01", "M02", "M03", "M05", *own[each.category])


def _benefits(sheet: _Sheet, each: Invented, case_id: str) -> None:
    scheme, title, amount = _LIVING[each.category]
    items = [(scheme, title, "MZJ", HANDED_ON, amount), ("FAMILY_DOCTOR", "家庭医生签约", "WJJ", DIRECT, None)]
    if each.stage == "义务教育":
        items.append(("SANMIANYIBU", "三免一补", "JKT", DIRECT, None))
    done_on = each.decided_on + timedelta(days=10)
    for benefit, name, department, mode, monthly in items:
        sheet.add(
            benefit_item, case_id=case_id, child_id=_child_id(sheet, each), benefit=benefit, title=name,
            department=department, mode=mode, amount=monthly, start_month=month_after(each.decided_on),
            stop_month=month_after(each.left_on) if each.left_on else None, due_on=done_on,
            result="已转办" if mode == HANDED_ON else "已落实", done_on=done_on, ref_no=f"演示-{each.number + 1:06d}",
            created_at=each.applied_at,
        )  # fmt: skip
        sheet.add(case_department, case_id=case_id, department=department)


def _visit(sheet: _Sheet, each: Invented, at: datetime) -> None:
    """This year's third quarter: somebody was there and found all as it was."""
    case_id = _case(
        sheet, each, "visit", opened=at - timedelta(days=1), closed=at, status=CaseStatus.SUBMITTED, end="VISITED"
    )
    found = {"visit_at": at, "interviewee": each.guardian, "housing": "居住稳定", "guardianship": "正常"}
    sheet.add(
        visit, case_id=case_id, child_id=_child_id(sheet, each), kind="季度", found=found, changes=["无变化"],
        risk_found=False, by_name="村级儿童主任(演示)", at=at,
    )  # fmt: skip


def _exit(sheet: _Sheet, each: Invented) -> None:
    assert each.left_on is not None
    opened = datetime.combine(each.left_on, each.applied_at.timetz())
    case_id = _case(sheet, each, "exit", opened=opened, closed=opened, status=CaseStatus.LEFT, end="EXITED")
    ground, words = _GROUND[each.status]
    sheet.add(
        exit_case, case_id=case_id, child_id=_child_id(sheet, each), cause="退出情形核查", ground=ground,
        source="乡镇核查", fact_on=each.left_on, conclusion="应退出", reason=f"{words},经核查属实。(演示数据)",
        decision="退出", decided_reason="同意乡镇意见。", new_categories=[], stop_month=month_after(each.left_on),
    )  # fmt: skip
