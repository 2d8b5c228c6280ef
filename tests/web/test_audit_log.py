"""The auditor: reads the log with filters, changes nothing, sees no case."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.access import Actor
from engine.store import audit
from tests.web.conftest import START


@pytest.fixture
def told(edge):
    """Sixty lines of one officer, the latest of them with a child's name in a detail that nobody declared."""
    officer = Actor(id="p-officer", name="李强")
    with edge.database.transaction() as session:
        for number in range(60):
            audit.record(
                session,
                actor=officer,
                action="case.read",
                target=f"case-{number}",
                now=START + timedelta(hours=number),
                detail={"sight": "FILE", "purpose": "辖区查阅", "child": "张小明"},
            )


def rows(page: str) -> int:
    return page.count("<tr><td")


def test_the_log_is_read_page_by_page_without_undeclared_details(as_person, told):
    auditor = as_person("auditor")
    first = auditor.get("/audit").get_data(as_text=True)
    assert rows(first) == 50
    assert "查阅办件" in first
    assert "看到:普通档案" in first
    assert "目的:辖区查阅" in first
    assert "张小明" not in first
    following = first.split('href="/audit?after=', 1)[1].split('"', 1)[0].replace("&amp;", "&")
    second = auditor.get(f"/audit?after={following}").get_data(as_text=True)
    assert rows(second) == 10
    assert "case-0<" in second


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ("target=case-7", 1),
        ("who=李", 50),
        ("who=p-officer&since=2025-09-24&until=2025-09-24", 14),
        ("who=nobody", 0),
        ("action=role.give", 0),
    ],
)
def test_filters(as_person, told, asked, count):
    page = as_person("auditor").get(f"/audit?{asked}").get_data(as_text=True)
    assert rows(page) == count
    assert ("没有符合条件的记录" in page) == (count == 0)


@pytest.mark.parametrize("asked", ["since=yesterday", "after=nonsense"])
def test_nonsense_is_answered_in_words(as_person, told, asked):
    assert as_person("auditor").get(f"/audit?{asked}").status_code == 409


def test_the_log_cannot_be_changed_from_here(app):
    methods = [rule.methods for rule in app.url_map.iter_rules() if rule.endpoint.startswith("audit_log.")]
    assert methods
    assert all(not allowed & {"POST", "PUT", "PATCH", "DELETE"} for allowed in methods)


def test_only_the_auditor_reads_it_and_nothing_else(as_person):
    for user in ("officer", "admin", "owner", "security", "guardian"):
        assert as_person(user).get("/audit").status_code == 403
    auditor = as_person("auditor")
    assert auditor.get("/").headers["Location"] == "/audit"
    for address in ("/people", "/admin/instances", "/admin/incidents", "/processes"):
        assert auditor.get(address).status_code == 403
