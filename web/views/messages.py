"""A person's messages in the program, and where the person can be reached outside of it."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cases import contacts, messages, outbox
from cases.messages import Channel
from web.answers import sent_on
from web.language import translate as _
from web.routes import Access, page
from web.transaction import Visit

pages = Blueprint("messages", __name__, url_prefix="/messages")

#: So many on a page.
SHOWN = 30
CHANNEL_LABELS = {
    Channel.SMS: "手机号码(短信)",
    Channel.EMAIL: "电子邮箱",
    Channel.WECOM: "政务微信账号",
    Channel.DINGTALK: "政务钉钉账号",
}


@page(pages, "", access=Access.SIGNED_IN)
def listing(visit: Visit) -> ResponseReturnValue:
    """The person's own messages, the newest first."""
    found = messages.messages_of(visit.session, visit.person, limit=SHOWN + 1, before=_before())
    shown = found[:SHOWN]
    last = shown[-1] if len(found) > SHOWN else None
    return render_template("messages.html", rows=shown, last=last)


@page(pages, "/read", methods=("POST",), access=Access.SIGNED_IN)
def read(visit: Visit) -> ResponseReturnValue:
    """Mark one message as read, or all."""
    messages.mark_read(visit.session, visit.person, request.form.get("message") or None, now=visit.now)
    return sent_on(url_for("messages.listing"))


@page(pages, "/contacts", access=Access.SIGNED_IN)
def addresses(visit: Visit) -> ResponseReturnValue:
    """Where the person can be reached."""
    offered = outbox.offered(visit.edge.settings)
    rows = [
        {
            "channel": channel,
            "label": label,
            "address": contacts.own_address(visit.session, visit.person, channel),
            "offered": channel in offered,
        }
        for channel, label in CHANNEL_LABELS.items()
    ]
    return render_template("contacts.html", rows=rows)


@page(pages, "/contacts", methods=("POST",), access=Access.SIGNED_IN)
def enter(visit: Visit) -> ResponseReturnValue:
    """Enter the person's own addresses; an empty one is taken away."""
    given = {channel: request.form.get(channel.value, "") for channel in CHANNEL_LABELS}
    contacts.enter_own(visit.session, given, actor=visit.person, now=visit.now)
    flash(_("联系方式已保存。"))
    return sent_on(url_for("messages.addresses"))


def _before() -> tuple[datetime, str] | None:
    """The last row of the page before, as the link names it."""
    at, _separator, row = request.args.get("before", "").partition("|")
    try:
        instant = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (instant, row) if instant.tzinfo is not None else None
