"""Clocks that stand still while papers are brought or departments confer (补充材料, 会商; domain.md 0.4-8).

On suspension day S the working days d with start < d <= S are used up; at least one stays. On resumption day R the rest
is counted anew from R, which is not counted itself. So the start moves, and a second suspension works on what was left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from engine.calendar.derivation import Derivation
from engine.calendar.workdays import Calendar


@dataclass(frozen=True, kw_only=True)
class Suspension:
    """A stretch in which a clock stands still."""

    suspended_on: date
    resumed_on: date | None = None  #: None: it still stands


@dataclass(frozen=True, kw_only=True)
class SuspendedClock:
    """A clock after its suspensions."""

    remaining: int  #: working days left at the last suspension (all of them, if there was none)
    due: Derivation | None  #: None while it stands still


def suspended_clock(calendar: Calendar, start: date, n: int, suspensions: Sequence[Suspension] = ()) -> SuspendedClock:
    """Where a clock of n working days stands. `ValueError` when the suspensions are not in order."""
    remaining, running_since = n, start
    for suspension in suspensions:
        if suspension.suspended_on < running_since:
            raise ValueError(
                f"the clock cannot be suspended on {suspension.suspended_on}, it runs since {running_since}"
            )
        remaining = calendar.remaining_workdays(running_since, remaining, suspension.suspended_on)
        if suspension.resumed_on is None:
            if suspension is not suspensions[-1]:
                raise ValueError("only the last suspension may still last")
            return SuspendedClock(remaining=remaining, due=None)
        if suspension.resumed_on < suspension.suspended_on:
            raise ValueError(f"the clock cannot resume on {suspension.resumed_on}, before it was suspended")
        running_since = suspension.resumed_on
    return SuspendedClock(remaining=remaining, due=calendar.add_workdays(running_since, remaining))
