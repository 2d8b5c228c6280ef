"""Give departments what a meeting or an instruction decided, and take what they did about it (P_I 5, P_J 6).

Each item is a row. Where the diagram holds a task for each, the task's form finds its item's words among the case's
facts by the item's number, which is the task's key; of a case about a child each item becomes a case of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from cases import case_files, meetings
from cases.forms.filing import Filing, refuse
from cases.naming import names_the_child
from engine.store.user_task import user_task


def hand_out(filing: Filing, *, kind: str) -> list[Mapping[str, Any]]:
    """Enter the items of the form's list `actions`; returns what the diagram needs of each.

    :raises SubmissionInvalid: an item that is due before today, or that names the child.
    """
    items: list[Mapping[str, Any]] = []
    for row in filing.value("actions") or ():
        text, measure = str(row["item_text"]), str(row.get("measure") or "")
        if row["due_on"] < filing.day:
            raise refuse("actions", "due", "交办事项的期限不能早于今天")
        if names_the_child(filing.session, filing.case_id, f"{text} {measure}"):
            raise refuse("actions", "coded", "交办事项不写儿童姓名和身份证号,请改用代号")
        number = meetings.add_item(
            filing.session,
            filing.case_id,
            kind=kind,
            item_text=text,
            dept=str(row["dept"]),
            due_on=row["due_on"],
            measure=measure or None,
            now=filing.now,
        )
        items.append({"item": str(number), "dept": row["dept"], "due_on": row["due_on"]})
    _tell(filing, items)
    return items


def _tell(filing: Filing, items: list[Mapping[str, Any]]) -> None:
    """The forms of the items' tasks show the words; who has an item sees the case. A child's case is opened to nobody
    by an item, and its diagram holds no task for it."""
    if not items or case_files.find_case(filing.session, filing.case_id)["kind"] not in meetings.HANDED_OUT:
        return
    told = [
        {"no": str(row["id"]), "text": row["item_text"], "measure": row["measure"] or ""}
        for row in meetings.items_of(filing.session, filing.case_id)
    ]
    case_files.add_facts(filing.session, filing.case_id, {"item_texts": told})
    case_files.involve(filing.session, filing.case_id, [str(each["dept"]) for each in items])


def carried_out(filing: Filing) -> Mapping[str, Any]:
    """Enter what the department did. Which item it is stands in the task's own row; tasks that were opened before items
    had numbers there keep theirs open."""
    key = filing.session.scalar(select(user_task.c.instance_key).where(user_task.c.id == filing.submitted.task_id))
    if key is not None and str(key).isdecimal():
        meetings.finish_numbered(filing.session, int(key), result=filing.text("action_result"))
    return {}
