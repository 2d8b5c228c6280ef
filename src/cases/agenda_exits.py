"""Exits that a day brings: birthdays, the end of a parent's sentence or of a certificate, reviews, facts that were told
(domain.md P_F, DL-20). The agenda opens them, one exit of a child at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, exists, select

from cases import ages, exits
from cases.children import child, child_health, parent_status
from cases.exits import exit_case, exit_fact
from cases.occasions import Occasion, agenda_entry, opened_slots
from engine.calendar import county_day, days_before
from engine.environment import Environment
from engine.store import process_version
from engine.store.session import Session

ADULT, SIXTEEN = 18, 16
#: DL-20: the first look at schooling lies so many days before the eighteenth birthday.
AHEAD_DAYS = 90
#: A yearly proof is due on 30 September; it is asked for from the first of the month on.
PROOF_DAYS = 29

Source = Callable[[Session, date], Iterator[tuple[RowMapping, Occasion]]]


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
    reached = ages.reached(session)
    query = select(child).where(_covered(), child.c.birth <= today - timedelta(days=17 * 365))
    for row in session.execute(query.where(_free("eighteen", child.c.id))).mappings():
        birthday = reached(row["birth"], ADULT)
        if days_before(birthday, AHEAD_DAYS) <= today and _was_covered(row, birthday):
            yield _exit(row, "eighteen", row["id"], "满18周岁在读核查", ground="1")


def sixteen(session: Session, today: date) -> Iterator[tuple[RowMapping, Occasion]]:
    """The sixteenth birthday of a child in 特困 support (M12)."""
    reached = ages.reached(session)
    query = select(child).where(_covered(), child.c.primary_category == "C4", _free("sixteen", child.c.id))
    for row in session.execute(query.where(child.c.birth <= today - timedelta(days=16 * 365))).mappings():
        birthday = reached(row["birth"], SIXTEEN)
        if birthday <= today < reached(row["birth"], ADULT) and _was_covered(row, birthday):
            yield _exit(row, "sixteen", row["id"], "特困儿童满16周岁", ground="7")


def parents_return(session: Session, today: date) -> Iterator[tuple[RowMapping, Occasion]]:
    """The day on which a parent's sentence or treatment ends: an examination, not an exit (ground 4)."""
    query = (
        select(child, parent_status.c.id.label("parent_id"), parent_status.c.end_date)
        .join(parent_status, parent_status.c.child_id == child.c.id)
        .where(_covered(), parent_status.c.end_date <= today)
        .order_by(parent_status.c.end_date)
    )
    opened = opened_slots(session, "parent_returns")
    for row in session.execute(query).mappings():
        slot = f"{row['parent_id']}:{row['end_date']}"
        if slot not in opened and (row["enrolled_on"] is None or row["end_date"] >= row["enrolled_on"]):
            yield _exit(row, "parent_returns", slot, "退出情形核查", ground="4", fact_on=row["end_date"].isoformat())


def certificates_end(session: Session, today: date) -> Iterator[tuple[RowMapping, Occasion]]:
    """The day after a disability certificate's last one, the child's or a parent's: an examination (ground 6)."""
    opened = opened_slots(session, "certificate")
    for table, holder in ((child_health, child_health.c.child_id), (parent_status, parent_status.c.id)):
        query = (
            select(child, holder.label("holder"), table.c.cert_valid_to)
            .join(table, table.c.child_id == child.c.id)
            .where(_covered(), table.c.cert_valid_to < today)
            .order_by(table.c.cert_valid_to)
        )
        for row in session.execute(query).mappings():
            last = row["cert_valid_to"]
            slot = f"{table.name}:{row['holder']}:{last}"
            if slot not in opened and (row["enrolled_on"] is None or last >= row["enrolled_on"]):
                yield _exit(row, "certificate", slot, "退出情形核查", ground="6", fact_on=last.isoformat())


def reviews(session: Session, today: date) -> Iterator[tuple[RowMapping, Occasion]]:
    """The day on which a file is to be looked at again: graduation, or the yearly proof of schooling."""
    query = select(child).where(_covered(), child.c.next_review_on <= today + timedelta(days=PROOF_DAYS))
    opened = opened_slots(session, "review")
    for row in session.execute(query).mappings():
        review_on = row["next_review_on"]
        yearly = (review_on.month, review_on.day) == (9, 30)
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
EXITS: tuple[Source, ...] = (told_facts, eighteen, sixteen, parents_return, certificates_end, reviews)


def _was_covered(row: RowMapping, birthday: date) -> bool:
    return row["enrolled_on"] is not None and row["enrolled_on"] < birthday
