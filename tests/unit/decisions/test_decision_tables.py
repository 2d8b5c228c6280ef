"""Decision tables: hit policies, cells, explanations, and files that are refused."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from engine.decisions import (
    AnyViolated,
    DecisionInvalid,
    DecisionTooLarge,
    DecisionUnknown,
    NoRuleHit,
    UniqueViolated,
    evaluate_decision,
    parse_dmn,
)

SPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def table(
    rules: list[list[str]],
    *,
    policy: str = 'hitPolicy="UNIQUE"',
    inputs: tuple[str, ...] = ("类别", "低保关联"),
    outputs: tuple[str, ...] = ("标准",),
    default: str = "",
    namespace: str = SPACE,
) -> bytes:
    """A file with one table `T`; each rule is its cells and then its annotation."""
    columns = "".join(
        f'<input id="i{n}" label="{each}"><inputExpression><text>{each}</text></inputExpression></input>'
        for n, each in enumerate(inputs)
    )
    default_entry = f"<defaultOutputEntry><text>{default}</text></defaultOutputEntry>" if default else ""
    columns += "".join(f'<output id="o{n}" name="{each}">{default_entry}</output>' for n, each in enumerate(outputs))
    for index, rule in enumerate(rules, start=1):
        cells, note = rule[:-1], rule[-1]
        columns += f'<rule id="r{index}">'
        for n, cell in enumerate(cells):
            kind = "inputEntry" if n < len(inputs) else "outputEntry"
            columns += f'<{kind} id="r{index}c{n}"><text>{escaped(cell)}</text></{kind}>'
        columns += f"<annotationEntry><text>{note}</text></annotationEntry></rule>"
    return (
        f'<definitions xmlns="{namespace}" id="d" name="测试" namespace="t"><decision id="T" name="基本生活标准">'
        f'<variable name="T"/><decisionTable id="t" {policy}>{columns}</decisionTable></decision></definitions>'
    ).encode()


RULES = [
    ['"C1", "C2"', "-", "100", "第一条"],
    ['"C5"', "true", "200", "第二条"],
    ['"C5"', "false", "300", "第三条"],
]


def decide(xml: bytes, names: dict[str, Any], **options: Any) -> Any:
    return evaluate_decision(parse_dmn(xml), "T", names, **options)


def test_the_rule_that_hits_gives_the_value_and_its_reason() -> None:
    result = decide(table(RULES), {"类别": "C5", "低保关联": True})
    assert result.value == Decimal(200)
    said = result.explanation.as_dict()
    assert json.loads(json.dumps(said)) == said
    assert said["decision"] == "T"
    assert said["name"] == "基本生活标准"
    assert said["hit_policy"] == "U"
    assert said["inputs"] == {"类别": "C5", "低保关联": True}
    assert [(rule["index"], rule["id"], rule["annotation"], rule["outputs"]) for rule in said["rules"]] == [
        (2, "r2", "第二条", {"标准": 200})
    ]
    assert said["text"] == '规则 2 命中：类别 = "C5"；低保关联 = 是。依据：第二条'
    assert said["warnings"] == []


@pytest.mark.parametrize("year", ["20151101", "20180521", "20191111", "20211108", "20230324"])
def test_every_dmn_namespace_is_read(year: str) -> None:
    xml = table(RULES, namespace=f"https://www.omg.org/spec/DMN/{year}/MODEL/")
    assert decide(xml, {"类别": "C1"}).value == Decimal(100)


def test_no_hit_is_null_with_a_warning() -> None:
    result = decide(table(RULES), {"类别": "C9", "低保关联": True})
    assert result.value is None
    assert "没有规则命中" in result.explanation.text()
    assert any("没有规则命中" in warning for warning in result.explanation.warnings)
    with pytest.raises(NoRuleHit):
        decide(table(RULES), {"类别": "C9"}, require_hit=True)


def test_default_output() -> None:
    result = decide(table(RULES, default="0"), {"类别": "C9"})
    assert result.value == Decimal(0)
    assert result.explanation.default_used


def test_unique_with_two_hits_names_both_rules() -> None:
    xml = table([*RULES, ['"C5"', "-", "400", "第四条"]])
    with pytest.raises(UniqueViolated) as caught:
        decide(xml, {"类别": "C5", "低保关联": True})
    assert caught.value.rules == ((2, "r2"), (4, "r4"))
    assert "2 (r2)" in str(caught.value)
    assert "4 (r4)" in str(caught.value)
    assert "2 (r2)、4 (r4)" in caught.value.message_zh


OVERLAPPING = [["> 1", "10", ""], ["> 2", "20", ""], ["> 3", "20", ""]]


@pytest.mark.parametrize(
    ("policy", "n", "expected"),
    [
        ('hitPolicy="FIRST"', 4, 10),
        ('hitPolicy="ANY"', 2, 10),
        ('hitPolicy="COLLECT"', 4, [10, 20, 20]),
        ('hitPolicy="COLLECT"', 0, []),
        ('hitPolicy="COLLECT" aggregation="SUM"', 4, 50),
        ('hitPolicy="COLLECT" aggregation="MIN"', 4, 10),
        ('hitPolicy="COLLECT" aggregation="MAX"', 4, 20),
        ('hitPolicy="COLLECT" aggregation="COUNT"', 4, 3),
        ('hitPolicy="COLLECT" aggregation="COUNT"', 0, 0),
        ('hitPolicy="RULE ORDER"', 3, [10, 20]),
        ("", 2, 10),
    ],
)
def test_hit_policies(policy: str, n: int, expected: Any) -> None:
    assert decide(table(OVERLAPPING, policy=policy, inputs=("n",)), {"n": n}).value == expected


def test_first_explains_one_rule_and_collect_all() -> None:
    first = decide(table(OVERLAPPING, policy='hitPolicy="FIRST"', inputs=("n",)), {"n": 4}).explanation
    assert [rule.index for rule in first.rules] == [1]
    assert first.text() == "规则 1 命中：n = 4（> 1）"
    collected = decide(table(OVERLAPPING, policy='hitPolicy="COLLECT"', inputs=("n",)), {"n": 4}).explanation
    assert [rule.index for rule in collected.rules] == [1, 2, 3]


def test_any_with_different_outputs_names_the_rules() -> None:
    with pytest.raises(AnyViolated) as caught:
        decide(table(OVERLAPPING, policy='hitPolicy="ANY"', inputs=("n",)), {"n": 3})
    assert caught.value.rules == ((1, "r1"), (2, "r2"))


def test_several_outputs_are_a_context() -> None:
    xml = table([["-", '"A"', "n + 1", ""]], inputs=("n",), outputs=("code", "next"))
    assert decide(xml, {"n": 1}).value == {"code": "A", "next": Decimal(2)}


def test_cells_may_call_the_programs_functions() -> None:
    xml = table([["is workday(?)", '"是"', ""], ["not(is workday(?))", '"否"', ""]], inputs=("day",))
    functions = {"is workday": lambda day: day.weekday() < 5}
    model = parse_dmn(xml.replace(b"<text>day</text>", b'<text>date("2026-09-25")</text>'))
    assert evaluate_decision(model, "T", {}, functions=functions).value == "是"


def test_unknown_decision() -> None:
    with pytest.raises(DecisionUnknown):
        evaluate_decision(parse_dmn(table(RULES)), "X", {})


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"<a/>",
        b"not xml",
        b'<!DOCTYPE definitions [<!ENTITY x "y">]><definitions/>',
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE d><d/>'.encode("utf-16"),
        b" " * 2_000_001,
        b"<a>" * 300 + b"</a>" * 300,
    ],
)
def test_files_that_are_no_decision_models(xml: bytes) -> None:
    with pytest.raises(DecisionInvalid) as caught:
        parse_dmn(xml, "x.dmn")
    assert caught.value.problems[0].file_name == "x.dmn"


def test_all_problems_are_told_with_their_element() -> None:
    xml = table([["1 +", "2 ** ", "x"], ["-", "1", "2", "3", ""]], inputs=("n",), policy='hitPolicy="SOMEHOW"')
    with pytest.raises(DecisionInvalid) as caught:
        parse_dmn(xml)
    assert {problem.element_id for problem in caught.value.problems} == {"t", "r1c0", "r1c1", "r2"}
    assert all(problem.message_zh for problem in caught.value.problems)


def test_a_cell_that_costs_too_much() -> None:
    xml = table([["-", "count(for i in 1..1000000000 return i)", ""]], inputs=("n",))
    with pytest.raises(DecisionTooLarge):
        decide(xml, {"n": 1})
