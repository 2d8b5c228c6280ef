"""A person's messages in the program, and where the person can be reached outside of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, flash, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from cases import contacts, digests, due_feeds, messages, outbox
from cases.messages import Channel, Topic
from web.answers import sent_on
from web.language import translate as _
from web.routes import Access, page
from web.transaction import Visit
from web.views.due_feeds import SECRET
from web.views.home import own_address

pages = Blueprint("messages", __name__, url_prefix="/messages")

#: So many on a page.
SHOWN = 30
CHANNEL_LABELS = {
    Channel.SMS: "手机号码(短信)",
    Channel.EMAIL: "电子邮箱",
    Channel.WECOM: "政务微信账号",
    Channel.DINGTALK: "政务钉钉账号",
}
TOPIC_LABELS = {
    Topic.DUE: "时限和催办",
    Topic.HANDED: "转办、委派和退回",
    Topic.OPINIONS: "会签、抄送和留言",
    Topic.OTHER: "值班和其他",
}


@page(pages, "", access=Access.SIGNED_IN)
def listing(visit: Visit) -> ResponseReturnValue:
    """The person's own messages, the newest first; all, or the unread ones, or those of one topic."""
    topic, unread_only = _topic(), request.args.get("show") == "unread"
    found = messages.messages_of(
        visit.session, visit.person, limit=SHOWN + 1, before=_before(), topic=topic, unread_only=unread_only
    )
    shown = found[:SHOWN]
    asked: dict[str, Any] = {**({"show": "unread"} if unread_only else {}), **({"topic": topic.value} if topic else {})}
    return render_template(
        "messages.html",
        rows=shown,
        last=shown[-1] if len(found) > SHOWN else None,
        asked=asked,
        topics={each.value: words for each, words in TOPIC_LABELS.items()},
        here=url_for("messages.listing", **asked),
    )


@page(pages, "/read", methods=("POST",), access=Access.SIGNED_IN)
def read(visit: Visit) -> ResponseReturnValue:
    """Mark one message as read, or all."""
    messages.mark_read(visit.session, visit.person, request.form.get("message") or None, now=visit.now)
    return sent_on(own_address(request.form.get("back"), url_for("messages.listing")))


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


def _topic() -> Topic | None:
    try:
        return Topic(request.args.get("topic", ""))
    except ValueError:
        return None


def _before() -> tuple[datetime, str] | None:
    """The last row of the page before, as the link names it."""
    at, _separator, row = request.args.get("before", "").partition("|")
    try:
        instant = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (instant, row) if instant.tzinfo is not None else None
