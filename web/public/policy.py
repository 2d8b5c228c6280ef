"""保障政策 for whoever has no log-in: who is protected, what one gets, papers, steps and periods, where to go, how to
object, to report and to appeal. Every figure comes from what is in force: the county's standards and parameters,
the published decision tables and diagrams, the list of materials, the statutory periods.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from cases import benefits, offices, policy_awards, policy_periods
from cases.county import County
from cases.decisions import LAWSUIT_MONTHS, REVIEW_DAYS
from cases.handlers.supplement_notice import DAYS_TO_SUPPLEMENT
from cases.identity import CATEGORIES
from cases.jurisdictions import COUNTY_DIGITS, TOWN_DIGITS, VILLAGE_DIGITS
from cases.materials import MATERIALS, REASON_PAPER, Claim, required
from cases.parameters import parameters
from cases.standards import NAMES
from engine.calendar import county_day
from engine.errors import NotFound
from engine.runtime import ProcessSpec
from engine.store import process_version
from web import report_questions, taskforms
from web.public.filing import KEY_OF_REPORT
from web.routes import Access, page
from web.transaction import Visit

pages = Blueprint("policy", __name__, url_prefix="/public/policy")

_APPLICATION, _EXIT, _OBJECTION, _BENEFIT, _REVIEW = "application", "exit", "objection", "benefit", "review"
_BASE = required(Claim(categories=frozenset()))

#: Who is meant, in plain words; of C2 and of children whose health is secret no more than that (domain.md 6.2, M2).
WHO: Mapping[str, str] = MappingProxyType(
    {
        "C1": "父母都已去世,或者查找不到生父母的孩子。",
        "C2": "父母在世,但因各种原因都没有能力或者没有办法抚养、监护的孩子。",
        "C3": "残疾等级为一级、二级的孩子,或者患重病、自己负担的医疗费达到大病保险起付标准的孩子。",
        "C4": "没有劳动能力、没有生活来源,法定抚养人也没有抚养能力的孩子。",
        "C5": "低保家庭或者防止返贫监测对象家庭中,看病、上学有困难的孩子。",
        "CX": "受到监护人侵害、被拐卖后解救、流浪,或者家中突遭变故的孩子。",
    }
)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of the way and how long it may take."""

    who: str
    what: str
    workdays: int | None = None
    days: int | None = None
    source: str = ""  #: the rule, where a law sets the period


def _spec(visit: Visit, key: str) -> tuple[str, ProcessSpec]:
    version = process_version.latest(visit.session, key)
    if version is None:
        raise NotFound("县里还没有发布这项业务的流程,请向县民政局咨询")
    return version.id, visit.env.specs.get(version.id, lambda wanted: visit.env.library.bundle(visit.session, wanted))


def _days(visit: Visit, key: str, *, process: str | None = None, step: str = "", name: str = "") -> int | None:
    """The working days that the diagram in force gives a step, or a name of its scripts."""
    version_id, _spec_of = _spec(visit, key)
    drawn = visit.env.library.bundle(visit.session, version_id).process_of(process or key)
    if drawn is None:
        return None
    return policy_periods.days_of_step(drawn, step) if step else policy_periods.days_of_name(drawn, name)


def _told(visit: Visit, template: str, **facts: Any) -> str:
    return render_template(
        template, county=parameters(visit.session), today=county_day(visit.now), categories=CATEGORIES, **facts
    )


@page(pages, "", access=Access.OUTSIDE)
def awards(visit: Visit) -> ResponseReturnValue:
    """Who is protected, and what one gets today."""
    _id, spec = _spec(visit, _APPLICATION)
    _id, leaving = _spec(visit, _EXIT)
    today = county_day(visit.now)
    in_force = benefits.standards_on(visit.session, today)
    return _told(
        visit,
        "policy.html",
        who=WHO,
        living={code: policy_awards.living_of(spec.decisions, code, County.profile) for code in WHO},
        premium={code: policy_awards.premium_of(spec.decisions, code) for code in WHO},
        medical=policy_awards.medical_of(spec.decisions),
        education=policy_awards.education_of(spec.decisions),
        stages=policy_awards.stages_kept(leaving.decisions, County.profile),
        standards=[(key, name, in_force.get(key)) for key, name in NAMES.items()],
        amounts={key: row["monthly_amount"] for key, row in in_force.items()},
    )


@page(pages, "/apply", access=Access.OUTSIDE)
def applying(visit: Visit) -> ResponseReturnValue:
    """Papers, steps with their periods, objection and appeal."""
    _id, spec = _spec(visit, _APPLICATION)
    boards = {code: policy_awards.board_of(spec.decisions, code, County.profile) for code in WHO}
    today = county_day(visit.now)
    verify = _days(visit, _APPLICATION, step="b_ut_visit")
    return _told(
        visit,
        "policy_apply.html",
        base=_BASE,
        papers=_papers(),
        later=("M04", "M07", "M08"),
        entrusted="M06",
        school="M26",
        titles=MATERIALS,
        boards=boards,
        steps=_steps(visit, boards),
        sample=visit.env.calendar.add_workdays(today, verify).end if verify else None,
        verify=verify,
        objection_days=_days(visit, _OBJECTION, name="investigate_due"),
        review_days=REVIEW_DAYS,
        lawsuit_months=LAWSUIT_MONTHS,
    )


def _papers() -> Mapping[str, Sequence[Sequence[str]]]:
    """What each category needs beside everybody's papers: groups of codes of which one is enough."""
    told: dict[str, list[Sequence[str]]] = {}
    for code in CATEGORIES:
        groups = required(Claim(categories=frozenset({code})))
        told[code] = [sorted(group) for group in groups if group not in _BASE]
    told["C2"] = [sorted(set(REASON_PAPER.values()))]
    return told


def _steps(visit: Visit, boards: Mapping[str, policy_awards.Board]) -> Sequence[Step]:
    def days(step: str) -> int | None:
        return _days(visit, _APPLICATION, step=step)

    hung = [each for each in boards.values() if each.workdays]
    workdays, least = (max(each.workdays for each in hung), max(each.days for each in hung)) if hung else (None, None)
    county = _days(visit, _APPLICATION, process=_REVIEW, name="clock_wd")
    delivered = _days(visit, _APPLICATION, process=_BENEFIT, step="e_ut_deliver")
    return (
        Step(who="村(居)委会", what="受委托的,把申请材料转交乡镇", workdays=days("b_ut_village_forward")),
        Step(who="乡镇人民政府", what="查看材料是否齐全,缺什么一次告知", workdays=days("b_ut_formal_check")),
        Step(who="申请人", what="补齐材料;到期没有补齐的,退回材料,可以重新申请", days=DAYS_TO_SUPPLEMENT),
        Step(who="乡镇人民政府", what="上门核查,提出核查意见", workdays=days("b_ut_visit"), source="县实施方案"),
        Step(
            who="乡镇和村(居)", what="需要公示的,张贴公示(见下表)", workdays=workdays, days=least, source="县实施方案"
        ),
        Step(who="乡镇人民政府", what="公示期满无异议的,报县", workdays=days("b_ut_forward")),
        Step(who="县民政局和有关部门", what="提出审批意见", workdays=county, source="县实施方案"),
        Step(who="乡镇人民政府", what="把决定送达申请人", workdays=days("b_ut_serve")),
        Step(who="有关部门", what="落实各项待遇,生活费从决定的次月起发放", workdays=delivered),
        Step(who="乡镇人民政府", what="不符合条件的,退回材料并书面说明理由", workdays=days("b_ut_return")),
    )


@page(pages, "/report", access=Access.OUTSIDE)
def reporting(visit: Visit) -> ResponseReturnValue:
    """Who must report, what, how, and what happens then."""
    version_id, spec = _spec(visit, KEY_OF_REPORT)
    schema = taskforms.schema_of(visit, version_id, KEY_OF_REPORT, spec.start_form or "", everywhere=True)
    return _told(
        visit,
        "policy_report.html",
        situations=report_questions.situations_of(schema),
        minutes=policy_awards.minutes_by_danger(spec.decisions),
    )


@page(pages, "/offices", access=Access.OUTSIDE)
def where(visit: Visit) -> ResponseReturnValue:
    """Where to go: the county, its townships and villages."""
    known = offices.offices(visit.session)
    by_town = [
        (town, [each for each in known if len(each.code) == VILLAGE_DIGITS and each.code.startswith(town.code)])
        for town in known
        if len(town.code) == TOWN_DIGITS
    ]
    return _told(
        visit,
        "policy_offices.html",
        bureau=[each for each in known if len(each.code) == COUNTY_DIGITS],
        towns=by_town,
    )
