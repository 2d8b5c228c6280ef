"""转交申请: the village hands an entrusted application on; the township's clock starts now (P_B 2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import applications, materials
from cases.case_files import CaseStatus
from cases.deadlines import DeadlineCode, meet
from cases.forms.filing import Filing, refuse


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter the power of attorney M06 and the township's receipt.

    :raises SubmissionInvalid: there is no power of attorney.
    """
    if not filing.chosen("M06"):
        raise refuse("M06", "required", "请上传委托书(M06):没有委托书不能转交")
    materials.receive(
        filing.session,
        filing.case_id,
        ["M06"],
        source=materials.SUBMITTED,
        received_on=filing.day,
        actor_id=filing.actor.id,
        now=filing.now,
    )
    meet(filing.session, filing.case_id, DeadlineCode.VILLAGE_FORWARD, now=filing.now)
    applications.change(filing.session, filing.case_id, received_at=filing.now)
    applications.set_status(filing.session, filing.case_id, CaseStatus.FORMAL_CHECK)
    return {}
