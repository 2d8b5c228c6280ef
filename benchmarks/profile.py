"""Where the time of one completion goes, by part of the program: `python -m benchmarks.profile`."""

from __future__ import annotations

import cProfile
import pstats
from collections import Counter

from benchmarks import throughput
from benchmarks.ours import Ours
from benchmarks.place import Place

#: The first part whose text stands in a function's file name gets the function's own time.
PARTS = (
    "engine/runtime",
    "engine/feel",
    "engine/definitions",
    "engine/store",
    "engine/commands",
    "engine",
    "SpiffWorkflow",
    "sqlalchemy",
    "psycopg",
)


def completions(client: Ours, instances: int) -> int:
    """Carry out so many approvals; returns the number of completions."""
    done = 0
    for _ in range(instances):
        waiting = list(client.start("approval").opened_task_ids)
        while waiting:
            waiting.extend(client.complete(waiting.pop(0)))
            done += 1
    return done


def profile(place: Place, instances: int = 40) -> dict[str, tuple[float, float]]:
    """Per part: milliseconds and calls of one completion. Waiting for the database is a part of its own."""
    client = Ours(place.url_for("ours"))
    completions(client, 5)
    profiler = cProfile.Profile()
    profiler.enable()
    done = completions(client, instances)
    profiler.disable()
    times: Counter[str] = Counter()
    calls: Counter[str] = Counter()
    stats = pstats.Stats(profiler).stats  # type: ignore[attr-defined]
    for (file, _, function), (_, number, own, _, _) in stats.items():
        name = next((part for part in PARTS if part in file), "Python itself")
        if function == "wait" and "psycopg" in file:
            name = "waiting for the database"
        times[name] += own * 1000 / done
        calls[name] += number / done
    return {name: (times[name], calls[name]) for name, _ in times.most_common()}


def main() -> None:
    """Print the table."""
    place = Place.postgresql()
    try:
        throughput.prepare(place)
        for name, (milliseconds, calls) in profile(place).items():
            print(f"| {name} | {milliseconds:.2f} | {calls:.0f} |")
    finally:
        place.stop()


if __name__ == "__main__":
    main()
