"""The forms of the survey (P_A): plan, households, signatures, checks, the county's sum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

from cases import case_files, survey_drafts, surveys
from cases.forms import risk_report
from cases.forms.filing import Apply, Filing, as_list, at_risk, refuse
from cases.forms.opening import Opening
from cases.jurisdictions import TOWN_DIGITS, VILLAGE_DIGITS, county_of, subtree, town_of
from cases.survey_rules import check_households
from cases.surveys import RETURNED, SIGNED
from engine.domain import CaseRef
from engine.store.session import Session

_OF_A_HOUSEHOLD = frozenset({"household_no", "head_name", "address"})


def open_survey(opening: Opening) -> CaseRef:
    """Open a campaign over the chosen townships and all their villages.

    :raises SubmissionInvalid: a township that is not in the tree.
    """
    session, fields = opening.session, opening.fields
    towns = as_list(fields["scope_towns"])
    known = {each.code for each in subtree(session, digits=TOWN_DIGITS)}
    if not towns or not set(towns) <= known:
        raise refuse("scope_towns", "division", "请选择摸底的乡镇")
    villages = [each.code for each in subtree(session, digits=VILLAGE_DIGITS) if town_of(each.code) in towns]
    opened = opening.open_named(
        str(fields["campaign_name"]),
        facts=asdict(surveys.dates_of(fields["deadline"], opening.calendar)),
        place=county_of(towns[0]),
    )
    surveys.enter_campaign(
        session,
        opened.case_id,
        name=str(fields["campaign_name"]),
        year=int(fields["year"]),
        deadline=fields["deadline"],
        note=str(fields.get("note") or ""),
        places=[*towns, *villages],
    )
    _bring_up_to_date(session, opened.case_id)
    return opened


def _bring_up_to_date(session: Session, case_id: str) -> None:
    """The facts name who is still at work."""
    case_files.add_facts(session, case_id, surveys.facts(session, case_id))


def household(filing: Filing) -> Mapping[str, Any]:
    """Enter a village's households and their children.

    :raises SubmissionInvalid: a child without a household or without id number and reason, or listed twice.
    """
    place = filing.submitted.place
    children = [dict(child) for child in filing.value("children") or ()]
    rows = [dict(row) for row in filing.value("households") or ()]
    check_households(rows, children, surveys.listed_elsewhere(filing.session, filing.case_id, place))
    listed = [
        {
            **{name: row[name] for name in _OF_A_HOUSEHOLD},
            "found": {name: value for name, value in row.items() if name not in _OF_A_HOUSEHOLD},
            "children": [child for child in children if child["household_no"] == row["household_no"]],
        }
        for row in rows
    ]
    surveys.replace_households(filing.session, filing.case_id, place, listed, by_name=filing.actor.name, now=filing.now)
    survey_drafts.clear(filing.session, filing.submitted.task_id)
    return {
        "risk": any(at_risk(row) for row in rows),
        "assist": any(child.get("wish_apply") == "需协助" for child in children),
    }


def reported(filing: Filing) -> Mapping[str, Any]:
    """The report of the child at risk was made.

    :raises SubmissionInvalid: there is no report of that number.
    """
    risk_report.require_known(filing, filing.text("report_no"), "report_no")
    return {}


def village_sign(filing: Filing) -> Mapping[str, Any]:
    """The village's head signs.

    :raises SubmissionInvalid: numbers that the list does not bear out.
    """
    place = filing.submitted.place
    counted = surveys.numbers(filing.session, filing.case_id, place)
    said = (int(filing.value("count_households") or 0), int(filing.value("count_children") or 0))
    if said[0] != counted[0]:
        raise refuse("count_households", "count", f"登记的走访户数为 {counted[0]},请核对")
    if said[1] != counted[1]:
        raise refuse("count_children", "count", f"登记的儿童数为 {counted[1]},请核对")
    _sign(filing, place, zero_report=filing.flag("zero_report"))
    return {}


def _sign(filing: Filing, place: str, **more: object) -> None:
    surveys.set_place(
        filing.session,
        filing.case_id,
        place,
        status=SIGNED,
        signed_at=filing.now,
        signed_by=filing.actor.name,
        **more,
    )
    _bring_up_to_date(filing.session, filing.case_id)


def town_check(filing: Filing) -> Mapping[str, Any]:
    """The township checks, or sends villages back.

    :raises SubmissionInvalid: sent back without a village of its own, or without a reason.
    """
    verdict, town = filing.text("check"), filing.submitted.place
    if verdict == "退回":
        chosen = [place for place in filing.chosen("return_villages") if town_of(place) == town]
        _send_back(filing, chosen, "return_villages", "请选择本乡镇要退回的村(居)")
    return {"check": verdict}


def town_sign(filing: Filing) -> Mapping[str, Any]:
    """The township's head signs.

    :raises SubmissionInvalid: villages of it have not signed.
    """
    left = surveys.villages_open(filing.session, filing.case_id, filing.submitted.place)
    if left:
        raise refuse("sealed_doc", "villages", f"还有 {left} 个村(居)没有签章")
    _sign(filing, filing.submitted.place)
    return {}


def county_sum(filing: Filing) -> Mapping[str, Any]:
    """The county adds up, or sends townships back with all their villages kept as they are.

    :raises SubmissionInvalid: sent back without a township or a reason.
    """
    result = filing.text("result")
    if result == "退回":
        _send_back(filing, list(filing.chosen("return_towns")), "return_towns", "请选择要退回的乡镇")
    else:
        surveys.complete(filing.session, filing.case_id, now=filing.now)
    return {"result": result}


def _send_back(filing: Filing, chosen: list[str], field: str, message: str) -> None:
    if not chosen:
        raise refuse(field, "required", message)
    if not filing.text("return_reason"):
        raise refuse("return_reason", "required", "请说明退回理由")
    for place in chosen:
        reason = filing.text("return_reason")
        surveys.set_place(filing.session, filing.case_id, place, status=RETURNED, return_reason=reason)
    _bring_up_to_date(filing.session, filing.case_id)


SURVEY_FORMS: Mapping[str, Apply] = MappingProxyType(
    {
        "a_ut_household": household,
        "a_ut_risk": reported,
        "a_ut_village_sign": village_sign,
        "a_ut_town_check": town_check,
        "a_ut_town_sign": town_sign,
        "a_ut_county_sum": county_sum,
    }
)
