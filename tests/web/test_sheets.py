"""The ledger as a sheet: out after a second person's approval, in line by line with nothing lost and nothing twice."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from openpyxl import Workbook, load_workbook

from cases import children, demo_clock, people
from cases.children import child, guardian
from cases.idcard import check_digit
from cases.ledger_columns import COLUMNS, REASON
from cases.ledger_sheets import MOST_ROWS
from cases.ledger_tables import child_import_row
from engine.access import Actor, Grant
from engine.store.seals import reseal, sealed_columns
from tests.web.conftest import START
from web.edge import Edge

HEADINGS = [column.heading for column in COLUMNS if column.comes_in]
VILLAGE = "519927101001"
CHILD = {
    "姓名": "张小明",
    "身份证号": "519927201503110016",
    "性别": "男",
    "出生日期": date(2015, 3, 11),
    "户籍村代码": VILLAGE,
    "现住址": "石门村3组",
    "困境类别": "孤儿、贫困家庭儿童",
    "监护人": "张大山",
    "与儿童关系": "祖父母",
    "监护人电话": "13812345678",
    "状态": "摸底登记",
}
#: Eighteen since the first of the month.
GROWN = f"51992720070901001{check_digit('51992720070901001')}"
MORE = (
    ("otherleader", "黄海", (Grant(role="town_leader", place="519927102"),)),
    ("bureau", "赵敏", (Grant(role="mzj_handler", place="519927", department="MZJ"),)),
    ("bureauleader", "杨帆", (Grant(role="mzj_leader", place="519927", department="MZJ"),)),
)


@pytest.fixture(autouse=True)
def staff(edge: Edge) -> Iterator[None]:
    with edge.database.transaction() as session:
        demo_clock.begin_at(
            session, edge.settings, instant=datetime(2025, 9, 24, 2, 0, tzinfo=UTC), actor=Actor.system("test")
        )
        for user, name, grants in MORE:
            people.add_person(
                session, person_id=f"p-{user}", user_name=user, name=name, unit="单位", password_hash="", grants=grants,
                demo=True, now=START,
            )  # fmt: skip
    yield


def sheet(*rows: dict[str, Any], headings: Sequence[str] = HEADINGS, above: Sequence[str] = ()) -> bytes:
    book = Workbook()
    page = book.active
    for line in above:
        page.append([line])
    page.append(list(headings))
    for row in rows:
        page.append([row.get(heading) for heading in headings])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def load(browser, content: bytes, name: str = "台账.xlsx"):
    return browser.post("/sheets/imports", file=(BytesIO(content), name))


def report(browser, content: bytes) -> str:
    answer = load(browser, content)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return browser.get(answer.headers["Location"]).get_data(as_text=True)


def refused(browser, content: bytes, name: str = "台账.xlsx") -> str:
    answer = load(browser, content, name)
    assert answer.status_code in (409, 422)
    return answer.get_data(as_text=True)


def on_file(edge: Edge) -> list[sa.RowMapping]:
    with edge.database.reading() as session:
        return list(session.execute(sa.select(child).order_by(child.c.archive_no)).mappings())


def cells(content: bytes) -> list[list[str]]:
    page = load_workbook(BytesIO(content)).active
    assert all(cell.data_type != "f" for row in page.iter_rows() for cell in row), "a formula"
    return [["" if value is None else str(value) for value in row] for row in page.iter_rows(values_only=True)]


def test_a_sound_line_becomes_a_file(edge, as_person):
    assert "每一行都已建档" in report(as_person("officer"), sheet(CHILD))
    (row,) = on_file(edge)
    assert (row["name"], row["idcard"], row["birth"], row["sex"]) == (
        "张小明", "519927201503110016", date(2015, 3, 11), "男",
    )  # fmt: skip
    assert (row["status"], row["categories"], row["primary_category"]) == ("摸底登记", ["C1", "C5"], "C1")
    assert (row["hukou_code"], row["town_code"], row["archive_no"]) == (VILLAGE, "519927101", "519927-2025-00001")
    with edge.database.reading() as session:
        carer = session.execute(sa.select(guardian)).mappings().one()
    assert (carer["name"], carer["relation"], carer["phone"]) == ("张大山", "祖父母", "13812345678")
    assert "zhangxiaoming" in row["search_key"]


def test_the_same_file_twice_changes_nothing_and_neither_does_the_same_child(edge, as_person):
    officer, content = as_person("officer"), sheet(CHILD)
    first, second = load(officer, content), load(officer, content)
    assert first.headers["Location"] == second.headers["Location"]
    other = report(officer, sheet(CHILD, above=["另存了一次"]))
    assert "已有档案 519927-2025-00001" in other
    assert len(on_file(edge)) == 1


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"姓名": "张"}, "姓名应为2至20个字"),
        ({"身份证号": "519927201503110017"}, "身份证号校验位不正确"),
        ({"身份证号": 519927201503110016}, "被 Excel 存成了数字"),
        ({"身份证号": "51992720150311001"}, "应为18位,现有17位"),
        ({"身份证号": None}, "没有证件的,请填“无证原因”"),
        ({"性别": "女"}, "性别与身份证号不一致"),
        ({"性别": "不详"}, "只能填“男”或“女”"),
        ({"出生日期": date(2015, 3, 12)}, "出生日期与身份证号不一致"),
        ({"出生日期": "2015-13-01"}, "不是日期"),
        ({"出生日期": "去年"}, "不是日期"),
        ({"出生日期": "2015-02-30"}, "不是日期"),
        ({"身份证号": None, "无证原因": "未落户", "出生日期": date(2026, 1, 1)}, "晚于今天"),
        ({"身份证号": None, "无证原因": "未落户", "出生日期": None}, "没有身份证号的必须填写"),
        ({"身份证号": GROWN, "出生日期": None}, "已满18周岁"),
        ({"户籍村代码": "519927101"}, "应为12位村(社区)代码"),
        ({"户籍村代码": "519927999001"}, "不在本县辖区表中"),
        ({"困境类别": "可怜的孩子"}, "“可怜的孩子”不认识"),
        ({"状态": "保障中"}, "由县民政局导入"),
        ({"状态": "死亡"}, "只能导入"),
        ({"监护人电话": "12345"}, "监护人电话"),
        ({"监护人身份证号": "123"}, "监护人身份证号应为18位"),
        ({"与儿童关系": None}, "填了监护人就要填与儿童的关系"),
        ({"首次纳入日期": "2025/9/31"}, "首次纳入日期“2025/9/31”不是日期"),
        ({"待遇起始月": "九月"}, "不是月份"),
        ({"现住址": "艾滋病家庭"}, "不得填写艾滋病信息"),
        ({"监护人": "张hiv"}, "涉密通道"),
        ({"现住址": "长" * 200}, "太长"),
    ],
)
def test_a_wrong_line_comes_back_with_its_reason_and_all_it_held(edge, as_person, changed, reason):
    officer, line = as_person("officer"), {**CHILD, **changed}
    answer = load(officer, sheet(line))
    page = officer.get(answer.headers["Location"]).get_data(as_text=True)
    assert reason in page
    assert on_file(edge) == []
    back = cells(officer.get(f"{answer.headers['Location']}/returned").get_data())
    assert back[0] == [*HEADINGS, REASON]
    told = dict(zip(back[0], back[1], strict=True))
    assert reason in told[REASON]
    for heading, value in line.items():
        text = value.isoformat() if isinstance(value, date) else str(value or "")
        if not isinstance(value, int):  # Excel had lost its last places before it came
            assert told[heading] == text, heading


def test_a_returned_sheet_is_mended_and_loaded_again(edge, as_person):
    officer = as_person("officer")
    answer = load(officer, sheet(CHILD, {**CHILD, "姓名": "李小雨", "身份证号": "5199272015031100240"}))
    assert len(on_file(edge)) == 1
    back = cells(officer.get(f"{answer.headers['Location']}/returned").get_data())
    assert len(back) == 2
    mended = {**dict(zip(back[0], back[1], strict=True)), "身份证号": "519927201503110024", "性别": "女"}
    assert "每一行都已建档" in report(officer, sheet(mended, headings=back[0]))
    assert [row["name"] for row in on_file(edge)] == ["张小明", "李小雨"]


@pytest.mark.parametrize(
    "written", [" 519927201503110016 ", "519927 20150311 0016", "519927201503110016", "51992720150311001６"]
)
def test_blanks_and_full_width_signs_in_a_number_are_no_mistake(edge, as_person, written):
    assert "每一行都已建档" in report(as_person("officer"), sheet({**CHILD, "身份证号": written}))
    assert on_file(edge)[0]["idcard"] == "519927201503110016"


@pytest.mark.parametrize("written", ["2015-3-11", "2015/03/11", "2015.3.11", "2015年3月11日", "20150311"])
def test_a_date_is_read_as_people_write_it(edge, as_person, written):
    line = {**CHILD, "身份证号": None, "无证原因": "未落户", "出生日期": written}
    assert "每一行都已建档" in report(as_person("officer"), sheet(line))
    assert on_file(edge)[0]["birth"] == date(2015, 3, 11)


def test_a_child_twice_in_a_sheet_or_on_file_without_a_number_is_entered_once(edge, as_person):
    bare = {**CHILD, "身份证号": None, "无证原因": "未落户"}
    page = report(as_person("officer"), sheet(CHILD, CHILD, bare, {**bare, "姓名": "李小雨"}))
    assert "身份证号在本表第 2 行已填" in page
    assert "同名、同生日、同村的儿童在本表第 2 行已填" in page
    assert len(on_file(edge)) == 2
    assert "同名、同生日、同村的儿童已有档案" in report(as_person("officer"), sheet({**bare, "姓名": "李小雨"}))


def test_nobody_learns_of_a_sealed_file_by_loading_its_child(edge, as_person):
    with edge.database.transaction() as session:
        children.open_file(
            session, name="张小明", idcard="519927201503110016", birth=date(2015, 3, 11), sex="男", hukou_code=VILLAGE,
            search_key="", actor_id="t", now=START, day=date(2025, 9, 1), sealed=True,
        )  # fmt: skip
    assert "每一行都已建档" in report(as_person("officer"), sheet(CHILD))


def test_another_township_is_not_told_the_number_of_a_file(edge, as_person):
    report(as_person("bureau"), sheet(CHILD))
    with edge.database.transaction() as session:
        session.execute(sa.update(child).values(hukou_code="519927102001", town_code="519927102"))
    page = report(as_person("officer"), sheet(CHILD))
    assert "在本县其他乡镇已有档案" in page
    assert "519927-2025-00001" not in page


def test_a_township_loads_its_own_children_only_and_the_bureau_those_under_protection(edge, as_person):
    line = {**CHILD, "状态": "保障中", "首次纳入日期": "2024-05-06", "待遇起始月": "2024-06"}
    assert "不在您的辖区" in report(as_person("otherofficer"), sheet(CHILD))
    assert "每一行都已建档" in report(as_person("bureau"), sheet(line))
    (row,) = on_file(edge)
    assert (row["status"], row["enrolled_on"], row["effective_month"]) == ("保障中", date(2024, 5, 6), "2024-06")
    assert "困境类别没有填写" in report(as_person("bureau"), sheet({**line, "困境类别": None, "姓名": "李小雨"}))


def test_columns_that_are_not_read_are_named(as_person):
    headings = [*HEADINGS, "疾病", "银行账号"]
    page = report(as_person("officer"), sheet({**CHILD, "疾病": "先天性心脏病"}, headings=headings))
    assert "内容没有导入:疾病。" in page
    assert "不得填写艾滋病信息" in report(as_person("officer"), sheet({**CHILD, "疾病": "HIV"}, headings=headings))


def test_a_file_that_is_no_ledger_is_refused_whole(edge, as_person):
    officer = as_person("officer")
    cut = sheet(CHILD)[:900]
    bomb = BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "x")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (301 * 1024 * 1024))
    broken = BytesIO()
    with zipfile.ZipFile(broken, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    macro = BytesIO(sheet(CHILD))
    with zipfile.ZipFile(macro, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    for content, words in (
        (cut, "这不是 .xlsx 文件"),
        (b"name,idcard\n", "这不是 .xlsx 文件"),
        (broken.getvalue(), "打不开"),
        (bomb.getvalue(), "解开后太大"),
        (macro.getvalue(), "带有宏"),
        (sheet(), "表里没有儿童"),
        (sheet(CHILD, headings=["姓名", "身份证号"]), "表头缺少:出生日期、户籍村代码"),
        (sheet(CHILD, headings=[*HEADINGS, "星座"]), "不认识的列:星座"),
        (sheet(CHILD, headings=[*HEADINGS, "姓名"]), "重复的列:姓名"),
        (sheet(CHILD, headings=["名字", "号码"]), "没有找到表头"),
    ):
        assert words in refused(officer, content), words
    assert on_file(edge) == []


def test_a_file_of_a_hundred_thousand_lines_is_refused_before_anything_is_entered(edge, as_person):
    book = Workbook(write_only=True)
    page = book.create_sheet()
    page.append(HEADINGS)
    for number in range(100_000):
        page.append([f"张小{number}"])
    out = BytesIO()
    book.save(out)
    assert f"最多 {MOST_ROWS} 名儿童,现有 100000 行" in refused(as_person("officer"), out.getvalue())
    assert on_file(edge) == []


def test_what_comes_back_stands_sealed_in_the_database_and_is_its_loaders_alone(edge, as_person):
    officer = as_person("officer")
    answer = load(officer, sheet({**CHILD, "现住址": "艾滋病家庭"}))
    with edge.database.engine.connect() as connection:
        (raw,) = connection.exec_driver_sql("SELECT cells FROM child_import_row").fetchone()
    assert "艾滋" not in raw
    with edge.database.reading() as session:
        assert "艾滋病家庭" in session.scalar(sa.select(child_import_row.c.cells))
    for other in ("bureau", "window", "auditor"):
        assert as_person(other).get(answer.headers["Location"]).status_code == 404
        assert as_person(other).get(f"{answer.headers['Location']}/returned").status_code == 404


@pytest.mark.parametrize("user", ["window", "guardian", "leader", "auditor", "admin"])
def test_who_loads_no_ledger(edge, as_person, user):
    assert load(as_person(user), sheet(CHILD)).status_code == 403
    assert on_file(edge) == []


def test_new_keys_leave_each_line_its_own(edge, as_person):
    """A rotation finds a value by its table's one key: a line that shared it would be written over."""
    answer = load(as_person("officer"), sheet({**CHILD, "姓名": "李"}, {**CHILD, "姓名": "王"}))
    with edge.database.transaction() as session:
        rows = session.execute(sa.select(child_import_row.c.id, child_import_row.c.cells)).all()
        for row in rows:
            plain = sa.text("UPDATE child_import_row SET cells = :cells WHERE id = :id")
            session.execute(plain, {"cells": json.dumps(row.cells), "id": row.id})
    assert reseal(edge.database) == 2
    back = cells(as_person("officer").get(f"{answer.headers['Location']}/returned").get_data())
    assert [row[0] for row in back[1:]] == ["李", "王"]
    for column in sealed_columns():
        assert len(column.table.primary_key.columns) == 1, column.table.name
