"""Decisions that rest on others, boxed expressions, functions and types."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.decisions import DecisionInvalid, DecisionModel, evaluate_decision, invoke_service, parse_dmn


def model(body: str) -> DecisionModel:
    space = "https://www.omg.org/spec/DMN/20230324/MODEL/"
    return parse_dmn(f'<definitions xmlns="{space}" name="m" namespace="n">{body}</definitions>'.encode())


def literal(text: str) -> str:
    return f"<literalExpression><text>{text}</text></literalExpression>"


def requires(*ids: str) -> str:
    return "".join(f'<informationRequirement><requiredDecision href="#{i}"/></informationRequirement>' for i in ids)


GRAPH = model(
    f"""
    <inputData id="i_age" name="年龄"><variable name="年龄" typeRef="number"/></inputData>
    <inputData id="i_other" name="其他"><variable name="其他"/></inputData>
    <decision id="adult" name="成年"><variable name="成年" typeRef="boolean"/>
      <informationRequirement><requiredInput href="#i_age"/></informationRequirement>{literal("年龄 >= 18")}</decision>
    <decision id="answer" name="答复"><variable name="答复"/>{requires("adult")}
      {literal('if 成年 then "成年" else "未成年"')}</decision>
    <decision id="blind" name="看不见"><variable name="看不见"/>{requires("adult")}{literal("其他")}</decision>
    """
)


def test_required_decisions_are_made_first_and_explained() -> None:
    result = evaluate_decision(GRAPH, "answer", {"年龄": 7})
    assert result.value == "未成年"
    assert [each.decision for each in result.explanation.required] == ["adult"]
    assert result.explanation.as_dict()["inputs"] == {"成年": False}


def test_a_decision_is_found_by_name_too() -> None:
    assert evaluate_decision(GRAPH, "答复", {"年龄": 20}).value == "成年"


def test_declared_inputs_are_seen_only_by_those_that_require_them() -> None:
    assert evaluate_decision(GRAPH, "blind", {"年龄": 7, "其他": 1}).value is None


def test_an_input_of_another_type_is_null() -> None:
    result = evaluate_decision(GRAPH, "adult", {"年龄": "七"})
    assert result.value is None
    assert result.explanation.warnings


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (
            f'<decision id="a" name="a">{requires("b")}</decision><decision id="b" name="b">{requires("a")}</decision>',
            "依赖自身",
        ),
        (f'<decision id="a" name="a">{requires("zz")}</decision>', "缺少"),
    ],
)
def test_requirements_that_lead_nowhere_or_in_a_circle(body: str, word: str) -> None:
    with pytest.raises(DecisionInvalid) as caught:
        model(body)
    assert word in caught.value.message_zh


BOXES = model(
    f"""
    <itemDefinition name="tPoints" isCollection="true"><typeRef>number</typeRef>
      <allowedValues><text>[0..10]</text></allowedValues></itemDefinition>
    <businessKnowledgeModel id="k" name="加税"><variable name="加税"/>
      <encapsulatedLogic><formalParameter name="x" typeRef="number"/>{literal("x * 1.1")}</encapsulatedLogic>
    </businessKnowledgeModel>
    <decision id="context" name="context">
      <context><contextEntry><variable name="a"/>{literal("2")}</contextEntry>
        <contextEntry><variable name="b"/>{literal("a + 1")}</contextEntry></context></decision>
    <decision id="result" name="result">
      <context><contextEntry><variable name="a"/>{literal("2")}</contextEntry>
        <contextEntry>{literal("a * 5")}</contextEntry></context></decision>
    <decision id="list" name="list"><list>{literal("1")}{literal("2")}</list></decision>
    <decision id="relation" name="relation">
      <relation><column name="k"/><column name="v"/><row>{literal("1")}{literal("2")}</row></relation></decision>
    <decision id="call" name="call">
      <knowledgeRequirement><requiredKnowledge href="#k"/></knowledgeRequirement>{literal("加税(10)")}</decision>
    <decision id="invocation" name="invocation">
      <knowledgeRequirement><requiredKnowledge href="#k"/></knowledgeRequirement>
      <invocation>{literal("加税")}<binding><parameter name="x"/>{literal("20")}</binding></invocation></decision>
    <decision id="for" name="for"><for iteratorVariable="i"><in>{literal("1..3")}</in>
      <return>{literal("i * 2")}</return></for></decision>
    <decision id="filter" name="filter"><filter><in>{literal("[1, 5, 9]")}</in>
      <match>{literal("item > 4")}</match></filter></decision>
    <decision id="every" name="every"><every iteratorVariable="i"><in>{literal("[1, 5]")}</in>
      <satisfies>{literal("i > 4")}</satisfies></every></decision>
    <decision id="conditional" name="conditional"><conditional><if>{literal("1 > 2")}</if>
      <then>{literal("1")}</then><else>{literal("2")}</else></conditional></decision>
    <decision id="typed" name="typed"><variable name="typed" typeRef="tPoints"/>{literal("[1, 2]")}</decision>
    <decision id="mistyped" name="mistyped"><variable name="mistyped" typeRef="tPoints"/>{literal("[1, 20]")}</decision>
    <decisionService id="s" name="service"><outputDecision href="#list"/></decisionService>
    """.replace("1..3", "[1, 2, 3]")
)


@pytest.mark.parametrize(
    ("decision", "expected"),
    [
        ("context", {"a": 2, "b": 3}),
        ("result", 10),
        ("list", [1, 2]),
        ("relation", [{"k": 1, "v": 2}]),
        ("call", Decimal("11.0")),
        ("invocation", Decimal("22.0")),
        ("for", [2, 4, 6]),
        ("filter", [5, 9]),
        ("every", False),
        ("conditional", 2),
        ("typed", [1, 2]),
        ("mistyped", None),
    ],
)
def test_boxed_expressions(decision: str, expected: object) -> None:
    assert evaluate_decision(BOXES, decision).value == expected


def test_a_decision_service() -> None:
    assert invoke_service(BOXES, "service") == [1, 2]
