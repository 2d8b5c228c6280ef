"""What an application may not say: sealed words in a plain form, another child's certificate, days out
of order (P_B 1, 5.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases.field_checks import sealed_words_problem
from cases.forms import certificate
from cases.forms.filing import refuse

_FREE_TEXT = ("statement", "illness", "entrust_reason", "live_address")


def require_plain_words(fields: Mapping[str, Any]) -> None:
    """Refuse words that belong into the sealed channel.

    :raises SubmissionInvalid: at the field that has one.
    """
    for name in _FREE_TEXT:
        problem = sealed_words_problem(fields.get(name) or "")
        if problem is not None:
            raise refuse(name, "sealed_words", f"此处{problem}")


def require_own_certificate(fields: Mapping[str, Any], *, idcard: str | None) -> None:
    """Refuse a certificate that is not this child's, or tells another kind or level than the form.

    :raises SubmissionInvalid: at `disability_cert_no`.
    """
    certificate.check(
        "disability_cert_no",
        fields.get("disability_cert_no"),
        idcard=idcard,
        kind=fields.get("disability_kind"),
        level=fields.get("disability_level"),
        holder="儿童",
    )


def require_periods_in_order(fields: Mapping[str, Any]) -> None:
    """What keeps a parent away does not end before it began (6 months of it decide C2, DL-34).

    :raises SubmissionInvalid: at the day on which it ends.
    """
    for prefix, who in (("father", "父亲"), ("mother", "母亲")):
        begun, ended = fields.get(f"{prefix}_from"), fields.get(f"{prefix}_to")
        if begun and ended and ended < begun:
            raise refuse(f"{prefix}_to", "period", f"{who}状况的截止日期早于起始日期,请核对")
