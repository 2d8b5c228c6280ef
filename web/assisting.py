"""Families that the survey found in need of help, as the page where applications begin shows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import url_for

from cases.privacy import mask_child_name, mask_guardian_name
from cases.survey_assistance import draft_for, waiting_for_help
from web.transaction import Visit


def families_waiting(visit: Visit) -> list[dict[str, str]]:
    """Whose families the survey found in need of help, masked as in every list."""
    return [
        {
            "child": mask_child_name(each.child["name"]),
            "head": mask_guardian_name(each.head_name),
            "address": each.address,
            "campaign": each.campaign,
            "link": url_for("start.form", process_key="application", way="entrusted", help=each.code),
        }
        for each in waiting_for_help(visit.session, visit.person)
    ]


def draft_of_family(visit: Visit, code: str) -> Mapping[str, Any]:
    """What the form begins with.

    :raises NotFound: see `cases.survey_assistance.draft_for`.
    """
    draft = draft_for(visit.session, visit.person, code, now=visit.now)
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in draft.items()}
