"""分管领导签批审批意见: the county's decision is signed (P_D 6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import case_files, opinions, sealed
from cases.forms.filing import Filing


def apply(filing: Filing) -> Mapping[str, Any]:
    """Note who signed: the decision letter names the signer.

    :raises NotAllowed: the signer handled a step of the sealed file.
    """
    sealed.require_other_signer(filing.session, filing.case_id, filing.actor)
    opinions.sign(filing.session, filing.case_id, "MZJ", actor=filing.actor, now=filing.now)
    case_files.add_facts(filing.session, filing.case_id, {"final_signer": filing.actor.name})
    return {}
