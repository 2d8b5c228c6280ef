"""What a case's page says of its items 交办事项 and of the cases that belong to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for

from cases import case_ties
from cases.case_ties import ItemState
from web.transaction import Visit

#: What a page says of a case that is tied to nothing.
NO_TIES: Mapping[str, Any] = {"given_items": (), "tied_cases": ()}


def ties(visit: Visit, case_id: str, purpose: str) -> Mapping[str, Any]:
    """The items that came of the case and the cases that it belongs to, as far as the person sees them."""
    given = case_ties.items_given(visit.session, visit.person, case_id, purpose=purpose, now=visit.now)
    tied = case_ties.tied_cases(visit.session, visit.person, case_id)
    return {
        "given_items": [
            {
                **{
                    name: getattr(each, name)
                    for name in ("kind", "text", "office", "owner", "due_on", "state", "is_over")
                },
                "who": _who(each),
                "mark": "done" if each.is_over else "late" if each.state == ItemState.LATE else "running",
                "link": url_for("instances.show", instance_id=each.instance_id) if each.instance_id else None,
            }
            for each in given
        ],
        "tied_cases": [
            {"label": each.tie.value, "link": url_for("instances.show", instance_id=each.instance_id)} for each in tied
        ],
    }


def _who(each: case_ties.GivenItem) -> str:
    """The office with whoever has the item; a post names its office itself."""
    if each.owner.startswith(each.office):
        return each.owner
    return " · ".join(part for part in (each.office, each.owner) if part)
