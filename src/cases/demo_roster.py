"""The duty roster of the demo county: every desk for four weeks, in turns of 24 hours; one desk's roster runs out soon,
so that the warning can be seen."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import insert

from cases.demo_people import DEMO_USERS, DemoUser
from cases.duty_desks import DESKS, Desk, stands_at
from cases.duty_roster import duty_shift
from cases.jurisdictions import subtree
from engine.clock import COUNTY_ZONE
from engine.store.session import Session

_DAYS = 28
#: The desk that is left alone after the second day.
_FORGETFUL = ("town_duty", "519927201")


def enter_roster(session: Session, *, now: datetime) -> None:
    """Enter the shifts, from 08:00 of the day of `now` on."""
    begin = now.astimezone(COUNTY_ZONE).replace(hour=8, minute=0, second=0, microsecond=0) - timedelta(days=1)
    rows = []
    desks = [(desk, each.code) for desk in DESKS.values() for each in subtree(session, digits=desk.digits)]
    for number, (desk, place) in enumerate(desks):
        people = _people(desk, place)
        days = 3 if (desk.code, place) == _FORGETFUL else _DAYS
        for day in range(days if people else 0):
            at = begin + timedelta(days=day)
            turn = day % len(people)
            rows.append(
                {
                    "desk": desk.code,
                    "place": place,
                    "person_id": people[turn].user_name,
                    "phone": f"1390000{number:02d}{turn:02d}",
                    "from_at": at,
                    "to_at": at + timedelta(days=1),
                    "entered_by": people[0].user_name,
                    "entered_at": now,
                }
            )
    session.execute(insert(duty_shift), rows)


def _people(desk: Desk, place: str) -> tuple[DemoUser, ...]:
    return tuple(user for user in DEMO_USERS if any(stands_at(grant, desk, place) for grant in user.grants))
