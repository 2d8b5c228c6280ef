"""gunicorn's settings: processes for cores, threads for waiting."""

import multiprocessing

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
accesslog = "-"
#: No query string: it may hold a name that was searched for.
access_log_format = "%(h)s %(m)s %(U)s %(s)s %(b)s %(D)sus"
