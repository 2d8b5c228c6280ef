"""What of an address may stand in a log. Whoever has the address of a calendar feed reads its owner's due dates: the
secret in it is a key, and a log is read by many (ASVS 16.2.5)."""

from __future__ import annotations

import re

_SECRET = re.compile(r"(/calendar/)[^/?#\s]+")
MASK = "****"


def masked(address: str) -> str:
    """The path, or the request line, without the secret of a calendar feed."""
    return _SECRET.sub(rf"\g<1>{MASK}", address)
