"""What a told story expects, checked against the database. Each check returns what differs, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import RowMapping, Table, func, select

from cases.applications import application
from engine.calendar import county_minute
from engine.clock import COUNTY_ZONE
from engine.environment import Environment
from engine.runtime.inspection import live_variables
from engine.store import metadata
from engine.store.instance import instance
from engine.store.job import JobStatus, job
from engine.store.session import Session
from engine.store.submission import submission
from engine.store.user_task import TaskStatus, user_task

#: The start form is a human task too.
_START_FORM = 1


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Where a story stands: the instance that the steps are about."""

    session: Session
    env: Environment
    instance_id: str
    case_id: str


Check = Callable[[Scene, Mapping[str, Any]], Iterable[str]]


def differences(scene: Scene, expected: Mapping[str, Any]) -> tuple[str, ...]:
    """All that is not as expected; empty when the story holds. An expectation that asks nothing known is one too."""
    asked = [key for key in CHECKS if key in expected]
    if not asked:
        return (f"不认识的期望: {', '.join(expected)}",)
    return tuple(problem for key in asked for problem in CHECKS[key](scene, expected))


def open_tasks(session: Session, instance_id: str, element_id: str | None = None) -> Sequence[Any]:
    """The instance's open tasks, or those of one element, in the order in which they opened."""
    query = select(user_task).where(user_task.c.instance_id == instance_id, user_task.c.status == TaskStatus.OPEN)
    if element_id is not None:
        query = query.where(user_task.c.element_id == element_id)
    return session.execute(query.order_by(user_task.c.opened_at, user_task.c.id)).all()


def _task(scene: Scene, expected: Mapping[str, Any]) -> Iterator[str]:
    element = expected["task"]
    rows = open_tasks(scene.session, scene.instance_id, element)
    wanted = expected.get("departments")
    if "department" in expected:
        rows = [row for row in rows if row.department == expected["department"]]
    if "place" in expected:
        rows = [row for row in rows if row.place == expected["place"]]
    if wanted is not None:
        found = sorted(row.department or "" for row in rows)
        if found != sorted(wanted):
            yield f"任务 {element} 应向 {sorted(wanted)} 打开,实际 {found}"
    elif len(rows) != 1:
        present = [row.element_id for row in open_tasks(scene.session, scene.instance_id)]
        yield f"任务 {element} 应恰有一件,实际 {len(rows)} 件(现有: {present})"
    for row in rows:
        for key in ("role", "place"):
            if key in expected and getattr(row, key) != expected[key]:
                yield f"任务 {element} 的 {key} 应为 {expected[key]},实际 {getattr(row, key)}"
        if "due" in expected and row.due_at != expected["due"]:
            shown = county_minute(row.due_at) if row.due_at else "无"
            reason = (row.due_derivation or {}).get("text", "")
            yield f"任务 {element} 的时限应为 {county_minute(expected['due'])},实际 {shown} {reason}"


def _no_task(scene: Scene, expected: Mapping[str, Any]) -> Iterator[str]:
    rows = open_tasks(scene.session, scene.instance_id, expected["no_task"])
    if "department" in expected:
        rows = [row for row in rows if row.department == expected["department"]]
    if rows:
        yield f"不应有任务 {expected['no_task']},实际 {len(rows)} 件"


def _timer(scene: Scene, expected: Mapping[str, Any]) -> Iterator[str]:
    rows = scene.session.execute(
        select(job.c.due_at).where(
            job.c.instance_id == scene.instance_id,
            job.c.element_id == expected["timer"],
            job.c.kind == "timer",
            job.c.status == JobStatus.PENDING,
        )
    ).all()
    if not rows:
        yield f"没有等待中的定时器 {expected['timer']}"
    for (due_at,) in rows:
        if "due" in expected and due_at != expected["due"]:
            yield f"定时器 {expected['timer']} 应于 {county_minute(expected['due'])},实际 {county_minute(due_at)}"


def _variables(scene: Scene, expected: Mapping[str, Any]) -> Iterator[str]:
    row = scene.session.execute(
        select(instance.c.version_id, instance.c.state).where(instance.c.id == scene.instance_id)
    ).one()
    spec = scene.env.specs.get(row.version_id)
    actual = live_variables(spec, row.state)
    for name, value in expected["variables"].items():
        if not same(actual.get(name), value):
            yield f"变量 {name} 应为 {value},实际 {actual.get(name)}"


def _state(scene: Scene, expected: Mapping[str, Any]) -> Iterator[str]:
    row = scene.session.execute(
        select(instance.c.status, instance.c.end_event).where(instance.c.id == scene.instance_id)
    ).one()
    if row.end_event != expected["state"]:
        yield f"应已在 {expected['state']} 结束,实际 {row.status} {row.end_event or ''}"


def _status(scene: Scene, expected: Mapping[str, Any]) -> Iterator[str]:
    actual = scene.session.scalar(select(application.c.status).where(application.c.case_id == scene.case_id))
    if actual != expected["status"]:
        yield f"申请状态应为 {expected['status']},实际 {actual}"


def _rows(scene: Scene, table_name: str, where: Mapping[str, Any]) -> Sequence[RowMapping]:
    """The case's rows of a table, newest last; a table without a case column is read whole (a scratch database)."""
    table: Table = metadata.tables[table_name]
    query = select(table)
    if "case_id" in table.c:
        query = query.where(table.c.case_id == scene.case_id)
    elif table_name == "case_file":
        query = query.where(table.c.id == scene.case_id)
    rows = scene.session.execute(query.order_by(*table.primary_key.columns)).mappings()
    return [row for row in rows if all(same(row[key], value) for key, value in where.items())]


def _row(scene: Scene, expected: Mapping[str, Any]) -> Iterator[str]:
    name = expected["row"]
    rows = _rows(scene, name, expected.get("where", {}))
    if "count" in expected and len(rows) != expected["count"]:
        yield f"{name} 应有 {expected['count']} 行,实际 {len(rows)} 行"
    if not rows:
        yield f"{name} 没有符合 {dict(expected.get('where', {}))} 的行"
        return
    for key, value in expected.get("has", {}).items():
        if not same(rows[-1][key], value):
            yield f"{name}.{key} 应为 {value},实际 {rows[-1][key]}"


def _instances(scene: Scene, expected: Mapping[str, Any]) -> Iterator[str]:
    """How many instances of a process, whatever their case, are as told in `where`."""
    query = select(instance).where(instance.c.process_key == expected["instances"])
    rows = scene.session.execute(query).mappings().all()
    found = [row for row in rows if all(same(row[key], value) for key, value in expected.get("where", {}).items())]
    if len(found) != expected["count"]:
        yield f"{expected['instances']} 应有 {expected['count']} 件符合,实际 {len(found)} 件"


def _no_row(scene: Scene, expected: Mapping[str, Any]) -> Iterator[str]:
    rows = _rows(scene, expected["no_row"], expected.get("where", {}))
    if rows:
        yield f"{expected['no_row']} 不应有行,实际 {len(rows)} 行"


def _text(scene: Scene, expected: Mapping[str, Any]) -> Iterator[str]:
    table_name, column = expected["text_of"].split(".")
    texts = [str(row[column] or "") for row in _rows(scene, table_name, expected.get("where", {}))]
    if not texts:
        yield f"{table_name} 没有行"
        return
    for part in expected.get("contains", ()):
        if part not in texts[-1]:
            yield f"{expected['text_of']} 中应有“{part}”"
    for part in expected.get("absent", ()):
        if any(part in text for text in texts):
            yield f"{expected['text_of']} 中不应有“{part}”"


def _human_tasks(scene: Scene, expected: Mapping[str, Any]) -> Iterator[str]:
    done = scene.session.scalar(
        select(func.count())
        .select_from(user_task)
        .where(user_task.c.instance_id == scene.instance_id, user_task.c.status == TaskStatus.DONE)
    )
    if done + _START_FORM > expected["human_tasks_at_most"]:
        yield f"人工任务应不超过 {expected['human_tasks_at_most']} 件,实际 {done + _START_FORM} 件"


def _signatures(scene: Scene, expected: Mapping[str, Any]) -> Iterator[str]:
    rows = scene.session.execute(
        select(submission.c.version_id, submission.c.process_key, submission.c.form, submission.c.fields)
        .add_columns(user_task.c.element_process)
        .select_from(submission.outerjoin(user_task, user_task.c.id == submission.c.task_id))
        .where(submission.c.instance_id == scene.instance_id)
    ).all()
    signed = 0
    for row in rows:
        form = scene.env.library.form(scene.session, row.version_id, row.element_process or row.process_key, row.form)
        signs = [each.key for each in form.fields if each.spec.get("properties", {}).get("type") == "sign"]
        signed += any(row.fields.get(key) is True for key in signs)
    if signed > expected["signatures_at_most"]:
        yield f"签字应不超过 {expected['signatures_at_most']} 次,实际 {signed} 次"


def _reminders(scene: Scene, rung: str, expected: Mapping[str, Any]) -> Sequence[RowMapping]:
    """The case's log entries of this rung; `of` keeps one step's, `department` one department's."""
    where = {"rung": rung, **({"element_id": expected["of"]} if "of" in expected else {})}
    where |= {"department": expected["department"]} if "department" in expected else {}
    return _rows(scene, "reminder_log", where)


def _reminder(scene: Scene, expected: Mapping[str, Any]) -> Iterator[str]:
    rung = expected["reminder"]
    rows = [row for row in _reminders(scene, rung, expected) if row["sent_at"] is not None]
    if not rows:
        logged = [(row["element_id"], row["rung"]) for row in _rows(scene, "reminder_log", {})]
        yield f"应已发出提醒 {rung},实际记录: {logged}"
        return
    row = rows[-1]
    if "sent" in expected and row["sent_at"] != expected["sent"]:
        yield f"提醒 {rung} 应于 {county_minute(expected['sent'])} 发出,实际 {county_minute(row['sent_at'])}"
    if "to" in expected and not same(row["roles"], expected["to"]):
        yield f"提醒 {rung} 应发给 {expected['to']},实际 {row['roles']}"
    if "count" in expected and len(rows) != expected["count"]:
        yield f"提醒 {rung} 应有 {expected['count']} 次,实际 {len(rows)} 次"


def _no_reminder(scene: Scene, expected: Mapping[str, Any]) -> Iterator[str]:
    rows = _reminders(scene, expected["no_reminder"], expected)
    if rows:
        yield f"不应有提醒 {expected['no_reminder']},实际 {len(rows)} 次"


CHECKS: Mapping[str, Check] = {
    "task": _task,
    "no_task": _no_task,
    "timer": _timer,
    "variables": _variables,
    "state": _state,
    "status": _status,
    "row": _row,
    "no_row": _no_row,
    "instances": _instances,
    "text_of": _text,
    "reminder": _reminder,
    "no_reminder": _no_reminder,
    "human_tasks_at_most": _human_tasks,
    "signatures_at_most": _signatures,
}


def same(actual: Any, expected: Any) -> bool:
    """Equal as a story's writer means it: 5 is 5.00, a day is the day of its instant, lists in any order."""
    if isinstance(expected, bool) or isinstance(actual, bool):
        return actual is expected
    if isinstance(expected, int | float) and isinstance(actual, int | float | Decimal):
        return Decimal(str(actual)) == Decimal(str(expected))
    if isinstance(expected, date) and not isinstance(expected, datetime) and isinstance(actual, datetime):
        return actual.astimezone(COUNTY_ZONE).date() == expected
    if isinstance(expected, list) and isinstance(actual, list | tuple):
        return sorted(map(str, actual)) == sorted(map(str, expected))
    return bool(actual == expected)
