"""Counts what goes to the database: round trips, statements, commits. Tests hold the program to its bars by it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Traffic:
    """Sums since the start. A pipeline is one trip, whatever it carries; a statement of SQLite counts as one."""

    trips: int = 0
    statements: int = 0
    commits: int = 0
    texts: list[str] = field(default_factory=list)  #: the statements themselves, while someone counts
    listening: int = 0

    def trip(self, count: int = 1) -> None:
        self.trips += count

    def statement(self, text: str) -> None:
        self.statements += 1
        if self.listening:
            self.texts.append(text)

    def committed(self) -> None:
        self.commits += 1
