"""The demo county of `make run`, served for the tests that go through all of it and change nothing."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page
from werkzeug.serving import make_server

from cases import demo
from engine.settings import load_settings
from tests.browser.county import PROCESSES
from web import create_app
from web.edge import edge_of


@dataclass(frozen=True, kw_only=True)
class DemoCounty:
    """The county's pages on a port of this machine. No worker: its clock stands."""

    app: Flask
    address: str

    def enter(self, page: Page, person: str) -> None:
        """Log in by the button that the demonstration has for this person."""
        page.goto(f"{self.address}/login")
        page.locator(f"button[name=person][value='{person}']").click()
        page.wait_for_url(lambda url: not url.endswith("/login"))


@pytest.fixture(scope="module")
def demo_county(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoCounty]:
    """The demo county with sixty children."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copyfile(sqlite_template, folder / "tongan.sqlite3")
    url = f"sqlite:///{folder / 'tongan.sqlite3'}"
    settings = load_settings(mode="demo", database_url=url, data_folder=folder / "data", secret_key="a walk's key " * 4)
    demo.ensure(settings, PROCESSES, children=60)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app = create_app(settings)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    yield DemoCounty(app=app, address=f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    serving.join(timeout=5)
    edge_of(app).database.dispose()
