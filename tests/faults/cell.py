"""`python -m tests.faults.cell worker|urgent|beat`: the real background processes, on the domain of the fault tests.

Reads the ordinary settings from the environment. Leases are short, so that a test sees them end.
"""

from __future__ import annotations

import logging
import os
import sys
from datetime import timedelta

from engine.settings import load_settings
from tasks import processes, pump
from tasks.configuration import URGENT_QUEUE
from tests.faults import house


def main(part: str, name: str) -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    settings = load_settings()
    pump.HANDOUT = house.SHORT_LEASE
    pump.LATE = timedelta(seconds=3)
    processes.LATE_LOOK_SECONDS = 1.0
    pause = house.slowly(0, 0.02)
    work_seconds = float(os.environ.get("FAULTS_WORK_SECONDS", "0"))
    domain = house.FaultDomain(pause=pause, work_seconds=work_seconds)
    lease_seconds = 3 + int(2 * work_seconds)
    workshop = house.open_workshop(settings.database_url, name=name, domain=domain, lease_seconds=lease_seconds)
    if part == "worker":
        processes.serve_worker(settings, workshop)
    elif part == "urgent":
        processes.serve_worker(settings, workshop, queues=(URGENT_QUEUE,))
    else:
        processes.serve_beat(settings, workshop)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
