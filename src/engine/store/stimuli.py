"""A stimulus as a stored value, so that a failed step can be tried again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from engine.stimulus import (
    MessageArrived,
    ServiceFinished,
    ServiceRaised,
    SignalArrived,
    Start,
    Stimulus,
    TaskCompleted,
    TimerDue,
    TokenMoved,
)

_TYPES: dict[str, type] = {
    each.__name__: each
    for each in (
        Start,
        TaskCompleted,
        TimerDue,
        ServiceFinished,
        ServiceRaised,
        MessageArrived,
        SignalArrived,
        TokenMoved,
    )
}


def to_stored(stimulus: Stimulus) -> dict[str, Any]:
    """For a `Tagged` column."""
    return {"type": type(stimulus).__name__} | {each.name: getattr(stimulus, each.name) for each in fields(stimulus)}


def from_stored(stored: Mapping[str, Any]) -> Stimulus:
    """The inverse of `to_stored`. Raises `KeyError` for an unknown type."""
    arguments = dict(stored)
    made: Stimulus = _TYPES[arguments.pop("type")](**arguments)
    return made
