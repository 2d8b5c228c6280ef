"""提出申请: opens the child's file, the case and the application (P_B 1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cases import applications, children, households, materials, other_county, retention, sealed, survey_assistance
from cases.case_files import CaseStatus
from cases.deadlines import DeadlineCode, set_deadline
from cases.forms import claim_checks
from cases.forms.filing import as_list, refuse
from cases.forms.opening import Opening
from cases.idcard import birth_of, sex_of
from cases.jurisdictions import VILLAGE_DIGITS, find_division
from cases.privacy import mask_child_name
from cases.search import search_key
from engine.access import Actor, covers
from engine.calendar import county_day
from engine.domain import CaseRef
from engine.errors import NotAllowed
from engine.store.session import Session

FORWARD_WORKDAYS = 2
_SEALED_REPORT = "M23"
_LEVELS: Mapping[str, int] = {"一级": 1, "二级": 2, "三级": 3, "四级": 4}
_TAKEN_IN_ANYWHERE = {"C1", "C2"}


@dataclass(frozen=True, kw_only=True)
class _Claimed:
    """Who the application is about, as far as the id number or the form tells."""

    name: str
    idcard: str | None
    birth: date | None
    sex: str | None
    place: str
    sealed: bool

    @property
    def belongs_to(self) -> str:
        """The division whose case this is."""
        return sealed.place_of(self.place) if self.sealed else self.place


def open_application(opening: Opening) -> CaseRef:
    """Open everything that an application needs and say where it belongs.

    :raises SubmissionInvalid: an unknown village, an open application of the same child, a sealed word in a free text,
        a sealed application through the village, a disability certificate that is another child's or says otherwise.
    :raises NotAllowed: staff may file for their own area only, except that any window takes in C1 and C2; a guardian
        files anywhere in the county; neither village nor township files a sealed application.
    """
    session, fields = opening.session, opening.fields
    claimed = _read(session, fields, opening.actor)
    _check_outside(fields, opening.actor)
    if claimed.sealed:
        _check_sealed(fields, opening.actor)
    else:
        claim_checks.require_plain_words(fields)
    claim_checks.require_own_certificate(fields, idcard=claimed.idcard)
    child_id = _child(session, claimed, fields, opening.actor, opening.now)
    entrusted = fields.get("entrusted") is True
    case_id = opening.open_case(
        child_id=child_id,
        place=claimed.belongs_to,
        facts=_facts(fields),
        status=CaseStatus.SUBMITTED if entrusted else CaseStatus.FORMAL_CHECK,
        sealed_hiv=claimed.sealed,
        owner_id=opening.actor.id if any(grant.role == "applicant" for grant in opening.actor.grants) else None,
    )
    _file(session, case_id, claimed, fields, opening.actor, opening.now)
    if entrusted:
        derivation = opening.calendar.add_workdays(opening.day, FORWARD_WORKDAYS)
        set_deadline(session, case_id, DeadlineCode.VILLAGE_FORWARD, derivation, now=opening.now)
    return CaseRef(
        case_id=case_id,
        place=claimed.belongs_to,
        subject=sealed.subject_of(case_id) if claimed.sealed else mask_child_name(claimed.name),
        search_key="" if claimed.sealed else search_key(claimed.name),
        confidential=claimed.sealed,
        variables={"entrusted": entrusted},
    )


def _read(session: Session, fields: Mapping[str, Any], actor: Actor) -> _Claimed:
    place = str(fields.get("hukou_village") or "")
    if len(place) != VILLAGE_DIGITS or find_division(session, place) is None:
        raise refuse("hukou_village", "division", "请选择户籍所在的村(社区)")
    claim_checks.require_periods_in_order(fields)
    if not (_files_at_home(actor, place) or _takes_in_for_another(fields, actor)):
        raise NotAllowed("只能为本辖区的儿童提出申请;孤儿、事实无人抚养儿童的申请可由任一乡镇窗口代收")
    idcard = str(fields.get("child_idcard") or "") or None
    birth = birth_of(idcard) if idcard else fields.get("birth")
    if idcard is None and not fields.get("no_id_reason"):
        raise refuse("child_idcard", "required", "请填写身份证号,或说明没有身份证号的原因")
    if birth is None:
        raise refuse("birth", "required", "请填写出生日期")
    return _Claimed(
        name=str(fields["child_name"]),
        idcard=idcard,
        birth=birth,
        sex=sex_of(idcard) if idcard else fields.get("sex"),
        place=place,
        sealed=fields.get("hiv_track") is True,
    )


def _files_at_home(actor: Actor, place: str) -> bool:
    staff = any(grant.role != "applicant" for grant in actor.grants)
    return not staff or actor.is_system or any(covers(grant, place) for grant in actor.grants)


def _takes_in_for_another(fields: Mapping[str, Any], actor: Actor) -> bool:
    """Any township's window takes in C1 and C2 for another place (跨省通办, domain.md 1.5); the file is with the home
    township the moment it is handed in, and the shorter limits of this county hold."""
    claimed = set(as_list(fields.get("categories")))
    return bool(claimed) and claimed <= _TAKEN_IN_ANYWHERE and any(each.role == "town_window" for each in actor.grants)


def _check_outside(fields: Mapping[str, Any], actor: Actor) -> None:
    """What another county sends is entered by the home township, and is of C1 or C2 (跨省通办, domain.md 1.5)."""
    if fields.get(other_county.FROM_OUTSIDE) is not True:
        return
    if not any(each.role in ("town_window", "town_officer") for each in actor.grants):
        raise refuse(other_county.FROM_OUTSIDE, "town", "外县转来的申请由户籍地乡镇录入")
    if not set(as_list(fields.get("categories"))) <= _TAKEN_IN_ANYWHERE:
        raise refuse("categories", "outside", "跨省通办只受理孤儿、事实无人抚养儿童的申请")


def _check_sealed(fields: Mapping[str, Any], actor: Actor) -> None:
    """The sealed channel is online and at the county's counter, and nowhere else (P_B 1)."""
    if not sealed.may_file(actor):
        raise NotAllowed("需要保密办理的,请直接到县民政局或走网上涉密通道")
    if fields.get("entrusted") is True:
        raise refuse("entrusted", "sealed", "涉密申请不经村(居)转交,请直接向县民政局提出")


def _child(session: Session, claimed: _Claimed, fields: Mapping[str, Any], actor: Actor, now: datetime) -> str:
    """The child's file: the one with this id number, or without one of this name, birth and village, or a new
    one. One open application per child; a sealed file and an ordinary one do not know each other."""
    known = (
        children.find_by_idcard(session, claimed.idcard, sealed=claimed.sealed)
        if claimed.idcard
        else children.find_unnumbered(
            session, name=claimed.name, birth=claimed.birth, hukou_code=claimed.place, sealed=claimed.sealed
        )
    )
    if known is not None:
        child_id = str(known["id"])
        if applications.open_application_of(session, child_id, sealed=claimed.sealed) is not None:
            field = "child_idcard" if claimed.idcard else "child_name"
            raise refuse(field, "open_application", "该儿童已有在办的申请,不能重复提交")
        retention.take_out(session, child_id)
        if fields.get("live_address"):
            children.change(session, child_id, now=now, live_address=fields["live_address"])
    else:
        child_id = children.open_file(
            session,
            name=claimed.name,
            idcard=claimed.idcard,
            birth=claimed.birth,
            sex=claimed.sex,
            hukou_code=claimed.place,
            search_key="" if claimed.sealed else search_key(claimed.name),
            actor_id=actor.id,
            now=now,
            day=county_day(now),
            no_id_reason=fields.get("no_id_reason"),
            ethnic=fields.get("ethnic"),
            live_address=fields.get("live_address"),
            sealed=claimed.sealed,
        )
    _family(session, child_id, claimed.belongs_to, fields, now)
    return child_id


def _family(session: Session, child_id: str, place: str, fields: Mapping[str, Any], now: datetime) -> None:
    """Guardian, parents, household, health and schooling, as the applicant states them."""
    children.set_guardian(
        session,
        child_id,
        name=str(fields["applicant_name"]),
        idcard=fields.get("applicant_idcard"),
        phone=fields.get("applicant_phone"),
        relation=str(fields.get("relation") or "其他监护人"),
    )
    for which, prefix in (("父", "father"), ("母", "mother")):
        if fields.get(f"{prefix}_status"):
            children.set_parent(
                session,
                child_id,
                which,
                name=fields.get(f"{prefix}_name"),
                idcard=fields.get(f"{prefix}_idcard"),
                status=fields[f"{prefix}_status"],
                start_date=fields.get(f"{prefix}_from"),
                end_date=fields.get(f"{prefix}_to"),
            )
    households.enter_household(
        session,
        child_id,
        place=place,
        address=str(fields.get("live_address") or ""),
        year_income=fields.get("income_decl"),
        now=now,
    )
    kind = fields.get("disability_kind")
    children.set_health(
        session,
        child_id,
        disability_kind=None if kind in (None, "无") else kind,
        disability_level=_LEVELS.get(str(fields.get("disability_level"))),
        disability_cert_no=fields.get("disability_cert_no"),
        illness_name=fields.get("illness"),
    )
    children.set_education(session, child_id, stage=fields.get("stage"), school=fields.get("school"))


def _facts(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """The raw facts of the form, by the names that tables read (see `case_facts`)."""
    difficulty = as_list(fields.get("difficulty"))
    kind = fields.get("disability_kind") or "无"
    return {
        "categories": list(as_list(fields.get("categories"))),
        "child_disability": kind != "无",
        "disability_type": kind,
        "illness": fields.get("illness"),
        "hardship_school": "就学" in difficulty,
        "hardship_medical": "就医" in difficulty,
        "stage": fields.get("stage") or "不在读",
        "father_status": fields.get("father_status"),
        "mother_status": fields.get("mother_status"),
        **other_county.facts_of(fields),
    }


def _file(
    session: Session, case_id: str, claimed: _Claimed, fields: Mapping[str, Any], actor: Actor, now: datetime
) -> None:
    day = county_day(now)
    entrusted = fields.get("entrusted") is True
    applications.file_application(
        session,
        case_id,
        application_no=applications.next_number(session, claimed.belongs_to, day),
        status=CaseStatus.SUBMITTED if entrusted else CaseStatus.FORMAL_CHECK,
        channel=_channel(session, claimed, fields, actor),
        applicant_name=str(fields["applicant_name"]),
        applicant_phone=fields.get("applicant_phone"),
        relation=fields.get("relation"),
        categories_claimed=list(as_list(fields.get("categories"))),
        entrusted=entrusted,
        statement=str(fields.get("statement") or ""),
        received_at=now,
        bank_account=fields.get("bank_account"),
        account_holder=fields.get("account_holder"),
    )
    shown = {str(row["code"]): as_list(row["file"]) for row in fields.get("material_list") or ()}
    handed_in = [code for code in _papers(fields, shown) if code in materials.MATERIALS]
    if claimed.sealed and fields.get("sealed_report"):
        handed_in.append(_SEALED_REPORT)
    materials.receive(
        session,
        case_id,
        handed_in,
        source=materials.SUBMITTED,
        received_on=day,
        actor_id=actor.id,
        now=now,
    )
    for code, uploaded in shown.items():
        materials.attach(session, case_id, code, uploaded[0])


def _papers(fields: Mapping[str, Any], shown: Iterable[str]) -> Sequence[str]:
    """The codes of what is handed in. Of a ground that both parents share each has a paper: where it is told whose, the
    common one falls away."""
    common = materials.REASON_PAPER.get(str(fields.get("father_status")), "")
    told = [materials.paper_of(common, whose) for whose in as_list(fields.get("parent_papers")) if common]
    return [*(code for code in as_list(fields.get("materials")) if not (told and code == common)), *told, *shown]


def _channel(session: Session, claimed: _Claimed, fields: Mapping[str, Any], actor: Actor) -> str:
    if any(grant.role == sealed.HANDLER for grant in actor.grants):
        return "县级窗口"
    if not _files_at_home(actor, claimed.place) or fields.get(other_county.FROM_OUTSIDE) is True:
        return "跨省通办"
    if any(grant.role.startswith("village_") for grant in actor.grants):
        if survey_assistance.was_listed(session, place=claimed.place, name=claimed.name, idcard=claimed.idcard):
            return "摸底"
        return "委托村居" if fields.get("entrusted") is True else "村居主动"
    return "委托村居" if fields.get("entrusted") is True else "本人"
