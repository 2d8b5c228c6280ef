"""Names of divisions for lists: each looked up once per page."""

from __future__ import annotations

from cases.jurisdictions import full_name
from engine.store.session import Session


class PlaceNames:
    """Division code to name, remembered while a page is drawn."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._names: dict[str, str] = {}

    def __call__(self, code: str | None) -> str:
        if not code:
            return ""
        if code not in self._names:
            self._names[code] = full_name(self._session, code)
        return self._names[code]
