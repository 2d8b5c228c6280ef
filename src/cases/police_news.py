"""What the police learns of a report 强制报告 beside its tasks: by number only, in the program (P_H H1, DL-22)."""

from __future__ import annotations

from datetime import datetime

from cases.messages import Letter, Words, post
from cases.people import holders
from engine.store.session import Session

POLICE = "gaj_handler"
KIND = "police"


def tell_police(session: Session, case_id: str, *, place: str, cause: str, body: str, now: datetime) -> None:
    """Post the message to whoever answers for the police at this place; the same `cause` twice is one message."""
    words = Words(
        subject="【通报】强制报告",
        body=body,
        outside_subject="【通报】有一项工作",
        outside_body="有一项工作与您有关,请登录童安系统查看。",
    )
    people = holders(session, role=POLICE, place=place)
    letters = [Letter(person_id=each.id, kind=KIND, cause=cause, words=words, case_id=case_id) for each in people]
    post(session, letters, now=now)
