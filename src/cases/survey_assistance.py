"""Children whose families the survey found in need of help to apply (协助申请, P_A 4; 方案:“要告知或协助其申请”).

The village's officer finds each of them where applications begin, with what the household's visit told already filled
in: a draft of P_B for each, that vanishes when the application is filed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, exists, select

from cases import children
from cases.applications import application
from cases.case_files import case_file
from cases.surveys import NO_DIFFICULTY, survey_campaign, survey_household
from engine.access import Actor
from engine.errors import NotFound
from engine.store import audit
from engine.store.session import Session

NEEDS_HELP = "需协助"
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
    oldest first, at most 50."""
    found = (each for row in _households(session, actor) for each in _children_of(row))
    left = (each for each in found if not _applied_for(session, each.child, each.place))
    return tuple(each for each, _ in zip(left, range(MOST), strict=False))


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


def _households(session: Session, actor: Actor) -> Iterator[RowMapping]:
    villages = [grant.place for grant in actor.grants if grant.role == HELPER and grant.place]
    query = (
        select(survey_household, survey_campaign.c.name.label("campaign"))
        .join(survey_campaign, survey_campaign.c.case_id == survey_household.c.case_id)
        .where(survey_household.c.place.in_(villages))
        .order_by(survey_household.c.at, survey_household.c.id)
    )
    return iter(session.execute(query).mappings().all())


def _children_of(row: RowMapping) -> Iterator[Assisted]:
    for number, child in enumerate(row["children"]):
        if child.get("wish_apply") == NEEDS_HELP:
            yield Assisted(
                code=f"{row['id']}-{number}",
                child={"idcard": None, **child},
                head_name=row["head_name"],
                address=row["address"],
                place=row["place"],
                campaign=row.get("campaign", ""),
            )


def _applied_for(session: Session, child: Mapping[str, Any], place: str) -> bool:
    known = (
        children.find_by_idcard(session, str(child["idcard"]))
        if child["idcard"]
        else children.find_unnumbered(
            session, name=child["name"], birth=child.get("birth"), hukou_code=child.get("hukou") or place
        )
    )
    if known is None:
        return False
    filed = exists().where(application.c.case_id == case_file.c.id, case_file.c.child_id == known["id"])
    return bool(session.scalar(select(filed)))


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
