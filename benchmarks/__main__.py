"""`make bench`: measures every bar in one run and writes docs/performance.md whole. Takes about twelve minutes.

`python -m benchmarks --quick` is a short run that writes nothing.
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks import crowd, growth, pages, throughput
from benchmarks.place import Place
from benchmarks.report import Row, render

TARGET = Path(__file__).parents[1] / "docs" / "performance.md"


def measure(place: Place, *, instances: int, rounds: int, open_tasks: int, steps: int) -> list[Row]:
    """All rows of one database."""
    throughput.prepare(place)
    rows: list[Row] = []
    for clients in (1, 4):
        _say(f"{place.name}: {clients} client(s)")
        both = throughput.compare(place, clients, instances, rounds)
        ours, bare = both["ours"], both["bare"]
        rows.append(
            Row(
                f"instances/s, {clients} client{'s' if clients > 1 else ''}, against the bare library",
                f"{ours.per_second:.1f} against {bare.per_second:.1f}",
                ours.per_second / bare.per_second,
                bar=1.5,
                goal=2,
            )
        )
        rows.append(
            Row(
                f"CPU an instance, client and database, {clients} client{'s' if clients > 1 else ''}",
                f"{ours.cpu_ms:.1f} ms against {bare.cpu_ms:.1f} ms",
                ours.cpu_ms / bare.cpu_ms,
                bar=0.7,
                goal=0.5,
                less=True,
            )
        )
        rows.append(
            Row(
                f"one step, p50 / p99, {clients} client{'s' if clients > 1 else ''}",
                f"{ours.p50_ms:.1f} / {ours.p99_ms:.1f} ms against {bare.p50_ms:.1f} / {bare.p99_ms:.1f} ms",
            )
        )
    return rows + _shape(place, steps) + _crowd(place, open_tasks)


def _shape(place: Place, steps: int) -> list[Row]:
    _say(f"{place.name}: growth")
    trips, commits = growth.trips(place)
    early, late = growth.loop_ms(place, steps).values()
    bare_early, bare_late = growth.bare_loop_ms(place).values()
    few, many = growth.siblings_ms(place, 10), growth.siblings_ms(place, 200)
    rows = [
        Row("commits a completion", f"{commits:.0f}", commits, bar=1, goal=1, less=True),
        Row(
            f"step {steps:,} of a loop against step 10",
            f"{late:.2f} ms against {early:.2f} ms",
            late / early,
            bar=1.2,
            goal=1.05,
            less=True,
        ),
        Row("the bare library: step 198 against step 10", f"{bare_late:.1f} ms against {bare_early:.1f} ms"),
        Row(
            "one of 200 siblings against one of 10",
            f"{many:.2f} ms against {few:.2f} ms",
            many / few,
            bar=3,
            goal=1.5,
            less=True,
        ),
    ]
    if place.server is not None:
        rows.insert(0, Row("round trips a completion", f"{trips:.0f}", trips, bar=6, goal=4, less=True))
        stored = growth.bytes_an_instance(place) / 1000
        rows.append(
            Row(
                "stored for a finished instance with history, after VACUUM FULL",
                f"{stored:.1f} kB",
                stored,
                bar=20,
                goal=10,
                less=True,
            )
        )
    return rows


def _crowd(place: Place, open_tasks: int) -> list[Row]:
    _say(f"{place.name}: timers")
    drained, completed = crowd.drained_per_second(place), crowd.completed_per_second(place)
    delay = crowd.p99(crowd.timer_delays_ms(place)) / 1000
    _say(f"{place.name}: inbox")
    crowd.fill(place, 1_000)
    small, few = crowd.inbox_ms(place), crowd.question_ms(place)
    crowd.fill(place, open_tasks - 1_000)
    large, many = crowd.inbox_ms(place), crowd.question_ms(place)
    worst = max(many, key=lambda name: many[name] / few[name])
    return [
        Row(
            "due timers drained/s against completions/s",
            f"{drained:.0f} against {completed:.0f}",
            drained / completed,
            bar=0.5,
            goal=1,
        ),
        Row(
            "a timer's delay past due, idle, p99 of 25, embedded broker",
            f"{delay:.2f} s",
            delay,
            bar=5,
            goal=1.5,
            less=True,
        ),
        Row(
            f"inbox page at {open_tasks:,} open tasks against 1,000",
            f"{large:.1f} ms against {small:.1f} ms",
            large / small,
            bar=2,
            goal=1.2,
            less=True,
        ),
        Row(
            f"the same, of {len(many)} questions the one that grows most ({worst})",
            f"{many[worst]:.1f} ms against {few[worst]:.1f} ms",
            many[worst] / few[worst],
            bar=2,
            goal=1.5,
            less=True,
        ),
    ]


def _pages(children: int) -> dict[str, list[Row]]:
    _say(f"pages: {children:,} children")
    place = Place.postgresql()
    try:
        place.migrate()
        rows = pages.measure(place, children=children, seconds=4)
    finally:
        place.stop()
    return {f"Pages, {children:,} children, PostgreSQL (ms alone; p50 / p95 with {pages.CLIENTS} people at once)": rows}


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main(arguments: list[str]) -> int:
    """Measure both databases; non-zero when a bar is missed on PostgreSQL."""
    quick = "--quick" in arguments
    sizes = (
        {"instances": 12, "rounds": 1, "open_tasks": 20_000, "steps": 200}
        if quick
        else {"instances": 50, "rounds": 3, "open_tasks": 1_000_000, "steps": 2_000}
    )
    found: dict[str, list[Row]] = {}
    for place in (Place.postgresql(), Place.sqlite()):
        try:
            found[place.name] = measure(place, **sizes)
        finally:
            place.stop()
    found.update(_pages(1_000 if quick else 100_000))
    text = render(found)
    print(text)
    if not quick:
        TARGET.write_text(text, encoding="utf-8")
    judged = [row for name, rows in found.items() if name != "SQLite" for row in rows]
    return 0 if all(row.meets_bar for row in judged) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
