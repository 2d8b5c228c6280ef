"""What a decision may raise.

DecisionError
├── DecisionInvalid     the file is no decision model that can be used; carries all problems
├── DecisionUnknown     the model has no such decision
├── UniqueViolated      a UNIQUE table was hit by two rules
├── AnyViolated         the rules that hit an ANY table disagree
├── NoRuleHit           no rule hit, and the caller asked for one
└── DecisionTooLarge    the evaluation exceeded its budget
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class DecisionError(Exception):
    """The decision could not be made. `message_zh` is for the screen."""

    def __init__(self, message: str, message_zh: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.message_zh = message_zh or message


@dataclass(frozen=True)
class DecisionProblem:
    """One fault of a decision model: in which element of which file."""

    message: str
    message_zh: str
    element_id: str = ""
    file_name: str = ""


class DecisionInvalid(DecisionError):
    """The file is no decision model that can be used."""

    def __init__(self, problems: Sequence[DecisionProblem]) -> None:
        super().__init__(
            "; ".join(problem.message for problem in problems), "；".join(problem.message_zh for problem in problems)
        )
        self.problems = tuple(problems)


class DecisionUnknown(DecisionError):
    """The model has no such decision."""


class DecisionTooLarge(DecisionError):
    """The evaluation exceeded its budget."""


class _RulesClash(DecisionError):
    def __init__(self, decision: str, rules: Sequence[tuple[int, str]], message: str, message_zh: str) -> None:
        names = [f"{index} ({rule_id})" if rule_id else str(index) for index, rule_id in rules]
        super().__init__(
            f"decision {decision}: rules {' and '.join(names)} {message}",
            f"决策“{decision}”：规则 {'、'.join(names)} {message_zh}",
        )
        self.decision = decision
        self.rules = tuple(rules)


class UniqueViolated(_RulesClash):
    """A UNIQUE table was hit by more than one rule; `rules` holds number and id of each."""

    def __init__(self, decision: str, *rules: tuple[int, str]) -> None:
        super().__init__(
            decision, rules, "hit at once, only one may (UNIQUE)", "同时命中，而本表只允许命中一条（UNIQUE）"
        )


class AnyViolated(_RulesClash):
    """Rules of an ANY table hit with different outputs."""

    def __init__(self, decision: str, *rules: tuple[int, str]) -> None:
        super().__init__(decision, rules, "hit with different outputs (ANY)", "同时命中而结果不同（ANY）")


class NoRuleHit(DecisionError):
    """No rule of the table hit."""

    def __init__(self, decision: str) -> None:
        super().__init__(f"decision {decision}: no rule hit", f"决策“{decision}”：没有规则命中")
        self.decision = decision
