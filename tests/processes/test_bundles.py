"""The county's processes as they are shipped: they pass the check, compile, and hold what the plan demands of them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from cases.field_checks import FIELD_CHECKS
from cases.handlers import HANDLERS
from cases.roles import ROLES
from engine.decisions import parse_dmn
from engine.definitions.bundle import Bundle, read_folder
from engine.definitions.check import check_bundle, render
from engine.definitions.forms import Form, check_form, parse_form
from engine.feel import names_used, parse_expression
from engine.runtime import compile_bundle

PROCESSES = Path(__file__).parents[2] / "processes"
KEYS = sorted(path.parent.name for path in PROCESSES.glob("*/process.toml"))
STORIES = sorted(PROCESSES.glob("*/scenarios/*.toml"))
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
PROPERTY = "{http://spiffworkflow.org/bpmn/schema/1.0/core}property"
CHINESE = re.compile(r"[\u4e00-\u9fff]")

#: M3: by which field of which form each input of a table comes into the case; computed inputs name what they rest on.
WRITTEN_BY = {
    "category": ("b_ut_visit", "fit_categories"),
    "dibao_linked": ("b_ut_visit", "dibao_linked"),
    "child_disability": ("b_ut_apply", "disability_kind"),
    "disability_type": ("b_ut_apply", "disability_kind"),
    "severe_illness": ("b_ut_apply", "illness"),
    "hardship_school": ("b_ut_apply", "difficulty"),
    "hardship_medical": ("b_ut_apply", "difficulty"),
    "over18_in_school": ("b_ut_apply", "stage"),
    "parent_reasons": ("b_ut_apply", "father_status"),
    "stage": ("b_ut_apply", "stage"),
    **dict.fromkeys(("hiv", "sealed_hiv"), ("b_ut_apply", "hiv_track")),
    "age": ("b_ut_apply", "child_idcard"),
    "gate": ("b_ut_apply", "child_idcard"),
    "opinions_missing": ("d_ut_opinion", "opinion"),
    "opinions_supp": ("d_ut_opinion", "opinion"),
    "opinions_disagree": ("d_ut_opinion", "opinion"),
    "opinions_agree": ("d_ut_consolidate", "opinion"),
    "opinions_contradiction": ("d_ut_check", "opinion"),
    "covered_before_18": ("b_ut_apply", "child_idcard"),
    "ground": ("f_ut_verify", "ground"),
    "subcase": ("f_ut_verify", "subcase"),
    "acute_hardship": ("e3_ut_apply", "traits"),
    "emergency": ("e3_ut_apply", "emergency"),
    "amount_small": ("e3_ut_apply", "need_amount"),
    "enrolled": ("b_ut_visit", "schooling"),
    "dropout": ("b_ut_visit", "schooling"),
    **{
        name: ("b_ut_visit", name)
        for name in ("institution", "dibao_ok", "bianyuan_ok", "severe", "medical_aid_ok", "family_poor", "migrant")
    },
    **{
        name: ("h_ut_report", name)
        for name in ("life_threat", "ongoing_violence", "sexual", "missing_or_trafficked", "abandoned", "alone_under8")
    },
    "suspected_abuse_or_neglect": ("h_ut_triage", "suspected_abuse_or_neglect"),
    **{
        name: ("h_ut_dispatch", name)
        for name in ("need_medical", "danger_from_guardian", "guardian_present", "guardian_reachable")
    },
    **{name: ("h_ut_dispatch", name) for name in ("relative_ok", "special_care")},
    **{
        name: ("h_ut_assess", name)
        for name in ("ground_revoke", "danger_removed", "guardian_capable", "other_guardian", "permanent_loss")
    },
}
#: Set by the deployment, or by the protection track, which has forms of its own.
NOT_BY_THESE_FORMS = {"profile", "no_publicity"}


@pytest.fixture(scope="module")
def application() -> Bundle:
    return read_folder(PROCESSES / "application")


@pytest.fixture(scope="module")
def forms(application: Bundle) -> dict[str, Form]:
    return {key: parse_form(raw, key) for each in application.closure() for key, raw in each.forms.items()}


def nodes(key: str) -> Iterator[Any]:
    """Every element of a diagram that a token can pass."""
    root = etree.parse(PROCESSES / key / f"{key}.bpmn").getroot()
    for node in root.iter(f"{BPMN}*"):
        if node.find(f"{BPMN}incoming") is not None or node.find(f"{BPMN}outgoing") is not None:
            yield node


def property_of(node: Any, name: str) -> str | None:
    found = [each.get("value") for each in node.iter(PROPERTY) if each.get("name") == name]
    return found[0] if found else None


def test_there_are_the_processes_of_the_plan() -> None:
    assert set(KEYS) >= {"application", "benefit", "meeting", "publicity", "review"}


@pytest.fixture(scope="module")
def all_forms() -> dict[str, Form]:
    """The forms of every process, by their keys: these are the ids of the steps, so that none comes twice."""
    return {path.stem: parse_form(path.read_bytes(), path.stem) for path in PROCESSES.glob("*/forms/*.form")}


@pytest.fixture(scope="module")
def start_forms() -> dict[str, str]:
    """Which form begins which process."""
    starts = {key: [node for node in nodes(key) if node.tag == f"{BPMN}startEvent"] for key in KEYS}
    return {key: form for key, found in starts.items() for node in found if (form := property_of(node, "form"))}


@pytest.mark.parametrize("key", KEYS)
def test_the_check_finds_nothing(key: str) -> None:
    bundle = read_folder(PROCESSES / key)
    problems = check_bundle(bundle, services=frozenset(HANDLERS), roles=frozenset(ROLES), compile=compile_bundle)
    assert not problems, render(problems, "en")


def test_the_application_compiles_with_all_it_calls(application: Bundle) -> None:
    spec = compile_bundle(application)
    assert spec.start_form == "b_ut_apply"
    assert {process for process, _ in spec.elements} == {"application", "benefit", "meeting", "publicity", "review"}


def test_no_text_within_an_expression_of_a_form_breaks_its_line(all_forms: dict[str, Form]) -> None:
    """The browser's FEEL shows a warning sign in place of such a text; `\\n` within it is the line's end for both."""
    texts = {(key, str(field.spec["text"])) for key, form in all_forms.items() for field in form.walk() if _told(field)}
    assert len(texts) > 20
    assert {key for key, text in texts if "\n" in text} == set()


def _told(field: Any) -> bool:
    return str(field.spec.get("text", "")).startswith("=")


def test_forms_ask_only_for_checks_that_exist(all_forms: dict[str, Form]) -> None:
    assert [problem for form in all_forms.values() for problem in check_form(form, frozenset(FIELD_CHECKS))] == []


@pytest.mark.parametrize("key", KEYS)
def test_each_element_has_a_chinese_name_and_its_source(key: str) -> None:
    for node in nodes(key):
        assert CHINESE.search(node.get("name", "")), node.get("id")
        told = node.findtext(f"{BPMN}documentation") or ""
        assert re.search(r"方案|领域说明|修订", told), f"{node.get('id')} names no clause"


@pytest.mark.parametrize("key", KEYS)
def test_each_user_task_has_a_form_of_its_name_a_role_and_a_deadline(key: str) -> None:
    for node in nodes(key):
        if node.tag == f"{BPMN}userTask":
            assert property_of(node, "form") == node.get("id")
            assert property_of(node, "role") and property_of(node, "due"), node.get("id")
            assert (PROCESSES / key / "forms" / f"{node.get('id')}.form").exists()


@pytest.mark.parametrize(
    ("key", "signer", "others"),
    [
        ("application", "b_ut_town_review", {"b_ut_visit"}),
        ("application", "b_ut_town_sign", {"b_ut_visit", "b_ut_town_review"}),
        ("review", "d_ut_sign", {"d_ut_opinion"}),
        ("review", "d_ut_check_sign", {"d_ut_check"}),
        ("review", "d_ut_final_sign", {"d_ut_consolidate", "d_ut_plan"}),
        ("meeting", "i_ut_approve", {"i_ut_propose"}),
        ("meeting", "i_ut_sign", {"i_ut_minutes"}),
        ("publicity", "c_ut_approve", {"c_ut_draft"}),
        ("objection", "o_ut_decide", {"o_ut_investigate", "o_ut_accept"}),
        ("appeal", "k_ut_defence_sign", {"k_ut_defence"}),
        ("exit", "f_ut_town_sign", {"f_ut_verify"}),
        ("exit", "f_ut_leader_sign", {"f_ut_decide"}),
        ("payment", "e2_ut_sign", {"e2_ut_list"}),
        ("relief", "e3_ut_emergency_sign", {"e3_ut_apply"}),
        ("relief", "e3_ut_papers_check", {"e3_ut_papers", "e3_ut_apply"}),
        ("relief", "e3_ut_town_approve", {"e3_ut_apply"}),
        ("relief", "e3_ut_county_sign", {"e3_ut_county", "e3_ut_apply"}),
        ("standard", "std_ut_second", {"std_ut_sign"}),
        ("survey_town", "a_ut_town_sign", {"a_ut_town_check"}),
        ("survey_village", "a_ut_village_sign", {"a_ut_household"}),
        ("supervision", "j_ut_plan_sign", {"j_ut_plan"}),
        ("supervision", "j_ut_report_sign", {"j_ut_report"}),
    ],
)
def test_who_handles_does_not_sign(key: str, signer: str, others: set[str], all_forms: dict[str, Form]) -> None:
    node = next(each for each in nodes(key) if each.get("id") == signer)
    assert set((property_of(node, "separate_from") or "").split(",")) == others
    signature = [field for field in all_forms[signer].walk() if field.properties.get("type") == "sign"]
    assert len(signature) == 1
    assert signature[0].validate["required"] is True


def test_a_second_list_of_papers_is_impossible(forms: dict[str, Form]) -> None:
    """M11: the second look knows 齐全 and 仍缺 only; M7: a missing consent is never asked for."""
    results = {
        key: [
            option["value"] for field in forms[key].walk() if field.key == "result" for option in field.spec["values"]
        ]
        for key in ("b_ut_formal_check", "b_ut_formal_check_again")
    }
    assert results["b_ut_formal_check"] == ["齐全", "需补正", "非本辖区", "重复申请"]
    assert results["b_ut_formal_check_again"] == ["齐全", "仍缺"]
    asked = next(field for field in forms["b_ut_formal_check"].walk() if field.key == "missing")
    assert "M07" not in [option["value"] for option in asked.spec["values"]]


def test_every_input_of_every_table_is_written_by_a_form(all_forms: dict[str, Form]) -> None:
    for path in sorted((PROCESSES / "decisions").glob("*.dmn")):
        root = etree.parse(path).getroot()
        for text in root.iterfind(".//{*}inputExpression/{*}text"):
            for name in names_used(parse_expression(text.text)) - NOT_BY_THESE_FORMS:
                form, field = WRITTEN_BY[name]
                assert field in {each.key for each in all_forms[form].walk()}, f"{path.name}: {name}"


def test_each_rule_names_its_source_and_each_column_is_chinese() -> None:
    for path in sorted((PROCESSES / "decisions").glob("*.dmn")):
        assert set(parse_dmn(path.read_bytes(), path.name).decisions) == {path.stem}
        root = etree.parse(path).getroot()
        for rule in root.iterfind(".//{*}rule"):
            assert re.match(r"\[(S|N✓|N\?|D)\] .*", rule.findtext("{*}description") or ""), rule.get("id")
        for column in (*root.iterfind(".//{*}input"), *root.iterfind(".//{*}output")):
            assert CHINESE.search(column.get("label")), column.get("id")


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_a_story_fills_fields_that_its_forms_have(
    path: Path, all_forms: dict[str, Form], start_forms: dict[str, str]
) -> None:
    story = tomllib.loads(path.read_text(encoding="utf-8"))
    assert story["scenario"]["name"] == path.stem
    for step in story["step"]:
        started = step.get("process", story["scenario"].get("process", path.parent.parent.name))
        form = start_forms[started] if step["do"] == "start" else step.get("task")
        if form:
            assert set(step["with"]) <= all_forms[form].names, form
        assert step.get("actor") is None or step["actor"] in story["world"]["actors"]
