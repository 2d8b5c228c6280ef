"""What search engines may keep: the policy and the way to it. No notice, no form, no receipt and no progress."""

from __future__ import annotations

from flask import Blueprint, make_response
from flask.typing import ResponseReturnValue

from web.routes import Access, page
from web.transaction import Visit

pages = Blueprint("robots", __name__)

#: Endpoints whose answers may be indexed; every other answer says noindex.
INDEXED = frozenset({"filing.index", "policy.awards", "policy.applying", "policy.reporting", "policy.where"})

_RULES = """\
User-agent: *
Allow: /public$
Allow: /public/policy
Allow: /static/
Disallow: /
"""


@page(pages, "/robots.txt", access=Access.OUTSIDE)
def rules(visit: Visit) -> ResponseReturnValue:  # noqa: ARG001 - of every view
    """The rules for robots. They keep honest ones away; the header on each answer keeps pages out of an index."""
    answer = make_response(_RULES)
    answer.content_type = "text/plain; charset=utf-8"
    return answer
