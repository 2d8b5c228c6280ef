"""Delays grow, are spread the same way each time, and end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from engine.domain import ServiceError
from engine.retry import MESSAGE, Again, GiveUp, RetryPolicy, decide

NOW = datetime(2025, 9, 15, tzinfo=UTC)
POLICY = RetryPolicy(attempts=5, base_seconds=10, factor=2, max_seconds=60)


def delay(attempt: int, seed: str = "job") -> float:
    decision = decide(POLICY, attempt, ValueError(), NOW, seed=seed)
    assert isinstance(decision, Again)
    return (decision.at - NOW).total_seconds()


def test_delays_double_up_to_the_limit_less_a_fifth_at_most() -> None:
    for attempt, full in [(1, 10), (2, 20), (3, 40), (4, 60)]:
        assert full * 0.8 <= delay(attempt) <= full


def test_the_spread_depends_on_the_job_only() -> None:
    assert delay(1) == delay(1)
    assert len({delay(1, f"job-{number}") for number in range(20)}) == 20


def test_it_ends() -> None:
    assert isinstance(decide(POLICY, 5, ValueError(), NOW), GiveUp)
    assert isinstance(decide(POLICY, 1, ServiceError("no", retry=False), NOW), GiveUp)
    old = NOW - timedelta(hours=24)
    assert isinstance(decide(MESSAGE, 3, ValueError(), NOW, first_due=old), GiveUp)
    assert isinstance(decide(MESSAGE, 900, ValueError(), NOW, first_due=NOW), Again)
