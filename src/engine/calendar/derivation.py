"""How a due date came about, day by day, so that a screen can show it and a person can check it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple


class Unit(StrEnum):
    """In what a period is counted."""

    WORKDAYS = "WD"  #: working days, 调休 included
    DAYS = "CD"  #: calendar days
    MONTHS = "M"  #: calendar months
    MINUTES = "MIN"  #: continuously, from an instant


class Roll(StrEnum):
    """What happens to the last day of a period when it is no working day (domain.md 0.4-6)."""

    NONE = "none"  #: it stays: periods of validity (M14)
    FORWARD = "forward"  #: the next working day (民法典 203)
    BACK = "back"  #: the working day before: limits that protect the child, month-bound reports


class DayMark(NamedTuple):
    """One day of a derivation."""

    day: date
    number: int | None  #: which day of the count it is; None when it does not count
    note: str = ""  #: why it does not count (周六, 国庆节), or why it does although one would not think so (调休)


@dataclass(frozen=True, kw_only=True)
class Derivation:
    """A period and how its end was found. The start is never counted (民法典 201)."""

    unit: Unit
    start: date  #: a `datetime` when counted in minutes
    count: int
    roll: Roll = Roll.NONE
    days: tuple[DayMark, ...] = ()
    end: date  #: a `datetime` when counted in minutes
    provisional: bool = False  #: some day of the count is not published yet; count again when it is

    @property
    def kind(self) -> str:
        """The unit's name, e.g. "workdays"."""
        return self.unit.name.lower()

    def text(self) -> str:
        """The counted days as a line: "9/29 ①, 9/30 ②, 10/9 ③, 10/11(调休) ④"."""
        if self.unit is Unit.MINUTES:
            return f"{_moment(self.start)} 起连续计算 {self.count} 分钟,至 {_moment(self.end)}"
        words: list[str] = []
        year = self.start.year
        for mark in self.days:
            if mark.number is None and mark.day != self.end:
                continue
            note = f"({mark.note})" if mark.note else ""
            number = f" {circled(mark.number)}" if mark.number is not None else ""
            words.append(f"{_short(mark.day, year)}{note}{number}")
            year = mark.day.year
        return ", ".join(words) + ("(暂定)" if self.provisional else "")

    def skipped_text(self) -> str:
        """The days that did not count and why, neighbours with one reason joined: "10/1–10/5 国庆节, 10/12 周日"."""
        runs: list[tuple[str, date, date]] = []
        for mark in self.days:
            if mark.number is not None:
                continue
            if runs and runs[-1][0] == mark.note and (mark.day - runs[-1][2]).days == 1:
                runs[-1] = (mark.note, runs[-1][1], mark.day)
            else:
                runs.append((mark.note, mark.day, mark.day))
        year = self.start.year
        return ", ".join(
            f"{_short(first, year)}{'' if first == last else '–' + _short(last, year)} {note}"
            for note, first, last in runs
        )

    def as_dict(self) -> dict[str, Any]:
        """JSON-able; `from_dict` reads it back."""
        return {
            "kind": self.kind,
            "unit": self.unit.value,
            "start": self.start.isoformat(),
            "count": self.count,
            "roll": self.roll.value,
            "days": [[mark.day.isoformat(), mark.number, mark.note] for mark in self.days],
            "end": self.end.isoformat(),
            "provisional": self.provisional,
            "text": self.text(),
        }

    @staticmethod
    def from_dict(stored: Mapping[str, Any]) -> Derivation:
        """What `as_dict` wrote. `KeyError` or `ValueError` when it is something else."""
        return Derivation(
            unit=Unit(stored["unit"]),
            start=_read(stored["start"]),
            count=stored["count"],
            roll=Roll(stored["roll"]),
            days=tuple(DayMark(date.fromisoformat(day), number, note) for day, number, note in stored["days"]),
            end=_read(stored["end"]),
            provisional=stored["provisional"],
        )


def latest(derivations: Iterable[Derivation]) -> Derivation:
    """The one that ends last, the first of equals: a notice lasts 5 WD and, for some schemes, at least 7 CD (DL-03)."""
    return max(derivations, key=lambda derivation: derivation.end)


def circled(number: int) -> str:
    """①…㊿, and (51) beyond."""
    if 1 <= number <= 20:
        return chr(0x2460 + number - 1)
    if 21 <= number <= 35:
        return chr(0x3251 + number - 21)
    if 36 <= number <= 50:
        return chr(0x32B1 + number - 36)
    return f"({number})"


def _short(day: date, year: int) -> str:
    return f"{day.month}/{day.day}" if day.year == year else f"{day.year}/{day.month}/{day.day}"


def _moment(moment: date) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _read(text: str) -> date:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
