"""补办书面交接: the papers of a handover that could not wait for them (P_H H1 4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import protection
from cases.forms.filing import Filing, refuse


def apply(filing: Filing) -> Mapping[str, Any]:
    """The handover is in writing now, and the receiver was told of the rights.

    :raises SubmissionInvalid: it was signed before it took place.
    """
    handed = protection.latest(filing.session, protection.handover, filing.case_id)
    if handed is not None and filing.value("signed_at") < handed["handed_at"]:
        raise refuse("signed_at", "not_before", "签字时间不能早于交接时间,请核对")
    protection.change_latest(
        filing.session, protection.handover, filing.case_id, told_rights=filing.flag("told_rights")
    )
    return {}
