"""When a failed job is tried again, decided from the policy, the attempt and the error alone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

#: The part of a delay by which attempts of different jobs are spread, so that they do not come back all at once.
_SPREAD = 0.2


@dataclass(frozen=True, kw_only=True)
class RetryPolicy:
    """How often and how long. Seconds; delays grow by `factor` up to `max_seconds`, with up to 20 % taken off."""

    attempts: int = 5
    base_seconds: float = 10.0
    factor: float = 2.0
    max_seconds: float = 3600.0
    give_up_after: timedelta | None = None  #: since the first attempt was due, however many attempts are left


DEFAULT = RetryPolicy()

#: A message that nobody waits for yet: the receiver may be a step behind, or the case not started.
MESSAGE = RetryPolicy(
    attempts=1000, base_seconds=5.0, factor=2.0, max_seconds=1800.0, give_up_after=timedelta(hours=24)
)


@dataclass(frozen=True)
class Again:
    """Try again at this instant."""

    at: datetime


@dataclass(frozen=True)
class GiveUp:
    """Stop, and let a person look."""

    reason: str


def decide(
    policy: RetryPolicy,
    attempt: int,
    error: BaseException,
    now: datetime,
    *,
    seed: str = "",
    first_due: datetime | None = None,
) -> Again | GiveUp:
    """What follows the failure of attempt number `attempt` (1 for the first).

    An error with `retry=False` is final. `seed` (the job's id) spreads the delays, the same way each time.
    """
    if getattr(error, "retry", True) is False:
        return GiveUp("此错误重试无用")
    if attempt >= policy.attempts:
        return GiveUp(f"已尝试 {attempt} 次")
    if policy.give_up_after is not None and first_due is not None and now - first_due >= policy.give_up_after:
        return GiveUp(f"已等待 {policy.give_up_after.total_seconds() / 3600:.0f} 小时")
    delay = min(policy.max_seconds, policy.base_seconds * policy.factor ** min(attempt - 1, 64))
    return Again(now + timedelta(seconds=delay * (1 - _SPREAD * _fraction(f"{seed}:{attempt}"))))


def _fraction(text: str) -> float:
    """A number in [0, 1) that depends on the text only."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") / 2**32
