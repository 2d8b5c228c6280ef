"""Which messages a person may send to a running case from its page; who may, the domain says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from engine.queries.awaited import awaited
from engine.queries.instance import InstanceView
from web.transaction import Visit

SUPPLEMENT, WITHDRAW, TAKE_DOWN = "MSG_SUPPLEMENT_SUBMITTED", "MSG_WITHDRAW", "MSG_TAKE_DOWN"


@dataclass(frozen=True, kw_only=True)
class Telling:
    """Something that happened outside, and that a case waits for: said on its page by whoever learns of it (M13). Who
    may say it stands in `cases.roles.MESSAGE_SENDERS`."""

    message: str
    title: str
    consequence: str


#: By the last part of the address.
TELLINGS: Mapping[str, Telling] = MappingProxyType(
    {
        "evidence": Telling(
            message="MSG_EVIDENCE_ARRIVED", title="登记收到证据", consequence="核查时限自登记之日恢复计算。"
        ),
        "notice-error": Telling(
            message="MSG_NOTICE_ERROR",
            title="公示内容有误",
            consequence="村(居)先撤下公示,更正后重新公示完整期限。",
        ),
        "statement": Telling(
            message="MSG_EXIT_STATEMENT", title="登记陈述申辩", consequence="经办人将登记并答复陈述申辩。"
        ),
        "contested": Telling(
            message="MSG_EXIT_CONTESTED",
            title="登记对终止公示的异议",
            consequence="乡镇将核查异议,核查期间不作出退出决定。",
        ),
        "recommendation": Telling(
            message="MSG_JCY_RECOMMENDATION", title="登记检察机关书面建议", consequence="办件按书面建议继续办理。"
        ),
    }
)


def tellings(visit: Visit, view: InstanceView) -> dict[str, Telling]:
    """What the person may say now, by the last part of the address."""
    if view.status != "running":
        return {}
    names = awaited(visit.session, visit.env, view.id, actor=visit.person)
    return {slug: each for slug, each in TELLINGS.items() if each.message in names}


def wishes(visit: Visit, view: InstanceView) -> list[str]:
    """The messages that the person may send now."""
    if view.status != "running":
        return []
    names = awaited(visit.session, visit.env, view.id, actor=visit.person)
    return [name for name in (SUPPLEMENT, WITHDRAW, TAKE_DOWN) if name in names]
