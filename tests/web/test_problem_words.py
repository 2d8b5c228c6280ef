"""What is wrong with a field, in the reader's language: the kind of mistake in English, the sentence with its numbers
behind it."""

from __future__ import annotations

import pytest
from flask import Flask

from engine.errors import FieldProblem
from tests.web.test_reporting import published as published
from web.language import english
from web.problem_words import BY_RULE, UNFIT, problem_in_words

LONG = FieldProblem(field="reason", rule="max_length", message="「理由」最多 500 字,现在 612 字,请缩短")
ODD = FieldProblem(field="reason", rule="quorum", message="到会应超过受邀单位的半数")
KNOWN = FieldProblem(field="reason", rule="quorum", message=UNFIT)


def test_every_kind_of_mistake_has_its_english() -> None:
    assert {*BY_RULE.values(), UNFIT} <= english().keys()


@pytest.mark.parametrize(
    ("language", "problem", "said"),
    [
        ("zh-CN", LONG, LONG.message),
        ("en", LONG, f"{english()[BY_RULE['max_length']]} ({LONG.message})"),
        ("en", ODD, f"{english()[UNFIT]} ({ODD.message})"),
        ("en", KNOWN, english()[UNFIT]),
    ],
)
def test_it_is_said_in_the_readers_language(app: Flask, language: str, problem: FieldProblem, said: str) -> None:
    with app.test_request_context(headers={"Cookie": f"language={language}"}):
        assert problem_in_words(problem) == said


@pytest.mark.parametrize(("language", "begins"), [("zh-CN", "「"), ("en", "Please fill this in (「")])
def test_a_form_refused_says_so_to_the_script(as_person, published, language: str, begins: str) -> None:
    browser = as_person("window")
    browser.client.set_cookie("language", language)
    answer = browser.post("/start/report", accept="application/json", fields="{}", idempotency_key="nothing typed yet")
    assert answer.status_code == 422
    found = {each["field"]: each["message"] for each in answer.get_json()["problems"]}
    assert found["place"].startswith(begins)
