"""A child's file as a page: from a bare one to one with years of decisions, benefits, visits and people."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa

from cases import children, demo_clock
from cases.benefit_sheets import benefit_sheet
from cases.benefits import benefit_item, benefit_standard
from cases.case_files import case_file, open_case
from cases.child_page import Part, child_page
from cases.child_years import Lane, years
from cases.covered_children import enter_child
from cases.deadlines import deadline
from cases.decisions import decision
from cases.quarters import visit
from engine.access import Actor, Grant
from web import year_picture
from web.edge import Edge

VILLAGE = "519927101001"
NOW = datetime(2026, 4, 1, 1, 0, tzinfo=UTC)
OFFICER = Actor(id="p-officer", name="李强", grants=(Grant(role="town_officer", place="519927101"),))


@pytest.fixture(autouse=True)
def clock(edge: Edge) -> None:
    with edge.database.transaction() as session:
        demo_clock.begin_at(session, edge.settings, instant=NOW, actor=Actor.system("test"))


@pytest.fixture
def bare(edge: Edge) -> str:
    with edge.database.transaction() as session:
        return children.open_file(
            session, name="张小明", idcard=None, birth=date(2015, 3, 11), sex="男", hukou_code=VILLAGE, search_key="",
            actor_id="t", now=NOW, day=date(2026, 4, 1), no_id_reason="未落户",
        )  # fmt: skip


@pytest.fixture
def told(edge: Edge) -> str:
    """C2 from 2025-02, C1 from 2025-08; the standard rises in 2026; a visit found a risk; a time limit has passed."""
    with edge.database.transaction() as session:
        child_id = enter_child(
            session,
            {
                "name": "张小明",
                "idcard": "519927201503110016",
                "village": VILLAGE,
                "categories": ["C1"],
                "enrolled_on": date(2025, 1, 20),
                "guardian": "张大山",
                "parents": {"父": {"status": "服刑"}, "母": {"status": "死亡"}},
                "scheme": "ORPHAN",
                "amount": Decimal(1100),
                "standard_key": "ORPHAN",
                "pay_mode": "FULL",
            },
            now=NOW,
        )
        (case_id,) = session.execute(sa.select(case_file.c.id).where(case_file.c.child_id == child_id)).scalars()
        session.execute(sa.delete(decision))
        for number, (kind, categories, day, month) in enumerate(
            (("认定", ["C2"], date(2025, 1, 20), "2025-02"), ("转类别", ["C1"], date(2025, 7, 20), "2025-08"))
        ):
            session.execute(
                sa.insert(decision).values(
                    case_id=case_id, no=f"{number}号", kind=kind, reason="", categories=categories, decided_on=day,
                    effective_month=month, appeal_text="", policy_profile="CURRENT", dmn_trace=[], created_at=NOW,
                )
            )  # fmt: skip
        session.execute(sa.update(benefit_item).values(start_month="2025-02"))
        for day, amount, paper in (
            (date(2025, 1, 1), 1100, "云民〔2025〕1号"),
            (date(2026, 1, 1), 1250, "云民〔2026〕3号"),
        ):
            session.execute(
                sa.insert(benefit_standard).values(key="ORPHAN", valid_from=day, monthly_amount=amount, doc_no=paper)
            )
        session.execute(
            sa.insert(benefit_sheet).values(
                case_id=case_id, child_id=child_id, candidates=[], chosen="ORPHAN", best=1100, already=0, pay=1100,
                start_month="2025-02", words="选定孤儿基本生活费:1100元,高于特困。", made_at=NOW,
            )
        )  # fmt: skip
        session.execute(
            sa.insert(deadline).values(
                case_id=case_id, code="DL-02", due_at=NOW.replace(month=3), derivation={}, provisional=False, set_at=NOW
            )
        )
        visited = open_case(
            session, kind="visit", process_key="visit", child_id=child_id, place=VILLAGE, policy_profile="CURRENT",
            facts={}, actor=Actor.system("t"), now=NOW,
        )  # fmt: skip
        session.execute(
            sa.insert(visit).values(
                case_id=visited, child_id=child_id, kind="季度", found={"guardianship": "弱"}, changes=["监护人外出"],
                risk_found=True, by_name="石秀", at=NOW.replace(month=3),
            )
        )  # fmt: skip
    return child_id


@pytest.mark.parametrize("tab", ["", *Part, "nonsense", "x" * 500])
def test_a_bare_file_opens_at_every_tab_and_says_what_is_missing(as_person, bare, tab):
    answer = as_person("officer").get(f"/children/{bare}?tab={tab}")
    assert answer.status_code == 200
    page = answer.get_data(as_text=True)
    assert "张某某" in page
    assert "张小明" not in page
    assert "无身份证号:未落户" in page
    assert "还没有历年记录" in page


def test_the_head_warns_and_masks(as_person, told):
    page = as_person("officer").get(f"/children/{told}").get_data(as_text=True)
    for words in ("1 个法定时限已过", "5199**********0016", "11岁0个月", "孤儿", "服刑", "张某"):
        assert words in page
    for secret in ("519927201503110016", "张小明", "张大山"):
        assert secret not in page


@pytest.mark.parametrize(("hour", "late"), [(15, False), (17, True)])
def test_the_yearly_look_is_late_from_the_countys_midnight(edge, bare, hour, late):
    with edge.database.transaction() as session:
        session.execute(sa.update(children.child).values(next_review_on=date(2026, 4, 1)))
        page = child_page(
            session, OFFICER, bare, part=Part.CASES, purpose="年度复核", now=datetime(2026, 4, 1, hour, tzinfo=UTC)
        )
    assert page.alerts.review_overdue is late


def test_the_amount_changes_with_the_standard_and_the_page_says_why(as_person, told):
    page = as_person("officer").get(f"/children/{told}?tab=money").get_data(as_text=True)
    for words in ("2025-02 — 2026-01", "¥1,100.00", "2026-01 — 至今", "¥1,250.00", "云民〔2026〕3号", "高于特困"):
        assert words in page


def test_the_years_tell_each_category_each_risk_and_what_lasts(edge, told):
    with edge.database.transaction() as session:
        page = child_page(session, OFFICER, told, part="", purpose="抽查", now=NOW)
    spans = years(page)
    categories = [(span.label, span.begin, span.end) for span in spans if span.lane is Lane.CATEGORIES]
    assert categories == [
        ("事实无人抚养儿童", date(2025, 2, 1), date(2025, 8, 1)),
        ("孤儿", date(2025, 8, 1), None),
    ]
    (seen,) = [span for span in spans if span.lane is Lane.VISITS]
    assert (seen.is_grave, seen.is_day) == (True, True)
    picture = year_picture.draw(spans, date(2026, 4, 1), {})
    assert [year for year, _x in picture.years] == ["2025", "2026"]
    bars = [bar for lane in picture.lanes for bar in lane.bars]
    assert len(bars) == len(spans)
    assert all(bar.x >= year_picture.MARGIN and bar.x + bar.width <= year_picture.WIDTH + 10 for bar in bars)
    assert picture.lanes[0].bars[0].x + picture.lanes[0].bars[0].width == picture.lanes[0].bars[1].x


def test_who_reads_is_told_by_name_and_purpose(as_person, told):
    officer = as_person("officer")
    officer.get(f"/children/{told}?tab=visits")
    page = officer.get(f"/children/{told}?tab=readings").get_data(as_text=True)
    for words in ("李强", "查阅儿童档案 · 走访", "辖区查阅儿童档案"):
        assert words in page


def test_of_another_township_there_is_no_such_child(as_person, told):
    other = as_person("otherofficer")
    assert other.get(f"/children/{told}").status_code == 404
    assert other.get(f"/children/{told}").get_data().count(b"519927") == 0
    assert "没有符合条件" in other.get("/children?q=0016").get_data(as_text=True)


def test_the_window_reads_the_file_without_what_is_sensitive(as_person, told):
    page = as_person("window").get(f"/children/{told}").get_data(as_text=True)
    assert "家庭与监护" in page
    for secret in ("服刑", "查阅记录", "tab=papers"):
        assert secret not in page
    money = as_person("window").get(f"/children/{told}?tab=money").get_data(as_text=True)
    assert "1,100" not in money


def test_there_is_one_way_to_a_child(as_person, told):
    """The rail has the list alone; the list leads to the ledger on paper, to sheets, and to the search by a number."""
    page = as_person("officer").get("/children").get_data(as_text=True)
    rail = page.split('class="rail', 1)[1].split("</nav>", 1)[0]
    assert 'href="/children"' in rail
    for address in ("/ledger", "/child-search", "/sheets"):
        assert f'href="{address}"' not in rail
        assert f'href="{address}"' in page
        other = as_person("officer").get(address).get_data(as_text=True)
        assert 'aria-current="page"' in other.split('href="/children"', 1)[1].split(">", 1)[0]
    old = as_person("officer").get(f"/children/{told}/readings")
    assert old.headers["Location"] == f"/children/{told}?tab=readings"
    window = as_person("window").get("/children").get_data(as_text=True)
    assert 'href="/ledger"' not in window
    assert 'href="/sheets"' not in window


def test_the_family_says_until_when_a_certificate_holds(edge, as_person, told):
    """The child's own, over since yesterday, and the father's; the village and the window read neither (6.1)."""
    with edge.database.transaction() as session:
        children.set_health(session, told, disability_kind="肢体", disability_level=2, cert_valid_to=date(2026, 3, 31))
        children.set_parent(session, told, "父", cert_valid_to=date(2026, 4, 1))
    page = as_person("officer").get(f"/children/{told}?part=family").get_data(as_text=True)
    assert "残疾人证已于 2026年3月31日(周二) 到期" in page
    assert "残疾人证有效期至 2026年4月1日(周三)" in page
    assert "残疾人证" not in as_person("window").get(f"/children/{told}?part=family").get_data(as_text=True)
