"""What a quarter's visits change in the files, and which visits are made again (domain.md P_G 1, 3, S-07).

A visit tells; the township's review lets it into the file. A sealed file is no township's: its own people's visit
changes it at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, select, update

from cases import case_files, children, quarters
from cases.case_files import case_file
from cases.children import child
from cases.quarters import visit
from engine.store.session import Session

#: By a child's id, how often its visit was sent back: the agenda opens one visit for each time.
AGAIN = "visits_again"
#: What the form of the township's review shows.
SHOWN = "quarter_changes"
_VILLAGES, _ALL_VILLAGES = "quarter_villages", "quarter_villages_all"


def in_words(found: Mapping[str, Any]) -> str:
    """What a visit changes in the file, in words; empty: nothing."""
    parts = []
    if found.get("new_live_address"):
        parts.append(f"住址改为{found['new_live_address']}")
    if found.get("new_stage"):
        parts.append(f"就学改为{found['new_stage']}{'、' + found['new_school'] if found.get('new_school') else ''}")
    return ";".join(parts)


def tell(session: Session, case_id: str, found: Mapping[str, Any], *, now: datetime) -> None:
    """A visit was made: its changes are shown to the township, or stand in the sealed file at once."""
    row = session.execute(
        select(visit.c.child_id, visit.c.campaign_id, case_file.c.sealed_hiv)
        .join(case_file, case_file.c.id == visit.c.case_id)
        .where(visit.c.case_id == case_id)
    ).one()
    if row.sealed_hiv:
        _apply(session, row.child_id, found, now=now)
    elif row.campaign_id is not None:
        _show(session, row.campaign_id, row.child_id, in_words(found))


def _show(session: Session, campaign_id: str, child_id: str, words: str) -> None:
    archive_no = session.scalar(select(child.c.archive_no).where(child.c.id == child_id))
    known: Sequence[Mapping[str, Any]] = case_files.find_case(session, campaign_id)["facts"].get(SHOWN) or ()
    others = [dict(each) for each in known if each["no"] != archive_no]
    told = [*others, {"no": archive_no, "text": f"{archive_no}:{words}"}] if words else others
    if told != list(known):
        case_files.add_facts(session, campaign_id, {SHOWN: told})


def apply(session: Session, campaign_id: str, *, now: datetime) -> None:
    """The township passed the quarter's visits: what they found stands in the files."""
    query = quarters.ordinary_visits(campaign_id, visit.c.child_id, visit.c.found)
    for row in session.execute(query.where(visit.c.at.is_not(None))).mappings().all():
        _apply(session, row["child_id"], row["found"] or {}, now=now)


def _apply(session: Session, child_id: str, found: Mapping[str, Any], *, now: datetime) -> None:
    if found.get("new_live_address"):
        children.change(session, child_id, now=now, live_address=found["new_live_address"])
    if found.get("new_stage"):
        children.set_education(session, child_id, stage=found["new_stage"], school=found.get("new_school") or None)


def made(session: Session, campaign_id: str, archive_nos: Collection[str]) -> Sequence[RowMapping]:
    """Those of these children whose visit of the campaign was made; a sealed file is none of the township's."""
    query = quarters.ordinary_visits(
        campaign_id, visit.c.case_id, visit.c.child_id, child.c.archive_no, case_file.c.place
    )
    named = query.join(child, child.c.id == visit.c.child_id).where(
        child.c.archive_no.in_(sorted(archive_nos)), visit.c.at.is_not(None)
    )
    return session.execute(named).mappings().all()


def send_back(session: Session, campaign_id: str, visits: Sequence[RowMapping], **dates: Any) -> None:
    """These visits are made again, and only their villages sign again; without any, every village signs again.

    :param dates: facts of the campaign that change with it.
    """
    facts = case_files.find_case(session, campaign_id)["facts"]
    everywhere = facts.get(_ALL_VILLAGES) or facts[_VILLAGES]
    again = dict(facts.get(AGAIN) or {})
    for row in visits:
        again[row["child_id"]] = int(again.get(row["child_id"], 0)) + 1
        session.execute(update(visit).where(visit.c.case_id == row["case_id"]).values(at=None))
    places = [{"place": place} for place in dict.fromkeys(_places(visits))]
    case_files.add_facts(
        session,
        campaign_id,
        {AGAIN: again, _ALL_VILLAGES: everywhere, _VILLAGES: places or everywhere, **dates},
    )


def _places(visits: Sequence[RowMapping]) -> Iterator[str]:
    return (str(row["place"]) for row in sorted(visits, key=lambda row: str(row["place"])))


def sent_back(session: Session, campaign_id: str) -> Mapping[str, int]:
    """By the child's id, how often its visit of the campaign was sent back."""
    return case_files.find_case(session, campaign_id)["facts"].get(AGAIN) or {}


def replace_former(session: Session, child_id: str, campaign_id: str) -> None:
    """A visit is to be made: one that was sent back stays with the child, and counts in the quarter no more."""
    former = visit.c.child_id == child_id, visit.c.campaign_id == campaign_id
    for row in session.execute(select(visit.c.case_id, visit.c.found).where(*former)).mappings().all():
        values = {"campaign_id": None, "at": (row["found"] or {}).get("visit_at")}
        session.execute(update(visit).where(visit.c.case_id == row["case_id"]).values(**values))
