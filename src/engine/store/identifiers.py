"""Row identifiers: made in Python, sortable by time, not guessable, so that a step can write all its rows in one go."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = tuple(high + low for high in _ALPHABET for low in _ALPHABET)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def new_id(now: datetime) -> str:
    """A new identifier of 26 characters."""
    return identifier(now, secrets.randbits(80))


def identifier(at: datetime, randomness: int) -> str:
    """26 characters: 48 bits of the instant's milliseconds, then 80 bits that tell apart (ULID's layout, Crockford's
    alphabet in lower case)."""
    milliseconds = int((at - _EPOCH).total_seconds() * 1000)
    number = ((milliseconds & 0xFFFFFFFFFFFF) << 80) | randomness
    return "".join([_PAIRS[(number >> shift) & 1023] for shift in range(120, -1, -10)])
