"""What the demo county's people write into the forms, by deed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cases.demo_children import Deed, DemoChild

Fields = Callable[[DemoChild, datetime], Mapping[str, Any]]

_PAPERS: Mapping[str, tuple[str, ...]] = {
    "C1": ("M10",),
    "C3": ("M22",),
    "C4": ("M24", "M28"),
    "C5": ("M24", "M25", "M26", "M27"),
}
_PRIVACY_CHECKS = ("name", "idcard", "birth", "address", "school", "health", "parents", "category")


@dataclass(frozen=True, kw_only=True)
class DeedForm:
    """Which task a deed completes, who does it, and what they write."""

    task: str  #: element id; empty for the start form
    role: str
    fields: Fields
    department: str | None = None


def _apply(child: DemoChild, at: datetime) -> Mapping[str, Any]:  # noqa: ARG001 - one shape for all deeds
    fields: dict[str, Any] = {
        "child_name": child.name,
        "has_idcard": "有",
        "child_idcard": child.idcard,
        "ethnic": "汉族",
        "hukou_village": child.place,
        "live_address": "村内自建房(演示)",
        "stage": "义务教育",
        "categories": [child.category],
        "disability_kind": "无",
        "applicant_name": child.guardian,
        "relation": child.relation,
        "applicant_idcard": "519927198506232137",
        "applicant_phone": "13800000000",
        "father_status": child.parents[0],
        "mother_status": child.parents[1],
        "statement": "家庭生活困难,申请纳入困境儿童分类保障。(演示数据)",
        "materials": ["M01", "M02", "M03", "M05", *_PAPERS[child.category]],
        "consent": "file:consent.pdf",
        "entrusted": child.entrusted,
        "sign": True,
    }
    if child.category == "C5":
        fields |= {"difficulty": ["就学"], "school": "乡镇中心小学(演示)"}
    if child.category in ("C4", "C5"):
        fields["income_decl"] = 15000
    if child.illness:
        fields["illness"] = child.illness
    if child.entrusted:
        fields["entrust_reason"] = "祖父腿脚不便,离镇较远"
    return fields


def _visit(child: DemoChild, at: datetime) -> Mapping[str, Any]:
    fields: dict[str, Any] = {
        "visit_at": at - timedelta(hours=3),
        "visitors": "赵敏、陈秀英",
        "interviewee": child.guardian,
        "relation": child.relation,
        "housing": "砖瓦房,基本生活用品齐全",
        "guardianship": "正常",
        "schooling": "在读",
        "neighbours": "邻居证实家庭困难情况属实",
        "family_poor": True,
        "dibao_ok": child.category == "C5",
        "severe": child.category == "C3",
        "opinion": "符合",
        "fit_categories": [child.category],
        "dibao_linked": child.category in ("C4", "C5"),
    }
    if child.category in ("C3", "C4", "C5"):
        fields |= {f"privacy_{name}": True for name in _PRIVACY_CHECKS}
        fields |= {"places": ["村(居)公示栏"], "online": True}
    else:
        fields |= {"alt_pending": True, "alt_pending_reason": "村(居)委会的保密确认次日才能取得"}
    return fields


def _visit_refuse(child: DemoChild, at: datetime) -> Mapping[str, Any]:
    kept = {
        name: value
        for name, value in _visit(child, at).items()
        if not name.startswith("privacy_") and name not in ("places", "online", "fit_categories", "dibao_linked")
    }
    return {**kept, "opinion": "不符合", "reason": "父亲有稳定工作收入,不符合特困供养儿童条件(方案二(四))。"}


def _deliver(result: str) -> Fields:
    def fields(_: DemoChild, at: datetime) -> Mapping[str, Any]:
        later = {"next_check": at.date() + timedelta(days=30)} if result == "已转办" else {}
        return {"results": [{"benefit": "各项待遇", "result": result, "ref_no": "演示-001", **later}]}

    return fields


def _always(fields: Mapping[str, Any]) -> Fields:
    return lambda child, at: fields  # noqa: ARG005


DEED_FORMS: Mapping[Deed, DeedForm] = {
    Deed.APPLY: DeedForm(task="", role="town_window", fields=_apply),
    Deed.FORWARD_VILLAGE: DeedForm(
        task="b_ut_village_forward",
        role="village_officer",
        fields=lambda child, at: {"received_from": child.guardian, "received_on": at.date(), "M06": "file:entrust.pdf"},
    ),
    Deed.CHECK: DeedForm(task="b_ut_formal_check", role="town_officer", fields=_always({"result": "齐全"})),
    Deed.CHECK_MISSING: DeedForm(
        task="b_ut_formal_check", role="town_officer", fields=_always({"result": "需补正", "missing": ["M25"]})
    ),
    Deed.VISIT: DeedForm(task="b_ut_visit", role="town_officer", fields=_visit),
    Deed.VISIT_REFUSE: DeedForm(task="b_ut_visit", role="town_officer", fields=_visit_refuse),
    Deed.REVIEW: DeedForm(
        task="b_ut_town_review", role="town_leader", fields=_always({"town_review": "同意", "sign": True})
    ),
    Deed.SIGN: DeedForm(
        task="b_ut_town_sign", role="town_head", fields=_always({"sealed_doc": "file:opinion.pdf", "head_sign": True})
    ),
    Deed.POST: DeedForm(
        task="c_ut_post",
        role="village_officer",
        fields=lambda child, at: {"posted_at": at - timedelta(minutes=15), "photo": "file:board.jpg"},  # noqa: ARG005
    ),
    Deed.FORWARD: DeedForm(
        task="b_ut_forward",
        role="town_officer",
        fields=lambda child, at: {  # noqa: ARG005
            "had_notice": "已公示",
            "removed_at": at - timedelta(minutes=30),
            "photo_remove": "file:empty.jpg",
            "notice_report": "公示期内未收到异议,已撤除。",
        },
    ),
    Deed.JKT: DeedForm(
        task="d_ut_opinion",
        role="jkt_handler",
        department="JKT",
        fields=_always(
            {
                "answers": [{"question": "学籍、就学困难是否属实", "result": "属实", "basis": "学籍系统核对"}],
                "opinion": "同意",
            }
        ),
    ),
    Deed.JKT_SIGN: DeedForm(task="d_ut_sign", role="jkt_leader", department="JKT", fields=_always({"sign": True})),
    Deed.CONSOLIDATE: DeedForm(
        task="d_ut_consolidate",
        role="mzj_handler",
        fields=lambda child, at: {"opinion": "同意", "originals_seen": True, "final_categories": [child.category]},  # noqa: ARG005
    ),
    Deed.FINAL_SIGN: DeedForm(task="d_ut_final_sign", role="mzj_leader", fields=_always({"sign": True})),
    Deed.SERVE: DeedForm(
        task="b_ut_serve",
        role="town_officer",
        fields=lambda child, at: {
            "service_mode": "直接",
            "served_on": at.date(),
            "account_owner": "监护人",
            "account_holder": child.guardian,
            "bank_account": "6222020000000000000",
        },
    ),
    Deed.DELIVER_MZJ: DeedForm(task="e_ut_deliver", role="mzj_handler", department="MZJ", fields=_deliver("已转办")),
    Deed.DELIVER_RSJ: DeedForm(task="e_ut_deliver", role="rsj_handler", department="RSJ", fields=_deliver("已落实")),
    Deed.DELIVER_WJJ: DeedForm(task="e_ut_deliver", role="wjj_handler", department="WJJ", fields=_deliver("已落实")),
    Deed.DELIVER_JKT: DeedForm(task="e_ut_deliver", role="jkt_handler", department="JKT", fields=_deliver("已落实")),
    Deed.FEEDBACK: DeedForm(
        task="e_ut_feedback",
        role="town_officer",
        fields=lambda child, at: {  # noqa: ARG005
            "visited_on": at.date(),
            "items": [{"benefit": "各项待遇", "received": "是", "satisfaction": "满意"}],
        },
    ),
}
