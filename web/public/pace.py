"""How often an address may file something: enough for a village office behind one address, too little for a flood.

Counted in Redis where that is the broker, so that all web processes count together; else, and while Redis is away, in
this process. No riddles (captcha): whoever reports a child in danger is not made to prove anything.
"""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from web.edge import edge_of

#: Requests that write or ask for a receipt, by endpoint.
PACE = {
    "filing.submit": "20 per 10 minutes",
    "filing.look_up": "20 per 10 minutes",
    "due_feeds.calendar": "600 per 10 minutes",  # a whole office, each asking every few minutes
}


def attach(app: Flask) -> None:
    """Put the limits on the endpoints. A limit that cannot be counted lets the request pass."""
    broker = edge_of(app).settings.broker_url
    limiter = Limiter(
        get_remote_address,
        app=app,
        storage_uri=broker if broker.startswith(("redis:", "rediss:")) else "memory://",
        in_memory_fallback_enabled=True,
        swallow_errors=True,
    )
    for endpoint, pace in PACE.items():
        limited: Any = limiter.limit(pace)(app.view_functions[endpoint])
        app.view_functions[endpoint] = limited
