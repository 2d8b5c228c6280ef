"""The same rules in the browser as on the server: every form, judged by form-js in Chromium and by the command's check.

Both get the same submissions: right ones in every state of the form's conditions, each field missing, each field wrong.
They must refuse the same fields, and take the same fields where nothing is refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route

from cases.field_checks import FIELD_CHECKS
from engine.definitions.forms import Form, parse_form, validate
from engine.errors import SubmissionInvalid
from engine.feel import names_used, parse_expression
from tests.browser.submissions import LISTS, NOW, inputs, spoilt, states
from web.assets import DIST, MANIFEST
from web.forms import components

PROCESSES = Path(__file__).parents[2] / "processes"
FORMS = sorted(PROCESSES.glob("*/forms/*.form"))
ADDRESS = "http://forms.test"
#: A department that has no fields of its own, so that the browser has the name at all.
#: What the forms' conditions know of the case, and what else it may be.
KNOWN = {"department": "MZJ", "profile": "CURRENT", "sealed_hiv": False, "no_publicity": False, "objections_open": 0}
ELSE = {"profile": "SEED_LITERAL", "sealed_hiv": True, "no_publicity": True, "objections_open": 2}

#: Rounds of drawing that wait neither for the screen nor for the browser's shortest delay: there are thousands.
IMPATIENT = """
const later = window.setTimeout;
const { port1, port2 } = new MessageChannel();
const waiting = [];
port1.onmessage = () => waiting.shift()();
window.setTimeout = (then, ms, ...rest) =>
  ms ? later(then, ms, ...rest) : (waiting.push(then), port2.postMessage(0), 0);
window.requestAnimationFrame = (then) => window.setTimeout(then, 0);
"""
JUDGE = """
async ({ schema, now, submissions }) => {
  const { countyForm, judged, setNow } = window.tonganForms;
  setNow(now);
  const container = document.body.appendChild(document.createElement('div'));
  const form = countyForm(container);
  await form.importSchema(schema, submissions[0]);
  const turn = () => new Promise((resolve) => setTimeout(resolve, 0));
  const places = form.get('formFieldInstanceRegistry');
  const shown = () => places.getAllKeyed().map((one) => one.valuePath.join('.')).sort().join();
  const verdicts = [];
  for (const data of submissions) {
    form._setState({ data: form._getInitializedFieldData(structuredClone(data)), errors: {} });
    await turn();
    for (let before = null; before !== shown(); await turn()) {
      before = shown();
    }
    const { data: sent, problems } = judged(form);
    verdicts.push({ sent, refused: problems.map((problem) => problem.field) });
  }
  form.destroy();
  container.remove();
  return verdicts;
}
"""


@pytest.fixture
def forms_page(page: Page) -> Page:
    """An empty page with the built script of forms."""
    script = json.loads((DIST / MANIFEST).read_text(encoding="utf-8"))["src/form.ts"]["file"]

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(ADDRESS).lstrip("/")
        if path:
            route.fulfill(path=DIST / path)
        else:
            route.fulfill(
                content_type="text/html", body=f'<meta charset="utf-8"><script type="module" src="/{script}"></script>'
            )

    page.route(f"{ADDRESS}/**", answer)
    page.add_init_script(IMPATIENT)
    page.goto(ADDRESS)
    page.wait_for_function("window.tonganForms !== undefined")
    return page


def schema_of(path: Path) -> dict[str, Any]:
    """The schema as the page gets it: lists filled in (`web.taskforms`)."""
    schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    for component in components(schema):
        if component.get("valuesKey"):
            component["values"] = LISTS[component.pop("valuesKey")]
    return schema


def submissions_of(form: Form) -> list[dict[str, Any]]:
    """Every state of the form; then each field wrong in the first state that shows it.

    Many fields are wrong at a time, because each is judged for itself; one on which conditions rest is wrong alone.
    """
    leading = {name for each in form.walk() if each.hide for name in names_used(parse_expression(each.hide[1:]))}
    cases = [KNOWN, *({**KNOWN, name: value} for name, value in ELSE.items() if name in leading)]
    told = [{**case, **state} for case in cases for state in states(form)]
    homes: dict[str, int] = {}
    for index, state in enumerate(told):
        for place in server(form, state)[1]:
            homes.setdefault(place, index)
    together: dict[tuple[int, int], dict[str, Any]] = {}
    alone: list[dict[str, Any]] = []
    for field in inputs(form.fields):
        home = homes.get(field.key, 0)
        for number, value in enumerate(spoilt(field, told[home][field.key])):
            if field.key in leading:
                alone.append({**told[home], field.key: value})
            else:
                together.setdefault((home, number), dict(told[home]))[field.key] = value
    return [*told, *alone, *together.values()]


def server(form: Form, given: Mapping[str, Any]) -> tuple[set[str], set[str]]:
    """What the server refuses, and, where that is nothing, which fields it takes."""
    names = {**LISTS, **KNOWN, **{key: value for key, value in given.items() if key in KNOWN}}
    fields = {key: value for key, value in given.items() if key not in KNOWN}
    try:
        taken = validate(form, fields, now=NOW, names=names, checks=FIELD_CHECKS)
    except SubmissionInvalid as invalid:
        return {problem.field for problem in invalid.problems}, set()
    return set(), places(form, taken)


def places(form: Form, values: Mapping[str, Any]) -> set[str]:
    """Where the values stand, those inside rows too. A list without a row is as good as none, and so is a row
    without a word."""
    lists = {each.key for each in form.walk() if each.kind in ("filepicker", "dynamiclist")}
    return set(_places(values, lists, ""))


def _places(values: Mapping[str, Any], lists: set[str], before: str) -> Iterator[str]:
    for key, value in values.items():
        if value or key not in lists:
            yield f"{before}{key}"
        rows = value if isinstance(value, list) else [value]
        for index, row in enumerate(rows):
            if isinstance(row, Mapping) and any(each not in (None, "") for each in row.values()):
                yield from _places(row, lists, f"{before}{key}[{index}].")


def known_of(given: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in given.items() if key in KNOWN}


@pytest.mark.timeout(600)
def test_browser_and_server_refuse_the_same_and_take_the_same(forms_page: Page) -> None:
    differences: list[str] = []
    accepted = refused = 0
    for path in FORMS:
        form = parse_form(path.read_bytes(), path.stem)
        given = submissions_of(form)
        asked = {"schema": schema_of(path), "now": NOW.isoformat(), "submissions": given}
        for raw, verdict in zip(given, forms_page.evaluate(JUDGE, asked), strict=True):
            theirs = set(verdict["refused"])
            ours, taken = server(form, {**verdict["sent"], **known_of(raw)})
            accepted, refused = accepted + (not ours), refused + bool(ours)
            if theirs != ours:
                differences.append(f"{path.stem}: browser {theirs - ours} server {ours - theirs}: {verdict['sent']}")
                continue
            sent = places(form, verdict["sent"])
            if not ours and taken != sent:
                differences.append(f"{path.stem}: shown {taken ^ sent}: {verdict['sent']}")
    assert not differences, "\n".join([f"{len(differences)} of {accepted + refused}", *differences[:40]])
    assert accepted > 500 and refused > 500, (accepted, refused)
