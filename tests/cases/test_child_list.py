"""Finding a child in the ledger: by two characters, pinyin, numbers; page after page, each child once."""

from __future__ import annotations

from datetime import date, datetime

import pytest
import sqlalchemy as sa

from cases import child_list, children
from cases.child_list import Asked
from cases.children import ID_TAIL, child
from cases.search import search_key
from engine.access import Actor, Grant
from engine.store import Database
from engine.store.audit import audit
from engine.store.words import has_word

OFFICER = Actor(id="o", name="李强", grants=(Grant(role="town_officer", place="519927101"),))
BUREAU = Actor(id="b", name="赵敏", grants=(Grant(role="mzj_handler", place="519927", department="MZJ"),))
PAIR = Actor(id="p", name="涉密专办", grants=(Grant(role="mzj_sealed", place="519927", department="MZJ"),))
#: name, id number, village, category, state
TOLD = (
    ("张小明", "519927201503110016", "519927101001", "C1", "保障中"),
    ("张小红", "519927201503110024", "519927101002", "C2", "保障中"),
    ("欧阳建国", "519927200909300026", "519927101001", "C5", "退出"),
    ("单雄信", None, "519927101001", "C5", "摸底登记"),
    ("章晓铭", "51992720150311003X", "519927102001", "C3", "保障中"),
)


@pytest.fixture
def now() -> datetime:
    return datetime.fromisoformat("2025-10-16T09:00:00+08:00")


@pytest.fixture
def ledger(database: Database, now: datetime) -> Database:
    with database.transaction() as session:
        for name, idcard, village, category, state in TOLD:
            _enter(session, name, idcard, village, category, state, now)
        _enter(session, "孙小果", "519927201503110016", "519927101001", "C1", "保障中", now, sealed=True)
    return database


def _enter(session, name, idcard, village, category, state, now, *, sealed=False):
    child_id = children.open_file(
        session,
        name=name,
        idcard=idcard,
        birth=date(2015, 3, 11),
        sex="男",
        hukou_code=village,
        search_key="" if sealed else search_key(name),
        actor_id="t",
        now=now,
        day=date(2025, 10, 16),
        sealed=sealed,
    )
    children.change(session, child_id, now=now, categories=[category], primary_category=category, status=state)


def found(database: Database, actor: Actor, now: datetime, **asked: str) -> list[str]:
    """Whole names behind the masked lines, in the order of the list."""
    with database.transaction() as session:
        listed = child_list.child_list(session, actor, Asked(**asked), now=now)
        names = {row.id: row.name for row in session.execute(sa.select(child.c.id, child.c.name))}
    assert listed.count == len(listed.rows)
    return [names[row.id] for row in listed.rows]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("张小", ["张小红", "张小明"]),
        ("小明", ["张小明"]),
        ("张小明", ["张小明"]),
        ("欧阳建国", ["欧阳建国"]),
        ("阳建国", ["欧阳建国"]),
        ("明", ["张小明"]),
        ("zhangxiaoming", ["章晓铭", "张小明"]),
        ("zhangxiaoh", ["张小红"]),
        ("ZXM", ["章晓铭", "张小明"]),
        ("danxiongxin", ["单雄信"]),
        ("shanxiongxin", ["单雄信"]),
        ("0016", ["张小明"]),
        ("003x", ["章晓铭"]),
        ("519927201503110024", ["张小红"]),
        ("519927-2025-00003", ["欧阳建国"]),
        ("张 0024", ["张小红"]),
        ("张小明明", []),
        ("'); drop table child; --", []),
        ("\\", []),
        ("a:*|b", []),
        ("%", []),
        ("_", []),
    ],
)
def test_a_word_finds_names_pinyin_and_numbers(ledger, now, words, names):
    assert found(ledger, BUREAU, now, words=words) == names


def test_it_is_narrowed_to_place_category_and_state(ledger, now):
    assert found(ledger, BUREAU, now) == ["章晓铭", "单雄信", "欧阳建国", "张小红", "张小明"]
    assert found(ledger, BUREAU, now, place="519927101") == ["单雄信", "欧阳建国", "张小红", "张小明"]
    assert found(ledger, BUREAU, now, place="519927101002") == ["张小红"]
    assert found(ledger, BUREAU, now, category="C5") == ["单雄信", "欧阳建国"]
    assert found(ledger, BUREAU, now, status="保障中", place="519927102") == ["章晓铭"]
    assert found(ledger, OFFICER, now, place="519927102") == []


def test_a_sealed_file_is_listed_for_the_pair_alone_by_its_code_and_without_its_category(ledger, now):
    with ledger.reading() as session:
        sealed = set(session.execute(sa.select(child.c.name).where(child.c.sealed_hiv)).scalars())
    assert sealed and "孙小果" not in sealed
    assert not sealed & set(found(ledger, BUREAU, now))
    assert found(ledger, BUREAU, now, words="0016") == ["张小明"]
    assert sealed <= set(found(ledger, PAIR, now)), "by its code"
    assert found(ledger, PAIR, now, words="孙小果") == found(ledger, PAIR, now, words="0016") == []
    assert found(ledger, PAIR, now, category="C1") == []
    with ledger.transaction() as session:
        (row,) = child_list.child_list(session, PAIR, Asked(), now=now).rows
    assert (row.sealed, row.categories) == (True, ())


def test_lines_are_masked(ledger, now):
    with ledger.transaction() as session:
        rows = child_list.child_list(session, BUREAU, Asked(words="张小明"), now=now).rows
    assert [(row.name, row.idcard) for row in rows] == [("张某某", "5199**********0016")]


def test_pages_follow_each_other_without_loss_or_repetition(ledger, now):
    """Also for somebody who comes to the same child in several ways."""
    both = Actor(id="d", name="x", grants=(*OFFICER.grants, *BUREAU.grants))
    seen: list[str] = []
    after = None
    for _ in range(9):
        with ledger.transaction() as session:
            page = child_list.child_list(session, both, Asked(), limit=2, after=after, now=now)
        seen += [row.archive_no for row in page.rows]
        after = page.next
        if after is None:
            break
    assert seen == [f"519927-2025-{number:05d}" for number in (5, 4, 3, 2, 1)]


def test_whoever_looks_for_a_number_is_noted_and_for_a_name_is_not(ledger, now):
    found(ledger, BUREAU, now, words="张小明")
    found(ledger, BUREAU, now, words="0016")
    with ledger.transaction() as session:
        rows = session.execute(
            sa.select(audit.c.action, audit.c.actor_id, audit.c.target).where(audit.c.action == "child.search")
        ).all()
        whose = session.scalar(sa.select(child.c.id).where(child.c.name == "张小明"))
    assert [tuple(row) for row in rows] == [("child.search", BUREAU.id, whose)]
    with ledger.reading() as session, pytest.raises(RuntimeError, match="keeps no note"):
        child_list.child_list(session, BUREAU, Asked(words="0016"), now=now)


@pytest.mark.parametrize(
    "code", ["applicant", "reporter", "auditor", "administrator", "convener", "txw_handler", "sys"]
)
def test_who_has_no_ledger(code):
    assert not child_list.may_list(Actor(id="x", name="x", grants=(Grant(role=code),)))


@pytest.mark.postgresql
def test_names_and_numbers_are_found_by_their_indexes(postgresql_url, now):
    database = Database.open(postgresql_url)
    try:
        with database.reading() as session:
            session.execute(sa.text("SET LOCAL enable_seqscan = off"))
            session.execute(sa.text("SET LOCAL enable_indexscan = off"))  # a bitmap of the wanted index is left
            plans = [_plan(session, asked) for asked in (has_word(child.c.search_key, "张小"), ID_TAIL.in_(["0016"]))]
    finally:
        database.dispose()
    assert "ix_child_words" in plans[0]
    assert "ix_child_last_four" in plans[1]


def _plan(session, condition) -> str:
    query = sa.select(child.c.id).where(condition)
    compiled = query.compile(dialect=session.connection.dialect, compile_kwargs={"render_postcompile": True})
    lines = session.connection.exec_driver_sql(f"EXPLAIN {compiled}", compiled.params)
    return "\n".join(line for (line,) in lines)


def test_one_word_is_asked_for_at_a_time():
    for wrong in ("", "a b", " a"):
        with pytest.raises(ValueError, match="one word"):
            has_word(child.c.search_key, wrong)


def test_nobody_without_a_grant_sees_anybody(ledger, now):
    assert found(ledger, Actor(id="x", name="x"), now) == []
