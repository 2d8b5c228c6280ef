"""The services of protection, by their keys (P_H)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cases.handlers.child_at_risk import child_at_risk
from cases.handlers.clear_risk import clear_risk
from cases.handlers.inform_police import inform_police
from cases.handlers.note_action import note_action
from cases.handlers.register_long_term import register_long_term
from cases.handlers.temporary_limit import end_temporary, warn_of_limit
from engine.domain import Handler

PROTECTION_HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        "child_at_risk": child_at_risk,
        "clear_risk": clear_risk,
        "inform_police": inform_police,
        "note_action": note_action,
        "register_long_term": register_long_term,
        "warn_of_limit": warn_of_limit,
        "end_temporary": end_temporary,
    }
)
