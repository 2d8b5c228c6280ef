"""退件并书面说明理由 by the county (P_B 14)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import sealed
from cases.decisions import DecisionKind
from cases.forms.filing import Filing
from cases.forms.refusal import refuse_application


def apply(filing: Filing) -> Mapping[str, Any]:
    """Refuse in the name of the county's civil affairs bureau."""
    sealed.require_not_the_signer(filing.session, filing.case_id, filing.actor)
    refuse_application(filing, DecisionKind.REFUSED, signed="县民政局")
    return {}
