"""Make an account that a second person agreed to the child's (P_E 4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import account_changes
from cases.handlers.once import once
from engine.domain import ServiceCall, Tools


def account_enter(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Enter the account; the lists that are made from now on pay it."""
    return once(call, tools, lambda session, case_id: account_changes.enter(session, case_id, now=call.now))
