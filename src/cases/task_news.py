"""What people learn of a task that somebody handed on, entrusted, copied, pressed for or returned: a message in the
program. The masked name and the note stand in it only for who may read them (domain.md 6.1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from cases.absences import substitutes_of
from cases.case_files import find_case
from cases.messages import Letter, Words, post
from cases.people import holders
from cases.reminder_words import CODE_LENGTH, Reader, readers
from cases.roles import PROTECTION_KINDS, Sight
from cases.seeing import sight_of
from engine.access import Actor
from engine.calendar import county_day
from engine.domain import NewsKind, TaskNews
from engine.store.session import Session

#: Kind to its mark and to what was done; {who} did it, {task} is the step's name.
SAYINGS: Mapping[NewsKind, tuple[str, str]] = MappingProxyType(
    {
        NewsKind.HANDED: ("转办", "{who}将“{task}”转给您办理"),
        NewsKind.ENTRUSTED: ("委派", "{who}委派您承办“{task}”,办好后请交回"),
        NewsKind.HANDED_BACK: ("交回", "{who}已将委派的“{task}”交回或收回"),
        NewsKind.SIGN: ("会签", "{who}请您就“{task}”签署会签意见"),
        NewsKind.SIGNED: ("会签", "{who}已就“{task}”签署会签意见"),
        NewsKind.NOT_SIGN: ("会签", "{who}不再请您会签“{task}”"),
        NewsKind.COPIED: ("抄送", "{who}将“{task}”抄送您阅知"),
        NewsKind.URGED: ("催办", "{who}催办“{task}”,请尽快办理"),
        NewsKind.RETURNED: ("退回", "{who}从“{task}”退回,请重新办理您的环节"),
        NewsKind.NAMED: ("留言", "{who}在“{task}”的留言中提到您"),
    }
)


def tell(session: Session, news: TaskNews, actor: Actor, now: datetime) -> None:
    """Post the message to those named, or to all who hold the post, and to who stands in for them; never to who did
    it."""
    people = news.to or tuple(
        one.id
        for one in holders(session, role=news.post.role or "", place=news.post.place, department=news.post.department)
    )
    people = (*people, *substitutes_of(session, people, on=county_day(now)))
    reached = readers(session, [each for each in people if each != actor.id])
    letters = [
        Letter(
            person_id=each.id,
            kind=news.kind.value,
            cause=news.cause,
            words=_words(session, news, actor, each),
            case_id=news.case_id,
            task_id=news.task_id,
        )
        for each in reached.values()
    ]
    post(session, letters, now=now)


def _words(session: Session, news: TaskNews, actor: Actor, reader: Reader) -> Words:
    mark, saying = SAYINGS[news.kind]
    who = "流程" if actor.is_system or actor.id == reader.id else actor.name
    said = saying.format(who=who, task=news.task_name)
    about, note = _about(session, news, reader)
    body = f"{said}{f'({about})' if about else ''}。{f'附言:{note}' if note else ''}"
    return Words(
        subject=f"【{mark}】{news.task_name}",
        body=body,
        outside_subject=f"【{mark}】有一项工作",
        outside_body="有一项工作与您有关,请登录童安系统查看。",
    )


def _about(session: Session, news: TaskNews, reader: Reader) -> tuple[str, str]:
    """The child's masked name, and the note, as far as this reader may read them."""
    if news.case_id is None:
        return "", news.note
    case = find_case(session, news.case_id)
    seen = sight_of(session, reader, news.case_id)
    hidden = case["sealed_hiv"] or case["kind"] in PROTECTION_KINDS
    about = news.subject if seen >= Sight.MASKED and not hidden else f"办件{news.case_id[-CODE_LENGTH:].upper()}"
    # A message stands readable, and goes out of the house: of a sealed file it says that there is something to read.
    return about, news.note if seen >= Sight.FILE and not case["sealed_hiv"] else ""
