"""One client process of the benchmark: does so many instances and prints what they took, as JSON."""

from __future__ import annotations

import json
import sys
import time

from benchmarks import bare, ours


def main(kind: str, url: str, instances: int) -> dict[str, object]:
    """In: `ours` or `bare`, where the data lives, how many instances. Out: wall and CPU seconds, and each step's."""
    warm = max(1, instances // 10)
    work = (lambda n: ours.run(url, n)) if kind == "ours" else (lambda n: bare.run(url, n, ours.FIELDS))
    work(warm)
    wall, cpu = time.perf_counter(), time.process_time()
    steps = work(instances)
    return {
        "wall": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "steps": steps,
        "instances": instances,
    }


if __name__ == "__main__":
    json.dump(main(sys.argv[1], sys.argv[2], int(sys.argv[3])), sys.stdout)
