"""The import contracts of `.importlinter` hold, and each of them can fail."""

from __future__ import annotations

import configparser
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

#: For each contract a file and a line that break it.
BREAKS = {
    "house": ("src/cases/sample_break.py", "import web.doorbell"),
    "engine": ("src/engine/store/sample_break.py", "import engine.runtime"),
    "pure": ("src/engine/definitions/sample_break.py", "import sqlalchemy"),
    "edges": ("src/cases/sample_break.py", "import flask"),
    "spiff": ("src/engine/commands/sample_break.py", "import SpiffWorkflow"),
    "feel": ("src/engine/feel/sample_break.py", "import engine.errors"),
    "web-tasks": ("web/sample_break.py", "import tasks.app"),
}


def lint(folder: Path, *only: str) -> subprocess.CompletedProcess[str]:
    """Run the contracts on the packages of `folder`, whatever is installed."""
    program = (
        f"import sys; sys.path[:0] = [{str(folder / 'src')!r}, {str(folder)!r}]\n"
        "from importlinter.cli import lint_imports\n"
        f"sys.exit(lint_imports(config_filename={str(folder / '.importlinter')!r}, no_cache=True,"
        f" limit_to_contracts={only!r}))"
    )
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=folder, check=False)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python files of the house in a folder of their own, to break contracts in."""
    folder = tmp_path_factory.mktemp("house")
    shutil.copy(ROOT / ".importlinter", folder)
    for top in ("src", "web"):
        for file in (ROOT / top).rglob("*.py"):
            if "node_modules" not in file.parts:
                target = folder / file.relative_to(ROOT)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, target)
    return folder


def test_the_contracts_hold() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_contract_has_a_break() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / ".importlinter")
    assert {name.rsplit(":", 1)[1] for name in config.sections() if ":" in name} == set(BREAKS)


@pytest.mark.parametrize("contract", BREAKS)
def test_a_contract_can_fail(copy: Path, contract: str) -> None:
    file, line = BREAKS[contract]
    sample = copy / file
    sample.write_text(line + "\n", encoding="utf-8")
    try:
        result = lint(copy, contract)
    finally:
        sample.unlink()
    assert result.returncode == 1, result.stdout + result.stderr
    assert "BROKEN" in result.stdout
