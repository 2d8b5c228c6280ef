"""Events: timers, boundary events, messages, signals, event-based gateways."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from engine.errors import NoReceiver, Refused
from engine.outcome import JobKind
from engine.stimulus import TimerDue
from tests.diagrams import Diagram
from tests.unit.runtime.instance import NOW, Instance, boundary, line


@pytest.mark.parametrize("text", ["P5D", 'duration("P5D")', 'date and time("2025-09-29T10:00:00+08:00")'])
def test_timer_never_fires_early_and_goes_on_when_due(text: str) -> None:
    case = Instance(line("t").catch("t", f"{'timer' if 'P5D' in text else 'date'} {text}"))
    (job,) = case.jobs.values()
    assert job.due_at == NOW + timedelta(days=5)
    case.now = job.due_at - timedelta(seconds=1)
    with pytest.raises(Refused):
        case.step(TimerDue(token_id=job.token_id, element_id="t", due_at=job.due_at))
    case.fire("t")
    assert case.is_over


def test_month_timer_ends_on_the_last_day_of_a_short_month() -> None:
    case = Instance(line("t").catch("t", "timer P1M"), now=datetime(2025, 1, 31, 2, tzinfo=UTC))
    assert next(iter(case.jobs.values())).due_at == datetime(2025, 2, 28, 2, tzinfo=UTC)


def test_interrupting_boundary_timer_withdraws_the_task() -> None:
    case = Instance(boundary("timer P1D", True))
    case.fire("late")
    assert case.open == ["remind"]
    assert case.completed == []
    case.complete("remind")
    assert case.is_over


def test_completing_the_task_voids_its_boundary_timer() -> None:
    case = Instance(boundary("timer P1D", True))
    case.complete("work")
    assert case.is_over
    assert not case.jobs


def test_non_interrupting_boundary_timer_fires_once_beside_the_task() -> None:
    case = Instance(boundary("timer P1D", False))
    case.fire("late")
    assert case.open == ["remind", "work"]
    assert not case.jobs
    case.complete("work")
    assert not case.is_over
    case.complete("remind")
    assert case.is_over


def test_non_interrupting_boundary_message_may_come_more_than_once() -> None:
    case = Instance(boundary("message MSG_OBJECTION", False))
    case.message("MSG_OBJECTION", why="a", other="dropped")
    case.message("MSG_OBJECTION", why="b")
    assert case.open == ["remind", "remind", "work"]
    case.complete("work")
    assert case.open == ["remind", "remind"]
    assert not case.waits
    case.complete("remind")
    case.complete("remind")
    assert case.is_over


def test_interrupting_message_boundary_on_a_scope_ends_all_inside() -> None:
    process = Diagram().start().end()
    inner = process.inside().start("s").user("a").user("b").par("f").end("e1").end("e2")
    inner.flow("s", "f").flow("f", "a", "e1").flow("f", "b", "e2")
    process.sub("scope", inner).boundary("withdraw", "scope", "message MSG_WITHDRAW", message_key="case_id")
    process.end("withdrawn").flow("start", "scope", "end").flow("withdraw", "withdrawn")
    case = Instance(process)
    assert next(iter(case.waits.values())).key == "case-1"
    case.complete("a")
    case.message("MSG_WITHDRAW")
    assert case.is_over
    assert case.last is not None and case.last.end_event == "withdrawn"
    assert not case.tasks


def test_cycle_timer_fires_round_by_round_and_coalesces_missed_ones() -> None:
    case = Instance(boundary("cycle R5/PT1H", False))
    case.fire("late")
    (job,) = case.jobs.values()
    assert (job.sequence, job.due_at) == (2, NOW + timedelta(hours=2))
    case.now = NOW + timedelta(hours=4, minutes=30)  # rounds 2, 3 and 4 were missed: one firing stands for them
    case.fire("late")
    assert case.open.count("remind") == 2
    (job,) = case.jobs.values()
    assert (job.sequence, job.due_at) == (5, NOW + timedelta(hours=5))
    case.fire("late")
    assert case.open.count("remind") == 3
    assert not case.jobs
    assert "work" in case.open


def test_stale_round_of_a_cycle_timer_finds_nobody() -> None:
    case = Instance(boundary("cycle R5/PT1H", False))
    (job,) = case.jobs.values()
    case.fire("late")
    with pytest.raises(NoReceiver):
        case.step(TimerDue(token_id=job.token_id, element_id="late", due_at=job.due_at, sequence=1))


def test_event_gateway_takes_the_first_event_and_voids_the_others() -> None:
    process = (
        Diagram()
        .start()
        .events("g")
        .catch("paper", "message MSG_SUPPLEMENT", message_key="case_id", variables="got")
        .catch("lapse", "timer P30D")
    )
    process.user("check").end().end("lapsed").flow("start", "g").flow("g", "paper", "check", "end")
    process.flow("g", "lapse", "lapsed")
    came = Instance(process)
    assert came.last is not None and came.last.tokens == (("p", "g"),)
    came.message("MSG_SUPPLEMENT", got="M25")
    assert (came.open, came.jobs, came.variables["got"]) == (["check"], {}, "M25")
    lapsed = Instance(process)
    lapsed.fire("lapse")
    assert lapsed.is_over
    assert lapsed.last is not None and lapsed.last.end_event == "lapsed"
    assert not lapsed.waits


def test_signal_reaches_every_waiting_element() -> None:
    process = Diagram().start().par("f").catch("a", "signal S").catch("b", "signal S").end("e1").end("e2")
    process.flow("start", "f").flow("f", "a", "e1").flow("f", "b", "e2")
    case = Instance(process)
    case.signal("S")
    assert case.is_over
    with pytest.raises(NoReceiver):
        Instance(process).signal("OTHER")


def test_thrown_message_and_signal_become_jobs_with_their_declared_payload() -> None:
    process = line("m", "s").throw("m", "message MSG_X", message_key="case_id", variables="a").throw("s", "signal SIG")
    case = Instance(process, {"a": Decimal(1), "b": Decimal(2)})
    assert [(job.kind, job.parameters) for job in case.jobs.values()] == [
        (JobKind.MESSAGE, {"name": "MSG_X", "key": "case-1", "payload": {"a": Decimal(1)}}),
        (JobKind.SIGNAL, {"name": "SIG", "key": None, "payload": {}}),
    ]
