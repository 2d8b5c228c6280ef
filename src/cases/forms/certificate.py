"""Whether a disability certificate's number agrees with its holder and with what a form says (domain.md 5.1)."""

from __future__ import annotations

from cases.forms.filing import refuse
from cases.identifiers import disability_certificate_mismatch, parse_disability_certificate


def check(
    field: str, number: str | None, *, idcard: str | None, kind: str | None, level: str | None, holder: str
) -> None:
    """Refuse another person's certificate, another kind, another level; what is not known is not compared.

    :param holder: whose it is, in the words of the message: 儿童, 父亲, 母亲.
    :raises SubmissionInvalid: at `field`.
    """
    if not number:
        return
    certificate = parse_disability_certificate(number)
    found = disability_certificate_mismatch(certificate, idcard=idcard, kind=kind, level=level, holder=holder)
    if found:
        raise refuse(field, "certificate", ";".join(found))
