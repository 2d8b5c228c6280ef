"""The steps of an application as the public reads them, each with the period that the diagram in force gives it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cases import policy_periods
from cases.handlers.supplement_notice import DAYS_TO_SUPPLEMENT
from cases.policy_awards import Board
from engine.errors import NotFound
from engine.runtime import ProcessSpec
from engine.store import process_version
from web.transaction import Visit

APPLICATION = "application"
_BENEFIT, _REVIEW = "benefit", "review"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of the way and how long it may take."""

    who: str
    what: str
    workdays: int | None = None
    days: int | None = None
    source: str = ""  #: the rule, where a law sets the period


def spec_of(visit: Visit, key: str) -> tuple[str, ProcessSpec]:
    """The version in force of a process, and what it says.

    :raises NotFound: the county has published none.
    """
    version = process_version.latest(visit.session, key)
    if version is None:
        raise NotFound("县里还没有发布这项业务的流程,请向县民政局咨询")
    return version.id, visit.env.specs.get(version.id, lambda wanted: visit.env.library.bundle(visit.session, wanted))


def days_of(visit: Visit, key: str, *, process: str | None = None, step: str = "", name: str = "") -> int | None:
    """The working days that the diagram in force gives a step, or a name of its scripts."""
    version_id, _spec = spec_of(visit, key)
    drawn = visit.env.library.bundle(visit.session, version_id).process_of(process or key)
    if drawn is None:
        return None
    return policy_periods.days_of_step(drawn, step) if step else policy_periods.days_of_name(drawn, name)


def steps_of(visit: Visit, boards: Mapping[str, Board]) -> Sequence[Step]:
    """The way of an application, from the village to the first payment."""

    def days(step: str) -> int | None:
        return days_of(visit, APPLICATION, step=step)

    hung = [each for each in boards.values() if each.workdays]
    workdays, least = (max(each.workdays for each in hung), max(each.days for each in hung)) if hung else (None, None)
    county = days_of(visit, APPLICATION, process=_REVIEW, name="clock_wd")
    delivered = days_of(visit, APPLICATION, process=_BENEFIT, step="e_ut_deliver")
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
