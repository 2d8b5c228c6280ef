"""Children whose families the survey found in need of help to apply (协助申请, P_A 4; 方案:“要告知或协助其申请”).

The village's officer finds each of them where applications begin, with what the household's visit told already filled
in: a draft of P_B for each, that vanishes when the application is filed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, String, cast, func, select, true

from cases import children
from cases.applications import application
from cases.case_files import case_file
from cases.surveys import NEEDS_HELP, NO_DIFFICULTY, survey_campaign, survey_household
from engine.access import Actor
from engine.errors import NotFound
from engine.store import audit
from engine.store.json_lists import Entries, entries
from engine.store.session import Session

#: Whose work it is.
HELPER = "village_officer"
#: More than a village has; the rest shows when some are done.
MOST = 50


@dataclass(frozen=True, kw_only=True)
class Assisted:
    """One child whose family waits for help."""

    code: str  #: of the household's row and the child's place in it: names the draft
    child: Mapping[str, Any]  #: as the visit listed it
    head_name: str
    address: str
    place: str
    campaign: str


def waiting_for_help(session: Session, actor: Actor) -> tuple[Assisted, ...]:
    """The children of the actor's villages whose families asked for help and for whom nobody has applied since, the
    oldest first, at most 50. One query, whatever the surveys listed."""
    villages = [grant.place for grant in actor.grants if grant.role == HELPER and grant.place]
    if not villages:
        return ()
    listed = entries(session, survey_household.c.children)
    query = (
        select(survey_household, survey_campaign.c.name.label("campaign"), listed.number.label("number"))
        .join(survey_campaign, survey_campaign.c.case_id == survey_household.c.case_id)
        .join(listed.source, true())
        .where(
            survey_household.c.place.in_(villages),
            survey_household.c.asks_help,
            listed.text("wish_apply") == NEEDS_HELP,
            ~_applied_for(listed),
        )
        .order_by(survey_household.c.at, survey_household.c.id, listed.number)
        .limit(MOST)
    )
    return tuple(_assisted(row, row["number"]) for row in session.execute(query).mappings())


def draft_for(session: Session, actor: Actor, code: str, *, now: datetime) -> Mapping[str, Any]:
    """What the application's form begins with (`b_ut_apply`); the reading is noted in the audit.

    :raises NotFound: no such child waits for help of this actor.
    """
    for each in waiting_for_help(session, actor):
        if each.code == code:
            audit.record(session, actor=actor, action="survey.assist", target=code, now=now)
            return _draft(each)
    raise NotFound("这名儿童不在您村(居)等待协助申请的名单上,可能已经提交申请")


def was_listed(session: Session, *, place: str, name: str, idcard: str | None) -> bool:
    """Whether a survey listed the child in this village as in need of help."""
    mine = select(survey_household).where(survey_household.c.place == place)
    listed = (each.child for row in session.execute(mine).mappings() for each in _children_of(row))
    return any(one["idcard"] == idcard if idcard else one["name"] == name for one in listed)


def _children_of(row: RowMapping) -> Iterator[Assisted]:
    for number, child in enumerate(row["children"]):
        if child.get("wish_apply") == NEEDS_HELP:
            yield _assisted(row, number)


def _assisted(row: RowMapping, number: int) -> Assisted:
    return Assisted(
        code=f"{row['id']}-{number}",
        child={"idcard": None, **row["children"][number]},
        head_name=row["head_name"],
        address=row["address"],
        place=row["place"],
        campaign=row.get("campaign", ""),
    )


def _applied_for(listed: Entries) -> ColumnElement[bool]:
    """Whether an application stands in the file of the listed child, found by its id number, or without one by name,
    birth and village (`children.find_by_idcard`, `find_unnumbered`); sealed files are not looked at (M2)."""
    number, known = func.nullif(listed.text("idcard"), ""), children.child.c
    described = (
        known.idcard.is_(None)
        & (known.name == listed.text("name"))
        & cast(known.birth, String).is_not_distinct_from(listed.text("birth", "v"))
        & (known.hukou_code == func.coalesce(func.nullif(listed.text("hukou"), ""), survey_household.c.place))
    )
    filed = (
        select(application.c.case_id)
        .join(case_file, case_file.c.id == application.c.case_id)
        .join(children.child, known.id == case_file.c.child_id)
        .where(known.sealed_hiv.is_(False))
    )
    numbered = filed.where(known.idcard == number).correlate(survey_household, listed.source)
    unnumbered = filed.where(described).correlate(survey_household, listed.source)
    return numbered.exists() | (number.is_(None) & unnumbered.exists())


def _draft(waiting: Assisted) -> Mapping[str, Any]:
    child = waiting.child
    told = {
        "entrusted": True,
        "child_name": child["name"],
        "has_idcard": "有" if child["idcard"] else "无",
        "child_idcard": child["idcard"],
        "no_id_reason": child.get("no_id_reason"),
        "birth": None if child["idcard"] else child.get("birth"),
        "hukou_village": child.get("hukou") or waiting.place,
        "live_address": waiting.address,
        "categories": [code for code in child.get("suspect_category") or () if code != NO_DIFFICULTY],
        "statement": child.get("clues"),
    }
    return {name: value for name, value in told.items() if value not in (None, "", [])}
