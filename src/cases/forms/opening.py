"""What a start form's file offers: it opens the case that the form is about, or finds it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping

from cases import case_files, retention, sealed
from cases.case_files import CaseStatus
from cases.jurisdictions import COUNTY_DIGITS, subtree
from cases.parameters import parameters
from cases.privacy import mask_child_name
from cases.search import search_key
from engine.access import Actor
from engine.calendar import Calendar, county_day
from engine.domain import CaseRef
from engine.store.session import Session


@dataclass(frozen=True, kw_only=True)
class Opening:
    """A checked start form, inside the transaction of the command that begins its process."""

    session: Session
    process_key: str
    kind: str
    fields: Mapping[str, Any]
    actor: Actor
    now: datetime
    calendar: Calendar

    @property
    def day(self) -> date:
        """The county's day."""
        return county_day(self.now)

    def open_case(
        self,
        *,
        place: str,
        facts: Mapping[str, Any],
        child_id: str | None = None,
        status: str = CaseStatus.SUBMITTED,
        sealed_hiv: bool = False,
        owner_id: str | None = None,
    ) -> str:
        """Open the case at `place` and return its id; without `child_id` it is about no child's file yet."""
        return case_files.open_case(
            self.session,
            kind=self.kind,
            process_key=self.process_key,
            child_id=child_id,
            place=place,
            policy_profile=parameters(self.session).policy_profile,
            facts=facts,
            actor=self.actor,
            now=self.now,
            status=status,
            sealed_hiv=sealed_hiv,
            owner_id=owner_id,
        )

    def open_named(
        self, subject: str, *, facts: Mapping[str, Any], place: str | None = None, sealed_hiv: bool = False
    ) -> CaseRef:
        """Open a case about no child, called `subject`; without `place` it is the whole county's."""
        place = place or subtree(self.session, digits=COUNTY_DIGITS)[0].code
        case_id = self.open_case(place=place, facts=facts, sealed_hiv=sealed_hiv)
        return CaseRef(
            case_id=case_id, place=place, subject=subject, search_key=search_key(subject), confidential=sealed_hiv
        )

    def open_for(
        self,
        found: RowMapping,
        *,
        facts: Mapping[str, Any],
        status: str = CaseStatus.SUBMITTED,
        owner_id: str | None = None,
    ) -> CaseRef:
        """Open a case about the child whose file was `found`. A sealed one is the county's, and is called by a code.

        :raises Refused: its protection is over, and a case of this kind does not take it up anew.
        """
        if not self.actor.is_system:
            retention.reopen(self.session, found, kind=self.kind)
        hidden, place = found["sealed_hiv"], sealed.place_of_file(found)
        case_id = self.open_case(
            place=place, facts=facts, child_id=found["id"], status=status, sealed_hiv=hidden, owner_id=owner_id
        )
        return CaseRef(
            case_id=case_id,
            place=place,
            subject=sealed.subject_of(case_id) if hidden else mask_child_name(found["name"]),
            search_key="" if hidden else search_key(found["name"]),
            confidential=hidden,
        )


Opener = Callable[[Opening], CaseRef]
