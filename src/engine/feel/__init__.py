"""FEEL, the expression language of DMN: parse, evaluate, test.

A package of its own: it imports nothing of the program around it, reads no clock, and reaches no Python object by name.
"""

from engine.feel.budget import DEFAULT, Budget
from engine.feel.errors import BudgetExceeded, FeelError, FeelSyntaxError
from engine.feel.evaluate import evaluate, names_used, test_unary
from engine.feel.parser import Expression, UnaryTests, parse_expression, parse_unary_tests
from engine.feel.types import Declared, converted
from engine.feel.values import Function, Range, Result, Warning, YearsMonths, clean

__all__ = [
    "DEFAULT",
    "Budget",
    "BudgetExceeded",
    "Declared",
    "Expression",
    "FeelError",
    "FeelSyntaxError",
    "Function",
    "Range",
    "Result",
    "UnaryTests",
    "Warning",
    "YearsMonths",
    "clean",
    "converted",
    "evaluate",
    "names_used",
    "parse_expression",
    "parse_unary_tests",
    "test_unary",
]
