"""Acts that must be explained. Not a verb itself."""

from __future__ import annotations

from engine.errors import FieldProblem, SubmissionInvalid

LONGEST_REASON = 500


def require_reason(reason: str) -> str:
    """The reason, trimmed. Raises `SubmissionInvalid` if there is none, or a novel."""
    text = reason.strip()
    if not text:
        raise SubmissionInvalid([FieldProblem(field="reason", rule="required", message="请填写理由")])
    if len(text) > LONGEST_REASON:
        message = f"理由请控制在 {LONGEST_REASON} 字以内"
        raise SubmissionInvalid([FieldProblem(field="reason", rule="maxLength", message=message)])
    return text
