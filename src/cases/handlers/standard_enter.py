"""Put a standard that was signed in force from its month (M15)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import standards
from cases.handlers.once import once
from engine.domain import ServiceCall, Tools


def standard_enter(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Enter the standard; running items that follow it pay it from its month on."""
    return once(call, tools, lambda session, case_id: standards.enter(session, case_id, now=call.now))
