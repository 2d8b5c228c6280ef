"""Where a person goes after something was done: a redirect, or its address for a script that sent a form."""

from __future__ import annotations

from flask import jsonify, redirect
from flask.typing import ResponseReturnValue

from web.errors import wants_json


def sent_on(address: str) -> ResponseReturnValue:
    """To the next page."""
    return jsonify(location=address) if wants_json() else redirect(address, 303)
