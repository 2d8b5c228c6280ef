"""A sealed file opened in a danger to life: two persons, some hours, a third who reviews; and every refusal."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from cases import break_glass, children, messages, people, reports
from cases.break_glass import ANSWER_WITHIN, OPEN_FOR
from cases.protection import intervention_case
from engine.access import Actor, Grant
from engine.calendar import default_calendar
from engine.errors import NotAllowed, NotFound, Refused, SubmissionInvalid
from engine.store import Database
from engine.store.audit import audit
from engine.store.session import Session
from tests.access.conftest import FOREIGN, OWN, SIGHTS, holder
from tests.child_files import open_child
from tests.opened_cases import opened_case

#: Friday afternoon: the review is due on Monday.
NOW = datetime.fromisoformat("2025-10-17T16:00:00+08:00")
NUMBER, ORDINARY = "519927201503110016", "519927201503110024"
WHY = "学校宿舍大量出血,医院抢救须知用药"
COUNTY = "519927"


def someone(role: str, name: str, *more: str, place: str = COUNTY) -> Actor:
    grants = tuple(Grant(role=each, place=place) for each in (role, *more))
    return Actor(id=name, name=name, grants=grants)


DUTY, LEADER = someone("mzj_duty", "duty"), someone("mzj_leader", "leader")
PAIR, OTHER_COUNTY = someone("mzj_sealed", "pair"), someone("mzj_leader", "far", place="519928")


@pytest.fixture
def files(database: Database) -> Database:
    """A sealed file and an ordinary one."""
    with database.transaction() as session:
        for number, is_sealed in ((NUMBER, True), (ORDINARY, False)):
            child_id = open_child(session, now=NOW, idcard=number, sealed=is_sealed, live_address="石门村二组")
            guardian = {"idcard": None, "phone": "13812345678", "relation": "父亲"}
            children.set_guardian(session, child_id, name="王建国", **guardian)
            children.set_health(session, child_id, illness_name="需阻断用药", hospital="县医院")
        for actor in (DUTY, LEADER, PAIR, OTHER_COUNTY):
            named = {"person_id": actor.id, "user_name": actor.id, "name": actor.name, "password_hash": ""}
            people.add_person(session, **named, grants=actor.grants, now=NOW)
    return database


def ask(session: Session, actor: Actor = DUTY, **given: str) -> str:
    asked = {"idcard": NUMBER, "danger": "MEDICAL", "reason": WHY, **given}
    return break_glass.ask(session, actor, now=NOW, **asked)


def agree(session: Session, asked: str, actor: Actor = LEADER, *, after: timedelta = timedelta(), yes: bool = True):
    break_glass.answer(session, actor, asked, agree=yes, calendar=default_calendar(), now=NOW + after)


def look(session: Session, asked: str, actor: Actor = DUTY, *, after: timedelta = timedelta(minutes=5)):
    return break_glass.open_file(session, actor, asked, now=NOW + after)


def review(session: Session, asked: str, actor: Actor = PAIR, **given: str) -> None:
    said = {"finding": "正当", "note": "抢救记录与所述情形一致", **given}
    break_glass.review(session, actor, asked, now=NOW + timedelta(days=1), **said)


def test_two_persons_open_it_and_a_third_reviews(files: Database) -> None:
    with files.transaction() as session:
        asked = ask(session)
        agree(session, asked)
        found = look(session, asked)
        assert found is not None
        assert (found.name, found.guardian_phone, found.illness) == ("王小明", "13812345678", "需阻断用药")
        (row,) = break_glass.questions(session, PAIR)
        assert row["review_due"].astimezone(NOW.tzinfo).isoformat() == "2025-10-20T17:30:00+08:00"
        review(session, asked)
        noted = session.execute(sa.select(audit.c.action, audit.c.actor_id, audit.c.detail).order_by(audit.c.at)).all()
    assert sorted((row.action, row.actor_id) for row in noted) == [
        ("break_glass.answer", "leader"),
        ("break_glass.ask", "duty"),
        ("break_glass.open", "duty"),
        ("break_glass.review", "pair"),
        ("sealed.open", "duty"),
    ]
    assert WHY in next(row.detail["purpose"] for row in noted if row.action == "break_glass.open")


def test_each_look_is_noted_or_fails(files: Database) -> None:
    with files.transaction() as session:
        asked = ask(session)
        agree(session, asked)
        look(session, asked)
        look(session, asked)
        count = sa.select(sa.func.count()).where(audit.c.action == "break_glass.open")
        assert session.scalar(count) == 2
    with files.reading() as session, pytest.raises(RuntimeError, match="keeps no note"):
        look(session, asked)


def test_nothing_tells_whether_there_is_a_sealed_file_until_two_agreed(files: Database) -> None:
    with files.transaction() as session:
        for number in (NUMBER, ORDINARY, STRANGER):
            asked = ask(session, idcard=number)
            with pytest.raises(NotAllowed, match="第二人"):
                look(session, asked)
            agree(session, asked)
            assert (look(session, asked) is not None) is (number == NUMBER)


STRANGER = "519927200909300026"


def in_danger(session: Session, number: str, child_id: str | None) -> None:
    """A report about the child, and a protection case that placed it."""
    first = opened_case(session, "report", now=NOW)
    told = {"situations": ["S1"], "flags": {}, "mandatory": True, "reported_to_police": True, "level": "L1"}
    who = {"found_at": NOW, "reported_at": NOW, "reporter": {"name": "刘老师"}, "location": "镇小学旁出租屋"}
    reports.file_report(session, first, report_no="R-1", child_idcard=number, suspect="同住男子", **told, **who)
    if child_id:
        second = opened_case(session, "intervention", now=NOW, child_id=child_id)
        placed = {"case_no": "J-1", "stage": "H2", "placement": "县未成年人救助保护中心"}
        session.execute(sa.insert(intervention_case).values(case_id=second, **placed))


def test_reports_and_placement_are_told_of_a_child_without_a_sealed_file(files: Database) -> None:
    with files.transaction() as session:
        ordinary = children.find_by_idcard(session, ORDINARY)
        assert ordinary is not None
        in_danger(session, ORDINARY, ordinary["id"])
        asked = ask(session, idcard=ORDINARY)
        with pytest.raises(NotAllowed, match="第二人"):
            look(session, asked)
        agree(session, asked)
        found = look(session, asked)
        assert found is not None
        (said,) = found.reports
        noted = session.execute(sa.select(audit.c.target).where(audit.c.action == "break_glass.open")).scalars().all()
    assert "生殖器官或隐私部位非正常损伤" in said and "镇小学旁出租屋" in said and "同住男子" in said
    assert "刘老师" not in str(found)
    assert (found.name, found.address, found.placement) == ("王小明", "石门村二组", "县未成年人救助保护中心")
    assert noted == [ordinary["id"]]


def test_a_child_without_a_file_is_known_by_its_reports(files: Database) -> None:
    with files.transaction() as session:
        in_danger(session, STRANGER, None)
        asked = ask(session, idcard=STRANGER)
        agree(session, asked)
        found = look(session, asked)
    assert found is not None
    assert (len(found.reports), found.name, found.placement) == (1, "", "")


def test_a_sealed_child_is_told_with_its_reports(files: Database) -> None:
    with files.transaction() as session:
        in_danger(session, NUMBER, None)
        asked = ask(session)
        agree(session, asked)
        found = look(session, asked)
    assert found is not None
    assert (found.illness, len(found.reports)) == ("需阻断用药", 1)


def test_the_number_and_the_reason_do_not_stand_readable_in_the_database(files: Database) -> None:
    with files.transaction() as session:
        asked = ask(session)
        columns = [sa.type_coerce(break_glass.break_glass.c[name], sa.Text) for name in ("idcard", "reason")]
        raw = session.execute(sa.select(*columns)).one()
        assert all(each.startswith("v1:") and NUMBER not in each and WHY not in each for each in raw)
        texts = session.execute(sa.select(messages.message_out.c.subject, messages.message_out.c.body)).all()
    assert texts
    assert all(NUMBER not in text and "王" not in text for row in texts for text in row)
    assert asked


def test_who_is_told(files: Database) -> None:
    with files.transaction() as session:
        asked = ask(session)
        agree(session, asked)
        late = NOW + timedelta(days=4)
        system = Actor.system("test")
        assert break_glass.press_for_reviews(session, actor=system, now=NOW + timedelta(hours=1)) == 0
        assert break_glass.press_for_reviews(session, actor=system, now=late) == 1
        assert break_glass.press_for_reviews(session, actor=system, now=late) == 1
        rows = session.execute(sa.select(messages.message_out.c.person_id, messages.message_out.c.dedup)).all()
        told = sorted((row.person_id, row.dedup.split("-")[2]) for row in rows)
        assert told == [("leader", "ask"), ("leader", "late"), ("pair", "late"), ("pair", "review")]
        with pytest.raises(NotAllowed):
            break_glass.press_for_reviews(session, actor=LEADER, now=late)


BOTH = someone("mzj_duty", "both", "mzj_leader")
LEADS_AND_REVIEWS = someone("gaj_leader", "two", "mzj_sealed")


def test_one_person_is_never_two(files: Database) -> None:
    with files.transaction() as session:
        asked = ask(session, BOTH)
        with pytest.raises(NotAllowed, match="不能自己确认"):
            agree(session, asked, BOTH)
        agree(session, asked, LEADS_AND_REVIEWS)
        with pytest.raises(NotAllowed, match="不能复核自己"):
            review(session, asked, LEADS_AND_REVIEWS)
        review(session, asked)


@pytest.mark.parametrize("values", [{"answered_by": "duty"}, {"reviewed_by": "duty"}, {"reviewed_by": "leader"}])
def test_the_database_holds_to_it_too(files: Database, values: dict[str, str]) -> None:
    with files.transaction() as session:
        asked = ask(session)
        agree(session, asked)
    table = break_glass.break_glass
    with pytest.raises(sa.exc.IntegrityError), files.transaction() as session:
        session.execute(sa.update(table).where(table.c.id == asked).values(values))


def test_the_file_closes_and_the_question_lapses(files: Database) -> None:
    with files.transaction() as session:
        asked = ask(session)
        with pytest.raises(Refused, match="确认时限"):
            agree(session, asked, after=ANSWER_WITHIN + timedelta(seconds=1))
        agree(session, asked, after=ANSWER_WITHIN)
        assert look(session, asked, after=ANSWER_WITHIN + OPEN_FOR - timedelta(seconds=1)) is not None
        with pytest.raises(Refused, match="查阅时限已过"):
            look(session, asked, after=ANSWER_WITHIN + OPEN_FOR)
        with pytest.raises(Refused, match="答复过"):
            agree(session, asked)


def test_what_was_declined_stays_shut(files: Database) -> None:
    with files.transaction() as session:
        asked = ask(session)
        agree(session, asked, yes=False)
        with pytest.raises(NotAllowed):
            look(session, asked)
        with pytest.raises(Refused, match="待复核"):
            review(session, asked)


def test_only_who_asked_looks(files: Database) -> None:
    with files.transaction() as session:
        asked = ask(session)
        agree(session, asked)
        for other in (someone("mzj_duty", "colleague"), LEADER, PAIR):
            with pytest.raises(NotAllowed, match="只有提出人"):
                look(session, asked, other)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"idcard": "519927"}, "idcard"),
        ({"danger": "CURIOUS"}, "danger"),
        ({"reason": "急"}, "reason"),
        ({"reason": "字" * 501}, "reason"),
    ],
)
def test_no_question_without_its_reasons(files: Database, given: dict[str, str], field: str) -> None:
    with files.transaction() as session, pytest.raises(SubmissionInvalid) as refused:
        ask(session, **given)
    assert [each.field for each in refused.value.problems] == [field]


@pytest.mark.parametrize(("given", "field"), [({"finding": "还行"}, "finding"), ({"note": "好"}, "note")])
def test_no_review_without_its_reasons(files: Database, given: dict[str, str], field: str) -> None:
    with files.transaction() as session:
        asked = ask(session)
        agree(session, asked)
        with pytest.raises(SubmissionInvalid) as refused:
            review(session, asked, **given)
        assert [each.field for each in refused.value.problems] == [field]
        review(session, asked)
        with pytest.raises(Refused, match="待复核"):
            review(session, asked)


#: Role to its part, written by hand.
PARTS = {
    **dict.fromkeys(("mzj_duty", "cpc_staff", "gaj_handler"), "ask"),
    **dict.fromkeys(("mzj_leader", "gaj_leader", "wjj_leader"), "answer"),
    "mzj_sealed": "review",
}


def test_every_role_has_its_part_or_none_at_the_own_place_alone(files: Database) -> None:
    wrong = []
    with files.transaction() as session:
        waiting, agreed = ask(session), ask(session)
        agree(session, agreed)
        lists = {
            each.id: {row["id"] for row in break_glass.questions(session, each)}
            for each in (DUTY, someone("mzj_duty", "colleague"), LEADER, OTHER_COUNTY, PAIR)
        }
        both = {waiting, agreed}
        assert lists == {"duty": both, "colleague": set(), "leader": both, "far": set(), "pair": {agreed}}
        for row in SIGHTS:
            for places in (OWN, FOREIGN):
                if row["level"] not in places:
                    continue
                actor, own = holder(row, places), places is OWN
                tries = {
                    "ask": lambda a=actor: ask(session, a),
                    "answer": lambda a=actor: agree(session, ask(session), a),
                    "review": lambda a=actor: review(session, _agreed(session), a),
                    "list": lambda a=actor: break_glass.questions(session, a),
                }
                for part, give in tries.items():
                    mine = PARTS.get(row["role"])
                    # a foreign duty officer asks in the own county; the lists are of the own county
                    may = mine is not None if part == "list" else mine == part and (own or part == "ask")
                    if _may(give) != may:
                        wrong.append((row["role"], part, own))
    assert wrong == []


def _agreed(session: Session) -> str:
    asked = ask(session)
    agree(session, asked)
    return asked


def _may(give) -> bool:
    try:
        give()
    except (NotAllowed, NotFound):
        return False
    return True
