"""What the frame of a page shows: the entries that the person may open, and who the person is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, g, request

from cases import child_list, messages, village_officers
from cases.roles import role_name
from engine.access import Actor, Permission, allowed
from web.auth import known_actor
from web.edge import edge_of


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the rail."""

    endpoint: str
    label: str
    icon: str
    section: str  #: endpoint prefix that marks the entry as the present one


_WORK = (
    Entry(endpoint="inbox.todo", label="待办", icon="inbox", section="inbox."),
    Entry(endpoint="start.choices", label="办理", icon="plus-square", section="start."),
    Entry(endpoint="notices.listing", label="公示", icon="megaphone", section="notices."),
)
_CHILDREN = Entry(endpoint="children.listing", label="儿童档案", icon="person-vcard", section="children.")
_OFFICERS = Entry(endpoint="officers.listing", label="儿童主任", icon="person-badge", section="officers.")
_OWNERS = Entry(endpoint="processes.listing", label="流程", icon="diagram-3", section="processes.")
_OPERATIONS = (
    Entry(endpoint="operations.instances", label="运行", icon="activity", section="operations.instance"),
    Entry(endpoint="operations.incidents", label="故障", icon="exclamation-triangle", section="operations.incident"),
)
_AUDIT = Entry(endpoint="audit_log.listing", label="审计日志", icon="journal-text", section="audit_log.")
_PEOPLE = Entry(endpoint="accounts.listing", label="人员", icon="people", section="accounts.")
_DEMO = Entry(endpoint="demo.clock", label="演示时钟", icon="clock-history", section="demo.")

PROGRAM_ROLES = frozenset({"administrator", "security_admin", "auditor"})


def entries(actor: Actor, *, demo: bool) -> tuple[Entry, ...]:
    """The rail of this person."""
    roles = {grant.role for grant in actor.grants}
    shown: tuple[Entry, ...] = () if roles and roles <= PROGRAM_ROLES else _WORK
    if shown and child_list.may_list(actor):
        shown = (*shown[:1], _CHILDREN, *shown[1:])
    if village_officers.may_read(actor):
        shown += (_OFFICERS,)
    if allowed(actor, Permission.PROCESS_CHECK):
        shown += (_OWNERS,)
    if allowed(actor, Permission.INSTANCE_SEE):
        shown += _OPERATIONS
    if allowed(actor, Permission.AUDIT_READ):
        shown += (_AUDIT,)
    if allowed(actor, Permission.PEOPLE_MANAGE):
        shown += (_PEOPLE,)
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
            "my_roles": role_names(actor) if actor else "",
            "entries": entries(actor, demo=demo) if actor else (),
            "unread": lambda: _unread(actor),
            "section": request.endpoint or "",
            "is_demo": not edge.settings.is_production,
        }

    app.context_processor(frame)


def _unread(actor: Actor | None) -> int:
    """The number at the bell: how many messages the person has not read."""
    session = g.get("reading")
    return messages.unread(session, actor) if session is not None and actor is not None else 0


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
