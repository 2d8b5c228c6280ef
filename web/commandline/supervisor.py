"""Keeps a few processes running until told to stop: what `tongan run` stands on.

Each child has its own session, so that Ctrl-C in the terminal reaches the supervisor alone, and the supervisor stops
the children in order. A child that ends is started again, later each time it fails at once.
"""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO

#: A child that lived for so many seconds has worked; its next restart is immediate.
HEALTHY_SECONDS = 20.0
LONGEST_PAUSE_SECONDS = 15.0
#: How long a child may take to finish what it has in hand.
GRACE_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class Program:
    """A child to keep running."""

    name: str
    command: Sequence[str]
    log: Path


class Child:
    """One program, running or waiting for its next start."""

    def __init__(self, program: Program, *, say: Callable[[str], None]) -> None:
        self.program = program
        self._say = say
        self._failures = 0
        self._started = 0.0
        self._next_start = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def look(self) -> None:
        """Start it if it does not run and its pause is over."""
        if self._process is not None and self._process.poll() is not None:
            self._note_end(self._process.returncode)
            self._process = None
        if self._process is None and time.monotonic() >= self._next_start:
            self._start()

    def _note_end(self, code: int) -> None:
        lived = time.monotonic() - self._started
        self._failures = 0 if lived > HEALTHY_SECONDS else self._failures + 1
        pause = min(LONGEST_PAUSE_SECONDS, 0.5 * 2**self._failures) if self._failures else 0.0
        self._next_start = time.monotonic() + pause
        self._say(f"{self.program.name} 已退出 ended ({code}), {pause:.0f} s 后重启 restarting; {self.program.log}")

    def _start(self) -> None:
        self.program.log.parent.mkdir(parents=True, exist_ok=True)
        with self.program.log.open("ab") as log:
            self._process = _spawn(self.program.command, log)
        self._started = time.monotonic()

    def stop(self) -> None:
        """Ask it to end; `wait` sees to it that it does."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def wait(self, deadline: float) -> None:
        if self._process is None:
            return
        try:
            self._process.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _spawn(command: Sequence[str], log: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own commands
        list(command), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
    )


class Supervisor:
    """Runs the programs until `stop` is called or a signal asks for it."""

    def __init__(self, programs: Sequence[Program], *, say: Callable[[str], None]) -> None:
        self.children = [Child(program, say=say) for program in programs]
        self._stopping = threading.Event()

    def stop(self, *_: int | FrameType | None) -> None:
        self._stopping.set()

    def watch_signals(self) -> None:
        """Let Ctrl-C, a terminal's end and `kill` end the run in order."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.stop)

    def run(self, started: Callable[[], bool] = lambda: True) -> None:
        """Keep the children running; `started` is asked after each look until it says yes once."""
        told = False
        try:
            while not self._stopping.wait(0.2):
                for child in self.children:
                    child.look()
                told = told or started()
        finally:
            for child in reversed(self.children):
                child.stop()
            deadline = time.monotonic() + GRACE_SECONDS
            for child in self.children:
                child.wait(deadline)
