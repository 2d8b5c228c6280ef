"""The county: what the engine's processes are about. The one implementation of `engine.domain.Domain`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cases import (
    applications,
    case_facts,
    case_files,
    deadlines,
    deaths,
    files,
    notices,
    protection,
    seeing,
    task_news,
)
from cases.case_files import CaseStatus
from cases.children import leave_application
from cases.field_checks import FIELD_CHECKS, SEALED_WORDS_REFUSED, fields_with_sealed_words
from cases.forms import FORMS, OPENERS, Opening
from cases.forms.filing import Filing
from cases.handlers import HANDLERS
from cases.jurisdictions import TOWN_DIGITS, VILLAGE_DIGITS, full_name, subtree
from cases.people import holders
from cases.roles import PROTECTION_KINDS, ROLES
from engine.access import Actor, Sight, Target
from engine.calendar import Calendar, county_day, default_calendar
from engine.domain import CaseRef, FieldCheck, Handler, Reader, Submitted, TaskNews
from engine.errors import FieldProblem, NotFound, SubmissionInvalid
from engine.store.session import Session

#: How an end event of the application reads as a status; APPROVED was reached before (M10).
END_STATUS: Mapping[str | None, CaseStatus] = {
    "REJECTED_TOWN": CaseStatus.REJECTED_TOWN,
    "REJECTED_COUNTY": CaseStatus.REJECTED_COUNTY,
    "LAPSED": CaseStatus.LAPSED,
    "WITHDRAWN": CaseStatus.WITHDRAWN,
    "TRANSFERRED": CaseStatus.TRANSFERRED,
    "MERGED": CaseStatus.MERGED,
    None: CaseStatus.ENDED,
}


@dataclass(frozen=True, kw_only=True)
class County:
    """The domain, with the county's calendar."""

    calendars: Callable[[], Calendar] = default_calendar  #: gives the calendar in force; composition puts the live one
    handlers: Mapping[str, Handler] = field(
        default_factory=lambda: HANDLERS
    )  #: a told story puts its own in their place

    @property
    def roles(self) -> frozenset[str]:
        return ROLES

    @property
    def services(self) -> Mapping[str, Handler]:
        return self.handlers

    @property
    def field_checks(self) -> Mapping[str, FieldCheck]:
        return FIELD_CHECKS

    def sight(self, session: Session, actor: Actor, case_id: str) -> Sight:
        """How much of the case the actor sees (domain.md 6.1)."""
        return seeing.sight_of(session, actor, case_id)

    def reader(self, session: Session, actor: Actor, case_id: str) -> Reader:
        """Which of the case's forms the actor may read."""
        return seeing.reader_of(session, actor, case_id)

    def is_party(self, session: Session, actor: Actor, case_id: str) -> bool:
        """Whether it is the actor's own case."""
        return seeing.is_owner(session, actor, case_id)

    def may_send(self, session: Session, actor: Actor, case_id: str, message: str) -> bool:
        """Whether this person may tell the case this message."""
        return seeing.may_send(session, actor, case_id, message)

    def may_hold(self, session: Session, person_id: str, target: Target) -> bool:
        """Whether this person holds the post that the task is for."""
        posted = holders(session, role=target.role or "", place=target.place, department=target.department)
        return any(one.id == person_id for one in posted)

    def tell(self, session: Session, news: TaskNews, actor: Actor, now: datetime) -> None:
        """Let people know what somebody did with a task."""
        task_news.tell(session, news, actor, now)

    def facts(self, session: Session, case_id: str, now: datetime, asked: Collection[str] = ()) -> Mapping[str, Any]:
        """What conditions and tables may read of the case; `asked`: see `case_facts.gather`."""
        return case_facts.gather(session, case_id, now, asked)

    def choices(self, session: Session, now: datetime) -> Mapping[str, Any]:  # noqa: ARG002 - of the seam
        """The villages and communities, and the townships of the county, for a form's list."""
        return {
            "towns": [{"value": each.code, "label": each.name} for each in subtree(session, digits=TOWN_DIGITS)],
            "villages": [
                {"value": each.code, "label": full_name(session, each.code)}
                for each in subtree(session, digits=VILLAGE_DIGITS)
            ],
        }

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
        """Open the case that a start form is about.

        :raises NotFound: no process of the county begins with this form.
        """
        opener = OPENERS.get(form_key or "")
        if opener is None:
            raise NotFound(f"没有以 {form_key} 发起的业务")
        opened = opener(
            Opening(
                session=session,
                process_key=process_key,
                kind=case_kind,
                fields=fields,
                actor=actor,
                now=now,
                calendar=self.calendars(),
            )
        )
        _refuse_sealed_words(session, opened.case_id, fields)
        _keep_files(session, opened.case_id, fields, actor)
        return opened

    def apply_form(self, session: Session, submitted: Submitted, actor: Actor, now: datetime) -> Mapping[str, Any]:
        """Write the domain rows of a submission; a form without a file in `cases/forms` writes none."""
        if submitted.case_id is not None:
            _refuse_sealed_words(session, submitted.case_id, submitted.fields)
            _keep_files(session, submitted.case_id, submitted.fields, actor)
        apply = FORMS.get(submitted.form_key)
        if apply is None:
            return {}
        return apply(Filing(session=session, submitted=submitted, actor=actor, now=now, calendar=self.calendars()))

    def ended_by_signal(self, session: Session, name: str, key: str | None) -> tuple[str, ...]:
        """A child's death ends what runs for the child (M13)."""
        return deaths.ended_instances(session, key) if name == deaths.SIGNAL and key else ()

    def instance_ended(
        self, session: Session, case_id: str, process_key: str, end_event: str | None, now: datetime
    ) -> None:
        """Close the case: no clock runs any more, no notice hangs, the status says how it ended."""
        row = case_files.find_case(session, case_id)
        if row["process_key"] != process_key or row["closed_at"] is not None:
            return
        notices.take_down(session, case_id, now=now, reason="办件结束")
        deadlines.meet_all(session, case_id, now=now)
        status = END_STATUS.get(end_event)
        if status is not None:
            applications.set_status(session, case_id, status)
            leave_application(session, row["child_id"], now=now)
        protection.close(session, case_id, county_day(now))
        case_files.change(session, case_id, closed_at=now, end_state=end_event or "CANCELLED")


def _refuse_sealed_words(session: Session, case_id: str, fields: Mapping[str, Any]) -> None:
    """Whatever its form says, no field of an ordinary case takes HIV (P_B 1, M2). A report of danger is never turned
    away for a word.

    :raises SubmissionInvalid: the word stands in a field; the message points to the sealed channel.
    """
    named = fields_with_sealed_words(fields)
    if not named:
        return
    row = case_files.find_case(session, case_id)
    if row["sealed_hiv"] or row["kind"] in PROTECTION_KINDS:
        return
    raise SubmissionInvalid(
        [FieldProblem(field=name, rule="sealed_words", message=f"此处{SEALED_WORDS_REFUSED}") for name in named]
    )


_FILE_ID_LENGTH = 26


def _keep_files(session: Session, case_id: str, fields: Mapping[str, Any], actor: Actor) -> None:
    """Bind the uploads that a form names to its case. Only the actor's own unbound files are touched, so that a text of
    the same length does no harm."""
    named = [
        item
        for value in fields.values()
        for item in (value if isinstance(value, list | tuple) else (value,))
        if isinstance(item, str) and len(item) == _FILE_ID_LENGTH
    ]
    if named:
        files.attach(session, named, case_id=case_id, actor=actor)
