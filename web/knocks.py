"""How often an address may try to log in: beside the account's own lock, against one guesser at many doors.

Counted in this process only: with several processes an address has that many times the tries, which is still few.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock

WINDOW = timedelta(minutes=10)
#: A township's whole office may sit behind one address; ten people who mistype twice are no attack.
MOST_FAILURES = 30
#: Addresses that are remembered at most; the oldest are forgotten first.
MOST_ADDRESSES = 10_000


class Knocks:
    """The failed log-ins of the last minutes, by address. Safe for several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._failures: OrderedDict[str, list[datetime]] = OrderedDict()

    def too_many(self, address: str, now: datetime) -> bool:
        """Whether this address has used up its tries."""
        with self._lock:
            return len(self._recent(address, now)) >= MOST_FAILURES

    def failed(self, address: str, now: datetime) -> None:
        """Count one refused log-in."""
        with self._lock:
            self._failures[address] = [*self._recent(address, now), now]
            self._failures.move_to_end(address)
            while len(self._failures) > MOST_ADDRESSES:
                self._failures.popitem(last=False)

    def _recent(self, address: str, now: datetime) -> list[datetime]:
        return [at for at in self._failures.get(address, ()) if now - at < WINDOW]
