"""Fixtures of the tests of acts: a county for a whole file, an office in the width and language asked for."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.county import County, open_county
from tests.browser.offices import CROSSED, STRAIGHT, Case, Office, begun, people

MORNING = datetime.fromisoformat("2025-09-28T10:00:00+08:00")
#: The first step of an application that waits for a person.
FIRST = "b_ut_formal_check"


def seated(*, crossed: bool = False) -> Any:
    """At the desk in Chinese and on the phone in English; `crossed`: the other way round."""
    pair = CROSSED if crossed else STRAIGHT
    return pytest.mark.parametrize(
        "office", pair, indirect=True, ids=[f"{viewport['width']}-{language}" for viewport, language in pair]
    )


@pytest.fixture(scope="module")
def whole_county(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[County]:
    """One installation for all tests of this file; each begins a case of its own."""
    folder = tmp_path_factory.mktemp("county")
    shutil.copyfile(sqlite_template, folder / "tongan.sqlite3")
    opened = open_county(f"sqlite:///{folder / 'tongan.sqlite3'}", folder / "data", MORNING)
    opened.people(people())
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def log_ins() -> dict[str, list[Any]]:
    return {}


@pytest.fixture(scope="module")
def numbers() -> Iterator[int]:
    return iter(range(1000))


@pytest.fixture
def office(
    request: pytest.FixtureRequest, chromium: Browser, whole_county: County, log_ins: dict[str, list[Any]]
) -> Iterator[Office]:
    viewport, language = request.param
    opened = Office(county=whole_county, browser=chromium, viewport=viewport, language=language, log_ins=log_ins)
    yield opened
    opened.close()


@pytest.fixture
def case(whole_county: County, numbers: Iterator[int]) -> Case:
    """An application whose papers wait to be checked."""
    made = begun(whole_county, next(numbers))
    whole_county.settle()
    return made
