"""A submission against its form, as every command that takes one does it. Not a verb itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from engine.definitions.forms import Form, validate
from engine.environment import Environment
from engine.store.session import Session

_NOTHING: Mapping[str, Any] = {}


class LazyFacts(Mapping[str, Any]):
    """What a form may read beside its own fields, read when a condition first asks for it: most forms ask for none.

    What is `known` of the task stands before the facts of the case and the domain's lists of choices.
    """

    def __init__(
        self, session: Session, env: Environment, case_id: str | None, now: datetime, known: Mapping[str, Any]
    ) -> None:
        self._ask = (session, env, case_id, now)
        self._known = known
        self._facts: Mapping[str, Any] | None = None

    def _read(self) -> Mapping[str, Any]:
        if self._facts is None:
            session, env, case_id, now = self._ask
            facts = env.domain.facts(session, case_id, now) if case_id else {}
            self._facts = {**env.domain.choices(session, now), **facts, **self._known}
        return self._facts

    def __getitem__(self, name: str) -> Any:
        return self._known[name] if name in self._known else self._read()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())


def checked(
    session: Session,
    env: Environment,
    form: Form,
    fields: Mapping[str, Any],
    *,
    case_id: str | None,
    now: datetime,
    known: Mapping[str, Any] = _NOTHING,
) -> dict[str, Any]:
    """The form's clean values; `known` are names of the task that its form may read, e.g. its department. Raises
    `SubmissionInvalid` with a problem per broken rule."""
    facts = LazyFacts(session, env, case_id, now, known)
    return validate(form, fields, now=now, names=facts, checks=env.domain.field_checks)
