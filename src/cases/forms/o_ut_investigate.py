"""核查异议: what was found; who verified the application may not do it (P_C2 c). A child at risk is reported first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import objections, verifications
from cases.forms import risk_report
from cases.forms.filing import Filing, refuse
from engine.errors import NotAllowed

EXTENSION = "申请延期"


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter the findings, or ask for more time.

    :raises NotAllowed: the person took part in the verification that the objection is about.
    :raises SubmissionInvalid: more time is asked for twice; or the visit found a child at risk whom nobody reported.
    """
    row = objections.find(filing.session, filing.case_id)
    if objections.took_part(filing.session, filing.actor, row["application_case_id"]):
        raise NotAllowed("原核查人员不得核查对本件的异议,请由其他核查人办理")
    conclusion = filing.text("conclusion")
    if conclusion == EXTENSION:
        if row["extension"] is not None:
            raise refuse("conclusion", "once", "延期只能申请一次,请作出核查结论")
        return {"conclusion": conclusion}
    risk_report.require(filing)
    findings = filing.text("findings")
    objections.change(
        filing.session,
        filing.case_id,
        investigator_id=filing.actor.id,
        investigator_name=filing.actor.name,
        findings=findings,
        conclusion=conclusion,
    )
    if filing.flag("visited"):
        verifications.note_verification(
            filing.session,
            filing.case_id,
            kind="异议核查",
            found=filing.submitted.fields,
            opinion=conclusion,
            reason=findings,
            by_id=filing.actor.id,
            by_name=filing.actor.name,
            now=filing.now,
        )
    return {"conclusion": conclusion}
