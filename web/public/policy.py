"""保障政策 for whoever has no log-in: who is protected, what one gets, papers, steps and periods, where to go, how to
object, to report and to appeal. Every figure comes from what is in force: the county's standards and parameters,
the published decision tables and diagrams, the list of materials, the statutory periods.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from cases import benefits, offices, policy_awards
from cases.decisions import LAWSUIT_MONTHS, REVIEW_DAYS
from cases.identity import CATEGORIES
from cases.jurisdictions import COUNTY_DIGITS, TOWN_DIGITS, VILLAGE_DIGITS
from cases.materials import MATERIALS, REASON_PAPER, Claim, required
from cases.parameters import parameters
from cases.standards import NAMES
from engine.calendar import county_day
from web import report_questions, taskforms
from web.public import policy_steps
from web.public.filing import KEY_OF_REPORT
from web.public.policy_steps import APPLICATION
from web.routes import Access, page
from web.transaction import Visit

pages = Blueprint("policy", __name__, url_prefix="/public/policy")

_EXIT, _OBJECTION = "exit", "objection"
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


def _told(visit: Visit, template: str, **facts: Any) -> str:
    return render_template(
        template, county=parameters(visit.session), today=county_day(visit.now), categories=CATEGORIES, **facts
    )


@page(pages, "", access=Access.OUTSIDE)
def awards(visit: Visit) -> ResponseReturnValue:
    """Who is protected, and what one gets today."""
    _id, spec = policy_steps.spec_of(visit, APPLICATION)
    _id, leaving = policy_steps.spec_of(visit, _EXIT)
    today, profile = county_day(visit.now), parameters(visit.session).policy_profile
    in_force = benefits.standards_on(visit.session, today)
    return _told(
        visit,
        "policy.html",
        who=WHO,
        living={code: policy_awards.living_of(spec.decisions, code, profile) for code in WHO},
        premium={code: policy_awards.premium_of(spec.decisions, code) for code in WHO},
        medical=policy_awards.medical_of(spec.decisions),
        education=policy_awards.education_of(spec.decisions),
        stages=policy_awards.stages_kept(leaving.decisions, profile),
        standards=[(key, name, in_force.get(key)) for key, name in NAMES.items()],
        amounts={key: row["monthly_amount"] for key, row in in_force.items()},
    )


@page(pages, "/apply", access=Access.OUTSIDE)
def applying(visit: Visit) -> ResponseReturnValue:
    """Papers, steps with their periods, objection and appeal."""
    _id, spec = policy_steps.spec_of(visit, APPLICATION)
    profile = parameters(visit.session).policy_profile
    boards = {code: policy_awards.board_of(spec.decisions, code, profile) for code in WHO}
    today = county_day(visit.now)
    verify = policy_steps.days_of(visit, APPLICATION, step="b_ut_visit")
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
        steps=policy_steps.steps_of(visit, boards),
        sample=visit.env.calendar.add_workdays(today, verify).end if verify else None,
        verify=verify,
        objection_days=policy_steps.days_of(visit, _OBJECTION, name="investigate_due"),
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


@page(pages, "/report", access=Access.OUTSIDE)
def reporting(visit: Visit) -> ResponseReturnValue:
    """Who must report, what, how, and what happens then."""
    version_id, spec = policy_steps.spec_of(visit, KEY_OF_REPORT)
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
