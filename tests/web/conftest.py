"""The pages on an empty, migrated SQLite database, with people of every kind."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cases import jurisdictions, logins, people
from engine.access import Grant
from engine.settings import load_settings
from web import create_app
from web.edge import Edge, edge_of

START = datetime(2025, 9, 24, 2, 0, tzinfo=UTC)
PASSWORD = "correct horse battery 7"

#: user name: name, unit, grants
PEOPLE: dict[str, tuple[str, str, tuple[Grant, ...]]] = {
    "guardian": ("王秀英", "", (Grant(role="applicant", place="519927"),)),
    "window": ("赵敏", "青川镇便民服务中心", (Grant(role="town_window", place="519927101"),)),
    "officer": ("李强", "青川镇人民政府", (Grant(role="town_officer", place="519927101"),)),
    "leader": ("高山", "青川镇人民政府", (Grant(role="town_leader", place="519927101"),)),
    "otherofficer": ("周平", "石坝镇人民政府", (Grant(role="town_officer", place="519927102"),)),
    "owner": ("陈晨", "县民政局", (Grant(role="process_owner"),)),
    "admin": ("孙涛", "县民政局", (Grant(role="administrator"),)),
    "security": ("安稳", "县大数据中心", (Grant(role="security_admin"),)),
    "auditor": ("吴静", "县民政局", (Grant(role="auditor"),)),
}


@pytest.fixture
def app(sqlite_url: str, tmp_path: Path) -> Flask:
    """The application of a demonstration, with its people, none of whose passwords is asked."""
    settings = load_settings(
        mode="demo", database_url=sqlite_url, data_folder=tmp_path / "data", secret_key="a key of the tests " * 3
    )
    made = create_app(settings)
    edge = edge_of(made)
    secret = logins.hash_password(PASSWORD)
    with edge.database.transaction() as session:
        for code, name in (
            ("519927", "云岭县"),
            ("519927101", "青川镇"),
            ("519927101001", "石门村"),
            ("519927102", "石坝镇"),
        ):
            jurisdictions.add_division(session, code=code, name=name)
        for user_name, (name, unit, grants) in PEOPLE.items():
            people.add_person(
                session,
                person_id=f"p-{user_name}",
                user_name=user_name,
                name=name,
                unit=unit,
                password_hash=secret,
                grants=grants,
                demo=True,
                now=START,
            )
    return made


@pytest.fixture
def edge(app: Flask) -> Edge:
    return edge_of(app)


class Browser:
    """A test client that carries a CSRF token, as a page does."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()

    def token(self) -> str:
        page = self.client.get("/notices").get_data(as_text=True)
        return page.split('name="csrf-token" content="', 1)[1].split('"', 1)[0]

    def log_in(self, user_name: str) -> Browser:
        answer = self.post("/login/demo", person=f"p-{user_name}")
        assert answer.status_code == 303
        return self

    def get(self, address: str, **options: object):
        return self.client.get(address, **options)

    def post(self, address: str, /, *, accept: str = "text/html", **fields: object):
        return self.client.post(
            address,
            data={"csrf_token": self.token(), **fields},
            headers={"Accept": accept},
            content_type="multipart/form-data",
        )


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app)


@pytest.fixture
def as_person(app: Flask):
    """`as_person("officer")`: a browser of its own, logged in."""

    def enter(user_name: str) -> Browser:
        return Browser(app).log_in(user_name)

    return enter
