"""The same deed on many tasks: each is asked for its right by itself, and each outcome is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from engine.errors import Conflict, NotAllowed, NotFound, Refused
from engine.queries.task import TaskView, task
from web.language import translate as _
from web.transaction import Visit

MOST_AT_ONCE = 200


@dataclass(frozen=True, kw_only=True)
class ItemOutcome:
    """What became of one task."""

    name: str
    subject: str
    done: bool
    told: str  #: why not


def on_each(visit: Visit, task_ids: Iterable[str], do: Callable[[str], None]) -> list[ItemOutcome]:
    """Do it to each task. A command refuses before it writes anything, so what is refused leaves the others as they
    are; a conflict or a failure undoes all. In one order, so that two people who do this at once do not block each
    other."""
    outcomes: list[ItemOutcome] = []
    for task_id in sorted(set(task_ids))[:MOST_AT_ONCE]:
        try:
            view = task(visit.session, visit.person, task_id)
        except (NotFound, NotAllowed):
            outcomes.append(
                ItemOutcome(name="", subject="", done=False, told=_("没有这项待办,或者它不在您的职责范围内"))
            )
            continue
        try:
            do(task_id)
        except Conflict:
            raise
        except Refused as refusal:
            outcomes.append(_outcome(view, str(refusal)))
        else:
            outcomes.append(_outcome(view, ""))
    return outcomes


def _outcome(view: TaskView, told: str) -> ItemOutcome:
    return ItemOutcome(name=view.name, subject=view.subject, done=not told, told=told)
