"""What a form's submission does to the domain: one file per form, named here and nowhere else.

A form that is not in `FORMS` only stores its submission (`engine.store.submission`).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cases.forms import (
    b_ut_apply,
    b_ut_county_return,
    b_ut_evidence_req,
    b_ut_formal_check,
    b_ut_formal_check_again,
    b_ut_forward,
    b_ut_return,
    b_ut_serve,
    b_ut_town_sign,
    b_ut_transfer,
    b_ut_village_forward,
    b_ut_visit,
    c_ut_alt_verify,
    c_ut_draft,
    c_ut_post,
    c_ut_remove,
    d_ut_check,
    d_ut_consolidate,
    d_ut_consult,
    d_ut_final_sign,
    d_ut_opinion,
    d_ut_plan,
    d_ut_sign,
    e_ut_deliver,
    e_ut_feedback,
    k_ut_redo,
    k_ut_register,
    k_ut_result,
    o_ut_accept,
    o_ut_decide,
    o_ut_extend,
    o_ut_file,
    o_ut_investigate,
)
from cases.forms.account_forms import ACCOUNT_FORMS, open_account_change
from cases.forms.council_forms import COUNCIL_FORMS, open_council, open_plan_tasks
from cases.forms.exit_forms import EXIT_FORMS
from cases.forms.f_ut_open import open_exit
from cases.forms.filing import Apply
from cases.forms.follow_forms import FOLLOW_FORMS, open_follow
from cases.forms.h4_ut_request import open_request
from cases.forms.h5_ut_ask import open_inquiry
from cases.forms.h_ut_report import open_report
from cases.forms.handover_forms import HANDOVER_FORMS
from cases.forms.item_forms import ITEM_FORMS, open_item
from cases.forms.opening import Opener, Opening
from cases.forms.outbound_forms import open_outbound
from cases.forms.payment_forms import PAYMENT_FORMS, open_payment
from cases.forms.protection_forms import PROTECTION_FORMS
from cases.forms.quarter_forms import QUARTER_FORMS, open_quarter, open_visit
from cases.forms.redo_openings import open_by_program, open_exit_anew
from cases.forms.relief_forms import RELIEF_FORMS, open_relief
from cases.forms.restoration_forms import RESTORATION_FORMS
from cases.forms.sealed_forms import SEALED_FORMS
from cases.forms.standard_forms import STANDARD_FORMS, open_change
from cases.forms.supervision_forms import SUPERVISION_FORMS
from cases.forms.supervision_opening import open_lead, open_major, open_supervision
from cases.forms.survey_forms import SURVEY_FORMS, open_survey

__all__ = ("FORMS", "OPENERS", "Opening")

#: What a start form opens.
OPENERS: Mapping[str, Opener] = MappingProxyType(
    {
        "b_ut_apply": b_ut_apply.open_application,
        "b_ut_transfer_in": open_by_program,
        "f_ut_redo_in": open_exit_anew,
        "f_ut_open": open_exit,
        "a_ut_plan": open_survey,
        "g_ut_open": open_quarter,
        "g_ut_begin": open_visit,
        "e2_ut_open": open_payment,
        "e3_ut_request": open_relief,
        "e4_ut_begin": open_follow,
        "x_ut_receive": open_outbound,
        "std_ut_change": open_change,
        "acc_ut_change": open_account_change,
        "h_ut_report": open_report,
        "h5_ut_ask": open_inquiry,
        "h4_ut_request": open_request,
        "o_ut_file": o_ut_file.open_objection,
        "k_ut_register": k_ut_register.open_appeal,
        "i_ut_council_open": open_council,
        "i_ut_tasks_open": open_plan_tasks,
        "i_ut_item_open": open_item,
        "j_ut_open": open_supervision,
        "j_ut_lead": open_lead,
        "j_ut_known": open_major,
    }
)

FORMS: Mapping[str, Apply] = MappingProxyType(
    {
        **PROTECTION_FORMS,
        **RESTORATION_FORMS,
        **EXIT_FORMS,
        **HANDOVER_FORMS,
        **QUARTER_FORMS,
        **SURVEY_FORMS,
        **SUPERVISION_FORMS,
        **PAYMENT_FORMS,
        **RELIEF_FORMS,
        **FOLLOW_FORMS,
        **STANDARD_FORMS,
        **ACCOUNT_FORMS,
        **SEALED_FORMS,
        **COUNCIL_FORMS,
        **ITEM_FORMS,
        "b_ut_village_forward": b_ut_village_forward.apply,
        "b_ut_formal_check": b_ut_formal_check.apply,
        "b_ut_formal_check_again": b_ut_formal_check_again.apply,
        "b_ut_transfer": b_ut_transfer.apply,
        "b_ut_visit": b_ut_visit.apply,
        "b_ut_town_sign": b_ut_town_sign.apply,
        "b_ut_return": b_ut_return.apply,
        "b_ut_county_return": b_ut_county_return.apply,
        "c_ut_alt_verify": c_ut_alt_verify.apply,
        "c_ut_post": c_ut_post.apply,
        "c_ut_remove": c_ut_remove.apply,
        "b_ut_withdraw_remove": c_ut_remove.apply_withdrawn,
        "c_ut_remove_error": c_ut_remove.apply,
        "c_ut_remove_ended": c_ut_remove.apply,
        "b_ut_evidence_req": b_ut_evidence_req.apply,
        "c_ut_draft": c_ut_draft.apply,
        "k_ut_redo": k_ut_redo.apply,
        "k_ut_result": k_ut_result.apply,
        "o_ut_accept": o_ut_accept.apply,
        "o_ut_decide": o_ut_decide.apply,
        "o_ut_extend": o_ut_extend.apply,
        "o_ut_investigate": o_ut_investigate.apply,
        "b_ut_forward": b_ut_forward.apply,
        "d_ut_opinion": d_ut_opinion.apply,
        "d_ut_check": d_ut_check.apply,
        "d_ut_check_sign": d_ut_sign.apply,
        "d_ut_sign": d_ut_sign.apply,
        "d_ut_consolidate": d_ut_consolidate.apply,
        "d_ut_consult": d_ut_consult.apply,
        "d_ut_plan": d_ut_plan.apply,
        "d_ut_final_sign": d_ut_final_sign.apply,
        "b_ut_serve": b_ut_serve.apply,
        "e_ut_deliver": e_ut_deliver.apply,
        "e_ut_feedback": e_ut_feedback.apply,
    }
)
