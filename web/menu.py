"""What the frame of a page shows: the entries that the person may open, and who the person is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, g, request

from cases import (
    break_glass,
    child_list,
    duty_desks,
    duty_roster,
    messages,
    offices,
    parameters,
    readings,
    statistics,
    village_officers,
)
from cases.roles import role_name
from engine.access import Actor, Permission, allowed
from web import posts
from web.auth import known_actor
from web.edge import edge_of
from web.headers import in_pane


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the rail."""

    endpoint: str
    label: str
    icon: str
    sections: tuple[str, ...]  #: endpoint prefixes that mark the entry as the present one
    group: str = "work"  #: entries of one group stand together; a line parts it from the next

    def is_here(self, endpoint: str) -> bool:
        """Whether the page with this endpoint belongs to the entry."""
        return endpoint.startswith(self.sections)


_WORK = (
    Entry(endpoint="inbox.todo", label="待办", icon="inbox", sections=("inbox",)),
    Entry(endpoint="start.choices", label="办理", icon="plus-square", sections=("start.",)),
    Entry(endpoint="absences.own", label="外出", icon="calendar-week", sections=("absences.",)),
    Entry(endpoint="notices.listing", label="公示", icon="megaphone", sections=("notices.",)),
)
#: The one way to a child: its page leads on to the ledger, to exports and to the search by a whole number.
_CHILDREN = Entry(
    endpoint="children.listing",
    label="儿童档案",
    icon="person-vcard",
    sections=("children.", "ledgers.", "sheets.", "readings.search", "disposals."),
)
_READINGS = Entry(endpoint="readings.of_unit", label="查阅记录", icon="eye", sections=("readings.of_",))
_EMERGENCY = Entry(
    endpoint="emergency_access.listing", label="紧急查阅", icon="shield-exclamation", sections=("emergency_access.",)
)
_OFFICERS = Entry(endpoint="officers.listing", label="儿童主任", icon="person-badge", sections=("officers.",))
_OFFICES = Entry(endpoint="offices.listing", label="办理地点", icon="geo-alt", sections=("offices.",))
_DUTY = Entry(endpoint="duty.listing", label="值班", icon="telephone", sections=("duty.",))
_STATISTICS = Entry(endpoint="statistics.show", label="统计", icon="bar-chart", sections=("statistics.",))
_OWNERS = (
    Entry(endpoint="processes.listing", label="流程", icon="diagram-3", sections=("processes.",), group="design"),
    Entry(
        endpoint="paper_templates.listing",
        label="文书模板",
        icon="file-earmark-word",
        sections=("paper_templates.",),
        group="design",
    ),
)
_OPERATIONS = (
    Entry(
        endpoint="operations.instances",
        label="运行",
        icon="activity",
        sections=("operations.instance",),
        group="oversight",
    ),
    Entry(
        endpoint="operations.incidents",
        label="故障",
        icon="exclamation-triangle",
        sections=("operations.incident",),
        group="oversight",
    ),
)
_AUDIT = Entry(
    endpoint="audit_log.listing", label="审计日志", icon="journal-text", sections=("audit_log.",), group="oversight"
)
_PEOPLE = Entry(endpoint="accounts.listing", label="人员", icon="people", sections=("accounts.",), group="oversight")
_PARAMETERS = Entry(
    endpoint="county_parameters.listing",
    label="县级参数",
    icon="sliders",
    sections=("county_parameters.",),
    group="oversight",
)
_DEMO = Entry(endpoint="demo.clock", label="演示时钟", icon="clock-history", sections=("demo.",), group="demo")

#: The page's script writes it when the reader folds the rail, so that the next page is drawn folded at once.
RAIL_COOKIE = "rail"

PROGRAM_ROLES = frozenset({"administrator", "security_admin", "auditor"})


def entries(actor: Actor, *, demo: bool) -> tuple[Entry, ...]:
    """The rail of this person."""
    roles = {grant.role for grant in actor.grants}
    shown: tuple[Entry, ...] = () if roles and roles <= PROGRAM_ROLES else _WORK
    if shown and child_list.may_list(actor):
        shown = (*shown[:1], _CHILDREN, *shown[1:])
    if readings.may_review(actor):
        shown += (_READINGS,)
    if break_glass.takes_part(actor):
        shown += (_EMERGENCY,)
    if village_officers.may_read(actor):
        shown += (_OFFICERS,)
    if offices.may_keep(actor):
        shown += (_OFFICES,)
    if statistics.may_read(actor):
        shown += (_STATISTICS,)
    if duty_desks.may_read(actor):
        shown += (_DUTY,)
    if allowed(actor, Permission.PROCESS_CHECK):
        shown += _OWNERS
    if allowed(actor, Permission.INSTANCE_SEE):
        shown += _OPERATIONS
    if allowed(actor, Permission.AUDIT_READ):
        shown += (_AUDIT,)
    if allowed(actor, Permission.PEOPLE_MANAGE):
        shown += (_PEOPLE,)
    if parameters.may_keep(actor):
        shown += (_PARAMETERS,)
    return shown + ((_DEMO,) if demo else ())


def role_names(actor: Actor) -> str:
    """The person's roles in words."""
    return "、".join(dict.fromkeys(role_name(grant.role) for grant in actor.grants))


def attach(app: Flask) -> None:
    """Give every template the frame's contents."""

    def frame() -> dict[str, Any]:
        edge = edge_of(app)
        actor = known_actor()
        demo = edge.settings.demo_clock_allowed
        return {
            "me": actor,
            "my_posts": lambda: _posts(actor),
            "my_roles": role_names(actor) if actor else "",
            "entries": entries(actor, demo=demo) if actor else (),
            "unread": lambda: _unread(actor),
            "on_duty": lambda: _on_duty(actor),
            "section": request.endpoint or "",
            "rail_folded": request.cookies.get(RAIL_COOKIE) == "folded",
            # A page inside the inbox's right pane shows itself without the frame around it.
            "in_pane": in_pane(),
            "is_demo": not edge.settings.is_production,
        }

    app.context_processor(frame)


def _unread(actor: Actor | None) -> int:
    """The number at the bell: how many messages the person has not read."""
    session = g.get("reading")
    return messages.unread(session, actor) if session is not None and actor is not None else 0


def _posts(actor: Actor | None) -> Sequence[posts.Post]:
    """The posts among which the person may choose."""
    session = g.get("reading")
    return posts.posts_of(session, actor) if session is not None and actor is not None else ()


def _on_duty(actor: Actor | None) -> duty_roster.Shift | None:
    """The desk that the person mans now: the red mark."""
    session = g.get("reading")
    if session is None or actor is None or not duty_desks.may_read(actor):
        return None
    return duty_roster.own_shift(session, actor, g.now)


def home_of(actor: Actor) -> str:
    """The endpoint of the person's first page."""
    roles = {grant.role for grant in actor.grants}
    if roles and roles <= {"applicant", "reporter"}:
        return "start.choices"
    if "administrator" in roles:
        return "operations.instances"
    if "security_admin" in roles:
        return "accounts.listing"
    if "auditor" in roles:
        return "audit_log.listing"
    if roles == {"process_owner"}:
        return "processes.listing"
    return "inbox.todo"
