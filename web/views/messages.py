"""A person's messages in the program, and where the person can be reached outside of it."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, flash, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from cases import contacts, digests, due_feeds, messages, outbox
from cases.messages import Channel
from web.answers import sent_on
from web.language import translate as _
from web.routes import Access, page
from web.transaction import Visit
from web.views.due_feeds import SECRET

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
    secret = session.pop(SECRET, None)
    return render_template(
        "contacts.html",
        rows=rows,
        digest=digests.wants_digest(visit.session, visit.person),
        feed_since=due_feeds.feed_since(visit.session, visit.person),
        feed_address=url_for("due_feeds.calendar", secret=secret, _external=True) if secret else "",
    )


@page(pages, "/contacts", methods=("POST",), access=Access.SIGNED_IN)
def enter(visit: Visit) -> ResponseReturnValue:
    """Enter the person's own addresses; an empty one is taken away."""
    given = {channel: request.form.get(channel.value, "") for channel in CHANNEL_LABELS}
    contacts.enter_own(visit.session, given, actor=visit.person, now=visit.now)
    flash(_("联系方式已保存。"))
    return sent_on(url_for("messages.addresses"))


@page(pages, "/digest", methods=("POST",), access=Access.SIGNED_IN)
def choose_digest(visit: Visit) -> ResponseReturnValue:
    """Take the daily digest, or leave it."""
    digests.choose_digest(visit.session, "digest" in request.form, actor=visit.person, now=visit.now)
    flash(_("每日提要的设置已保存。"))
    return sent_on(url_for("messages.addresses"))


def _before() -> tuple[datetime, str] | None:
    """The last row of the page before, as the link names it."""
    at, _separator, row = request.args.get("before", "").partition("|")
    try:
        instant = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (instant, row) if instant.tzinfo is not None else None
