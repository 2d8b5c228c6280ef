"""What the engine asks of the domain it serves. `cases` implements it; the engine knows no child."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from engine.access import ANYTHING, Actor, Sight, Target
from engine.calendar import Calendar, default_calendar
from engine.clock import Clock
from engine.definitions.forms import FieldCheck as FieldCheck
from engine.settings import Settings
from engine.store.session import Database, Session


@dataclass(frozen=True, kw_only=True)
class CaseRef:
    """The case that a start form opened, or found."""

    case_id: str
    place: str  #: division code
    subject: str  #: masked; shown in inboxes
    search_key: str  #: bigrams and pinyin
    confidential: bool = False  #: sealed apart: what the engine keeps of it stands under the second ring
    variables: Mapping[str, Any] = field(default_factory=dict)  #: flat routing flags for the first step


@dataclass(frozen=True, kw_only=True)
class Submitted:
    """A checked form, on its way into the domain."""

    case_id: str | None
    instance_id: str
    task_id: str
    element_id: str
    form_key: str
    fields: Mapping[str, Any]
    department: str | None
    place: str


@dataclass(frozen=True, kw_only=True)
class ServiceCall:
    """One call of a service, as a handler sees it. The idempotency key stays the same over all attempts."""

    job_id: str
    idempotency_key: str
    service: str
    parameters: Mapping[str, Any]
    case_id: str | None
    instance_id: str
    now: datetime
    attempt: int = 1
    stored_result: Mapping[str, Any] | None = None  #: the handler returned before, while the case was suspended

    def case_for(self, what: str) -> str:
        """The case's id, for a service that works on one; `what` it does, in words.

        :raises ServiceError: the process works on no case.
        """
        if self.case_id is None:
            raise ServiceError(f"{what}需要一个办件", retry=False)
        return self.case_id


@dataclass(frozen=True, kw_only=True)
class Tools:
    """What a handler may use. No transaction is open when it runs."""

    database: Database
    settings: Settings
    clock: Clock
    calendar: Calendar = field(default_factory=default_calendar)  #: the one in force when the call began


#: Whether a form that this person filled in for this department may be read: `(person id, department) -> bool`.
Reader = Callable[[str, str | None], bool]

Handler = Callable[[ServiceCall, Tools], Mapping[str, Any]]


class ServiceError(Exception):
    """A service call failed. With `retry` it is tried again by the retry policy, else it is an incident at once."""

    def __init__(self, message: str, *, retry: bool = True) -> None:
        super().__init__(message)
        self.retry = retry


class BusinessError(Exception):
    """A service call ended with an error that the diagram may catch (BPMN error event with this code)."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code = code
        self.message = message


class NewsKind(StrEnum):
    """What happened to a task that somebody must learn of."""

    HANDED = "task_handed"  #: 转办: it is theirs now
    ENTRUSTED = "task_entrusted"  #: 委派: they do the work, the owner completes it
    HANDED_BACK = "task_handed_back"  #: the entrusted work is back with its owner
    SIGN = "task_sign"  #: 加签: their opinion is asked for
    SIGNED = "task_signed"  #: an opinion that was asked for is in
    NOT_SIGN = "task_not_sign"  #: 减签: it is not asked for any more
    COPIED = "task_copied"  #: 抄送
    URGED = "task_urged"  #: 催办
    RETURNED = "task_returned"  #: 退回: it is theirs to do again
    NAMED = "task_named"  #: a remark names them


@dataclass(frozen=True, kw_only=True)
class TaskNews:
    """News of a task, for the people named, or (nobody named) for all who hold its post."""

    kind: NewsKind
    cause: str  #: the same cause tells the same person once
    task_id: str
    task_name: str
    case_id: str | None
    subject: str  #: masked
    note: str = ""
    to: tuple[str, ...] = ()  #: ids of people
    post: Target = ANYTHING


class Domain(Protocol):
    """The seam between the engine and `cases`. Every method runs inside the command's transaction."""

    @property
    def roles(self) -> frozenset[str]: ...

    @property
    def services(self) -> Mapping[str, Handler]: ...

    @property
    def field_checks(self) -> Mapping[str, FieldCheck]: ...

    def sight(self, session: Session, actor: Actor, case_id: str) -> Sight:
        """How much of the case the actor sees: by office, as the one whom it is about, or through an open task. NONE
        also where there is no such case. Asked inside every query that tells something of a case."""
        ...

    def reader(self, session: Session, actor: Actor, case_id: str) -> Reader:
        """Which of the case's forms the actor may read, besides those that the actor filled in."""
        ...

    def is_party(self, session: Session, actor: Actor, case_id: str) -> bool:
        """Whether the case is the actor's own: who applied reads the file, and nothing that officials say to each
        other about it."""
        ...

    def may_send(self, session: Session, actor: Actor, case_id: str, message: str) -> bool:
        """Whether this person may tell the case this message. The program itself is not asked."""
        ...

    def may_hold(self, session: Session, person_id: str, target: Target) -> bool:
        """Whether a task of this role, place and department may be handed to this person."""
        ...

    def tell(self, session: Session, news: TaskNews, actor: Actor, now: datetime) -> None:
        """Let people know what somebody did with a task, in this transaction. Never those who did it."""
        ...

    def facts(self, session: Session, case_id: str, now: datetime, asked: Collection[str] = ()) -> Mapping[str, Any]:
        """What conditions and tables may read of the case; never saved into state. `asked`: the names that the form of
        an open task shows to whoever may do it, of which some are told there and nowhere else."""
        ...

    def choices(self, session: Session, now: datetime) -> Mapping[str, Any]:
        """Lists that forms offer by name (`valuesKey`), whatever the case: e.g. the villages of the county."""
        ...

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
        """Open (or find) the case that a start form is about."""
        ...

    def apply_form(self, session: Session, submitted: Submitted, actor: Actor, now: datetime) -> Mapping[str, Any]:
        """Write the domain rows of a submission; returns facts, of which only declared names enter the state."""
        ...

    def ended_by_signal(self, session: Session, name: str, key: str | None) -> tuple[str, ...]:
        """The running instances that this signal ends wherever they stand, though no element of theirs waits for it."""
        ...

    def instance_ended(
        self, session: Session, case_id: str, process_key: str, end_event: str | None, now: datetime
    ) -> None:
        """An instance of this case reached its end, or was cancelled (`end_event` is None then)."""
        ...
