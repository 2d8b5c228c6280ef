"""What happened to a case, as people say it: who, what, when. Steps of the program stand between, in small."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from web.forms import Fact
from web.language import translate as _

#: History kind to the words around the element's name. `{name}` is the element.
WORDS: Mapping[str, str] = {
    "start": "提交申请,办件开始",
    "task": "{name}:已办结",
    "timer": "时间到:{name}",
    "service": "系统办理:{name}",
    "service_error": "系统办理未成:{name}",
    "message": "收到消息:{name}",
    "signal": "收到信号:{name}",
    "move": "改到环节:{name}",
    "claim": "领取:{name}",
    "unclaim": "退领:{name}",
    "delegate": "转办:{name}",
    "loan-over": "转办到期收回:{name}",
    "entrust": "委派:{name}",
    "hand_back": "交回:{name}",
    "call_back": "收回委派:{name}",
    "handover": "岗位移交:{name}",
    "copy": "抄送:{name}",
    "urge": "催办:{name}",
    "cosign_ask": "加签:{name}",
    "cosign_drop": "减签:{name}",
    "cosign": "会签:{name}",
    "incident": "步骤出错:{name}",
    "retry": "重试:{name}",
    "suspend": "暂停办件",
    "resume": "恢复办件",
    "cancel": "撤销办件",
    "migrate": "换到新的流程版本",
}
_PROBLEMS = frozenset({"incident", "service_error", "cancel"})


@dataclass(frozen=True, kw_only=True)
class HistoryLine:
    """One line of the history."""

    what: str
    who: str
    at: datetime
    detail: str = ""
    facts: tuple[Fact, ...] = ()
    by_system: bool = False
    is_problem: bool = False


def lines(
    rows: Iterable[Any],
    *,
    name_of: Callable[[str], str],
    facts_of: Callable[[Any], tuple[Fact, ...]],
    newest_first: bool = True,
) -> tuple[HistoryLine, ...]:
    """The history in words. `name_of` gives an element's name, `facts_of` what was filled in, where the reader may see
    it."""
    told = [_line(row, name_of, facts_of(row)) for row in rows]
    return tuple(reversed(told)) if newest_first else tuple(told)


def _line(row: Any, name_of: Callable[[str], str], facts: tuple[Fact, ...]) -> HistoryLine:
    data: Mapping[str, Any] = row.data or {}
    name = name_of(row.element_id) if row.element_id else ""
    by_system = row.actor_id.startswith("system:")
    return HistoryLine(
        what=_what(row.kind, data, name).rstrip(":"),
        who=_("系统") if by_system else f"{row.actor_name}{f'({row.actor_unit})' if row.actor_unit else ''}",
        at=row.at,
        detail=_detail(data, name_of),
        facts=facts,
        by_system=by_system,
        is_problem=row.kind in _PROBLEMS,
    )


def _what(kind: str, data: Mapping[str, Any], name: str) -> str:
    act = data.get("act")
    if act == "return":
        return _("退回:{name}", name=name)
    if act == "take_back":
        return _("撤回:{name}", name=name)
    if act == "move":
        return _("管理员改到环节:{name}", name=name)
    return _(WORDS.get(kind, "{name}"), name=name)


def _detail(data: Mapping[str, Any], name_of: Callable[[str], str]) -> str:
    parts = []
    if data.get("to") and data.get("act"):
        parts.append(_("改到“{name}”", name=name_of(data["to"])))
    if data.get("for"):
        parts.append(_("代 {name}", name=data["for"]))
    if data.get("to_name"):
        parts.append(_("对方:{name}", name=data["to_name"]))
    if "agrees" in data:
        parts.append(_("同意") if data["agrees"] else _("不同意"))
    if data.get("reason"):
        parts.append(_("原因:{what}", what=data["reason"]))
    if data.get("message"):
        parts.append(str(data["message"]))
    parts += [_("按决策表 {name}", name=each.get("name") or each.get("decision")) for each in data.get("decisions", ())]
    opened = [name_of(element) for _process, element in data.get("opened", ())]
    if opened:
        parts.append(_("下一步:{what}", what="、".join(dict.fromkeys(opened))))
    return ";".join(parts)
