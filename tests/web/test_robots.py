"""What search engines may keep, and what no browser and no proxy may."""

from __future__ import annotations

from urllib.robotparser import RobotFileParser

import pytest

from web.public.robots import INDEXED

#: Pages of the public and of nobody else; none of them may come up in a search, or stay in a cache.
KEPT_OUT = (
    "/notices",
    "/notices/GS519927101-2025-0001",
    "/public/file/objection",
    "/public/file/report",
    "/public/receipt",
    "/public/progress",
    "/calendar/no-such-secret.ics",
    "/login",
)


def test_robots_may_read_the_policy_and_nothing_of_anybody(browser):
    answer = browser.get("/robots.txt")
    assert answer.content_type.startswith("text/plain")
    parser = RobotFileParser()
    # The parser of the standard library knows no `$`; the line for the home page stands for that page alone.
    parser.parse(answer.get_data(as_text=True).replace("/public$", "/public-home").splitlines())
    assert parser.can_fetch("any", "/public/policy")
    assert parser.can_fetch("any", "/public/policy/apply")
    assert [address for address in (*KEPT_OUT, "/inbox") if parser.can_fetch("any", address)] == []


@pytest.mark.parametrize("address", KEPT_OUT)
def test_no_index_and_no_cache_of_what_is_somebody_s(browser, address):
    headers = browser.get(address).headers
    assert "noindex" in headers["X-Robots-Tag"]
    assert headers["Cache-Control"] == "no-store"


def test_the_answer_to_a_filing_is_kept_nowhere(browser):
    answer = browser.post("/public/progress", number="SL20250924-AAAAAAAA", phone="")
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert '<meta name="robots" content="noindex">' in answer.get_data(as_text=True)


def test_only_the_policy_and_the_home_page_are_for_search_engines(app, browser):
    assert {"filing.index", "policy.awards", "policy.applying", "policy.reporting", "policy.where"} == INDEXED
    home = browser.get("/public")
    assert "X-Robots-Tag" not in home.headers
    assert 'name="robots"' not in home.get_data(as_text=True)
