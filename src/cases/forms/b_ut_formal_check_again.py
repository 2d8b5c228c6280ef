"""补正后形式审查: whatever came, the application is accepted; what is still missing is verified instead (M11)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from cases import case_files, materials
from cases.forms import missing_papers
from cases.forms.acceptance import accept
from cases.forms.filing import Filing
from engine.calendar import county_day
from engine.store.user_task import user_task

COMPLETE = "齐全"


def apply(filing: Filing) -> Mapping[str, Any]:
    """Accept on the day the last paper came: this task opened in that moment."""
    opened_at = filing.session.scalar(select(user_task.c.opened_at).where(user_task.c.id == filing.submitted.task_id))
    arrived_on = county_day(opened_at or filing.now)
    result = filing.text("result")
    wanted = case_files.find_case(filing.session, filing.case_id)["facts"].get("missing_materials", [])
    still = set(missing_papers.named(filing)) if result != COMPLETE else frozenset()
    materials.receive(
        filing.session,
        filing.case_id,
        [code for code in wanted if code not in still],
        source=materials.SUBMITTED,
        received_on=arrived_on,
        actor_id=filing.actor.id,
        now=filing.now,
    )
    materials.note_originals(filing.session, filing.case_id, filing.chosen("originals_seen"))
    accept(filing, arrived_on)
    return {"result": result}
