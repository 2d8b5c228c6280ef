"""按会商结论定类别与方案: the consultation recognised a child whom MZJ's own opinion had refused (P_D 5-6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases.forms import recognised
from cases.forms.filing import Filing


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter categories, plan and the reason of the recognition; MZJ's refusal stays in its opinion and is no reason of
    the decision.

    :raises SubmissionInvalid: as `recognised.check`.
    """
    recognised.check(filing)
    recognised.enter(filing)
    return {}
