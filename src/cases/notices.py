"""The public notice 公示: its text, what it may never show, and its projection for the public page (domain.md 6.2).

The public page reads `public_notice` alone: a table that is written by projection and holds nothing but what hangs on
the board. It never reads a view of the case. It shows what the township put on the web too; of the others it only knows
whether the number of an objection hangs. When a notice ends or is taken down its row there is deleted; the text stays
in the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Integer,
    RowMapping,
    String,
    Table,
    Text,
    delete,
    false,
    func,
    insert,
    select,
    update,
)

from cases.candidates import by_number_only
from cases.privacy import notice_problems
from engine.calendar import end_of_day
from engine.errors import FieldProblem, NotFound, SubmissionInvalid
from engine.store.base import Instant, Json, metadata
from engine.store.identifiers import new_id
from engine.store.session import Session


class NoticeStatus(StrEnum):
    """Where a notice stands."""

    DRAFT = "拟稿"  #: written, not yet signed and posted
    POSTED = "公示中"  #: on the board
    EXPIRED = "期满"  #: its period ended and it was removed
    REMOVED = "撤下"  #: taken down before its end


notice = Table(
    "notice",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("case_id", String(40), ForeignKey("case_file.id"), nullable=False, index=True),
    Column("notice_no", String(32), nullable=False, unique=True),
    Column("mode", String(20), nullable=True),
    Column("masked_text", Text, nullable=False),
    Column("places", Json, nullable=False),
    Column("online", Boolean, nullable=False, server_default=false()),  #: 网上公示: on the web page too
    Column("min_wd", Integer, nullable=True),
    Column("min_cd", Integer, nullable=True),
    Column("posted_at", Instant, nullable=True),
    Column("posted_by", String(40), nullable=True),
    Column("photo_post", String(200), nullable=True),
    Column("notice_until", Date, nullable=True),
    Column("end_at", Instant, nullable=True),
    Column("removed_at", Instant, nullable=True),
    Column("photo_remove", String(200), nullable=True),
    Column("takedown_reason", String(400), nullable=True),
    Column("status", String(12), nullable=False),
    Column("waits_since", Instant, nullable=True),  #: its period is over; forwarding waits for open objections
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(40), nullable=False),
)

#: What the public page shows, and all that it may read.
public_notice = Table(
    "public_notice",
    metadata,
    Column("notice_no", String(32), primary_key=True),
    Column("area", String(120), nullable=False),
    Column("issuer", String(120), nullable=False),
    Column("body", Text, nullable=False),
    Column("posted_on", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("ends_at", Instant, nullable=False, index=True),
    Column("objection_phone", String(40), nullable=False),
    Column("listed", Boolean, nullable=False, server_default=false()),  #: on the web page; else on the board alone
)

#: Categories whose notice may name the scheme, because the scheme's own procedure demands a notice (6.2).
_SCHEME_WORDS: Mapping[str, str] = {"C4": "拟纳入特困供养", "C5": "拟纳入最低生活保障"}
_PLAIN_WORDS = "拟纳入困境儿童分类保障"

#: Categories that policy CURRENT never publishes (table D2): no draft is written for them.
NEVER_PUBLISHED = frozenset({"C1", "C2", "CX"})


@dataclass(frozen=True, kw_only=True)
class Wording:
    """What a notice says; names are masked before they get here (`cases.privacy`)."""

    notice_no: str
    area: str  #: township and village
    child: str  #: 张某某
    guardian: str  #: 王某
    category: str
    dibao_linked: bool
    issuer: str
    objection_phone: str
    number_only: bool = False  #: names nobody: the village has too few candidate families


def compose(wording: Wording) -> str:
    """The notice's text. The period stands beside it: it is known when the notice is posted."""
    scheme = _SCHEME_WORDS.get(wording.category, "") if wording.dibao_linked else ""
    words = f"{_PLAIN_WORDS},{scheme}" if scheme else _PLAIN_WORDS
    whom = f"{wording.guardian}之子女(被监护人){wording.child}"
    if wording.number_only:
        whom = f"编号{wording.notice_no}的儿童"
    return (
        f"困境儿童分类保障公示({wording.notice_no})\n"
        f"经本人监护人申请、村(居)委会协助、{wording.issuer}核查,{wording.area}{whom}{words},现予公示。\n"
        f"公示期间如有异议,请向{wording.issuer}反映,电话 {wording.objection_phone}。\n"
        f"{wording.issuer}"
    )


def next_number(session: Session, town_code: str, year: int) -> str:
    """Township, year and a running number; says nothing about the child."""
    prefix = f"GS{town_code}-{year}-"
    last = session.scalar(
        select(func.max(notice.c.notice_no)).where(notice.c.notice_no.startswith(prefix, autoescape=True))
    )
    return f"{prefix}{int(last.removeprefix(prefix)) + 1 if last else 1:04d}"


def draft(
    session: Session,
    case_id: str,
    wording: Wording,
    *,
    child_name: str,
    guardian_name: str,
    places: Sequence[str],
    online: bool,
    actor_id: str,
    now: datetime,
) -> str:
    """Write the draft and return its text; an earlier draft of the case is replaced. Where the village has too few
    candidate families (`cases.candidates`) the text gives a number in place of the names.

    :raises SubmissionInvalid: the text holds something that may not be published.
    """
    text = compose(replace(wording, number_only=wording.number_only or by_number_only(session, case_id)))
    problems = notice_problems(
        text,
        child_name=child_name,
        guardian_name=guardian_name,
        category=wording.category,
        hotline=wording.objection_phone,
    )
    if problems:
        raise SubmissionInvalid(
            [FieldProblem(field="notice", rule="privacy", message=problem.message) for problem in problems]
        )
    session.execute(delete(notice).where(notice.c.case_id == case_id, notice.c.status == NoticeStatus.DRAFT))
    session.execute(
        insert(notice).values(
            id=new_id(now),
            case_id=case_id,
            notice_no=wording.notice_no,
            masked_text=text,
            places=list(places),
            online=online,
            status=NoticeStatus.DRAFT,
            created_at=now,
            created_by=actor_id,
        )
    )
    return text


def current(session: Session, case_id: str) -> RowMapping | None:
    """The case's latest notice."""
    return (
        session.execute(select(notice).where(notice.c.case_id == case_id).order_by(notice.c.notice_no.desc()).limit(1))
        .mappings()
        .first()
    )


def notices_of(session: Session, case_id: str) -> Sequence[RowMapping]:
    """All notices of the case, oldest first."""
    rows = session.execute(select(notice).where(notice.c.case_id == case_id).order_by(notice.c.notice_no))
    return tuple(rows.mappings())


def require_current(session: Session, case_id: str) -> RowMapping:
    """The case's latest notice.

    :raises NotFound: none was drafted.
    """
    found = current(session, case_id)
    if found is None:
        raise NotFound(f"办件 {case_id} 没有公示文稿")
    return found


def find(session: Session, notice_id: str) -> RowMapping:
    """A notice.

    :raises NotFound: there is none with this id.
    """
    row = session.execute(select(notice).where(notice.c.id == notice_id)).mappings().first()
    if row is None:
        raise NotFound(f"没有公示 {notice_id}")
    return row


def find_by_number(session: Session, notice_no: str) -> RowMapping | None:
    """The notice with this number, posted or not."""
    return session.execute(select(notice).where(notice.c.notice_no == notice_no)).mappings().first()


def post(session: Session, case_id: str, *, posted_at: datetime, photo: str | None, actor_id: str) -> None:
    """The village says when it put the notice up."""
    found = require_current(session, case_id)
    session.execute(
        update(notice)
        .where(notice.c.id == found["id"])
        .values(status=NoticeStatus.POSTED, posted_at=posted_at, posted_by=actor_id, photo_post=photo)
    )


def publish(
    session: Session,
    case_id: str,
    *,
    mode: str,
    min_wd: int,
    min_cd: int,
    posted_on: date,
    notice_until: date,
    area: str,
    issuer: str,
    objection_phone: str,
) -> None:
    """Set the period and project the notice into the public table. A second call writes the same rows again."""
    found = require_current(session, case_id)
    ends_at = end_of_day(notice_until)
    session.execute(
        update(notice)
        .where(notice.c.id == found["id"])
        .values(
            mode=mode,
            min_wd=min_wd,
            min_cd=min_cd,
            notice_until=notice_until,
            end_at=ends_at,
            status=NoticeStatus.POSTED,
        )
    )
    session.execute(delete(public_notice).where(public_notice.c.notice_no == found["notice_no"]))
    session.execute(
        insert(public_notice).values(
            notice_no=found["notice_no"],
            area=area,
            issuer=issuer,
            body=found["masked_text"],
            posted_on=posted_on,
            last_day=notice_until,
            ends_at=ends_at,
            objection_phone=objection_phone,
            listed=found["online"],
        )
    )


def move_end(session: Session, case_id: str, until: date) -> None:
    """The notice that hangs ends on another day, because the calendar changed; the public page says the same."""
    found = current(session, case_id)
    if found is None or found["status"] != NoticeStatus.POSTED:
        return
    ends_at = end_of_day(until)
    session.execute(update(notice).where(notice.c.id == found["id"]).values(notice_until=until, end_at=ends_at))
    session.execute(
        update(public_notice)
        .where(public_notice.c.notice_no == found["notice_no"])
        .values(last_day=until, ends_at=ends_at)
    )


def take_down(session: Session, case_id: str, *, now: datetime, photo: str | None = None, reason: str = "") -> None:
    """Remove the notice from the board and from the public page; before its end a reason belongs to it."""
    found = current(session, case_id)
    if found is None or found["status"] not in (NoticeStatus.POSTED, NoticeStatus.DRAFT):
        return
    ended = found["end_at"] is not None and found["end_at"] <= now
    session.execute(
        update(notice)
        .where(notice.c.id == found["id"])
        .values(
            status=NoticeStatus.EXPIRED if ended else NoticeStatus.REMOVED,
            removed_at=now,
            photo_remove=photo,
            takedown_reason=reason or None,
        )
    )
    session.execute(delete(public_notice).where(public_notice.c.notice_no == found["notice_no"]))


def hide(session: Session, case_id: str) -> bool:
    """Take the case's notice off the public page at once; whether its paper still hangs on the board."""
    found = current(session, case_id)
    if found is None:
        return False
    session.execute(delete(public_notice).where(public_notice.c.notice_no == found["notice_no"]))
    return bool(found["status"] == NoticeStatus.POSTED)


def public_notices(session: Session, *, now: datetime) -> Sequence[RowMapping]:
    """The notices on the web page now, newest first; nothing else of the database is read."""
    rows = session.execute(
        select(public_notice)
        .where(public_notice.c.listed, public_notice.c.ends_at > now)
        .order_by(public_notice.c.posted_on.desc(), public_notice.c.notice_no)
    )
    return tuple(rows.mappings())


def find_public_notice(session: Session, notice_no: str, *, now: datetime) -> RowMapping | None:
    """One notice that is on the web page now."""
    shown = (public_notice.c.listed, public_notice.c.notice_no == notice_no, public_notice.c.ends_at > now)
    return session.execute(select(public_notice).where(*shown)).mappings().first()


def hangs(session: Session, notice_no: str, *, now: datetime) -> bool:
    """Whether a notice with this number hangs now, on the web page or on the board alone."""
    hanging = (public_notice.c.notice_no == notice_no, public_notice.c.ends_at > now)
    return session.scalar(select(public_notice.c.notice_no).where(*hanging)) is not None
