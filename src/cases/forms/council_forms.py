"""Meetings that stand for themselves, a county's or a township's, and the plan's tasks outside case work (P_I, M15)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import select

from cases import case_files, meetings, plan_tasks
from cases.forms.filing import Apply, Filing, refuse
from cases.forms.opening import Opening
from cases.jurisdictions import COUNTY_DIGITS, TOWN_DIGITS, find_division, full_name, subtree
from cases.plan_tasks import KIND, PLAN_TASKS
from engine.access import covers
from engine.domain import CaseRef
from engine.errors import NotAllowed
from engine.store.user_task import user_task

TOWN = "乡镇"


def open_council(opening: Opening) -> CaseRef:
    """Open a meeting of the county, or of a township; by the day, after too many escalations.

    :raises SubmissionInvalid: a township's meeting without a township.
    :raises NotAllowed: somebody else's township, or the county's meeting by a township.
    """
    session, fields = opening.session, opening.fields
    town = str(fields.get("council_town") or "") if fields["council_level"] == TOWN else ""
    if fields["council_level"] == TOWN and (len(town) != TOWN_DIGITS or find_division(session, town) is None):
        raise refuse("council_town", "division", "请选择乡镇")
    place = town or subtree(session, digits=COUNTY_DIGITS)[0].code
    if not opening.actor.is_system and not any(covers(grant, place) for grant in opening.actor.grants):
        raise NotAllowed("只能发起本级、本辖区的会议")
    subject = f"{full_name(session, place)}:{fields['council_cause']}"
    facts = {"town_meeting": bool(town), "council_unit": town or None}
    return opening.open_named(subject, facts=facts, place=place)


def open_plan_tasks(opening: Opening) -> CaseRef:
    """Open a year's tasks, each with its usual owner and the year's last working day."""
    year = int(opening.fields["year"])
    due_on = plan_tasks.last_day(year, opening.calendar)
    told = "\n\n".join(f"{each.item}({each.dept}):{each.text}" for each in PLAN_TASKS)
    texts = [{"no": each.item, "text": each.text} for each in PLAN_TASKS]
    facts = {"plan_tasks_due": due_on, "plan_tasks_text": told, "plan_texts": texts}
    return opening.open_named(f"{year}年方案任务", facts=facts)


def hand_out(filing: Filing) -> Mapping[str, Any]:
    """Give each task to its owner; the convener may name others and other days.

    :raises SubmissionInvalid: a task changed twice, or due before today.
    """
    changes = [dict(row) for row in filing.value("changes") or ()]
    if len({row["task_name"] for row in changes}) < len(changes):
        raise refuse("changes", "twice", "同一任务只能调整一次")
    default = case_files.find_case(filing.session, filing.case_id)["facts"]["plan_tasks_due"]
    changed = {row["task_name"]: row for row in changes}
    handed = []
    for each in PLAN_TASKS:
        row = changed.get(each.item, {})
        dept, due_on = row.get("dept") or each.dept, row.get("due_on") or default
        if due_on < filing.day:
            raise refuse("changes", "due", f"“{each.item}”的期限不能早于今天")
        meetings.add_item(
            filing.session,
            filing.case_id,
            kind=KIND,
            item_text=f"{each.item}:{each.text}",
            dept=dept,
            due_on=due_on,
            now=filing.now,
            origin=f"plan:{filing.case_id}:{each.item}",
        )
        handed.append({"item": each.item, "dept": dept, "due_on": due_on})
    case_files.involve(filing.session, filing.case_id, [each["dept"] for each in handed])
    return {"plan_items": handed}


def carried_out(filing: Filing) -> Mapping[str, Any]:
    """Enter what the owner did. Which task it is stands in the task's own row."""
    item = filing.session.scalar(select(user_task.c.instance_key).where(user_task.c.id == filing.submitted.task_id))
    meetings.finish_item(filing.session, f"plan:{filing.case_id}:{item}", result=filing.text("action_result"))
    return {}


COUNCIL_FORMS: Mapping[str, Apply] = MappingProxyType({"i_ut_tasks_confirm": hand_out, "i_ut_plan_task": carried_out})
