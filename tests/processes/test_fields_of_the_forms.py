"""The fields that the specification demands of each form (`tests/data/forms`), against the forms as they are shipped.

Each is there, of its type, with its limits; what is required is refused when missing; what depends on an answer is
asked with that answer only.
"""

from __future__ import annotations

import copy
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cases.field_checks import FIELD_CHECKS
from engine.definitions.forms import Form, parse_form, validate
from engine.definitions.forms.model import Field
from engine.errors import SubmissionInvalid
from tests.browser.submissions import DEPARTMENTS, LISTS, NOW, everything, inputs, options

ROOT = Path(__file__).parents[2]
FORMS = {path.stem: path for path in ROOT.glob("processes/*/forms/*.form")}
DEMANDED = {
    form: fields
    for path in sorted((ROOT / "tests" / "data" / "forms").glob("*.toml"))
    for form, fields in tomllib.loads(path.read_text(encoding="utf-8")).items()
}
#: Which component may carry which type.
KINDS: Mapping[str, set[str]] = {
    "text": {"textfield"},
    "area": {"textarea"},
    "two": {"textfield"},
    "date": {"datetime"},
    "dt": {"datetime"},
    "int": {"number"},
    "money": {"number"},
    "bool": {"checkbox", "radio"},
    "confirmed": {"checkbox"},
    "sign": {"checkbox"},
    "enum": {"select", "radio"},
    "multi": {"checklist"},
    "org": {"select"},
    "file": {"filepicker"},
    "files": {"filepicker"},
}
CHECKED = {"idcard", "phone", "bankcard", "disability_cert", "student_no"}
TOLD = re.compile(r"(?P<type>\w+)(?P<more>[^!]*?)(?P<required> !)?(?P<flags>( past| sealed_words)*)( if (?P<when>.+))?")


@dataclass(frozen=True)
class Demand:
    """One line of the data."""

    form: str
    field: str
    type: str
    more: str
    required: bool
    flags: frozenset[str]
    asked_with: tuple[str, tuple[str, ...]] | None  #: the field whose answers show this one


def demands() -> Iterator[Demand]:
    for form, fields in DEMANDED.items():
        for field, told in fields.items():
            match = TOLD.fullmatch(told)
            assert match, f"{form}.{field}: {told}"
            leading, _, answers = (match["when"] or "").partition("=")
            yield Demand(
                form=form,
                field=field,
                type=match["type"],
                more=match["more"].replace(" sealed_words", "").replace(" past", "").strip(),
                required=match["required"] is not None,
                flags=frozenset(re.findall("past|sealed_words", told.partition(" if ")[0])),
                asked_with=(leading, tuple(answers.split(","))) if match["when"] else None,
            )


ALL = list(demands())
CONDITIONAL = [demand for demand in ALL if demand.asked_with]


def name(demand: Demand) -> str:
    return f"{demand.form}.{demand.field}"


def read(key: str) -> Form:
    return parse_form(FORMS[key].read_bytes(), key)


def field_of(form: Form, path: str) -> Field:
    fields = form.fields
    for step in path.split("."):
        found = next((each for each in inputs(fields) if each.key == step), None)
        assert found, f"{form.file} has no field {path}"
        fields = found.children
    return found


def put(values: dict[str, Any], path: str, value: Any) -> None:
    """Set a value; a list's first row stands for its rows."""
    *outer, last = path.split(".")
    for step in outer:
        inner = values[step]
        values = inner[0] if isinstance(inner, list) else inner
    values[last] = value


def answered(form: Form, path: str, answer: str, values: dict[str, Any]) -> dict[str, Any]:
    """The submission with this answer, where `yes` and `no` tick a box."""
    words: Mapping[str, Any] = {"yes": True, "no": False}
    value = words.get(answer, answer)
    if path in values or "." in path:
        kind = field_of(form, path).kind
        put(values, path, [value] if kind == "checklist" else value)
    else:
        values[path] = value
    return values


def refused_as_missing(form: Form, values: Mapping[str, Any]) -> set[str]:
    names = {**LISTS, "department": values.get("department", "MZJ")}
    given = {key: value for key, value in values.items() if key != "department"}
    try:
        validate(form, given, now=NOW, names=names, checks=FIELD_CHECKS)
    except SubmissionInvalid as invalid:
        return {problem.field.replace("[0]", "") for problem in invalid.problems if problem.rule == "required"}
    return set()


#: The sealed track of a form hides what the ordinary one asks.
ORDINARY: Mapping[str, Mapping[str, Any]] = {
    "b_ut_apply": {"confidential": False},
    "h_ut_handover": {"papers_later": False},
}


def showing(form: Form, demand: Demand, answer: str | None = None) -> dict[str, Any]:
    """A whole submission in which the field is asked; conditions of its condition are answered first."""
    values = copy.deepcopy(everything(form)) | ORDINARY.get(form.id, {})
    if demand.asked_with is None:
        return values
    leading, answers = demand.asked_with
    first = next((each for each in CONDITIONAL if (each.form, each.field) == (demand.form, leading)), None)
    if first and first.asked_with:
        values = answered(form, first.asked_with[0], first.asked_with[1][0], values)
    return answered(form, leading, answer or answers[0], values)


def test_the_specification_names_forms_that_exist() -> None:
    assert set(DEMANDED) <= set(FORMS)
    assert len(ALL) > 400


@pytest.mark.parametrize("demand", ALL, ids=name)
def test_the_field_is_there_with_its_type_and_limits(demand: Demand) -> None:
    field = field_of(read(demand.form), demand.field)
    if demand.type in CHECKED:
        assert (field.kind, field.properties.get("check")) == ("textfield", demand.type)
        return
    assert field.kind in KINDS[demand.type]
    if demand.type in ("date", "dt"):
        assert field.spec.get("subtype") == ("datetime" if demand.type == "dt" else "date")
    if demand.type in ("money", "sign"):
        assert field.properties.get("type") == demand.type
    if demand.type == "two":
        assert field.validate.get("pattern"), "two people are demanded"
    if demand.type in ("enum", "multi") and demand.more:
        assert set(demand.more.split("|")) <= {str(option) for option in options(field)}
    elif demand.more:
        least, _, most = demand.more.rpartition("-")
        low, high = ("min", "max") if demand.type == "int" else ("minLength", "maxLength")
        assert (field.validate.get(high), field.validate.get(low, 0)) == (int(most), int(least or 0))
    assert "past" not in demand.flags or field.properties.get("not_after") == "now"
    assert "sealed_words" not in demand.flags or field.properties.get("check") == "sealed_words"


@pytest.mark.parametrize("demand", [each for each in ALL if each.required], ids=name)
def test_what_is_required_is_refused_when_missing(demand: Demand) -> None:
    form = read(demand.form)
    for answer in demand.asked_with[1] if demand.asked_with else (None,):
        values = showing(form, demand, answer)
        assert refused_as_missing(form, values) == set(), "the whole submission is accepted"
        put(values, demand.field, None)
        assert demand.field in refused_as_missing(form, values), answer


@pytest.mark.parametrize("demand", CONDITIONAL, ids=name)
def test_what_depends_on_an_answer_is_asked_with_that_answer_only(demand: Demand) -> None:
    form = read(demand.form)
    assert demand.asked_with
    leading, answers = demand.asked_with
    for answer in answers:
        assert is_asked(form, showing(form, demand, answer), demand.field), answer
    others = [each for each in other_answers(form, leading) if each not in answers]
    assert not all(is_asked(form, showing(form, demand, other), demand.field) for other in others)


def other_answers(form: Form, leading: str) -> list[str]:
    """What may be answered to the field on which a condition rests."""
    if leading == "department":
        return list(DEPARTMENTS)
    field = field_of(form, leading)
    words = {True: "yes", False: "no"}
    return ["yes", "no"] if field.kind == "checkbox" else [words.get(option, str(option)) for option in options(field)]


def is_asked(form: Form, values: Mapping[str, Any], path: str) -> bool:
    """Whether the server takes the field of this submission, which breaks no rule."""
    names = {**LISTS, "department": values.get("department", "MZJ")}
    given = {key: value for key, value in values.items() if key != "department"}
    taken: Any = validate(form, given, now=NOW, names=names, checks=FIELD_CHECKS)
    for step in path.split("."):
        taken = taken[0] if isinstance(taken, list) else taken
        if step not in taken:
            return False
        taken = taken[step]
    return True


def expressions(value: Any) -> Iterator[str]:
    """Every text of a form that the browser takes for FEEL."""
    if isinstance(value, str):
        yield from [value] if value.startswith("=") else []
    elif isinstance(value, Mapping | list):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from expressions(inner)


@pytest.mark.parametrize("key", sorted(FORMS))
def test_no_expression_breaks_its_line(key: str) -> None:
    """The browser's FEEL takes no line break inside of a text, and shows a warning sign in its place: write \\n."""
    assert [text for text in expressions(json.loads(FORMS[key].read_text(encoding="utf-8"))) if "\n" in text] == []
