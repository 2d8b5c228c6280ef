"""Services that answer as a told story says, in the place of the real ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases.handlers import HANDLERS
from engine.domain import Handler, ServiceCall, ServiceError, Tools


def with_canned(told: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Handler]:
    """The county's services, those that a story tells replaced."""
    return {**HANDLERS, **{name: canned(given, HANDLERS[name]) for name, given in told.items()}}


def canned(given: Mapping[str, Any], real: Handler) -> Handler:
    """A service with a given `result`, or one that says `fail` so many `times` before the real one answers."""
    left = [int(given.get("times", 1)) if "fail" in given else 0]

    def answer(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
        if left[0] > 0:
            left[0] -= 1
            raise ServiceError(str(given["fail"]))
        result: Mapping[str, Any] | None = given.get("result")
        return result if result is not None else real(call, tools)

    return answer
