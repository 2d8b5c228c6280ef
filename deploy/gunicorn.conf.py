"""gunicorn's settings: processes for cores, threads for waiting."""

import multiprocessing
from typing import Any

from gunicorn.glogging import Logger

from web.access_log import masked


class MaskingLogger(Logger):
    """Writes no secret of a calendar feed, whatever the format names."""

    def atoms(self, resp: Any, req: Any, environ: Any, request_time: Any) -> dict[str, Any]:
        told = super().atoms(resp, req, environ, request_time)
        return {name: masked(value) if isinstance(value, str) else value for name, value in told.items()}


bind = "127.0.0.1:8000"
workers = 2 * multiprocessing.cpu_count()
threads = 4
#: Each process opens its own database connections; a pool made before the fork would be shared.
preload_app = False
#: No remote control: systemd starts and stops.
control_socket_disable = True
timeout = 60
graceful_timeout = 30
max_requests = 10_000
max_requests_jitter = 1_000
logger_class = MaskingLogger
accesslog = "-"
#: No query string: it may hold a name that was searched for.
access_log_format = "%(h)s %(m)s %(U)s %(s)s %(b)s %(D)sus"
