"""The facts of a case: what conditions and decision tables may read, by flat names (architecture.md 8, 9).

Forms write raw facts into the case (`case_files.add_facts`); the names here are computed from them, from the child's
file and from the opinion rows each time they are read. They are never saved into an instance's state.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import false, func, select

from cases import objections, opinions, protection_words, report_facts
from cases.ages import COUNTING
from cases.applications import application
from cases.bodies import INSURANCE, body_of
from cases.case_files import case_file
from cases.children import child
from cases.notices import notice
from cases.roles import OBJECTION_KINDS, PROTECTION_KINDS
from engine.calendar import age_on, county_day
from engine.errors import NotFound
from engine.store.session import Session

#: 就高不就低: the order in which one category stands for several (facts agreed with the diagrams).
CATEGORY_ORDER = ("C1", "C2", "C4", "C3", "C5", "CX")

#: A parent's status on the form, in the words of table D3.
REASON_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "死亡": "死亡",
        "宣告失踪": "宣告失踪或死亡",
        "宣告失踪或死亡": "宣告失踪或死亡",
        "查找不到": "查找不到",
        "服刑": "服刑",
        "强制戒毒": "强制戒毒",
        "其他限制自由": "其他限制人身自由",
        "其他限制人身自由": "其他限制人身自由",
        "失联": "失联",
        "重残": "重残",
        "重病": "重病",
        "撤销监护": "撤销监护",
        "遣送出境": "遣送出境",
    }
)

#: Facts that are always there: false, or this value, until a form says otherwise.
DEFAULTS: Mapping[str, Any] = MappingProxyType(
    {
        "dibao_linked": False,
        "child_disability": False,
        "disability_type": "无",
        "hardship_school": False,
        "hardship_medical": False,
        "stage": "不在读",
        "institution": False,
        "dibao_ok": False,
        "bianyuan_ok": False,
        "severe": False,
        "medical_aid_ok": False,
        "family_poor": False,
        "migrant": False,
        "enrolled": False,
        "dropout": False,
        "from_outside": False,
    }
)

ADULT = 18  #: 18周岁 [S]: a first application comes before
_STAGES_OF_THE_PLAN = frozenset({"普通高中", "职高", "中专", "大专", "本科"})


_OF_LATEST_NOTICE = (
    notice.select()
    .where(notice.c.case_id == case_file.c.id)
    .correlate(case_file)
    .order_by(notice.c.notice_no.desc())
    .limit(1)
)
_LATEST_NOTICE_NO = _OF_LATEST_NOTICE.with_only_columns(notice.c.notice_no).scalar_subquery()
_LATEST_NOTICE_TEXT = _OF_LATEST_NOTICE.with_only_columns(notice.c.masked_text).scalar_subquery()


def primary_category(categories: Sequence[str]) -> str | None:
    """The category that stands for several; None for an empty list."""
    return next((category for category in CATEGORY_ORDER if category in categories), None)


def parent_reasons(*statuses: str | None) -> tuple[str, ...]:
    """The reasons of both parents in the words of table D3; 健在 and 不详 are none."""
    return tuple(REASON_WORDS[status] for status in statuses if status is not None and status in REASON_WORDS)


def age_gate(*, age: int, covered_before_18: bool, stage: str, profile: str) -> str:
    """Table D1 in brief: under 18 is covered; from 18 on only who was covered before and still learns."""
    if age < ADULT:
        return "KEEP"
    if not covered_before_18:
        return "EXIT"
    if stage in _STAGES_OF_THE_PLAN or (stage == "义务教育" and profile == "CURRENT"):
        return "KEEP_TO_GRADUATION"
    return "KEEP_PROVISIONAL" if stage == "待入学" else "EXIT"


def gather(session: Session, case_id: str, now: datetime, asked: Collection[str] = ()) -> Mapping[str, Any]:
    """All facts of the case as of now (two queries; one more where a notice or an objection is), and of a protection
    case the words that are asked for by name.

    :raises NotFound: there is no such case.
    """
    today = county_day(now)
    row = session.execute(
        select(
            case_file.c.facts,
            case_file.c.policy_profile,
            case_file.c.sealed_hiv,
            (case_file.c.no_publicity | func.coalesce(child.c.no_publicity, false())).label("no_publicity"),
            case_file.c.status,
            case_file.c.kind,
            case_file.c.child_id,
            child.c.birth,
            _LATEST_NOTICE_NO.label("notice_no"),
            _LATEST_NOTICE_TEXT.label("notice_text"),
            application.c.received_at,
            body_of(INSURANCE, today).label("insurance_body"),
            COUNTING.label("age_counting"),
        )
        .select_from(case_file)
        .outerjoin(child, child.c.id == case_file.c.child_id)
        .outerjoin(application, application.c.case_id == case_file.c.id)
        .where(case_file.c.id == case_id)
    ).first()
    if row is None:
        raise NotFound(f"没有办件 {case_id}")
    raw = {**DEFAULTS, **row.facts}
    categories = raw.get("final_categories") or raw.get("fit_categories") or raw.get("categories") or ()
    return {
        **raw,
        **_standing(row, categories),
        **_of_age(row, raw, today),
        **_of_opinions(opinions.count(opinions.standing(session, case_id))),
        **(objections.facts(session, case_id) if row.kind in OBJECTION_KINDS else {}),
        **(objections.left_open(session, case_id) if row.notice_no is not None else objections.NONE_OPEN),
        "categories_decided": bool(raw.get("final_categories")),
        **(_told(session, case_id, asked, now) if asked and row.kind in PROTECTION_KINDS else {}),
        "severe_illness": bool(raw["severe"] or (raw.get("illness") and "C3" in categories)),
        "parent_reasons": list(parent_reasons(raw.get("father_status"), raw.get("mother_status"))),
    }


def _told(session: Session, case_id: str, asked: Collection[str], now: datetime) -> Mapping[str, Any]:
    """What the form of an open task says of a protection case; conditions and tables read none of it."""
    report = report_facts.facts(session, case_id) if not report_facts.NAMES.isdisjoint(asked) else {}
    return {**report, **protection_words.words(session, case_id, asked, now)}


def _standing(row: Any, categories: Sequence[str]) -> Mapping[str, Any]:
    return {
        "profile": row.policy_profile,
        "child_id": row.child_id,
        "category": primary_category(categories) or "CX",
        "primary_category": primary_category(categories) or "CX",
        "fitted_categories": [code for code in CATEGORY_ORDER if code in categories],
        "sealed_hiv": row.sealed_hiv,
        "hiv": row.sealed_hiv,
        "no_publicity": row.no_publicity,
        "case_status": row.status,
        "notice_no": row.notice_no,
        "notice_text": row.notice_text,
        "insurance_body": row.insurance_body or INSURANCE,
    }


def _of_age(row: Any, raw: Mapping[str, Any], today: date) -> Mapping[str, Any]:
    """Age, the gate of table D1, and schooling after 18. A child without a known birth date is taken as under 18."""
    rule, birth = row.age_counting, row.birth
    age = age_on(birth, today, rule) if birth else 0
    in_time = row.received_at is not None and birth is not None
    received = in_time and age_on(birth, county_day(row.received_at), rule) < ADULT
    covered = bool(raw.get("covered_before_18", received))
    stage = raw["stage"]
    return {
        "age": age,
        "covered_before_18": covered,
        "gate": age_gate(age=age, covered_before_18=covered, stage=stage, profile=row.policy_profile),
        "over18_in_school": age >= ADULT and stage != "不在读",
    }


def _of_opinions(count: opinions.Count) -> Mapping[str, Any]:
    return {
        "opinions_missing": count.missing,
        "opinions_supp": count.supplement,
        "opinions_disagree": count.disagree,
        "opinions_agree": count.agree,
        "opinions_contradiction": count.contradiction,
        "supp_departments": list(count.asking),
    }
