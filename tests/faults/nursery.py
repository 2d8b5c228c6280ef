"""Worker processes to be killed: forked from one process that has everything imported, so that a new one is there in
milliseconds and a hundred kills fit into a test."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from random import Random

#: What a worker does; gets its name and a seed of its own, and runs until it is killed.
Body = Callable[[str, int], None]
#: Called after each kill, with its number.
Between = Callable[[int], None] | None


class Nursery:
    """Keeps `size` workers alive and kills them at random moments."""

    def __init__(self, body: Body, *, size: int, seed: int) -> None:
        self._body = body
        self._size = size
        self._random = Random(seed)
        self._born = 0
        self._pids: list[int] = []
        self.kills = 0

    def __enter__(self) -> Nursery:
        for _ in range(self._size):
            self._bear()
        return self

    def __exit__(self, *_: object) -> None:
        for pid in self._pids:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)

    def _bear(self) -> None:
        self._born += 1
        seed = self._random.randrange(2**31)
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            status = 1
            try:
                self._body(f"worker-{self._born}", seed)
                status = 0
            finally:
                os._exit(status)
        self._pids.append(pid)

    def replace_the_dead(self) -> None:
        """A worker that ended by itself (its database was restarted) is replaced, as a supervisor would."""
        for pid in list(self._pids):
            if os.waitpid(pid, os.WNOHANG)[0]:
                self._pids.remove(pid)
                self._bear()

    def kill_one(self) -> None:
        self.replace_the_dead()
        pid = self._random.choice(self._pids)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        self._pids.remove(pid)
        self.kills += 1
        self._bear()

    def kill(
        self, times: int, *, shortest: float, longest: float, between: Callable[[int], None] | None = None
    ) -> None:
        """Kill so many workers, one after a random time after the other."""
        for number in range(times):
            time.sleep(self._random.uniform(shortest, longest))
            self.kill_one()
            if between is not None:
                between(number)
