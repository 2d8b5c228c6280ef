"""Looks into a state without taking a step: for scenarios and for administrators' screens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from engine.calendar import default_calendar
from engine.runtime.compile import ProcessSpec
from engine.runtime.events import BoundaryEvent
from engine.runtime.gateways import EventGateway, Join
from engine.runtime.scripting import Context, Scripting
from engine.runtime.state import decode

#: No expression is evaluated here, so that the instant does not matter.
_ANY_TIME = datetime(1970, 1, 1, tzinfo=UTC)


def live_variables(spec: ProcessSpec, state: bytes | None) -> Mapping[str, Any]:
    """The process data that live tokens see, called processes included; an inner token's value stands over an outer's.

    Raises `StateUnreadable`.
    """
    if state is None:
        return {}
    context = Context(calendar=default_calendar(), facts={}, case_id=None)
    workflow = decode(state, spec, Scripting(spec, context, _ANY_TIME))
    return {
        name: value
        for each in workflow.workflows()
        for token in each.live_tokens()
        for name, value in token.data.items()
    }


def beside(spec: ProcessSpec, state: bytes | None, token_id: str) -> tuple[str, str, tuple[str, ...]] | None:
    """Where a token stands: its process's key, its scope (process or embedded sub-process), and the elements at which
    the scope's other tokens stand, a join once for each token that waits there. None: the token is gone.

    Raises `StateUnreadable`.
    """
    if state is None:
        return None
    scripting = Scripting(spec, Context(calendar=default_calendar(), facts={}, case_id=None), _ANY_TIME)
    workflow = decode(state, spec, scripting)
    token = workflow.find(token_id)
    if token is None or not token.is_live:
        return None
    inner = token.workflow
    here = scripting.element(token)
    found: dict[str, None] = {}
    joins: list[str] = []
    for other in inner.live_tokens():
        shown = other.parent if isinstance(getattr(other.parent, "task_spec", None), EventGateway) else other
        if shown is None or isinstance(other.task_spec, BoundaryEvent) or shown.task_spec.bpmn_id is None:
            continue
        element = scripting.element(shown)
        if isinstance(shown.task_spec, Join):
            joins.append(element.id)
        elif element.id != here.id:
            found[element.id] = None
    return here.process_key, inner.spec.name, (*found, *joins)
