"""What the day brings: birthdays, the end of a parent's sentence, reviews, facts that may end a protection.

Each occasion opens one instance, once: `agenda_entry` holds a row per (name, slot). Whoever was away, be it for months,
opens on return what was missed, late and with the dates that it always had; a second scheduler finds nothing left to
open. What came due before its process was published is nobody's debt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, RowMapping, String, Table, exists, insert, select

from cases import exits, leads, meetings, payments, visit_changes
from cases.benefits import PASSED_ON, benefit_item
from cases.children import child, parent_status
from cases.exits import exit_case, exit_fact
from cases.jurisdictions import TOWN_DIGITS, subtree
from cases.quarters import Quarter, covered_in, dates_of, month_end, quarter_of, report_of, takes_visits
from engine.access import Actor
from engine.calendar import county_day, days_before, reaches_age_on
from engine.commands.start_process import start_process
from engine.environment import Environment
from engine.store import process_version
from engine.store.base import Instant, metadata
from engine.store.session import Session

agenda_entry = Table(
    "agenda_entry",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("slot", String(80), primary_key=True),
    Column("process_key", String(80), nullable=False),
    Column("instance_id", String(40), nullable=False),
    Column("opened_at", Instant, nullable=False),
)

#: The program, when it opens what a day brings.
AGENDA = Actor.system("agenda")
#: What a day may open by itself.
PROCESSES = frozenset(
    {
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

ADULT, SIXTEEN = 18, 16
#: DL-20: the first look at schooling lies so many days before the eighteenth birthday.
AHEAD_DAYS = 90
#: A yearly proof is due on 30 September; it is asked for from the first of the month on.
PROOF_DAYS = 29
#: So many quarters back a missed update is still opened.
QUARTERS_OWED = 4
#: So many are opened in one transaction; the rest at the next call.
MOST = 200


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """Something that comes due for one child or one township."""

    name: str
    slot: str
    process_key: str
    fields: Mapping[str, Any]  #: as the process's start form takes them


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


def exit_occasions(session: Session, env: Environment, now: datetime) -> tuple[Occasion, ...]:  # noqa: ARG001 - of the stages
    """Exits that are due. A child has one exit at a time: a second occasion waits for the first to end."""
    if process_version.latest(session, "exit") is None:
        return ()
    today = county_day(now)
    found: dict[str, Occasion] = {}
    for source in EXITS:
        for row, occasion in source(session, today):
            found.setdefault(row["id"], occasion)
    return tuple(found.values())


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
    opened, before = _opened(session, "visit", f"{quarter.name}:%"), dates_of(quarter, env.calendar).opens_on
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
    if slot in _opened(session, "half_year", slot):
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
    if slot in _opened(session, "plan_tasks", slot):
        return ()
    return (Occasion(name="plan_tasks", slot=slot, process_key="plan_tasks", fields={"year": today.year}),)


def major_matters(session: Session, env: Environment, now: datetime) -> tuple[Occasion, ...]:  # noqa: ARG001 - of the stages
    """What must reach the county government within a day (DL-38): grave leads, and units with three R4 in a quarter."""
    if process_version.latest(session, "supervision_major") is None:
        return ()
    opened = _opened(session, "major")
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
    if times < leads.LATE_TIMES or slot in _opened(session, "escalated", slot):
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
    """Items that a department handed on to their own scheme: each is followed until that has decided (M10)."""
    if process_version.latest(session, "follow") is None:
        return ()
    opened = _opened(session, "follow")
    rows = session.execute(
        select(benefit_item.c.id)
        .where(
            benefit_item.c.result == PASSED_ON,
            benefit_item.c.scheme_result.is_(None),
            benefit_item.c.stop_month.is_(None),
        )
        .order_by(benefit_item.c.id)
    )
    return tuple(
        Occasion(name="follow", slot=str(item_id), process_key="follow", fields={"item_no": item_id})
        for (item_id,) in rows
        if str(item_id) not in opened
    )


def given_out(session: Session, env: Environment, now: datetime) -> tuple[Occasion, ...]:  # noqa: ARG001 - of the stages
    """Items 交办事项 that a process or a meeting about a child gave to an office: each is that office's task."""
    since, opened = process_version.first_published(session, "item"), _opened(session, "item")
    waiting = meetings.waiting_items(session, since=since) if since else ()
    fresh = [number for number in waiting if str(number) not in opened]
    return tuple(Occasion(name="item", slot=str(one), process_key="item", fields={"item_no": one}) for one in fresh)


#: One after the other: what cannot wait comes first; the visits of a quarter need its reports.
STAGES: tuple[Callable[[Session, Environment, datetime], tuple[Occasion, ...]], ...] = (
    major_matters,
    given_out,
    quarter_openings,
    quarter_visits,
    exit_occasions,
    half_year,
    escalated,
    monthly_payments,
    handed_on,
    year_tasks,
)

Source = Callable[[Session, date], Iterator[tuple[RowMapping, Occasion]]]


def _exit(
    row: RowMapping, name: str, slot: str, cause: str, *, ground: str, **more: Any
) -> tuple[RowMapping, Occasion]:
    fields = {"archive_no": row["archive_no"], "cause": cause, "ground": ground, "source": "系统到期", **more}
    return row, Occasion(name=name, slot=slot, process_key="exit", fields=fields)


def _free(name: str, slot: ColumnElement[str]) -> ColumnElement[bool]:
    """Not opened yet, and no other exit of the child is open."""
    return ~exists().where(agenda_entry.c.name == name, agenda_entry.c.slot == slot)


def _covered() -> ColumnElement[bool]:
    """Under protection, without an open exit."""
    from_case = exits.open_exits().where(exit_case.c.child_id == child.c.id)
    return child.c.status.in_(sorted(exits.COVERED)) & ~from_case.exists()


def eighteen(session: Session, today: date) -> Iterator[tuple[RowMapping, Occasion]]:
    """Ninety days before the eighteenth birthday. The case itself reminds at -30 and examines at 0, so that a late
    opening catches up with both."""
    query = select(child).where(_covered(), child.c.birth <= today - timedelta(days=17 * 365))
    for row in session.execute(query.where(_free("eighteen", child.c.id))).mappings():
        birthday = reaches_age_on(row["birth"], ADULT)
        if days_before(birthday, AHEAD_DAYS) <= today and _was_covered(row, birthday):
            yield _exit(row, "eighteen", row["id"], "满18周岁在读核查", ground="1")


def sixteen(session: Session, today: date) -> Iterator[tuple[RowMapping, Occasion]]:
    """The sixteenth birthday of a child in 特困 support (M12)."""
    query = select(child).where(_covered(), child.c.primary_category == "C4", _free("sixteen", child.c.id))
    for row in session.execute(query.where(child.c.birth <= today - timedelta(days=16 * 365))).mappings():
        birthday = reaches_age_on(row["birth"], SIXTEEN)
        if birthday <= today < reaches_age_on(row["birth"], ADULT) and _was_covered(row, birthday):
            yield _exit(row, "sixteen", row["id"], "特困儿童满16周岁", ground="7")


def parents_return(session: Session, today: date) -> Iterator[tuple[RowMapping, Occasion]]:
    """The day on which a parent's sentence or treatment ends: an examination, not an exit (ground 4)."""
    query = (
        select(child, parent_status.c.id.label("parent_id"), parent_status.c.end_date)
        .join(parent_status, parent_status.c.child_id == child.c.id)
        .where(_covered(), parent_status.c.end_date <= today)
        .order_by(parent_status.c.end_date)
    )
    opened = _opened(session, "parent_returns")
    for row in session.execute(query).mappings():
        slot = f"{row['parent_id']}:{row['end_date']}"
        if slot not in opened and (row["enrolled_on"] is None or row["end_date"] >= row["enrolled_on"]):
            yield _exit(row, "parent_returns", slot, "退出情形核查", ground="4", fact_on=row["end_date"].isoformat())


def reviews(session: Session, today: date) -> Iterator[tuple[RowMapping, Occasion]]:
    """The day on which a file is to be looked at again: graduation, or the yearly proof of schooling."""
    query = select(child).where(_covered(), child.c.next_review_on <= today + timedelta(days=PROOF_DAYS))
    opened = _opened(session, "review")
    for row in session.execute(query).mappings():
        review_on = row["next_review_on"]
        yearly = review_on.month == 9 and review_on.day == 30
        slot = f"{row['id']}:{review_on}"
        if (review_on - timedelta(days=PROOF_DAYS if yearly else 0)) <= today and slot not in opened:
            yield _exit(row, "review", slot, "在读复核", ground="1")


def told_facts(session: Session, today: date) -> Iterator[tuple[RowMapping, Occasion]]:  # noqa: ARG001 - of the sources
    """Facts that visits and other bodies told."""
    query = (
        select(child, exit_fact.c.id.label("fact_id"), exit_fact.c.ground, exit_fact.c.fact_on, exit_fact.c.source)
        .join(exit_fact, exit_fact.c.child_id == child.c.id)
        .where(_covered(), _free("exit_fact", exit_fact.c.id))
        .order_by(exit_fact.c.noted_at)
    )
    for row in session.execute(query).mappings():
        when = {"fact_on": row["fact_on"].isoformat()} if row["fact_on"] else {}
        found, occasion = _exit(row, "exit_fact", row["fact_id"], "退出情形核查", ground=row["ground"], **when)
        yield found, Occasion(**{**vars(occasion), "fields": {**occasion.fields, "source": row["source"]}})


#: In the order in which a day's occasions of one child are opened; the others wait for the first to end.
EXITS: tuple[Source, ...] = (told_facts, eighteen, sixteen, parents_return, reviews)


def _was_covered(row: RowMapping, birthday: date) -> bool:
    return row["enrolled_on"] is not None and row["enrolled_on"] < birthday


def _opened(session: Session, name: str, like: str = "%") -> frozenset[str]:
    query = select(agenda_entry.c.slot).where(agenda_entry.c.name == name, agenda_entry.c.slot.like(like))
    rows = session.execute(query)
    return frozenset(slot for (slot,) in rows)
