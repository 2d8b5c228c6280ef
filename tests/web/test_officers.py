"""The register of village officers: a township keeps its own villages only; who came, who left, what was done."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from cases.village_officers import officer_entry, village_officer

GIVEN = {
    "place": "519927101001",
    "name": "陈秀英",
    "post": "儿童主任",
    "held_by": "村(居)委员会委员",
    "phone": "13812345678",
    "since": "2025-09-01",
}
TRAINED = {"kind": "培训", "held_on": "2025-09-20", "topic": "强制报告制度", "number": "6"}


def rows(edge, table):
    with edge.database.reading() as session:
        return session.execute(sa.select(table).order_by(table.c.id)).mappings().all()


def test_a_township_enters_an_officer_with_training_and_publicity(edge, as_person):
    officer = as_person("officer")
    assert officer.post("/officers", **GIVEN).status_code == 303
    assert officer.post("/officers/1/entries", **TRAINED).status_code == 303
    told = {"kind": "政策宣传", "held_on": "2025-09-22", "topic": "入户宣传", "number": "40"}
    assert officer.post("/officers/1/entries", **told).status_code == 303
    page = officer.get("/officers").get_data(as_text=True)
    assert all(each in page for each in ("陈秀英", "强制报告制度(6 学时)", "入户宣传(40 人)"))
    entries = rows(edge, officer_entry)
    assert [(row["kind"], row["hours"], row["reached"]) for row in entries] == [
        ("培训", 6, None),
        ("政策宣传", None, 40),
    ]


def test_the_next_officer_takes_the_place_of_the_last(edge, as_person):
    officer = as_person("officer")
    officer.post("/officers", **GIVEN)
    officer.post("/officers", **{**GIVEN, "name": "罗春", "since": "2025-09-15"})
    assert [(row["name"], str(row["until"])) for row in rows(edge, village_officer)] == [
        ("陈秀英", "2025-09-15"),
        ("罗春", "None"),
    ]


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        ("place", "519927101", 422),
        ("place", "519927101999", 422),
        ("name", "", 422),
        ("post", "村长", 422),
        ("held_by", "", 422),
        ("phone", "12", 422),
        ("phone", "", 422),
        ("since", "明天", 422),
        ("since", "2199-01-01", 422),
    ],
)
def test_a_wrong_field_is_refused(edge, as_person, field, value, status):
    assert as_person("officer").post("/officers", **{**GIVEN, field: value}).status_code == status
    assert rows(edge, village_officer) == []


@pytest.mark.parametrize(("field", "value"), [("number", "0"), ("number", "x"), ("kind", ""), ("topic", "")])
def test_a_wrong_entry_is_refused(edge, as_person, field, value):
    officer = as_person("officer")
    officer.post("/officers", **GIVEN)
    assert officer.post("/officers/1/entries", **{**TRAINED, field: value}).status_code == 422
    assert rows(edge, officer_entry) == []


@pytest.mark.parametrize("who", ["otherofficer", "window", "guardian", "owner", "auditor"])
def test_nobody_else_writes_in_it(edge, as_person, who):
    as_person("officer").post("/officers", **GIVEN)
    other = as_person(who)
    assert other.post("/officers", **{**GIVEN, "name": "罗春"}).status_code == 403
    assert other.post("/officers/1/entries", **TRAINED).status_code == 403
    assert [row["name"] for row in rows(edge, village_officer)] == ["陈秀英"]


def test_another_township_does_not_see_it(as_person):
    as_person("officer").post("/officers", **GIVEN)
    assert "陈秀英" in as_person("officer").get("/officers").get_data(as_text=True)
    assert "陈秀英" not in as_person("otherofficer").get("/officers").get_data(as_text=True)
    assert as_person("window").get("/officers").status_code == 403
