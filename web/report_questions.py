"""The five questions of a report 强制报告, and the report's own form that they fill in.

The form of the process stays the one truth: its situations stand on the page, its rules check what was sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from werkzeug.datastructures import MultiDict

from engine.access import Actor
from engine.clock import COUNTY_ZONE

#: Ticked as such: what cannot wait.
DANGERS = ("life_threat", "ongoing_violence")
#: Who reports as a citizen, not by duty (未保法11).
_CITIZENS = frozenset({"reporter", "applicant"})
_TEXTS = ("division", "place", "child_name", "reporter_phone", "injuries")


def situations_of(schema: Mapping[str, Any]) -> Sequence[Mapping[str, str]]:
    """The situations that the process's form lists."""
    return next((each["values"] for each in schema["components"] if each.get("key") == "situations"), ())


def villages_of(schema: Mapping[str, Any]) -> Sequence[Mapping[str, str]]:
    """The villages that the form offers to this person."""
    return next((each["values"] for each in schema["components"] if each.get("key") == "division"), ())


def fields_of(sent: MultiDict[str, str], *, actor: Actor | None, now: datetime) -> dict[str, Any]:
    """What was answered, as the form names it. An answer that cannot be read stays as it is, for the form's rules to
    name; whoever says nothing of the time has found the child now.

    :param actor: who reports; None: somebody without a log-in, who says whether it is a duty and gives no name.
    """
    told: dict[str, Any] = {name: sent.get(name, "").strip() or None for name in _TEXTS}
    age = sent.get("approx_age", "").strip()
    return {
        **{name: value for name, value in told.items() if value is not None},
        **{name: name in sent.getlist("danger") for name in DANGERS},
        **({"approx_age": int(age) if age.isascii() and age.isdigit() else age} if age else {}),
        "situations": sent.getlist("situations"),
        "found_at": _instant(sent.get("found_at", ""), now),
        "reported_to_police": sent.get("police") == "yes",
        **_reporter(sent, actor),
    }


def _reporter(sent: MultiDict[str, str], actor: Actor | None) -> dict[str, Any]:
    if actor is None:
        return {"mandatory": sent.get("mandatory") == "yes"}
    by_duty = any(grant.role not in _CITIZENS for grant in actor.grants)
    unit = {"reporter_unit": actor.unit} if actor.unit else {}
    return {"mandatory": by_duty, "reporter_name": actor.name, **unit}


def _instant(text: str, now: datetime) -> str:
    if not text.strip():
        return now.isoformat()
    try:
        return datetime.fromisoformat(text).replace(tzinfo=COUNTY_ZONE).isoformat()
    except ValueError:
        return text
