"""The forms of protection and of meetings, by their keys (P_H, P_I)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cases.forms import (
    h_ut_assess,
    h_ut_care_form,
    h_ut_choose_applicant,
    h_ut_collect,
    h_ut_conclusion,
    h_ut_court_result,
    h_ut_dispatch,
    h_ut_feedback,
    h_ut_handover,
    h_ut_other,
    h_ut_papers,
    h_ut_plan,
    h_ut_po_apply,
    h_ut_po_result,
    h_ut_police_notice,
    h_ut_search,
    h_ut_temp_decide,
    h_ut_town_check,
    h_ut_triage,
    i_ut_minutes,
    i_ut_notice,
    i_ut_propose,
    i_ut_sign,
    risk_report,
)
from cases.forms.court_filing import file_petition
from cases.forms.filing import Apply
from cases.forms.handing_out import carried_out

PROTECTION_FORMS: Mapping[str, Apply] = MappingProxyType(
    {
        "h_ut_triage": h_ut_triage.apply,
        "h_ut_town_check": h_ut_town_check.apply,
        "h_ut_dispatch": h_ut_dispatch.apply,
        "h_ut_feedback": h_ut_feedback.apply,
        "h_ut_false_notice": h_ut_feedback.apply,
        "h_ut_search": h_ut_search.apply,
        "h_ut_handover": h_ut_handover.apply,
        "h5_ut_arrange": h_ut_handover.apply,
        "h_ut_take_over": h_ut_handover.apply,
        "h5_ut_visit": risk_report.visited,
        "h_ut_visit": risk_report.visited,
        "h_ut_follow": risk_report.visited,
        "h_ut_papers": h_ut_papers.apply,
        "h_ut_police_notice": h_ut_police_notice.apply,
        "h_ut_temp_decide": h_ut_temp_decide.apply,
        "h_ut_plan": h_ut_plan.apply,
        "h_ut_po_apply": h_ut_po_apply.apply,
        "h_ut_po_file": h_ut_po_apply.file,
        "h_ut_po_result": h_ut_po_result.apply,
        "h_ut_assess": h_ut_assess.apply,
        "h_ut_conclusion": h_ut_conclusion.apply,
        "h_ut_other": h_ut_other.apply,
        "h_ut_collect": h_ut_collect.apply,
        "h_ut_choose_applicant": h_ut_choose_applicant.apply,
        "h_ut_filed": file_petition,
        "h_ut_file": file_petition,
        "h_ut_court_result": h_ut_court_result.apply,
        "h_ut_care_form": h_ut_care_form.apply,
        "i_ut_propose": i_ut_propose.apply,
        "i_ut_notice": i_ut_notice.apply,
        "i_ut_minutes": i_ut_minutes.apply,
        "i_ut_sign": i_ut_sign.apply,
        "i_ut_action": carried_out,
    }
)
