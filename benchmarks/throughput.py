"""Instances a second and CPU an instance, ours and the bare library's, turn about in one run."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from benchmarks import bare
from benchmarks.ours import Ours
from benchmarks.place import Place

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """Medians over the rounds of one run."""

    per_second: float
    cpu_ms: float  #: client and database, an instance
    p50_ms: float  #: of one step
    p99_ms: float


def measure(place: Place, kind: str, clients: int, instances: int) -> Figure:
    """Run so many client processes at once; each carries out so many instances."""
    before = place.database_cpu()
    began = time.perf_counter()
    command = [sys.executable, "-m", "benchmarks.client", kind, place.url_for(kind), str(instances)]
    running = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) for _ in range(clients)]
    results = []
    for each in running:
        out, _ = each.communicate(timeout=600)
        if each.returncode != 0:
            raise RuntimeError(f"a {kind} client ended with {each.returncode}")
        results.append(json.loads(out))
    took = time.perf_counter() - began
    warm = max(1, instances // 10)
    database = (place.database_cpu() - before) * instances / (instances + warm)
    total = sum(result["instances"] for result in results)
    steps = [step * 1000 for result in results for step in result["steps"]]
    wall = max(result["wall"] for result in results)
    assert took >= wall
    return Figure(
        per_second=total / wall,
        cpu_ms=(sum(result["cpu"] for result in results) + database) / total * 1000,
        p50_ms=median(steps),
        p99_ms=quantiles(steps, n=100)[98],
    )


def compare(place: Place, clients: int, instances: int, rounds: int) -> dict[str, Figure]:
    """Ours and the bare library turn about; the median of each figure."""
    found: dict[str, list[Figure]] = {"ours": [], "bare": []}
    for _ in range(rounds):
        for kind, figures in found.items():
            figures.append(measure(place, kind, clients, instances))
    return {
        kind: Figure(**{name: median(getattr(each, name) for each in figures) for name in Figure.__annotations__})
        for kind, figures in found.items()
    }


def prepare(place: Place) -> None:
    """Tables and models for both."""
    place.migrate()
    Ours(place.url_for("ours")).publish("approval", "rounds", "siblings_10", "siblings_200", "timers")
    client = bare.Bare(place.url_for("bare"))
    client.prepare()
    client.connection.close()
