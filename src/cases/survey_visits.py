"""Registering a village's households one by one, each when the network allows (4(a) steps 3 and 4; DL-01).

A device sends every household by itself, with the version it changed and a key; a repetition changes nothing, and two
devices that changed the same household are told of each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cases import files, reports, survey_drafts, surveys
from cases.forms.filing import NO_GUARDIANSHIP, at_risk
from cases.seeing import read_case
from cases.survey_drafts import DraftHousehold
from cases.survey_rules import check_households
from engine.access import Actor
from engine.commands.form_checking import checked
from engine.commands.start_process import start_process
from engine.commands.tasking import locked_task, require_not_held_by_other, require_open, require_right
from engine.environment import Environment
from engine.errors import Conflict, FieldProblem, NotFound, SubmissionInvalid
from engine.queries.task import TaskView, task
from engine.store.session import Session
from engine.store.user_task import TaskStatus

FORM = "a_ut_household"
#: What a visit that found a risk says in the report, where the officer did not say more (`h_ut_report`).
NEGLECT, OTHER_DANGER = "不履行监护责任", "S9"
LONGEST_KEY = 80
#: So many photographs of one household; a village's form takes them all.
MOST_PHOTOS = 9
#: Why the households of a task were read, as the audit says it.
PURPOSE = "逐户走访登记"


class HouseholdChanged(Conflict):
    """Somebody else changed the household, or gave its number to another one."""

    def __init__(self, theirs: DraftHousehold) -> None:
        super().__init__(f"户编号 {theirs.household_no} 已由 {theirs.by_name} 在别处修改")
        self.theirs = theirs


@dataclass(frozen=True, kw_only=True)
class SentHousehold:
    """What a device sends."""

    id: str
    base: int  #: the version that was changed; 0: a new household
    keys: Sequence[str]  #: of all changes since `base` that may have reached the server; the last one is this change's
    household: Mapping[str, Any]
    children: Sequence[Mapping[str, Any]]
    photos: Sequence[str] = ()  #: ids of files that were uploaded before


def village_task(session: Session, task_id: str, *, actor: Actor) -> TaskView:
    """The task of registering a village's households.

    :raises NotFound: it is another task.
    :raises NotAllowed: see `engine.queries.task`.
    """
    view = task(session, actor, task_id)
    if view.form != FORM:
        raise NotFound("这项待办不是逐户走访登记")
    return view


def registered(session: Session, task_id: str, *, actor: Actor) -> tuple[DraftHousehold, ...]:
    """The households that were registered for an open task; none once it is done.

    :raises NotFound, NotAllowed: see `village_task`.
    """
    village_task(session, task_id, actor=actor)
    return survey_drafts.drafts_of(session, task_id)


def read_registered(session: Session, task_id: str, *, actor: Actor, now: datetime) -> tuple[DraftHousehold, ...]:
    """The same for a device that asks for them; the reading is noted with its purpose, in this transaction.

    :raises NotFound, NotAllowed: see `village_task`.
    """
    view = village_task(session, task_id, actor=actor)
    found = survey_drafts.drafts_of(session, task_id)
    if found and view.case_id:
        read_case(session, actor, view.case_id, purpose=PURPOSE, now=now)
    return found


def stamp_of(drafts: Sequence[DraftHousehold]) -> str:
    """What changes whenever one of the households does."""
    return ",".join(f"{each.id}:{each.version}" for each in sorted(drafts, key=lambda each: each.id))


def require_unchanged(session: Session, task_id: str, stamp: str, *, actor: Actor) -> None:
    """Raise `Conflict` when a household was registered or changed since the form was drawn: submitting the form would
    lose it. Other tasks have no households and pass."""
    locked = locked_task(session, task_id)
    require_right(actor, locked)
    if locked.task_status == TaskStatus.OPEN and stamp_of(survey_drafts.drafts_of(session, task_id)) != stamp:
        raise Conflict("打开本表后又同步了新的走访登记,请刷新本页,核对后再提交")


def register_household(
    session: Session, env: Environment, task_id: str, sent: SentHousehold, *, actor: Actor, now: datetime
) -> DraftHousehold:
    """Enter or change one household; a child at risk is reported in the same transaction. A repetition of the same
    key answers the same and changes nothing.

    :raises HouseholdChanged: another version stands there.
    :raises SubmissionInvalid: a rule of the form, or of the village's list; fields as `household.x`, `children[0].x`.
    :raises NotFound, NotAllowed, TaskAlreadyClosed, TaskClaimedByOther: as for completing the task.
    """
    found = locked_task(session, task_id)
    require_right(actor, found)
    if found.form != FORM:
        raise NotFound("这项待办不是逐户走访登记")
    require_open(found)
    require_not_held_by_other(actor, found)
    _require_keys(sent)
    drafts = survey_drafts.drafts_of(session, task_id)
    old = next((each for each in drafts if each.id == sent.id), None)
    if old is not None and old.last_key == sent.keys[-1]:
        return old
    _require_current(sent, old)
    household, children = _checked(session, env, found, sent, now)
    others = [each for each in drafts if each.id != sent.id]
    _require_own_number(household, others)
    listed = surveys.listed_elsewhere(session, found.case_id, found.task_place)
    there = {child["idcard"] for each in others for child in each.children if child.get("idcard")}
    check_households([household], children, there | set(listed))
    made = DraftHousehold(
        id=sent.id,
        version=old.version + 1 if old else 1,
        last_key=sent.keys[-1],
        household=household,
        children=children,
        report_no=old.report_no if old else None,
        by_name=actor.name,
        at=now,
        photos=_photos(session, found.case_id, sent, actor),
    )
    if at_risk(household) and made.report_no is None:
        made = replace(made, report_no=_report(session, env, found, made, actor, now))
    values = {name: getattr(made, name) for name in DraftHousehold.__dataclass_fields__ if name != "id"}
    survey_drafts.enter(
        session, task_id, sent.id, is_new=old is None, household_no=made.household_no, by_id=actor.id, **values
    )
    return made


def _require_keys(sent: SentHousehold) -> None:
    named = [sent.id, *sent.keys]
    if not sent.keys or any(not 8 <= len(each) <= LONGEST_KEY for each in named) or len(sent.id) > 40:
        problem = FieldProblem(field="", rule="key", message="登记没有编号,请刷新本页后再同步")
        raise SubmissionInvalid([problem])


def _require_current(sent: SentHousehold, old: DraftHousehold | None) -> None:
    """The version on the server is the one that was changed, or came from this device by an answer that was lost."""
    if old is not None and old.version != sent.base and old.last_key not in sent.keys:
        raise HouseholdChanged(old)


def _require_own_number(household: Mapping[str, Any], others: Sequence[DraftHousehold]) -> None:
    taken = next((each for each in others if each.household_no == household["household_no"]), None)
    if taken is not None:
        raise HouseholdChanged(taken)


def _photos(session: Session, case_id: str, sent: SentHousehold, actor: Actor) -> list[str]:
    """The photographs, bound to the survey's case.

    :raises SubmissionInvalid: too many, or one that this person neither uploaded nor sees.
    """
    ids = list(dict.fromkeys(sent.photos))
    if len(ids) > MOST_PHOTOS:
        message = f"每户最多 {MOST_PHOTOS} 张照片,现有 {len(ids)} 张,请删去几张"
        raise SubmissionInvalid([FieldProblem(field="photos", rule="max", message=message)])
    if set(files.names_of(session, ids, actor=actor)) != set(ids):
        message = "有照片没有传到,请删去后重新拍摄或选择"
        raise SubmissionInvalid([FieldProblem(field="photos", rule="known", message=message)])
    files.attach(session, ids, case_id=case_id, actor=actor)
    return ids


def _checked(
    session: Session, env: Environment, found: Any, sent: SentHousehold, now: datetime
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The clean fields by the form's own rules, as if the household stood alone in the form."""
    number = sent.household.get("household_no")
    children = [{**child, "household_no": number} for child in sent.children]
    form = env.library.form(session, found.version_id, found.element_process, found.form)
    fields = {"households": [dict(sent.household)], "children": children}
    try:
        clean = checked(session, env, form, fields, case_id=found.case_id, now=now)
    except SubmissionInvalid as refused:
        raise SubmissionInvalid(
            [replace(each, field=each.field.removeprefix("households[0].")) for each in refused.problems]
        ) from refused
    return dict(clean["households"][0]), [dict(child) for child in clean.get("children") or ()]


def _report(
    session: Session, env: Environment, found: Any, draft: DraftHousehold, actor: Actor, now: datetime
) -> str | None:
    """Begin the report of a child at risk (P_H) and return its number. None where the county runs no such process: the
    page asks for the report by telephone in any case."""
    household = draft.household
    names = "、".join(str(child["name"]) for child in draft.children)
    neglected = household.get("guardianship") in NO_GUARDIANSHIP
    only = draft.children[0] if len(draft.children) == 1 else {}
    told = (
        f"摸底走访登记时发现。户编号{household['household_no']},户主{household['head_name']};"
        f"儿童:{names or '未登记'};监护情况:{household['guardianship']};居住情况:{household['housing']}"
    )
    fields = {
        "found_at": _as_sent(household["visit_at"]),
        "division": found.task_place,
        "place": household["address"],
        "child_name": only.get("name"),
        "child_idcard": only.get("idcard"),
        "situations": [NEGLECT] * neglected + [OTHER_DANGER] * (household.get("risk_found") is True),
        "injuries": told[:1000],
        "mandatory": True,
        "reported_to_police": False,
        "reporter_name": actor.name[:20],
        "reporter_unit": actor.unit[:60],
    }
    try:
        started = start_process(
            session,
            env,
            "report",
            fields={name: value for name, value in fields.items() if value not in (None, "", [])},
            actor=actor,
            now=now,
            idempotency_key=f"survey:{found.task_id}:{draft.id}",
            place=found.task_place,
        )
    except NotFound:
        return None
    return str(reports.find_report(session, started.case_id or "")["report_no"])


def _as_sent(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
