"""Debian's Chromium before a whole installation: pages and worker in this process, on a scratch SQLite database.

`SCREENS=<folder>` keeps pictures of the main pages.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.county import County, open_county
from tests.browser.screens import TWELVE
from web.assets import DIST, MANIFEST

CHROMIUM = shutil.which("chromium")
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}

#: The pages of which `make screens` keeps a picture, with the width.
MAIN = frozenset(screen.picture for screen in TWELVE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in Path(item.path).parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser; one process for all tests."""
    if CHROMIUM is None:
        pytest.fail("Chromium is missing: install Debian's with `apt-get install chromium`", pytrace=False)
    if not (DIST / MANIFEST).is_file():
        pytest.fail("The pages' scripts are not built: run `make frontend`", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--lang=zh-CN"])
        yield browser
        browser.close()


@pytest.fixture
def county(tmp_path: Path, sqlite_url: str) -> Iterator[County]:
    """An installation of the demo county whose clock begins at AC-01's morning."""
    opened = open_county(sqlite_url, tmp_path / "data", datetime.fromisoformat("2025-09-24T09:00:00+08:00"))
    yield opened
    opened.close()


class Camera:
    """Takes pictures of pages, if somebody wants them."""

    def __init__(self, folder: str | None) -> None:
        self._folder = Path(folder) if folder else None

    def take(self, page: Page, name: str) -> None:
        """A picture of the window, as its person sees it, named by what it shows and its width."""
        width = (page.viewport_size or WIDE)["width"]
        if self._folder is not None and f"{name}-{width}" in MAIN:
            self._folder.mkdir(parents=True, exist_ok=True)
            page.evaluate("window.scrollTo(0, 0)")
            page.screenshot(path=self._folder / f"{name}-{width}.png")


@pytest.fixture(scope="session")
def camera() -> Camera:
    return Camera(os.environ.get("SCREENS"))


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A fresh browser profile, in Chinese, wide."""
    opened = chromium.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport=WIDE)
    opened.set_default_timeout(10_000)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that tolerates no script error and no breach of the content policy."""
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda said: complaints.append(said.text) if "Content Security Policy" in said.text else None)
    yield opened
    assert not complaints, complaints
