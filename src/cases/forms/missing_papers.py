"""The papers that an officer names as missing: of a ground that both parents share, whose (domain.md 2.1, P_B 4)."""

from __future__ import annotations

from collections.abc import Sequence

from cases import case_files, materials
from cases.forms.filing import Filing


def named(filing: Filing) -> Sequence[str]:
    """The codes; M16母 instead of M16 where both parents need that paper and the form says whose is missing."""
    facts = case_files.find_case(filing.session, filing.case_id)["facts"]
    shared = materials.REASON_PAPER.get(str(facts.get("father_status")))
    whose = filing.chosen("missing_of")
    return [
        paper
        for code in filing.chosen("missing")
        for paper in ([materials.paper_of(code, each) for each in whose] if whose and code == shared else [code])
    ]
