"""docs/performance.md, written whole by `make bench`."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version


@dataclass(frozen=True)
class Row:
    """One figure. `value` is what the bar and the goal are about: a ratio or a count."""

    name: str
    figures: str
    value: float | None = None
    bar: float | None = None
    goal: float | None = None
    less: bool = False  #: smaller is better

    @property
    def meets_bar(self) -> bool:
        return self._meets(self.bar)

    @property
    def verdict(self) -> str:
        if self.value is None:
            return ""
        return "goal" if self._meets(self.goal) else "bar" if self.meets_bar else "**missed**"

    @property
    def limits(self) -> str:
        sign = "≤" if self.less else "≥"
        return "" if self.bar is None else f"{sign} {self.bar:g} (goal {sign} {self.goal:g})"

    def _meets(self, limit: float | None) -> bool:
        if self.value is None or limit is None:
            return True
        rounded = round(self.value, 2)
        return rounded <= limit if self.less else rounded >= limit


HEAD = """# Performance

Written by `make bench`; the prose about it stands in [performance-notes.md](performance-notes.md). One approval is a
start and nine user tasks, each step committed before the next begins; ours include rights, forms, history, jobs and
inbox rows. The bare library loads and saves its state at each step with its own serializer. Both ran turn about in this
run, medians of three rounds; the figures of another run are not comparable, the ratios are. The pages are those of the
demo county, served as in production; the people who ask for them and the database share the machine with the pages.

"""


def render(found: Mapping[str, Sequence[Row]]) -> str:
    """The page, from the rows of each database."""
    libraries = ", ".join(f"{name} {version(name)}" for name in ("SpiffWorkflow", "SQLAlchemy", "psycopg"))
    text = HEAD + f"Python {platform.python_version()}, {libraries}; {platform.system()} {platform.machine()}.\n"
    for name, rows in found.items():
        text += f"\n## {name}\n\n| figure | measured | value | bar | reached |\n|---|---|---|---|---|\n"
        for row in rows:
            value = "" if row.value is None else f"{row.value:.2f}"
            text += f"| {row.name} | {row.figures} | {value} | {row.limits} | {row.verdict} |\n"
    return text
