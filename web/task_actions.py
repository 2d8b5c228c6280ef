"""What a person may do with a task beside filling it in. The commands ask again; this spares people buttons that are
not theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cases.people import Person
from cases.readers import CaseReader, readers_of
from cases.roles import Sight, role_name
from engine.errors import NotFound
from engine.queries.task import TaskView
from engine.queries.task_around import SignatureRow, signatures
from web.language import translate as _
from web.transaction import Visit
from web.views.handovers import colleagues


@dataclass(frozen=True, kw_only=True)
class ShownSignature:
    """An opinion that the step waits for, as the page shows it."""

    id: str
    who: str
    asked_by: str
    note: str
    opinion: str
    agrees: bool | None
    signed_by: str
    signed_at: object
    can_remove: bool
    is_mine: bool


@dataclass(frozen=True, kw_only=True)
class Actions:
    """The page's buttons, each True where it is this person's, and the lists that their forms choose from."""

    complete: bool = False
    claim: bool = False
    in_stead_of: str = ""  #: the absent holder
    unclaim: bool = False
    hand_back: bool = False
    call_back: bool = False
    take_back: bool = False
    sign: bool = False
    colleagues: Sequence[Person] = ()
    readers: Sequence[CaseReader] = ()
    cosigners: Sequence[CaseReader] = ()
    signatures: Sequence[ShownSignature] = ()
    sign_mode: str = ""


_MODES = {"all": "会签:全部签署后才能办结", "any": "或签:一人签署即可办结", "in_turn": "依次会签:按顺序签署"}


def actions_of(visit: Visit, view: TaskView) -> Actions:
    """What this person may do now."""
    me = visit.person
    is_open, running = view.status == "open", view.instance_status == "running"
    mine = view.assignee == me.id
    free = is_open and view.assignee is None and view.may_work
    works = is_open and running and view.owner is None and (mine or free)
    absent = is_open and view.assignee in me.stands_in_for and view.owner is None
    around = _readers(visit, view) if works else ()
    signing = _signatures(visit, view, works=works)
    return Actions(
        complete=works,
        claim=free or absent,
        in_stead_of=(view.assignee_name or "") if absent else "",
        unclaim=is_open and mine and view.owner is None,
        hand_back=is_open and mine and view.owner is not None,
        call_back=is_open and view.owner == me.id,
        take_back=view.status == "done" and view.closed_by_me and running,
        sign=is_open and running and any(row.is_mine for row in signing),
        colleagues=colleagues(visit, view) if works else (),
        readers=around,
        cosigners=[one for one in around if one.sight >= Sight.FILE],
        signatures=signing,
        sign_mode=_(_MODES[view.sign]) if view.sign and any(one for one in signing) else "",
    )


def _readers(visit: Visit, view: TaskView) -> Sequence[CaseReader]:
    if view.case_id is None:
        return ()
    try:
        return readers_of(visit.session, visit.person, view.case_id, at_least=Sight.CODED)
    except NotFound:
        return ()


def _signatures(visit: Visit, view: TaskView, *, works: bool) -> tuple[ShownSignature, ...]:
    if not view.sign:
        return ()
    rows = signatures(visit.session, visit.person, view.id)
    return tuple(_shown(visit, view, row, works=works) for row in rows)


def _shown(visit: Visit, view: TaskView, row: SignatureRow, *, works: bool) -> ShownSignature:
    held = {grant.role for grant in visit.person.grants}
    waits = row.signed_at is None
    return ShownSignature(
        id=row.id,
        who=row.person_name or role_name(row.role or ""),
        asked_by="" if row.role else row.asked_by_name,
        note=row.note,
        opinion=row.opinion or "",
        agrees=row.agrees,
        signed_by=row.signed_by_name or "",
        signed_at=row.signed_at,
        can_remove=works and waits and row.role is None,
        is_mine=waits and (row.person == visit.person.id or (row.role in held and view.asked_to_sign)),
    )
