"""What expressions mean: each line is text and value."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from engine.feel import Range, YearsMonths, evaluate

NOW = datetime(2026, 9, 25, 10, 0, tzinfo=timezone(timedelta(hours=8)))
NAMES: dict[str, Any] = {
    "类别": "C5",
    "低保": True,
    "age": 7,
    "rate": 0.1,
    "nothing": None,
    "born": date(2018, 2, 28),
    "case": {"id": "T-1", "members": [{"name": "甲", "income": 100}, {"name": "乙", "income": 250}]},
    "数 目": 3,
    "a-b": 4,
}


def value(text: str) -> Any:
    return evaluate(text, NAMES, now=NOW).value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("2 ** 3", 8),
        ("-2 ** 2", 4),
        ("10 - 2 - 3", 5),
        ("1 / 4", Decimal("0.25")),
        (".5 + 1.5e1", Decimal("15.5")),
        ("0.1 + 0.2", Decimal("0.3")),
        ("rate * 3", Decimal("0.3")),
        ("1 / 3", Decimal("0.3333333333333333333333333333333333")),
        ("1 / 0", None),
        ('"a" + "b"', "ab"),
        ('"a" + 1', None),
        ("nothing + 1", None),
        ("数 目 + 1", 4),
        ("a-b + 1", 5),
        ("age - 1", 6),
        ('"\\u7ae5"', "童"),
        ("{first-name: 2, r: first-name + 1}.r", 3),
    ],
)
def test_arithmetic(text: str, expected: Any) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("true and nothing", None),
        ("false and nothing", False),
        ("nothing and false", False),
        ("true or nothing", True),
        ("false or nothing", None),
        ("not(nothing)", None),
        ("not(低保)", False),
        ('1 = "1"', None),
        ("1 < nothing", None),
        ("nothing = null", True),
        ("age != null", True),
        ('类别 = "C5" and age >= 6', True),
        ("age between 1 and 7 and true", True),
        ("age in [1..7]", True),
        ("age in [1..7)", False),
        ("age in ]6..7]", True),
        ("age in (< 5, > 6)", True),
        ("age in < 5", False),
        ('类别 in ("C4", "C5")', True),
        ('类别 in ["C4", "C5"]', True),
        ("[1, 2] = [1, 2]", True),
        ("[1] = 1", True),
        ('{a: 1} = {"a": 1}', True),
        ("1 instance of number", True),
        ('[1, "a"] instance of list<number>', False),
        ("born instance of date", True),
    ],
)
def test_three_valued_logic_and_comparison(text: str, expected: Any) -> None:
    assert value(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[1, 2, 3][1]", 1),
        ("[1, 2, 3][-1]", 3),
        ("[1, 2, 3][4]", None),
        ("[1, 2, 3][item > 1]", [2, 3]),
        ("5[1]", 5),
        ("case.members.name", ["甲", "乙"]),
        ("case.members[income > 100].name", ["乙"]),
        ("case.members[2].income", 250),
        ("sum(case.members.income)", 350),
        ("case.missing", None),
        ("for i in 1..3 return i * i", [1, 4, 9]),
        ("for i in 3..1 return i", [3, 2, 1]),
        ("for i in [1, 2], j in [i, 10] return i * j", [1, 10, 4, 20]),
        ("for i in 1..4 return if i < 3 then 1 else partial[-1] + partial[-2]", [1, 1, 2, 3]),
        ("some m in case.members satisfies m.income > 200", True),
        ("every m in case.members satisfies m.income > 200", False),
        ('if age > 6 then "大" else "小"', "大"),
        ('if nothing then "大" else "小"', "小"),
        ("(function(x, y) x + y)(1, 2)", 3),
        ("{f: function(x: number) x + 1, r: f(2)}.r", 3),
        ('{f: function(x: number) x + 1, r: f("a")}.r', None),
        ('substring(start position: 2, string: "abc")', "bc"),
        ("sort([3, 1, 2], function(x, y) x < y)", [1, 2, 3]),
        ("count(concatenate([1], [2, 3]))", 3),
        ("flatten([1, [2, [3]]])", [1, 2, 3]),
        ('string join(["a", null, "b"], "-")', "a-b"),
        ('replace("a1b2", "[0-9]", "#")', "a#b#"),
        ('split("a;b", ";")', ["a", "b"]),
        ('matches("110105", "^[0-9]{6}$")', True),
        ('get value({k: 1}, "k")', 1),
        ('string({a: [1, "x"]})', '{a: [1, "x"]}'),
        ("min(3, 1, 2)", 1),
        ("median([1, 2, 3, 4])", Decimal("2.5")),
        ("decimal(2.5, 0)", 2),
        ("floor(-1.5)", -2),
        ("modulo(-7, 3)", 2),
        ("includes([1..10], 5)", True),
        ("before([1..4], 5)", True),
    ],
)
def test_lists_contexts_and_functions(text: str, expected: Any) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('date("2026-09-25")', date(2026, 9, 25)),
        ('@"2026-09-25" + @"P5D"', date(2026, 9, 30)),
        ('date("2026-01-31") + duration("P1M")', date(2026, 2, 28)),
        ('date("2026-09-30") - date("2026-09-25")', timedelta(days=5)),
        ('(date("2026-09-30") - date("2026-09-25")).days', 5),
        ("born.year", 2018),
        ("born.weekday", 3),
        ("day of week(born)", "Wednesday"),
        ("years and months duration(born, today()).years", 8),
        ("today()", date(2026, 9, 25)),
        ("now()", NOW),
        ('now() + @"PT2H"', NOW + timedelta(hours=2)),
        ('date and time("2026-09-25T09:00:00") < now()', True),
        ('date and time("2026-09-25T02:00:00Z") = now()', True),
        ('date and time(date("2026-09-25"), time("10:00:00+08:00")) = now()', True),
        ('time("10:00:00") + @"PT15H"', time(1, 0)),
        ('time("10:00:00Z")', time(10, 0, tzinfo=UTC)),
        ('duration("P1Y2M")', YearsMonths(14)),
        ('duration("PT36H") = @"P1DT12H"', True),
        ('string(duration("PT36H"))', "P1DT12H"),
        ('@"P1D" / @"PT6H"', 4),
        ("born + 1", None),
        ("born < now()", None),
        ('[@"2026-01-01"..@"2026-12-31"]', Range(date(2026, 1, 1), date(2026, 12, 31))),
        ('date("2026-02-30")', None),
    ],
)
def test_dates_times_and_durations(text: str, expected: Any) -> None:
    got = value(text)
    assert got == expected
    assert type(got) is type(expected) or isinstance(got, Decimal)


def test_functions_of_the_program() -> None:
    def add_workdays(start: date, n: Decimal) -> date:
        return start + timedelta(days=int(n))

    functions = {"add workdays": add_workdays}
    names = {"accepted on": date(2026, 9, 25)}
    assert evaluate("add workdays(accepted on, 3)", names, functions=functions).value == date(2026, 9, 28)
    assert evaluate("add workdays(n: 3, start: accepted on)", names, functions=functions).value == date(2026, 9, 28)
    failed = evaluate('add workdays("x", 3)', names, functions=functions)
    assert failed.value is None
    assert failed.warnings[0].code == "function_failed"


def test_names_are_read_lazily() -> None:
    class Facts(dict[str, Any]):
        def __getitem__(self, key: str) -> Any:
            raise AssertionError(key)

        def get(self, key: str, default: Any = None) -> Any:
            assert key == "age", key
            return 7

    assert evaluate("age > 6", Facts(poison=1)).value is True


def test_what_is_null_says_why() -> None:
    result = evaluate("身高 + 1", {})
    assert result.value is None
    assert [warning.code for warning in result.warnings] == ["unknown_name", "types"]
    assert "身高" in result.warnings[0].message


def test_numbers_from_outside_become_decimals_at_every_depth() -> None:
    assert evaluate("x", {"x": {"a": [1, 2.5]}}).value == {"a": [Decimal(1), Decimal("2.5")]}
