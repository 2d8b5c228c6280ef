"""What the day brings: birthdays, the end of a parent's sentence, reviews, facts that may end a protection.

Each occasion opens one instance, once: `agenda_entry` holds a row per (name, slot). Whoever was away, be it for months,
opens on return what was missed, late and with the dates that it always had; a second scheduler finds nothing left to
open. What came due before its process was published is nobody's debt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import insert, select

from cases import exits, leads, meetings, payments, redo, visit_changes
from cases.agenda_exits import exit_occasions
from cases.benefits import NOT_YET, PASSED_ON, benefit_item
from cases.jurisdictions import TOWN_DIGITS, subtree
from cases.occasions import Occasion, agenda_entry, opened_slots
from cases.quarters import Quarter, covered_in, dates_of, month_end, quarter_of, report_of, takes_visits
from engine.access import Actor
from engine.calendar import county_day
from engine.commands.start_process import start_process
from engine.environment import Environment
from engine.store import process_version
from engine.store.session import Session

#: The program, when it opens what a day brings.
AGENDA = Actor.system("agenda")
#: What a day may open by itself.
PROCESSES = frozenset(
    {
        "application",
        "exit",
        "quarterly",
        "visit",
        "supervision",
        "supervision_major",
        "payment",
        "follow",
        "plan_tasks",
        "item",
        "council",
    }
)

#: So many quarters back a missed update is still opened.
QUARTERS_OWED = 4
#: So many are opened in one transaction; the rest at the next call.
MOST = 200


def open_due(session: Session, env: Environment, now: datetime, actor: Actor) -> int:
    """Open what has come due by `now` and was not opened yet; returns how many instances that started.

    Processes that are not published are left out until they are. Raises what `start_process` raises.
    """
    opened = 0
    for stage in STAGES:
        for occasion in stage(session, env, now)[: MOST - opened]:
            opened += open_one(session, env, occasion, now, actor)
    return opened


def open_one(session: Session, env: Environment, occasion: Occasion, now: datetime, actor: Actor) -> bool:
    """Start what one occasion asks for; whether this call did it. Raises what `start_process` raises."""
    started = start_process(
        session,
        env,
        occasion.process_key,
        fields=occasion.fields,
        actor=actor,
        now=now,
        idempotency_key=f"agenda:{occasion.name}:{occasion.slot}",
        by_program=occasion.by_program,
    )
    if started.already:
        return False
    session.execute(
        insert(agenda_entry).values(
            name=occasion.name,
            slot=occasion.slot,
            process_key=occasion.process_key,
            instance_id=started.instance_id,
            opened_at=now,
        )
    )
    return True


def opener(session: Session, env: Environment, now: datetime) -> int:
    """Open what is due in the name of the program: for stages, whose clock is moved by hand."""
    return open_due(session, env, now, AGENDA)


def quarter_openings(session: Session, env: Environment, now: datetime) -> tuple[Occasion, ...]:
    """From the first working day of a quarter's last month on: each township's update, after an outage of every quarter
    that was missed, the oldest first."""
    return tuple(
        Occasion(
            name="quarter",
            slot=f"{town.code}:{quarter.name}",
            process_key="quarterly",
            fields={"town": town.code, "year": quarter.year, "quarter": str(quarter.number)},
        )
        for quarter in _quarters(session, "quarterly", env, now)
        for town in subtree(session, digits=TOWN_DIGITS)
        if report_of(session, town.code, quarter) is None
    )


def _quarters(session: Session, process_key: str, env: Environment, now: datetime) -> tuple[Quarter, ...]:
    """The quarters of the last year whose opening has come since the process was published, the oldest first."""
    today, since = county_day(now), _since(session, process_key)
    if since is None:
        return ()
    last = quarter_of(today)
    lately = [last.before(number) for number in range(QUARTERS_OWED, -1, -1)]
    return tuple(each for each in lately if dates_of(each, env.calendar).opens_on <= today and each.last_day >= since)


def _since(session: Session, process_key: str) -> date | None:
    """From which day on the process's openings are owed; None: it is not published."""
    published = process_version.first_published(session, process_key)
    return county_day(published) if published else None


def quarter_visits(session: Session, env: Environment, now: datetime) -> tuple[Occasion, ...]:
    """A visit for each child that was under protection when the township's update of this quarter was opened."""
    today = county_day(now)
    return tuple(
        occasion
        for quarter in _quarters(session, "visit", env, now)
        for town in subtree(session, digits=TOWN_DIGITS)
        if (campaign := report_of(session, town.code, quarter))
        if today <= quarter.last_day or takes_visits(session, campaign)
        for occasion in _visits(session, env, quarter, town.code, campaign)
    )


def _visits(session: Session, env: Environment, quarter: Quarter, town: str, campaign: str) -> Iterator[Occasion]:
    opened, before = opened_slots(session, "visit", f"{quarter.name}:%"), dates_of(quarter, env.calendar).opens_on
    again = visit_changes.sent_back(session, campaign)
    for row in covered_in(session, town, before):
        slot = f"{quarter.name}:{row['id']}" + (f":{again[row['id']]}" if row["id"] in again else "")
        if slot not in opened:
            fields = {"archive_no": row["archive_no"], "campaign": campaign}
            yield Occasion(name="visit", slot=slot, process_key="visit", fields=fields)


def half_year(session: Session, env: Environment, now: datetime) -> tuple[Occasion, ...]:
    """From the first working day of January and July on, a supervision of the half-year that ended (P_J 1) [D]."""
    today, since = county_day(now), _since(session, "supervision")
    first = date(today.year, 7 if today.month >= 7 else 1, 1)
    if since is None or since > month_end(first) or today < env.calendar.roll_forward(first):
        return ()
    end = first - timedelta(days=1)
    slot = f"{end.year}H{end.month // 6}"
    if slot in opened_slots(session, "half_year", slot):
        return ()
    fields = {
        "supervise_kind": "半年督查",
        "period_from": end.replace(month=end.month - 5, day=1).isoformat(),
        "period_to": end.isoformat(),
    }
    return (Occasion(name="half_year", slot=slot, process_key="supervision", fields=fields),)


def year_tasks(session: Session, env: Environment, now: datetime) -> tuple[Occasion, ...]:
    """From the first working day of January on, the plan's tasks outside case work for the year (M15)."""
    today, since = county_day(now), _since(session, "plan_tasks")
    slot, first = str(today.year), date(today.year, 1, 1)
    if since is None or since > month_end(first) or today < env.calendar.roll_forward(first):
        return ()
    if slot in opened_slots(session, "plan_tasks", slot):
        return ()
    return (Occasion(name="plan_tasks", slot=slot, process_key="plan_tasks", fields={"year": today.year}),)


def major_matters(session: Session, env: Environment, now: datetime) -> tuple[Occasion, ...]:  # noqa: ARG001 - of the stages
    """What must reach the county government within a day (DL-38): grave leads, and units with three R4 in a quarter."""
    if process_version.latest(session, "supervision_major") is None:
        return ()
    opened = opened_slots(session, "major")
    return tuple(
        Occasion(
            name="major",
            slot=each.slot,
            process_key="supervision_major",
            fields={"matter": each.matter, "matter_unit": each.unit, "known_at": each.known_at.isoformat()},
        )
        for each in leads.major_matters(session, now)
        if each.slot not in opened
    )


def escalated(session: Session, env: Environment, now: datetime) -> tuple[Occasion, ...]:  # noqa: ARG001 - of the stages
    """Three R4 in a quarter, whosever they are: the county's meeting is proposed, once a quarter (P_I 1)."""
    if process_version.latest(session, "council") is None:
        return ()
    first, times = leads.escalated_this_quarter(session, now)
    slot = f"{first:%Y-%m}"
    told = {"council_level": "县级", "council_cause": f"本季度升级督办已达{times}件"}
    if times < leads.LATE_TIMES or slot in opened_slots(session, "escalated", slot):
        return ()
    return (Occasion(name="escalated", slot=slot, process_key="council", fields=told),)


def monthly_payments(session: Session, env: Environment, now: datetime) -> tuple[Occasion, ...]:  # noqa: ARG001 - of the stages
    """On the first of a month its list, and that of the sealed files if somebody is on it. Months that an outage passed
    over need no list of their own: the next one pays what is due for them."""
    if process_version.latest(session, "payment") is None:
        return ()
    month = f"{county_day(now):%Y-%m}"
    sealed = (payments.SEALED,) if payments.due_until(session, month, sealed=True) else ()
    return tuple(
        Occasion(
            name="payment", slot=f"{month}:{track}", process_key="payment", fields={"month": month, "track": track}
        )
        for track in (payments.ORDINARY, *sealed)
        if payments.batch_of(session, month, track) is None
    )


def handed_on(session: Session, env: Environment, now: datetime) -> tuple[Occasion, ...]:  # noqa: ARG001 - of the stages
    """Items that a department handed on to their own scheme: each is followed until that has decided (M10). So are
    those that had to wait, from the day on which the department wants to look at them again."""
    if process_version.latest(session, "follow") is None:
        return ()
    opened = opened_slots(session, "follow")
    waits = (benefit_item.c.result == NOT_YET) & (benefit_item.c.next_check <= county_day(now))
    rows = session.execute(
        select(benefit_item.c.id, benefit_item.c.result, benefit_item.c.next_check)
        .where(
            (benefit_item.c.result == PASSED_ON) | waits,
            benefit_item.c.scheme_result.is_(None),
            benefit_item.c.stop_month.is_(None),
        )
        .order_by(benefit_item.c.id)
    )
    slots = {(f"{each.id}:{each.next_check}" if each.result == NOT_YET else str(each.id)): each.id for each in rows}
    return tuple(
        Occasion(name="follow", slot=slot, process_key="follow", fields={"item_no": item_id})
        for slot, item_id in slots.items()
        if slot not in opened
    )


def given_out(session: Session, env: Environment, now: datetime) -> tuple[Occasion, ...]:  # noqa: ARG001 - of the stages
    """Items 交办事项 that a process or a meeting about a child gave to an office: each is that office's task."""
    since, opened = process_version.first_published(session, "item"), opened_slots(session, "item")
    waiting = meetings.waiting_items(session, since=since) if since else ()
    fresh = [number for number in waiting if str(number) not in opened]
    return tuple(Occasion(name="item", slot=str(one), process_key="item", fields={"item_no": one}) for one in fresh)


def transfers(session: Session, env: Environment, now: datetime) -> tuple[Occasion, ...]:  # noqa: ARG001 - of the stages
    """Children whose exit ended in another category: an application verifies it, without new papers (P_F 8)."""
    if process_version.latest(session, "application") is None:
        return ()
    opened = opened_slots(session, "transfer")
    return tuple(
        Occasion(
            name="transfer", slot=case_id, process_key="application", fields={"exit_case": case_id}, by_program=True
        )
        for case_id in exits.to_transfer(session)
        if case_id not in opened
    )


def redone(session: Session, env: Environment, now: datetime) -> tuple[Occasion, ...]:  # noqa: ARG001 - of the stages
    """Decisions that a review or a court set aside: the procedure begins anew where the specification says (P_K)."""
    opened = opened_slots(session, "redo")
    return tuple(
        Occasion(name="redo", slot=case_id, process_key=key, fields={"appeal_case": case_id}, by_program=True)
        for key in (redo.APPLICATION, redo.EXIT)
        if process_version.latest(session, key) is not None
        for case_id in redo.waiting(session, key)
        if case_id not in opened
    )


#: One after the other: what cannot wait comes first; the visits of a quarter need its reports.
STAGES: tuple[Callable[[Session, Environment, datetime], tuple[Occasion, ...]], ...] = (
    major_matters,
    given_out,
    quarter_openings,
    quarter_visits,
    redone,
    exit_occasions,
    transfers,
    half_year,
    escalated,
    monthly_payments,
    handed_on,
    year_tasks,
)
