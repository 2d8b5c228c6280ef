"""A submission against its form, as every command that takes one does it. Not a verb itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from engine.definitions.forms import Form, validate
from engine.environment import Environment
from engine.store.session import Session


class LazyFacts(Mapping[str, Any]):
    """The facts of a case, read when a form's condition first asks for one: most forms ask for none."""

    def __init__(self, session: Session, env: Environment, case_id: str | None, now: datetime) -> None:
        self._ask = (session, env, case_id, now)
        self._facts: Mapping[str, Any] | None = None

    def _read(self) -> Mapping[str, Any]:
        if self._facts is None:
            session, env, case_id, now = self._ask
            self._facts = env.domain.facts(session, case_id, now) if case_id else {}
        return self._facts

    def __getitem__(self, name: str) -> Any:
        return self._read()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())


def checked(
    session: Session, env: Environment, form: Form, fields: Mapping[str, Any], *, case_id: str | None, now: datetime
) -> dict[str, Any]:
    """The form's clean values. Raises `SubmissionInvalid` with a problem per broken rule."""
    facts = LazyFacts(session, env, case_id, now)
    return validate(form, fields, now=now, names=facts, checks=env.domain.field_checks)
