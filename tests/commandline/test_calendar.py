"""`tongan calendar`: a notice is loaded by somebody who may, and shown."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from web.cli import main

NOTICE = """
year = 2027
source_doc = "国务院办公厅关于2027年部分节假日安排的通知"
[[day]]
date = 2027-01-04
workday = false
reason = "元旦"
[[day]]
date = 2027-01-09
workday = true
reason = "调休"
"""


def tongan(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation with a security administrator and a township officer."""
    for name in [name for name in os.environ if name.startswith("TONGAN_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TONGAN_DATA_FOLDER", str(tmp_path / "var"))
    tongan("migrate")
    for user_name, role in (("keeper", "security_admin"), ("officer", "town_officer@510722101")):
        added = tongan("user", "add", user_name, "--name", "某", "--role", role, "--password", "long-Enough-4-all")
        assert added.exit_code == 0, added.output


@pytest.fixture
def notice(tmp_path: Path) -> str:
    path = tmp_path / "2027.toml"
    path.write_text(NOTICE, encoding="utf-8")
    return str(path)


def test_a_year_is_provisional_until_its_notice_is_loaded(notice: str) -> None:
    assert "暂定" in tongan("calendar", "show", "2027").output
    loaded = tongan("calendar", "import", notice, "--by", "keeper")
    assert loaded.exit_code == 0, loaded.output
    shown = tongan("calendar", "show", "2027").output
    assert "2027-01-04  放假 rest  元旦" in shown and "2027-01-09  上班 work  调休" in shown
    assert "暂定" not in shown


def test_csv_needs_source_and_year_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "days.csv"
    path.write_text("date,workday,reason\n2027-01-04,否,元旦\n", encoding="utf-8")
    assert "依据" in tongan("calendar", "import", str(path), "--by", "keeper").output
    loaded = tongan("calendar", "import", str(path), "--by", "keeper", "--source", "通知", "--year", "2027")
    assert loaded.exit_code == 0, loaded.output


@pytest.mark.parametrize("who", ["officer", "nobody"])
def test_who_may_not_is_refused(notice: str, who: str) -> None:
    refused = tongan("calendar", "import", notice, "--by", who)
    assert refused.exit_code == 1
    assert "Traceback" not in refused.output
    assert "暂定" in tongan("calendar", "show", "2027").output


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.toml", "year = "),
        ("a.toml", "year = 'soon'\n[[day]]\ndate = 2027-01-04\nworkday = false\n"),
        ("a.toml", "year = 2027\n[[day]]\ndate = '2027-01-04'\nworkday = false\n"),
        ("a.csv", "date,workday\n2027-13-04,no\n"),
        ("a.csv", "date,workday\n2027-01-04,perhaps\n"),
    ],
)
def test_a_file_that_says_something_else_is_refused_in_words(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    refused = tongan("calendar", "import", str(path), "--by", "keeper", "--source", "通知")
    assert refused.exit_code == 1
    assert "无法读取节假日文件" in refused.output
