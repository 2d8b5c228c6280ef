"""What has to hold for any page as a browser shows it. Each check returns sentences; none: nothing is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

#: WCAG 2.0 to 2.2, A and AA (the rules of 2.2 are off unless asked for), and axe's own good practice.
AXE = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}

#: How long after `load` a page's own scripts may draw what it is about.
READY = "#task-form-fields:not([data-ready]), #diagram:not([data-ready]):visible"

#: The checks as scripts, to be asked by name.
_SCRIPT = (Path(__file__).parent / "page_checks.js").read_text(encoding="utf-8")


def _asked(page: Page, check: str) -> Any:
    return page.evaluate(f"() => {{ {_SCRIPT}; return window.tonganChecks.{check}(); }}")


def drawn(page: Page) -> None:
    """Wait until the page's form and diagram are there."""
    expect(page.locator(READY)).to_have_count(0, timeout=20_000)


def look_at(page: Page) -> list[str]:
    """It fits its width, has one heading, a title of its own, and no clipped words."""
    return list(_asked(page, "look"))


def axe_says(page: Page) -> list[str]:
    """What axe finds, each with the first elements."""
    _asked(page, "lieStill")
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate(f"() => axe.run(document, {json.dumps(AXE)}).then((all) => all.violations)")
    page.evaluate("() => { document.adoptedStyleSheets = []; }")
    return [
        f"axe {each['id']} ({len(each['nodes'])}×): "
        + " ".join(str(node["html"])[:140].replace("\n", " ") for node in each["nodes"][:3])
        for each in found
    ]


def tab_through(page: Page) -> list[str]:
    """Go through the page by Tab alone: all that can be used is reached, seen and not covered; the skip link works."""
    page.evaluate("() => { window.scrollTo(0, 0); document.activeElement?.blur(); }")
    marked = _asked(page, "mark")
    said = [f"not reached by Tab: {each}" for each in marked["deaf"]]
    page.keyboard.press("Tab")
    if not page.evaluate("document.activeElement.matches('a.skip')"):
        said.append("the first stop is no skip link")
    else:
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        inside = page.evaluate(
            "document.querySelector('main').contains(document.activeElement)"
            " || document.querySelectorAll('main :is(a[href], button, input, select, textarea, summary)').length === 0"
        )
        if not inside:
            said.append("the skip link does not lead to the content")
        page.evaluate("() => { document.activeElement?.blur(); window.scrollTo(0, 0); }")
        page.evaluate("document.querySelector('a.skip').focus()")
    for _ in range(marked["stops"] + 2):
        page.keyboard.press("Tab")
    reached = _asked(page, "reached")
    said += [f"not reached by Tab ({reached['seen']} were): {each}" for each in reached["missed"][:5]]
    said += [f"focus is not seen: {each}" for each in dict.fromkeys(reached["dim"])]
    said += [f"covered while it has the focus: {each}" for each in dict.fromkeys(reached["hidden"])]
    return said
