"""Titles of processes for lists: each looked up once per page."""

from __future__ import annotations

from engine.store import process_version
from engine.store.session import Session


class Titles:
    """Process key to the title of the version in force."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._titles: dict[str, str] = {}

    def __call__(self, key: str) -> str:
        if key not in self._titles:
            found = process_version.latest(self._session, key)
            self._titles[key] = found.title if found else key
        return self._titles[key]
