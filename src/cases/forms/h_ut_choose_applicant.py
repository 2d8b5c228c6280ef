"""确定申请人: who asks the court to revoke the guardian's standing (P_H H4 5, DL-30)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import case_files, protection
from cases.forms.court_filing import OFFICE
from cases.forms.filing import Filing


def apply(filing: Filing) -> Mapping[str, Any]:
    """While somebody else is to file, the procuratorate has an item of the case, so that it can recommend in writing
    that the office files; where the office files, there is nothing to recommend."""
    petitioner = filing.text("petitioner")
    if petitioner != OFFICE:
        case_files.involve(filing.session, filing.case_id, (protection.PROCURATORATE,))
    return {"petitioner": petitioner}
