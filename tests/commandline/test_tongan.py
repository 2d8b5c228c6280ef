"""The commands of the terminal: what they print, what they leave behind, how they end."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.tasks.conftest import eventually, free_port
from web.cli import main
from web.commandline.installation import PROCESSES, PROJECT


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty installation of this test's own."""
    for name in [name for name in os.environ if name.startswith("TONGAN_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TONGAN_DATA_FOLDER", str(tmp_path / "var"))
    return tmp_path / "var"


def tongan(*arguments: str, given: str = "") -> Result:
    return CliRunner().invoke(main, list(arguments), input=given)


def test_help_names_every_command() -> None:
    result = tongan("--help")
    assert result.exit_code == 0
    for name in ("run", "web", "worker", "beat", "migrate", "check", "deploy", "demo", "demo-data", "user"):
        assert f"  {name} " in result.output


def test_migrate_may_be_repeated(data_folder: Path) -> None:
    assert tongan("migrate").exit_code == 0
    assert tongan("migrate").exit_code == 0
    assert (data_folder / "tongan.sqlite3").exists()
    assert (data_folder / "secret_key").stat().st_mode & 0o077 == 0


def test_check_passes_what_may_be_published_and_refuses_what_may_not(tmp_path: Path) -> None:
    good = tongan("check", str(PROCESSES / "application"))
    assert good.exit_code == 0, good.output
    shutil.copytree(PROCESSES, tmp_path / "processes")
    broken = tmp_path / "processes" / "application"
    diagram = broken / "application.bpmn"
    diagram.write_text(diagram.read_text(encoding="utf-8").replace('name="role"', 'name="rule"'), encoding="utf-8")
    bad = tongan("check", str(broken))
    assert bad.exit_code == 1
    assert "error: application/application.bpmn" in bad.output


def test_an_unchanged_process_keeps_its_version() -> None:
    tongan("migrate")
    assert "v1: 已发布" in tongan("deploy", str(PROCESSES / "application")).output
    assert "v1: 未变" in tongan("deploy", str(PROCESSES / "application")).output


def test_a_person_is_added_once_and_a_weak_password_is_refused() -> None:
    tongan("migrate")
    add = ("user", "add", "chen", "--name", "陈某", "--role", "town_officer@510722101")
    assert "密码" in tongan(*add, "--password", "short").output
    assert tongan(*add, "--password", "long-Enough-4-all").exit_code == 0
    again = tongan(*add, "--password", "long-Enough-4-all")
    assert again.exit_code == 1
    assert "chen" in again.output and "Traceback" not in again.output


def test_production_refuses_a_weak_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONGAN_MODE", "production")
    result = tongan("migrate")
    assert result.exit_code == 1
    assert "TONGAN_SECRET_KEY" in result.output


def test_a_taken_port_is_said_before_anything_is_done(data_folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = tongan("run", "--port", str(taken.getsockname()[1]))
    assert result.exit_code == 1
    assert "端口" in result.output
    assert not data_folder.exists()


def start(port: int, output: Path) -> subprocess.Popen[bytes]:
    with output.open("wb") as written:
        return subprocess.Popen(
            [sys.executable, "-m", "web.cli", "run", "--port", str(port)],
            cwd=PROJECT,
            env=os.environ | {"PYTHONPATH": f"{PROJECT / 'src'}{os.pathsep}{PROJECT}"},
            stdout=written,
            stderr=written,
        )


@pytest.mark.timeout(300)
def test_run_starts_all_stops_all_and_keeps_the_data(tmp_path: Path) -> None:
    port, output = free_port(), tmp_path / "output"
    for turn in ("first", "second"):
        running = start(port, output)
        try:
            eventually(lambda: "Ctrl-C" in output.read_text(encoding="utf-8"), seconds=120)
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/login", timeout=10) as page:
                assert "童安" in page.read().decode()
        finally:
            running.send_signal(signal.SIGINT)
            assert running.wait(timeout=30) == 0
        said = output.read_text(encoding="utf-8")
        assert f"http://127.0.0.1:{port}/" in said and "qingchuan_officer" in said
        assert ("已装入演示县" in said) == (turn == "first"), said
    with socket.socket() as client:
        assert client.connect_ex(("127.0.0.1", port)) != 0
