"""The supervisor keeps its children running and leaves none behind."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

from tests.tasks.conftest import eventually
from web.commandline.supervisor import Program, Supervisor

FOREVER = "import time\nwhile True: time.sleep(0.1)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n{FOREVER}"


def program(folder: Path, name: str, code: str) -> Program:
    return Program(name=name, command=[sys.executable, "-c", code], log=folder / "log" / f"{name}.log")


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_killed_child_is_started_again_and_all_stop(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor([program(tmp_path, "one", FOREVER), program(tmp_path, "two", FOREVER)], say=said.append)
    thread = threading.Thread(target=supervisor.run)
    thread.start()
    one, two = supervisor.children
    first = eventually(lambda: one.pid)
    eventually(lambda: two.pid)
    os.kill(first, signal.SIGKILL)
    again = eventually(lambda: one.pid not in (None, first) and one.pid)
    assert said and "one" in said[0]
    last = two.pid
    supervisor.stop()
    thread.join(timeout=15)
    assert not alive(again) and not alive(last)


def test_a_child_that_ends_at_once_is_given_time(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor([program(tmp_path, "bad", "print('why'); raise SystemExit(3)")], say=said.append)
    thread = threading.Thread(target=supervisor.run)
    thread.start()
    eventually(lambda: len(said) >= 2)
    supervisor.stop()
    thread.join(timeout=15)
    assert len(said) < 6
    assert b"why" in (tmp_path / "log" / "bad.log").read_bytes()


def test_it_says_once_that_all_has_started(tmp_path: Path) -> None:
    asked: list[int] = []
    supervisor = Supervisor([program(tmp_path, "one", FOREVER)], say=lambda _: None)

    def started() -> bool:
        asked.append(1)
        return len(asked) == 2

    thread = threading.Thread(target=supervisor.run, kwargs={"started": started})
    thread.start()
    eventually(lambda: len(asked) == 2)
    supervisor.stop()
    thread.join(timeout=15)
    assert len(asked) == 2
