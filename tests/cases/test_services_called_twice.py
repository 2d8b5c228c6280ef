"""Stories of money, supervision and what goes to other counties hold although every service runs twice under its key,
as after a worker that died between its effect and its answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cases import stage
from cases.handlers.canned import with_canned
from cases.scenario import play
from cases.story import read_story

PROCESSES = Path(__file__).parents[2] / "processes"
FOLDERS = ("payment", "relief", "standard", "supervision", "follow", "account", "outbound")
TOLD = [path for folder in FOLDERS for path in sorted((PROCESSES / folder / "scenarios").glob("*.toml"))]
APPLICATIONS = PROCESSES / "application" / "scenarios"
TOLD += [APPLICATIONS / "defacto_tops_up_dibao.toml", APPLICATIONS / "county_changes_the_plan.toml"]
EXITS = PROCESSES / "exit" / "scenarios"
TOLD += [EXITS / "mother_released.toml", EXITS / "age_not_reached.toml", EXITS / "yearly_proof_late.toml"]
TOLD += [EXITS / "moved_away.toml"]
#: Stories that end before any service is called.
QUIET = {path.stem for path in TOLD if path.parents[1].name in ("follow", "supervision")} | {
    "nothing_due",
    "second_refuses",
    "leader_does_not_sign",
    "account_not_changed",
}


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every handler runs twice with the same call; the names of those that ran."""
    ran: list[str] = []

    def doubled(services: Any) -> dict[str, Any]:
        return {name: _twice(name, handler, ran) for name, handler in with_canned(services).items()}

    monkeypatch.setattr(stage, "with_canned", doubled)
    return ran


def _twice(name: str, handler: Any, ran: list[str]) -> Any:
    def run(call: Any, tools: Any) -> Any:
        ran.append(name)
        handler(call, tools)
        return handler(call, tools)

    return run


@pytest.mark.parametrize("path", TOLD, ids=lambda path: path.stem)
def test_the_story_holds_though_each_service_runs_twice(path: Path, calls: list[str]) -> None:
    assert play(read_story(path), PROCESSES, say=lambda _: None).failures == ()
    assert calls or path.stem in QUIET, "no service was called"
