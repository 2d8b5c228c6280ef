"""How much an expression may cost: designer-written text runs inside these walls (reliability.md, section 4)."""

from __future__ import annotations

from dataclasses import dataclass

from engine.feel.errors import BudgetExceeded

#: Longest text that is parsed, in characters.
TEXT_LIMIT = 20_000
#: Deepest tree that is evaluated: levels of the parsed tree. Brackets that only group do not count.
DEPTH_LIMIT = 100
#: Deepest nest of brackets that is read at all.
BRACKET_LIMIT = 250


@dataclass(frozen=True)
class Budget:
    """The limits of one evaluation.

    `steps` are visits of tree nodes, plus the elements that built-in functions touch; `depth` is levels of tree and
    function calls together; `characters` bounds every string and `elements` every list that is made.
    """

    steps: int = 100_000
    depth: int = 200
    characters: int = 100_000
    elements: int = 10_000


DEFAULT = Budget()


class Meter:
    """Counts what an evaluation spends and stops it at the limit with `BudgetExceeded`."""

    __slots__ = ("budget", "depth", "steps", "steps_limit")

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.steps = 0
        self.steps_limit = budget.steps
        self.depth = 0

    def charge(self, steps: int) -> None:
        """Spend that many steps."""
        self.steps += steps
        if self.steps > self.steps_limit:
            raise BudgetExceeded("steps", self.steps_limit)

    def check_text(self, length: int) -> None:
        """Refuse a string of that many characters before it is made; a long one costs steps too."""
        if length > self.budget.characters:
            raise BudgetExceeded("characters", self.budget.characters)
        if length > 100:
            self.charge(length // 100)

    def check_list(self, length: int) -> None:
        """Refuse a list of that many elements before it is made."""
        if length > self.budget.elements:
            raise BudgetExceeded("elements", self.budget.elements)
        self.charge(length)

    def descend(self, levels: int) -> None:
        """Enter that many levels of a called function's tree."""
        self.depth += levels
        if self.depth > self.budget.depth:
            raise BudgetExceeded("levels", self.budget.depth)

    def ascend(self, levels: int) -> None:
        """Leave them again."""
        self.depth -= levels
