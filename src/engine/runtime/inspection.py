"""Looks into a state without taking a step: for scenarios and for administrators' screens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from engine.calendar import default_calendar
from engine.runtime.compile import ProcessSpec
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
