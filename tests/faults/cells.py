"""Starts and kills the processes of `cell.py`, with a broker and a database of the test's choice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Cells:
    """The background processes of one test. Use as a context: whatever still runs is killed at the end."""

    database_url: str
    broker_url: str
    folder: Path
    more: dict[str, str] = field(default_factory=dict)  #: of the environment
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __enter__(self) -> Cells:
        return self

    def __exit__(self, *_: object) -> None:
        for name in list(self.running):
            self.kill(name)

    def start(self, part: str, name: str | None = None) -> None:
        """Start a worker, an urgent worker (which works the urgent queue alone), or a beat."""
        name = name or part
        environment = os.environ | {
            "TONGAN_DATABASE_URL": self.database_url,
            "TONGAN_BROKER_URL": self.broker_url,
            "TONGAN_DATA_FOLDER": str(self.folder),
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            **self.more,
        }
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.cell", part, name],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """SIGKILL the process and its children, as a power cut would."""
        process = self.running.pop(name)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def wait_until_ready(self, name: str = "worker", *, seconds: float = 30) -> None:
        """Wait until the worker takes messages."""
        end = time.monotonic() + seconds
        while b"ready." not in self.log(name).encode():
            if time.monotonic() > end or self.running[name].poll() is not None:
                raise AssertionError(f"{name} did not start:\n{self.log(name)}")
            time.sleep(0.05)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")
