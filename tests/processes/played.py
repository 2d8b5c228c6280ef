"""Every story is played once a test run, whichever worker comes first; the tests of that run share what came of it."""

from __future__ import annotations

import pickle
import time
from pathlib import Path

from cases.ordering import Shuffle
from cases.scenario import Played, play_on_copy
from cases.story import read_story

PROCESSES = Path(__file__).parents[2] / "processes"
STORIES = sorted(PROCESSES.glob("*/scenarios/*.toml"))


def silent(_: str) -> None:
    """Nobody listens."""


def play_on(template: Path, path: Path, *, shuffle: Shuffle | None = None) -> Played:
    """Play the story in this file on a copy of this migrated and empty SQLite file."""
    return play_on_copy(template, read_story(path), PROCESSES, say=silent, shuffle=shuffle)


def played(path: Path, shared: Path, template: Path) -> Played:
    """What came of a story on SQLite in the told order.

    :param shared: a folder that all workers of this run see and no other run.
    :param template: a migrated and empty SQLite file.
    """
    name = f"{path.parents[1].name}-{path.stem}"
    done, taken = shared / f"{name}.pickle", shared / f"{name}.taken"
    try:
        taken.touch(exist_ok=False)
    except FileExistsError:
        while not done.exists():
            time.sleep(0.05)
        return pickle.loads(done.read_bytes())  # type: ignore[no-any-return]
    found = play_on(template, path)
    unfinished = done.with_suffix(".part")
    unfinished.write_bytes(pickle.dumps(found))
    unfinished.rename(done)
    return found
