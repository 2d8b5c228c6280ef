"""The database role of the public pages on PostgreSQL: every page of the public runs under it, and of each table it has
exactly the rights that are listed, tried one by one."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from cases import jurisdictions
from cases.benefits import benefit_standard
from cases.intake import PUBLIC_RIGHTS
from cases.offices import public_office
from engine.access import Actor
from engine.calendar import county_day, end_of_day
from engine.commands.deploy import deploy
from engine.definitions.bundle import read_folder
from engine.settings import load_settings
from engine.store.base import metadata
from tests.web.conftest import Browser
from web import create_app
from web.commandline.outside import grants
from web.edge import Edge, edge_of

PROCESSES = Path(__file__).parents[2] / "processes"
#: Roles belong to the server: each worker of the tests has its own.
ROLE = f"tongan_public_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
TRIALS = {
    "SELECT": "SELECT {column} FROM {table} LIMIT 1",
    "INSERT": "INSERT INTO {table} DEFAULT VALUES",
    "UPDATE": "UPDATE {table} SET {column} = {column}",
    "DELETE": "DELETE FROM {table}",
    "TRUNCATE": "TRUNCATE {table} CASCADE",
}

pytestmark = pytest.mark.postgresql


@dataclass(frozen=True)
class Outside:
    """An installation whose public pages have a database role of their own."""

    owner: sa.Engine
    role: sa.Engine
    browser: Browser
    edge: Edge


@pytest.fixture(scope="module")
def outside(postgresql_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    owner = sa.create_engine(postgresql_url)
    with owner.begin() as connection:
        connection.execute(sa.text(f"DROP ROLE IF EXISTS {ROLE}"))
        connection.execute(sa.text(f"CREATE ROLE {ROLE} LOGIN"))
        for statement in grants(ROLE):
            connection.execute(sa.text(statement))
    address = sa.make_url(postgresql_url).set(username=ROLE, password=None).render_as_string(hide_password=False)
    settings = load_settings(
        mode="demo",
        database_url=postgresql_url,
        public_database_url=address,
        data_folder=tmp_path_factory.mktemp("data"),
        secret_key="a key of the tests " * 3,
    )
    app = create_app(settings)
    edge, role = edge_of(app), sa.create_engine(address)
    with edge.database.transaction() as session:
        places = (("519927", "云岭县"), ("519927101", "青川镇"), ("519927101001", "石门村"))
        jurisdictions.enter_divisions(session, places)
        session.execute(
            sa.insert(benefit_standard).values(
                key="STD_TEKUN", valid_from=date(2025, 1, 1), monthly_amount=1050, doc_no=""
            )
        )
    for key in ("application", "exit", "objection", "report"):
        with edge.database.transaction() as session:
            deploy(session, edge.env, read_folder(PROCESSES / key), actor=Actor.system("t"), now=edge.clock.now())
    yield Outside(owner, role, Browser(app), edge)
    for engine in (edge.database, edge.public_database, role):
        engine.dispose()
    with owner.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(sa.text(f"TRUNCATE {table.name} CASCADE"))
        connection.execute(sa.text(f"DROP OWNED BY {ROLE}"))
        connection.execute(sa.text(f"DROP ROLE {ROLE}"))
    owner.dispose()


def granted(rights: str) -> dict[str, frozenset[str] | None]:
    """Verb to the columns that it may touch; None: all of them."""
    found = re.findall(r"([A-Z]+)(?: \(([^)]*)\))?", rights)
    return {verb: frozenset(columns.split(", ")) if columns else None for verb, columns in found}


def refused(outside: Outside, statement: str) -> bool:
    with outside.role.connect() as connection:
        try:
            connection.execute(sa.text(statement))
        except sa.exc.ProgrammingError as error:
            return "permission denied" in str(error)
        except sa.exc.DBAPIError:
            return False  # allowed, and wrong for another reason
        finally:
            connection.rollback()
    return False


def test_the_list_names_every_table_of_the_database(outside: Outside) -> None:
    known = set(sa.inspect(outside.owner).get_table_names())
    assert set(metadata.tables) <= known
    assert set(PUBLIC_RIGHTS) <= known


def test_of_every_table_the_role_has_exactly_the_listed_rights(outside: Outside) -> None:
    wrong = []
    for table in sa.inspect(outside.owner).get_table_names():
        rights = granted(PUBLIC_RIGHTS.get(table, ""))
        columns = [each["name"] for each in sa.inspect(outside.owner).get_columns(table)]
        for verb, trial in TRIALS.items():
            open_to = rights.get(verb, frozenset())
            for column in columns if verb in ("SELECT", "UPDATE") else columns[:1]:
                allowed = open_to is None or column in open_to
                statement = trial.format(table=table, column=f'"{column}"')
                if refused(outside, statement) is allowed:
                    wrong.append(statement)
    assert wrong == []


def test_what_was_filed_cannot_be_read_again(outside: Outside) -> None:
    assert refused(outside, "SELECT fields FROM intake")
    assert refused(outside, "SELECT * FROM intake")
    assert not refused(outside, "SELECT receipt_no, course FROM intake")


def test_a_right_too_many_would_be_seen(outside: Outside) -> None:
    """The trial itself: it notices a grant that is not on the list."""
    with outside.owner.begin() as connection:
        connection.execute(sa.text(f"GRANT SELECT ON child TO {ROLE}"))
    try:
        assert not refused(outside, "SELECT name FROM child LIMIT 1")
        with pytest.raises(AssertionError, match="FROM child"):
            test_of_every_table_the_role_has_exactly_the_listed_rights(outside)
    finally:
        with outside.owner.begin() as connection:
            connection.execute(sa.text(f"REVOKE ALL ON child FROM {ROLE}"))


def test_every_public_page_works_under_the_role(outside: Outside) -> None:
    assert outside.edge.public_database is not outside.edge.database
    browser, now = outside.browser, outside.edge.clock.now()
    with outside.edge.database.transaction() as session:
        session.execute(
            sa.insert(metadata.tables["public_notice"]).values(
                notice_no="GS519927101-2025-0001",
                area="青川镇石门村",
                issuer="青川镇人民政府",
                body="困境儿童分类保障公示\n青川镇人民政府",
                posted_on=county_day(now),
                last_day=county_day(now),
                ends_at=end_of_day(now),
                objection_phone="0839-5550101",
                listed=True,
            )
        )
        office = {"code": "519927101", "name": "服务中心", "address": "人民路8号", "telephone": "0839-5550120"}
        session.execute(sa.insert(public_office).values(**office, entered_by="t", entered_at=now))
    statements: list[str] = []

    @sa.event.listens_for(sa.Engine, "before_cursor_execute")
    def note(conn: sa.Connection, _cursor: object, statement: str, *_rest: object) -> None:
        if conn.engine.url.username != ROLE:
            statements.append(statement)

    try:
        for address in (
            "/public",
            "/public/policy",
            "/public/policy/apply",
            "/public/policy/report",
            "/public/policy/offices",
            "/public/file/objection",
            "/public/file/report",
            "/public/progress",
            "/notices",
            "/notices/GS519927101-2025-0001",
            "/robots.txt",
        ):
            answer = browser.get(address)
            assert answer.status_code == 200, (address, answer.get_data(as_text=True))
        sent = {"situations": "S9", "division": "519927101001", "place": "村小学门口", "police": "no"}
        taken = browser.post("/public/file/report", idempotency_key="key-of-the-role", **sent)
        assert taken.status_code == 303, taken.get_data(as_text=True)
        number = re.search(r"SL\d{8}-\w{8}", browser.get("/public/receipt").get_data(as_text=True))
        assert number is not None
        assert "已收到" in browser.post("/public/progress", number=number[0], phone="").get_data(as_text=True)
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    # The calendar of working days is the one thing that the program reads for itself, with no visitor's words.
    assert {each for each in statements if "calendar" not in each and "SELECT" in each} == set()
