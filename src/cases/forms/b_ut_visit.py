"""入户调查与核查意见: visit, verification and the notice's draft, or what is verified in its place, in one (P_B 8-9,
P_C 2-3, M16)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cases import applications, case_files, children, households, notices, verifications
from cases.case_facts import primary_category
from cases.forms import risk_report
from cases.forms.filing import Filing, refuse
from cases.forms.notice_draft import draft_notice

FITS, MORE_EVIDENCE = "符合", "需补证"
_FLAGS = ("institution", "dibao_ok", "bianyuan_ok", "severe", "medical_aid_ok", "family_poor", "migrant")
_VISITORS_NEEDED = 2


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter what was found; with 符合, draft the notice from masked names. Gives notice_drafted, and alt_done: this was
    the substitute verification too. The form asks for that where nothing will be published, and lets it wait for the
    village's word.

    :raises SubmissionInvalid: fewer than two visitors, 符合 without a category, a draft that shows too much, or a child
        at risk without a report.
    """
    opinion, fit = filing.text("opinion"), list(filing.chosen("fit_categories"))
    _check(filing, opinion, fit)
    risk_report.require(filing)
    facts: dict[str, Any] = {name: filing.flag(name) for name in _FLAGS}
    facts |= {
        "dibao_linked": filing.flag("dibao_linked"),
        "fit_categories": fit,
        "enrolled": filing.text("schooling") == "在读",
        "dropout": filing.text("schooling") == "辍学",
    }
    case_files.add_facts(filing.session, filing.case_id, facts)
    verifications.note_verification(
        filing.session,
        filing.case_id,
        kind="入户核查",
        found=filing.submitted.fields,
        opinion=opinion,
        reason=filing.text("reason"),
        by_id=filing.actor.id,
        by_name=filing.actor.name,
        now=filing.now,
    )
    verified = filing.flag("match_done")  # hidden, and so not taken, unless this visit verifies in the notice's place
    if verified:
        _note_substitute(filing)
    row = case_files.find_case(filing.session, filing.case_id)
    households.set_means(filing.session, row["child_id"], dibao=facts["dibao_ok"], bianyuan=facts["bianyuan_ok"])
    drafted = opinion == FITS and _draft_notice(filing, row, fit, dibao_linked=facts["dibao_linked"])
    linked = facts["dibao_linked"]
    return {"opinion": opinion, "dibao_linked": linked, "alt_done": verified, "notice_drafted": drafted}


def _note_substitute(filing: Filing) -> None:
    """The substitute verification as a record of its own, as if it had been a step (P_C 2)."""
    found = {name: filing.value(name) for name in ("match_done", "village_confirm", "neighbours")}
    verifications.note_verification(
        filing.session,
        filing.case_id,
        kind="替代核实",
        found={**found, "two_person": filing.text("visitors")},
        opinion="属实",
        reason="",
        by_id=filing.actor.id,
        by_name=filing.actor.name,
        now=filing.now,
    )


def _check(filing: Filing, opinion: str, fit: list[str]) -> None:
    people = [name for name in re.split(r"[、,，]", filing.text("visitors")) if name.strip()]
    if len(set(people)) < _VISITORS_NEEDED:
        raise refuse("visitors", "two_person", "入户调查须由两人以上进行,请填写全部走访人员")
    known = case_files.find_case(filing.session, filing.case_id)["facts"]
    if opinion == MORE_EVIDENCE and known.get("evidence_missing"):
        raise refuse("opinion", "evidence_missing", "证据未补,请按现有材料认定,不能再次要求补证")
    if opinion == FITS and not fit:
        raise refuse("fit_categories", "required", "核查意见为符合时,请选择符合的类别")


def _draft_notice(filing: Filing, row: Mapping[str, Any], fit: list[str], *, dibao_linked: bool) -> bool:
    """Write the draft, unless this child may not be published (table D2 decides the same when the notice begins, and
    may find then that it may); whether there is one."""
    category = primary_category(fit) or "CX"
    if row["sealed_hiv"] or row["no_publicity"]:
        return False
    if row["policy_profile"] == "CURRENT" and category in notices.NEVER_PUBLISHED:
        return False
    found = children.find_child(filing.session, row["child_id"])
    if found is None:
        return False
    applicant = applications.find_application(filing.session, filing.case_id)["applicant_name"]
    draft_notice(filing, row, child=found["name"], guardian=applicant, category=category, dibao_linked=dibao_linked)
    return True
