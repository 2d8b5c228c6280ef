"""What a start form's file offers: it opens the case that the form is about, or finds it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from engine.access import Actor
from engine.calendar import Calendar
from engine.domain import CaseRef
from engine.store.session import Session


class Opener(Protocol):
    """Opens a case inside the command's transaction and says where it belongs."""

    def __call__(
        self,
        session: Session,
        *,
        process_key: str,
        kind: str,
        fields: Mapping[str, Any],
        actor: Actor,
        now: datetime,
        calendar: Calendar,
        profile: str,
    ) -> CaseRef: ...
