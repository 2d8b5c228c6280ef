"""What a completion costs late in a long case, and among many siblings; what a finished instance leaves behind."""

from __future__ import annotations

import time
from statistics import median

from benchmarks.bare import Bare
from benchmarks.ours import FIELDS, Ours
from benchmarks.place import Place

TABLES_SIZE = (
    "SELECT sum(pg_total_relation_size(oid)) FROM pg_class"
    " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
)


def loop_ms(place: Place, rounds: int = 2_000) -> dict[int, float]:
    """Milliseconds of one completion in round 10 and in round `rounds` of one case: medians of 20 about there."""
    client = Ours(place.url_for("ours"))
    waiting = client.start("rounds").opened_task_ids
    took: list[float] = []
    for _ in range(rounds + 10):
        began = time.perf_counter()
        waiting = client.complete(waiting[0], again=True)
        took.append((time.perf_counter() - began) * 1000)
    early, late = took[5:25], took[rounds - 10 : rounds + 10]
    return {10: median(early), rounds: median(late)}


def bare_loop_ms(place: Place, rounds: int = 198) -> dict[int, float]:
    """The same of the bare library, which loses its token after about 500 rounds."""
    client = Bare(place.url_for("bare"), "rounds")
    instance = client.start()
    took: list[float] = []
    for _ in range(rounds):
        began = time.perf_counter()
        client.complete(instance, "visit", {**FIELDS, "again": True})
        took.append((time.perf_counter() - began) * 1000)
    return {10: median(took[5:15]), rounds: median(took[-10:])}


def siblings_ms(place: Place, number: int, cases: int = 4) -> float:
    """Milliseconds to complete one of so many siblings: the median over the first eight completions of each case."""
    client = Ours(place.url_for("ours"))
    took: list[float] = []
    for _ in range(cases):
        waiting = client.start(f"siblings_{number}").opened_task_ids
        for task_id in waiting[:8]:
            began = time.perf_counter()
            client.complete(task_id)
            took.append((time.perf_counter() - began) * 1000)
    return median(took)


def bytes_an_instance(place: Place, instances: int = 200) -> float:
    """Bytes stored for a finished approval with all its history, after VACUUM FULL (PostgreSQL)."""
    client = Ours(place.url_for("ours"))
    place.sql("VACUUM FULL")
    before = place.sql(TABLES_SIZE)[0][0]
    for _ in range(instances):
        waiting = list(client.start("approval").opened_task_ids)
        while waiting:
            waiting.extend(client.complete(waiting.pop(0)))
    place.sql("VACUUM FULL")
    after = place.sql(TABLES_SIZE)[0][0]
    return (float(str(after)) - float(str(before))) / instances


def trips(place: Place) -> tuple[float, float]:
    """Round trips and commits of one completion: counted over the nine tasks of an approval."""
    client = Ours(place.url_for("ours"))
    waiting = list(client.start("approval").opened_task_ids)
    client.complete(waiting.pop(0))  # compiles and caches
    waiting = list(client.start("approval").opened_task_ids)
    counts = []
    while waiting:
        with client.database.count_round_trips() as traffic:
            waiting.extend(client.complete(waiting.pop(0)))
        counts.append((traffic.trips, traffic.commits))
    return max(trip for trip, _ in counts), max(commit for _, commit in counts)
