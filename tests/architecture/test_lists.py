"""The lock lists name what pyproject.toml asks for, by hash, and no index host; nothing committed names a machine."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = {"run": ("frontend",), "production": ("production",), "dev": ("production", "frontend", "dev")}


def plain(requirement: str) -> str:
    """The normal form of a requirement's name."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0]).lower()


def asked(extras: tuple[str, ...]) -> set[str]:
    wanted = list(PROJECT["dependencies"])
    for extra in extras:
        wanted += PROJECT["optional-dependencies"][extra]
    return {plain(requirement) for requirement in wanted}


@pytest.mark.parametrize("name", EXTRAS)
def test_the_lock_is_complete_and_hashed(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    locked = re.findall(r"^([A-Za-z0-9][\w.-]*)(?:\[[\w,-]+\])?==", text, flags=re.MULTILINE)
    assert asked(EXTRAS[name]) - {plain(entry) for entry in locked} == set(), "run make lock"
    assert text.count("--hash=sha256:") >= len(locked)
    assert "://" not in text and "index" not in text


def test_no_committed_file_names_a_machine() -> None:
    """A path of the machine on which a file was written means nothing on another."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False).stdout.split(b"\0")
    places = (b"/wo" + b"rk/", b"/ro" + b"ot/", b"/ho" + b"me/")
    named = []
    for entry in filter(None, listed):
        file = ROOT / entry.decode()
        if file.is_file() and file.suffix not in {".png", ".woff2", ".bin"}:
            content = file.read_bytes()
            named += [f"{entry.decode()}: {place.decode()}" for place in places if place in content]
    assert named == []
