"""The texts of temporary relief: the refusal with its reasons, and the public notice, masked (P_E3, 6.2)."""

from __future__ import annotations

from datetime import date

from cases.decisions import APPEAL_TEXT
from cases.letters import Head, chinese_day


def refusal(head: Head, *, reason: str, ui: str, day: date) -> str:
    """《不予临时救助告知书》 with reasons and remedies (社会救助暂行办法 13)."""
    why = reason or f"经核实,所述困难{ui}临时救助"
    return (
        f"不予临时救助告知书\n编号:{head.number}\n\n{head.applicant}:\n"
        f"你为{head.child}提出的临时救助,不予救助。理由:{why}。\n{APPEAL_TEXT}\n\n{head.issuer}\n{chinese_day(day)}"
    )


def notice(*, number: str, area: str, whom: str, issuer: str, phone: str) -> str:
    """The public notice before the county decides: masked, without reason and amount (6.2). `whom`: as
    `candidates.named`."""
    return (
        f"临时救助公示({number})\n经{issuer}审核,拟给予{area}{whom}临时救助,现予公示。\n"
        f"公示期间如有异议,请向{issuer}反映,电话 {phone}。\n{issuer}"
    )
