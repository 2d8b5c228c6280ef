"""一般情形核查: the township comes upon a danger, and the police answers as to an L1 report (M16, DL-22)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import case_files, reports
from cases.forms.filing import Filing

DANGER = "发现危险"


def apply(filing: Filing) -> Mapping[str, Any]:
    """A report of the lowest level leaves a day; a danger that somebody saw does not wait that long."""
    if filing.text("town_finding") == DANGER:
        minutes = reports.RESPOND_MINUTES["L1"]
        case_files.add_facts(filing.session, filing.case_id, {"respond_within": minutes})
    return {}
