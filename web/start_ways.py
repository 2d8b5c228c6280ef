"""What a person may begin, in plain words: what it is for, who may, what to bring; and the ways into an application."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from cases.materials import MATERIALS
from engine.access import Actor

#: Groups of the page, in this order.
URGENT, CHILD, OFFICE = "孩子正有危险", "为孩子申请", "单位的工作"
GROUPS = (URGENT, CHILD, OFFICE)


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way in: a card on the page, and what stands filled in on the form."""

    code: str
    title: str
    lead: str
    verb: str
    papers: Sequence[str] = ()  #: codes of what to bring
    roles: frozenset[str] = frozenset()  #: whose way it is; empty: everybody's who may start the process
    preset: Mapping[str, Any] = field(default_factory=dict)

    @property
    def bring(self) -> tuple[str, ...]:
        """What to bring, by name."""
        return tuple(MATERIALS[code] for code in self.papers)


_BASE = ("M01", "M02", "M03", "M05", "M07")

#: Ways into the application (M7: who may apply).
APPLICATION: tuple[Way, ...] = (
    Way(
        code="own",
        title="为孩子申请困境保障",
        lead="您是孩子的监护人:填一张表,交材料的照片。乡镇会上门看一次,受理后5个工作日出意见。",
        verb="填写申请",
        papers=_BASE,
        roles=frozenset({"applicant"}),
    ),
    Way(
        code="window",
        title="在窗口替监护人填写",
        lead="监护人就在面前:问一句、填一句,读给监护人听,由监护人签字。材料看原件,比对得到的不要再收。",
        verb="开始填写",
        papers=_BASE,
        roles=frozenset({"town_window", "town_officer"}),
        preset=MappingProxyType({"entrusted": False}),
    ),
    Way(
        code="entrusted",
        title="受委托转交申请",
        lead="监护人行动不便,委托村(居)转交:替他填好,带上委托书,2个工作日内转交乡镇。",
        verb="填写并转交",
        papers=(*_BASE, "M06"),
        roles=frozenset({"village_officer"}),
        preset=MappingProxyType({"entrusted": True}),
    ),
    Way(
        code="village",
        title="没有监护人,村(居)为孩子申请",
        lead="孩子没有监护人或监护人没有能力:由村(居)委会提出,不因缺材料拒收。",
        verb="填写申请",
        papers=("M01", "M02", "M05"),
        roles=frozenset({"village_officer"}),
        preset=MappingProxyType({"relation": "村(居)委会"}),
    ),
    Way(
        code="sealed",
        title="涉密申请",
        lead="需要保密办理的:不经村(居)和乡镇,不公示,只由涉密专办员办理。",
        verb="填写涉密申请",
        papers=_BASE,
        roles=frozenset({"mzj_sealed"}),
        preset=MappingProxyType({"confidential": True, "hiv_track": True}),
    ),
)

#: Other things that people begin: key to group and plain words. What is not here stands under the offices' work, with
#: the description that its owner wrote.
PLAIN: Mapping[str, tuple[str, Way]] = MappingProxyType(
    {
        "report": (
            URGENT,
            Way(
                code="",
                title="报告儿童遇险或受侵害",
                lead="受伤害、被遗弃、失踪、没人管:马上报告。五个问题,一分钟;先打110。",
                verb="立即报告",
            ),
        ),
        "outbound": (
            CHILD,
            Way(
                code="",
                title="户籍在外县的孤儿、事实无人抚养儿童",
                lead="在本乡镇收下申请,3个工作日内转送户籍地;户籍地办理,结果由本乡镇告知。",
                verb="代收申请",
                papers=_BASE,
            ),
        ),
        "relief": (
            CHILD,
            Way(
                code="",
                title="申请临时救助",
                lead="家里突然遇到难处,钱不够看病、吃饭、上学:急的先救助,手续后补。",
                verb="填写申请",
            ),
        ),
        "exit": (
            CHILD,
            Way(
                code="",
                title="家庭情况变了",
                lead="父母回来了、被收养、搬走、年满十八或去世:说明变化,由乡镇核查后决定是否退出。",
                verb="说明变化",
            ),
        ),
        "objection": (
            CHILD,
            Way(code="", title="对公示有不同意见", lead="写明可以核实的事实;可以匿名。", verb="提出异议"),
        ),
    }
)


def ways_into_application(actor: Actor) -> tuple[Way, ...]:
    """The ways of this person, in the order of the page."""
    held = {grant.role for grant in actor.grants}
    return tuple(way for way in APPLICATION if way.roles & held)


def way_of(actor: Actor, process_key: str, code: str) -> Way | None:
    """The way that the link names, if it is one of this person's; of an application without a name the first. The whole
    form of a report is no way: it is for whoever has more time than the five questions take."""
    if process_key != "application":
        return PLAIN[process_key][1] if process_key in PLAIN and process_key != "report" else None
    ways = ways_into_application(actor)
    return next((way for way in ways if way.code == code), ways[0] if ways else None)
