"""What a person may begin: an application at the window, by a guardian, by a village."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from engine.access import Permission, Target, allowed
from engine.commands.start_process import start_process
from engine.errors import NotFound
from engine.queries.inbox import inbox
from engine.queries.processes import processes
from web import forms, taskforms
from web.answers import sent_on
from web.case_facts import likenesses
from web.language import translate as _
from web.routes import Access, page
from web.states import INSTANCE_LABELS
from web.titles import Titles
from web.transaction import Visit

pages = Blueprint("start", __name__, url_prefix="/start")


#: Why the likenesses of a child were read, as the audit says it.
CHECKED_AFTER = "提交后查重"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A process that the person may start."""

    key: str
    title: str
    description: str
    version_id: str

    @property
    def noun(self) -> str:
        """What is submitted."""
        if "异议" in self.title:
            return _("异议")
        return _("申请") if "申请" in self.title else self.title

    @property
    def verb(self) -> str:
        """What the button says."""
        if "申请" in self.title:
            return _("填写申请")
        if "异议" in self.title:
            return _("提出异议")
        return _("开始办理:{title}", title=self.title)


def _choices(visit: Visit) -> list[Choice]:
    found = []
    for process in processes(visit.session):
        if not allowed(visit.person, Permission.PROCESS_START, Target(roles=frozenset(process.starters))):
            continue
        manifest = visit.env.library.bundle(visit.session, process.versions[0].id).manifest
        found.append(
            Choice(
                key=process.key,
                title=process.title,
                description=manifest.description if manifest else "",
                version_id=process.versions[0].id,
            )
        )
    return found


def _choice(visit: Visit, process_key: str) -> Choice:
    for choice in _choices(visit):
        if choice.key == process_key:
            return choice
    raise NotFound(f"没有可以发起的流程 {process_key}")


@page(pages, "", access=Access.SIGNED_IN)
def choices(visit: Visit) -> ResponseReturnValue:
    """The processes that the person may start, and the cases that the person has started."""
    titles = Titles(visit.session)
    started = inbox(visit.session, visit.person, tab="started", keyword="", limit=20, after=None, now=visit.now)
    mine = [
        {
            "link": url_for("instances.show", instance_id=row.instance_id),
            "title": titles(row.process_key),
            "subject": row.subject,
            "at": row.opened_at,
            "state": row.status,
            "state_label": INSTANCE_LABELS[row.status],
        }
        for row in started.rows
    ]
    return render_template("start_choices.html", choices=_choices(visit), mine=mine)


@page(pages, "/<process_key>", access=Access.SIGNED_IN)
def form(visit: Visit, process_key: str) -> ResponseReturnValue:
    """The start form."""
    choice = _choice(visit, process_key)
    spec = visit.env.specs.get(choice.version_id, lambda wanted: visit.env.library.bundle(visit.session, wanted))
    if spec.start_form is None:
        raise NotFound(f"流程 {process_key} 没有申请表")
    schema = taskforms.schema_of(visit, choice.version_id, process_key, spec.start_form)
    return render_template("start_form.html", process=choice, form=forms.FormPage(schema=schema, now=visit.now))


@page(pages, "/<process_key>", methods=("POST",), access=Access.SIGNED_IN)
def begin(visit: Visit, process_key: str) -> ResponseReturnValue:
    """Submit the start form: opens the case and starts its instance."""
    grants = [grant.place for grant in visit.person.grants]
    started = start_process(
        visit.session,
        visit.env,
        process_key,
        fields=forms.sent_fields(),
        actor=visit.person,
        now=visit.now,
        idempotency_key=forms.sent_key(),
        place=max(grants, key=len, default=None),
    )
    if not started.already:
        flash(_("已提交。受理机关会在规定时限内办理,进展见下。"))
        _tell_of_likenesses(visit, started.case_id)
    return sent_on(url_for("instances.show", instance_id=started.instance_id))


def _tell_of_likenesses(visit: Visit, case_id: str | None) -> None:
    """Staff learns at once that the child may be known under another number; an applicant learns nothing of others."""
    if all(grant.role == "applicant" for grant in visit.person.grants):
        return
    for fact in likenesses(visit, case_id, CHECKED_AFTER):
        flash(f"{_('疑似重复')} {fact.label} {fact.value}", "warning")
