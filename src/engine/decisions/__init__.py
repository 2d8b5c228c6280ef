"""DMN: decision models are parsed, checked, evaluated and explained here. Pure; FEEL is all it needs."""

from engine.decisions.errors import (
    AnyViolated,
    DecisionError,
    DecisionInvalid,
    DecisionProblem,
    DecisionTooLarge,
    DecisionUnknown,
    NoRuleHit,
    UniqueViolated,
)
from engine.decisions.evaluate import evaluate_decision, invoke_service
from engine.decisions.explain import DecisionResult, Explanation, RuleHit
from engine.decisions.model import Decision, DecisionModel
from engine.decisions.reader import parse_dmn

__all__ = [
    "AnyViolated",
    "Decision",
    "DecisionError",
    "DecisionInvalid",
    "DecisionModel",
    "DecisionProblem",
    "DecisionResult",
    "DecisionTooLarge",
    "DecisionUnknown",
    "Explanation",
    "NoRuleHit",
    "RuleHit",
    "UniqueViolated",
    "evaluate_decision",
    "invoke_service",
    "parse_dmn",
]
