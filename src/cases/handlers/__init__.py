"""What a service task may call: one connector per file, named here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cases.handlers.account_enter import account_enter
from cases.handlers.ask_applicant import ask_applicant
from cases.handlers.await_objections import await_objections
from cases.handlers.benefit_sheet import benefit_sheet
from cases.handlers.close_objection import close_objection
from cases.handlers.consult_notice import consult_notice
from cases.handlers.county_clock import county_clock
from cases.handlers.decision_notice import decision_notice
from cases.handlers.exit_handlers import EXIT_HANDLERS
from cases.handlers.exit_handover import exit_handover
from cases.handlers.exit_retest import exit_retest
from cases.handlers.lapse_notice import lapse_notice
from cases.handlers.list_missing import list_missing
from cases.handlers.match_records import match_records
from cases.handlers.note_objection import note_objection
from cases.handlers.objection_reply import objection_reply
from cases.handlers.open_items import open_items
from cases.handlers.outbound_handlers import OUTBOUND_HANDLERS
from cases.handlers.pause_county_clock import pause_county_clock
from cases.handlers.payment_handlers import PAYMENT_HANDLERS
from cases.handlers.proof_warning import proof_warning
from cases.handlers.protection_handlers import PROTECTION_HANDLERS
from cases.handlers.publish_notice import publish_notice
from cases.handlers.relief_handlers import RELIEF_HANDLERS
from cases.handlers.remind_departments import remind_departments
from cases.handlers.request_opinions import request_opinions
from cases.handlers.resume_review import resume_review
from cases.handlers.resume_verification import resume_verification
from cases.handlers.standard_enter import standard_enter
from cases.handlers.supervision_count import supervision_count
from cases.handlers.supplement_notice import supplement_notice
from cases.handlers.survey_register import survey_register
from cases.handlers.withdraw_notice import withdraw_notice
from engine.domain import Handler

HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        **PROTECTION_HANDLERS,
        **EXIT_HANDLERS,
        **PAYMENT_HANDLERS,
        **RELIEF_HANDLERS,
        **OUTBOUND_HANDLERS,
        "standard_enter": standard_enter,
        "account_enter": account_enter,
        "ask_applicant": ask_applicant,
        "match_records": match_records,
        "supplement_notice": supplement_notice,
        "lapse_notice": lapse_notice,
        "survey_register": survey_register,
        "supervision_count": supervision_count,
        "withdraw_notice": withdraw_notice,
        "publish_notice": publish_notice,
        "request_opinions": request_opinions,
        "consult_notice": consult_notice,
        "decision_notice": decision_notice,
        "benefit_sheet": benefit_sheet,
        "exit_handover": exit_handover,
        "exit_retest": exit_retest,
        "proof_warning": proof_warning,
        "open_items": open_items,
        "await_objections": await_objections,
        "close_objection": close_objection,
        "note_objection": note_objection,
        "objection_reply": objection_reply,
        "county_clock": county_clock,
        "pause_county_clock": pause_county_clock,
        "remind_departments": remind_departments,
        "list_missing": list_missing,
        "resume_review": resume_review,
        "resume_verification": resume_verification,
    }
)
