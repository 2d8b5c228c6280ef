"""Every story is played once a test run, whichever worker comes first; the tests of that run share what came of it."""

from __future__ import annotations

import pickle
import time
from pathlib import Path

from cases.scenario import Played, play
from cases.story import read_story

PROCESSES = Path(__file__).parents[2] / "processes"
STORIES = sorted(PROCESSES.glob("*/scenarios/*.toml"))


def silent(_: str) -> None:
    """Nobody listens."""


def played(path: Path, shared: Path) -> Played:
    """What came of a story on SQLite in the told order.

    :param shared: a folder that all workers of this run see and no other run.
    """
    name = f"{path.parents[1].name}-{path.stem}"
    done, taken = shared / f"{name}.pickle", shared / f"{name}.taken"
    try:
        taken.touch(exist_ok=False)
    except FileExistsError:
        while not done.exists():
            time.sleep(0.05)
        return pickle.loads(done.read_bytes())  # type: ignore[no-any-return]
    found = play(read_story(path), PROCESSES, say=silent)
    unfinished = done.with_suffix(".part")
    unfinished.write_bytes(pickle.dumps(found))
    unfinished.rename(done)
    return found
