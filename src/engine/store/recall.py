"""What a page asks again and again of one transaction is read once."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from engine.store.session import Session

T = TypeVar("T")


def recall(session: Session, what: Hashable, ask: Callable[[], T]) -> T:
    """What `ask` answers, which is not asked again under this name until the transaction writes anything. Another
    transaction's commit in between is not seen: no more than if it had come a moment later."""
    if what not in session.known:
        session.known[what] = ask()
    found: T = session.known[what]
    return found
