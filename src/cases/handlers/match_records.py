"""Compare the application with other bodies' data (domain.md P_B 7).

No interface exists yet: each comparison is entered as a line that asks the officer to check by hand. It never blocks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases.case_files import find_case
from cases.verifications import COMPARED_ITEMS, NO_INTERFACE, matches, note_match
from engine.domain import ServiceCall, Tools


def match_records(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Enter one line per comparison; a second call finds them there. A sealed file is compared with nobody."""
    if call.case_id is None:
        return {}
    with tools.database.transaction() as session:
        row = find_case(session, call.case_id)
        if row["sealed_hiv"] or matches(session, call.case_id):
            return {}
        for source, item in COMPARED_ITEMS:
            note_match(session, call.case_id, source=source, item=item, value=NO_INTERFACE, matched=None, now=call.now)
    return {}
