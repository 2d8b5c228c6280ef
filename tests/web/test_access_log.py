"""No log keeps the secret address of a calendar: gunicorn's, nginx's, and the program's own of errors."""

from __future__ import annotations

import io
import logging
import re
import runpy
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from gunicorn.config import Config

from cases import due_feeds
from web.access_log import masked

DEPLOY = Path(__file__).parents[2] / "deploy"
SECRET = "q9Zk3-secret_of-a-feed-0123456789abcdefghijklmnop"
ADDRESS = f"/calendar/{SECRET}.ics"


@pytest.mark.parametrize(
    ("address", "told"),
    [
        (ADDRESS, "/calendar/****"),
        (f"GET {ADDRESS} HTTP/1.1", "GET /calendar/**** HTTP/1.1"),
        (f"{ADDRESS}?x=1", "/calendar/****?x=1"),
        ("/calendar", "/calendar"),
        ("/calendar/revoke", "/calendar/****"),
        ("/inbox", "/inbox"),
    ],
)
def test_only_the_secret_is_masked(address: str, told: str) -> None:
    assert masked(address) == told


def logged(access_format: str) -> str:
    """What the configured logger of gunicorn writes for a request of the feed."""
    settings = runpy.run_path(str(DEPLOY / "gunicorn.conf.py"))
    config = Config()
    config.set("accesslog", "-")
    config.set("access_log_format", access_format or settings["access_log_format"])
    logger = settings["logger_class"](config)
    written = io.StringIO()
    logger.access_log.handlers = [logging.StreamHandler(written)]
    environ = {
        "REQUEST_METHOD": "GET",
        "RAW_URI": ADDRESS,
        "PATH_INFO": ADDRESS,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "192.0.2.1",
        "HTTP_REFERER": f"https://tongan.example{ADDRESS}",
    }
    answer = SimpleNamespace(status="200 OK", sent=10, headers=[])
    logger.access(answer, SimpleNamespace(headers=[]), environ, timedelta(milliseconds=5))
    return written.getvalue()


@pytest.mark.parametrize("access_format", ["", '%(h)s "%(r)s" %(U)s %(f)s %(s)s'], ids=["ours", "all addresses"])
def test_gunicorn_writes_no_secret_whatever_the_format(access_format: str) -> None:
    line = logged(access_format)
    assert "/calendar/****" in line and " 200" in line
    assert SECRET not in line


def test_nginx_writes_the_masked_path_and_no_other() -> None:
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    (written,) = re.findall(r"log_format tongan '(.*)';", text)
    named = set(re.findall(r"\$\{?(\w+)", written))
    assert "logged_uri" in named
    assert not named & {"request", "uri", "request_uri", "document_uri", "args", "query_string", "http_referer"}
    ((pattern, told),) = re.findall(r'"~(\S+)" (\S+);', text)
    assert re.search(pattern, ADDRESS) and told == "/calendar/****"
    assert not re.search(pattern, "/calendar") and not re.search(pattern, "/inbox")
    servers = text.split("server {")[1:]
    assert len(servers) == 2
    assert all("access_log /var/log/nginx/tongan.access.log tongan;" in each for each in servers)
    feed = text.split("location /calendar/ {")[1].split("}")[0]
    assert "error_log /dev/null;" in feed  # an error's line would name the whole request


def test_an_unexpected_error_is_noted_without_the_secret(browser, monkeypatch, caplog) -> None:
    def broken(*_given: object, **_named: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(due_feeds, "owner_of", broken)
    assert browser.get(ADDRESS).status_code == 500
    ours = [record.getMessage() for record in caplog.records if record.name == "web.errors"]
    assert ours and all("/calendar/****" in each and SECRET not in each for each in ours)
