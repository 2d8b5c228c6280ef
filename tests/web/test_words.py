"""Time limits, dates, money and files' contents as people read them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from engine.calendar import default_calendar, due_at
from web import formats, forms
from web.deadlines import due_of

CALENDAR = default_calendar()
COUNTED = CALENDAR.add_workdays(date(2025, 9, 24), 5)
LIMIT = due_at(COUNTED.end)


@pytest.mark.parametrize(
    ("now", "mood", "words"),
    [
        ("2025-09-24T15:00:00+08:00", "normal", "剩 5 个工作日"),
        ("2025-09-29T09:00:00+08:00", "soon", "剩 1 个工作日"),
        ("2025-09-30T09:00:00+08:00", "soon", "今日到期,剩 8 小时"),
        ("2025-09-30T17:00:00+08:00", "soon", "今日到期,不足 1 小时"),
        ("2025-09-30T18:00:00+08:00", "late", "已逾期"),
        ("2025-10-10T09:00:00+08:00", "late", "逾期 2 个工作日"),
    ],
)
def test_a_limit_says_how_much_is_left(now, mood, words):
    due = due_of(LIMIT, COUNTED.as_dict(), calendar=CALENDAR, now=datetime.fromisoformat(now))
    assert due is not None
    assert (due.mood, due.words) == (mood, words)
    assert due.icon


def test_a_limit_shows_its_days():
    due = due_of(LIMIT, COUNTED.as_dict(), calendar=CALENDAR, now=datetime(2025, 9, 24, tzinfo=UTC))
    assert due is not None
    assert [(mark.text, mark.number) for mark in due.days] == [
        ("9/25", 1),
        ("9/26", 2),
        ("9/27", None),
        ("9/28", 3),
        ("9/29", 4),
        ("9/30", 5),
    ]
    assert next(mark.note for mark in due.days if mark.text == "9/28") == "调休"


def test_no_limit_is_no_limit():
    assert due_of(None, None, calendar=CALENDAR, now=LIMIT) is None


def test_dates_and_money():
    assert formats.day(date(2025, 10, 14)) == "2025年10月14日(周二)"
    assert formats.moment(datetime(2025, 10, 14, 9, 30, tzinfo=UTC)) == "2025年10月14日(周二) 17:30"
    assert formats.ending(datetime(2025, 10, 14, 16, 0, tzinfo=UTC)) == "2025年10月14日(周二) 24:00"
    assert formats.money("1050") == "¥1,050.00"
    assert formats.age(date(2018, 7, 10), date(2025, 10, 14)) == "7岁3个月"


SCHEMA = {
    "components": [
        {"type": "select", "key": "result", "label": "结果", "values": [{"value": "OK", "label": "齐全"}]},
        {
            "type": "group",
            "components": [
                {"type": "filepicker", "key": "photo", "label": "照片"},
                {"type": "checkbox", "key": "sign"},
            ],
        },
        {
            "type": "dynamiclist",
            "path": "rows",
            "label": "材料",
            "components": [{"type": "textfield", "key": "title", "label": "名称"}],
        },
        {"type": "textfield", "key": "empty", "label": "空"},
    ]
}


def test_what_was_filled_in_is_shown_by_label():
    fields = {"result": "OK", "photo": ["f1"], "sign": True, "rows": [{"title": "户口簿"}], "empty": ""}
    shown = {fact.label: fact.value for fact in forms.shown_fields(SCHEMA, fields, {"f1": "a.jpg"})}
    assert shown == {"结果": "齐全", "照片": "a.jpg", "sign": "是", "材料": "名称 户口簿"}
    assert forms.file_ids(SCHEMA, fields) == ("f1",)
