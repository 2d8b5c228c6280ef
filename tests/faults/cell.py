"""`python -m tests.faults.cell worker|beat`: the real background processes, on the domain of the fault tests.

Reads the ordinary settings from the environment. Leases are short, so that a test sees them end.
"""

from __future__ import annotations

import logging
import sys
from datetime import timedelta

from engine.settings import load_settings
from tasks import processes, pump
from tests.faults import house


def main(part: str, name: str) -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    settings = load_settings()
    pump.HANDOUT = house.SHORT_LEASE
    pump.LATE = timedelta(seconds=3)
    processes.LATE_LOOK_SECONDS = 1.0
    pause = house.slowly(0, 0.02)
    workshop = house.open_workshop(
        settings.database_url, name=name, domain=house.FaultDomain(pause=pause), lease_seconds=3
    )
    if part == "worker":
        processes.serve_worker(settings, workshop)
    else:
        processes.serve_beat(settings, workshop)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
