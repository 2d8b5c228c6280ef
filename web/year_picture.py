"""The years of a child's file as a picture: where each span lies. The template draws it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from cases.child_years import Lane, Span

#: The drawing is so wide; its left margin holds the lanes' names.
WIDTH, MARGIN = 1000, 84
ROW, HEAD = 24, 26
#: A Chinese character of the drawing's type, which a label needs.
CHARACTER = 12
#: More than these do not lie beside each other in a lane; the table below the picture has all.
MOST_ROWS = 6


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A span in the drawing."""

    span: Span
    x: float
    y: float
    width: float
    label: str  #: as much of it as fits
    lasts: bool


@dataclass(frozen=True, kw_only=True)
class DrawnLane:
    """A lane with its bars."""

    name: str
    y: float
    height: float
    bars: tuple[Bar, ...]
    left_out: int  #: spans for which there was no room


@dataclass(frozen=True, kw_only=True)
class YearPicture:
    """What the template draws."""

    height: float
    today: float  #: where today's line stands
    years: tuple[tuple[str, float], ...]  #: name and left edge
    lanes: tuple[DrawnLane, ...]
    spans: tuple[Span, ...]
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def first(self) -> str:
        """The first year."""
        return self.years[0][0]

    @property
    def last(self) -> str:
        """The last year."""
        return self.years[-1][0]


def draw(spans: Sequence[Span], today: date, title_of: dict[str, str]) -> YearPicture:
    """Lay the spans out from the first year to the end of this one.

    :param title_of: what kinds of cases are called.
    """
    first = min([span.begin for span in spans], default=today)
    begin, end = date(min(first.year, today.year), 1, 1), date(today.year + 1, 1, 1)
    scale = (WIDTH - MARGIN) / (end - begin).days

    def at(day: date) -> float:
        return round(MARGIN + min(max((day - begin).days, 0), (end - begin).days) * scale, 1)

    lanes, y = [], float(HEAD)
    for lane in Lane:
        own = [span for span in spans if span.lane is lane]
        drawn = _lane(lane, own, y, at, title_of)
        lanes.append(drawn)
        y += drawn.height
    years = tuple((str(year), at(date(year, 1, 1))) for year in range(begin.year, end.year))
    return YearPicture(
        height=y + 4,
        today=at(today),
        years=years,
        lanes=tuple(lanes),
        spans=tuple(spans),
        counts={lane.value: sum(1 for span in spans if span.lane is lane) for lane in Lane},
    )


def _lane(lane: Lane, own: Sequence[Span], y: float, at: object, title_of: dict[str, str]) -> DrawnLane:
    """Each span in the first row where it overlaps none."""
    assert callable(at)
    ends: list[float] = []
    bars, left_out = [], 0
    for span in own:
        x = at(span.begin)
        right = x + 10 if span.is_day else max(at(span.end) if span.end else WIDTH, x + 6)
        row = next((number for number, end in enumerate(ends) if end <= x), len(ends))
        if row >= MOST_ROWS:
            left_out += 1
            continue
        ends[row : row + 1] = [right + 2]
        bars.append(
            Bar(
                span=span,
                x=x,
                y=y + 4 + row * ROW,
                width=right - x,
                label=_fitting(title_of.get(span.kind, span.label), right - x),
                lasts=span.end is None,
            )
        )
    return DrawnLane(name=lane.value, y=y, height=max(1, len(ends)) * ROW + 8, bars=tuple(bars), left_out=left_out)


def _fitting(label: str, width: float) -> str:
    room = int((width - 8) / CHARACTER)
    if room >= len(label):
        return label
    return f"{label[: room - 1]}…" if room >= 3 else ""
