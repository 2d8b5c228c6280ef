"""Second implementations of the engine's seams, for tests."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.access import Actor, Sight, Target, covers
from engine.definitions.forms import FieldCheck
from engine.domain import CaseRef, Handler, Reader, Submitted, TaskNews
from engine.store.session import Session


@dataclass
class FakeDomain:
    """A domain without tables: it remembers what it was told."""

    roles: frozenset[str] = frozenset({"clerk", "leader"})
    services: Mapping[str, Handler] = field(default_factory=dict)
    field_checks: Mapping[str, FieldCheck] = field(default_factory=dict)
    place: str = "510722101201"
    told_facts: dict[str, Any] = field(default_factory=dict)
    submitted: list[Submitted] = field(default_factory=list)
    ended: list[tuple[str, str | None]] = field(default_factory=list)
    cases: int = 0
    senders: frozenset[tuple[str, str]] = frozenset()  #: (person, message) that may be sent
    outsiders: frozenset[str] = frozenset()  #: who holds no post
    parties: frozenset[str] = frozenset()  #: whose own case it is
    news: list[TaskNews] = field(default_factory=list)

    def sight(self, session: Session, actor: Actor, case_id: str) -> Sight:
        return Sight.SENSITIVE if any(covers(grant, self.place) for grant in actor.grants) else Sight.NONE

    def reader(self, session: Session, actor: Actor, case_id: str) -> Reader:
        return lambda _person, _department: True

    def is_party(self, session: Session, actor: Actor, case_id: str) -> bool:
        return actor.id in self.parties

    def may_send(self, session: Session, actor: Actor, case_id: str, message: str) -> bool:
        return (actor.id, message) in self.senders

    def may_hold(self, session: Session, person_id: str, target: Target) -> bool:
        return person_id not in self.outsiders

    def tell(self, session: Session, news: TaskNews, actor: Actor, now: datetime) -> None:
        self.news.append(news)

    def choices(self, session: Session, now: datetime) -> Mapping[str, Any]:
        return {}

    def facts(self, session: Session, case_id: str, now: datetime, asked: Collection[str] = ()) -> Mapping[str, Any]:
        return self.told_facts

    def open_case(
        self,
        session: Session,
        process_key: str,
        case_kind: str,
        form_key: str | None,
        fields: Mapping[str, Any],
        actor: Actor,
        now: datetime,
    ) -> CaseRef:
        self.cases += 1
        return CaseRef(case_id=f"case-{self.cases}", place=self.place, subject="王**", search_key="wang", variables={})

    def apply_form(self, session: Session, submitted: Submitted, actor: Actor, now: datetime) -> Mapping[str, Any]:
        self.submitted.append(submitted)
        return {}

    def ended_by_signal(self, session: Session, name: str, key: str | None) -> tuple[str, ...]:
        return ()

    def instance_ended(
        self, session: Session, case_id: str, process_key: str, end_event: str | None, now: datetime
    ) -> None:
        self.ended.append((case_id, end_event))
