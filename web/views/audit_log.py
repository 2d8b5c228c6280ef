"""The audit log for the auditor: read-only, with filters, without case data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from cases.roles import role_name
from engine.access import Permission
from engine.errors import Refused
from engine.queries.audit_log import AuditRow, audit_log
from web.child_words import purpose_in_words
from web.days import beginning_of
from web.language import translate as _
from web.places import PlaceNames
from web.routes import page
from web.states import SIGHT_LABELS
from web.titles import Titles
from web.transaction import Visit

pages = Blueprint("audit_log", __name__)

#: What is written into the audit, in words. An action that is missing here is shown by its code.
ACTIONS: Mapping[str, str] = {
    "login": "登录",
    "login.refused": "登录被拒",
    "login.locked": "账户锁定",
    "case.read": "查阅办件",
    "child.unmask": "查看完整信息",
    "sealed.open": "打开涉密档案",
    "break_glass.ask": "提出紧急查阅",
    "break_glass.answer": "答复紧急查阅",
    "break_glass.open": "紧急查阅涉密档案",
    "break_glass.review": "复核紧急查阅",
    "child.archive": "档案转入档案室",
    "audit.verified": "审计日志核验完好",
    "audit.broken": "审计日志核验不符",
    "child.read": "查阅档案",
    "survey.assist": "按摸底登记协助申请",
    "office.enter": "登记办事地点",
    "org_alias.enter": "登记职能划转",
    "parameter.set": "修改县级参数",
    "child.search": "查找儿童",
    "child.list": "查阅儿童名单",
    "child.list.sealed": "查阅涉密儿童名单",
    "child.export": "导出台账",
    "child.export.ask": "申请导出台账",
    "child.export.decide": "批准导出台账",
    "child.import": "导入台账",
    "objector.read": "查看异议人",
    "process.publish": "发布流程",
    "account.open": "开立账户",
    "account.close": "停用账户",
    "role.give": "授予角色",
    "role.take": "收回角色",
    "absence.enter": "登记外出",
    "absence.end": "结束外出",
    "post.handover": "岗位移交",
    "contact.change": "修改联系方式",
    "duty.enter": "排班",
    "duty.end": "撤下班次",
    "calendar.import": "载入放假安排",
    "deadline.recount": "重算时限",
    "deadline.shorten": "缩短时限",
    "template.enter": "更换文书模板",
    "ledger.ask": "申请导出台账",
    "ledger.grant": "批准导出台账",
    "ledger.refuse": "拒绝导出台账",
    "ledger.export": "导出台账",
    "demo_clock.move": "拨动演示时钟",
}


@page(pages, "/audit", access=Permission.AUDIT_READ)
def listing(visit: Visit) -> ResponseReturnValue:
    """The log, the latest first."""
    asked = {name: request.args.get(name, "").strip()[:80] for name in ("who", "action", "target", "since", "until")}
    since, until = beginning_of(asked["since"]), beginning_of(asked["until"])
    try:
        found = audit_log(
            visit.session,
            visit.person,
            who=asked["who"],
            action=asked["action"],
            target=asked["target"],
            since=since,
            until=until + timedelta(days=1) if until else None,
            after=request.args.get("after"),
        )
    except ValueError as error:
        raise Refused("页码不对,请从第一页重新查看") from error
    places, titles = PlaceNames(visit.session), Titles(visit.session)
    rows = [
        {
            "at": row.at,
            "who": row.actor_name,
            "action": _(ACTIONS.get(row.action, row.action)),
            "target": row.target or "",
            "detail": _told(row, places, titles),
        }
        for row in found.rows
    ]
    return render_template("audit.html", rows=rows, asked=asked, actions=list(ACTIONS.items()), next=found.next)


def _told(row: AuditRow, places: PlaceNames, titles: Titles) -> str:
    """The detail in words. Only what is named here is shown: a new kind of detail may hold a child's data."""
    detail: Mapping[str, Any] = row.detail
    parts = []
    if detail.get("role"):
        parts.append(role_name(detail["role"]) + (f"({places(detail['place'])})" if detail.get("place") else ""))
    if detail.get("sight"):
        parts.append(_("看到:{what}", what=_(SIGHT_LABELS.get(detail["sight"], detail["sight"]))))
    if detail.get("purpose"):
        parts.append(_("目的:{what}", what=purpose_in_words(detail["purpose"])))
    if detail.get("reason"):
        parts.append(_("理由:{what}", what=detail["reason"]))
    if row.action == "process.publish":
        parts.append(f"{titles(detail.get('key', ''))} · {_('第 {number} 版', number=detail.get('number', ''))}")
    if detail.get("source_doc"):
        parts.append(_("依据:{what}", what=detail["source_doc"]))
    return ";".join(parts)
