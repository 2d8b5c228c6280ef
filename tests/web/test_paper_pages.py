"""Papers as people meet them: templates in the browser, the ledger with its second person, print pages, statistics."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import pytest
import sqlalchemy as sa
from docx import Document

from cases import documents, notices
from cases.covered_children import enter_world
from cases.documents import DocumentKind
from cases.notices import NoticeStatus, notice
from cases.paper_templates import OWN
from cases.template_checks import problems
from cases.template_versions import enter_version
from engine.access import Actor, Grant
from engine.errors import Refused
from engine.store.audit import audit
from tests.browser.county import County, open_county
from tests.opened_cases import opened_case
from tests.web.conftest import Browser

NOW = datetime.fromisoformat("2026-03-02T10:00:00+08:00")
PEOPLE = {
    "officer": Grant(role="town_officer", place="519927101"),
    "leader": Grant(role="town_leader", place="519927101"),
    "head": Grant(role="town_head", place="519927101"),
    "other": Grant(role="town_officer", place="519927102"),
    "otherleader": Grant(role="town_leader", place="519927102"),
    "village": Grant(role="village_officer", place="519927101001"),
    "mzj": Grant(role="mzj_handler", place="519927", department="MZJ"),
    "pair": Grant(role="mzj_sealed", place="519927", department="MZJ"),
    "owner": Grant(role="process_owner"),
    "admin": Grant(role="administrator"),
}
OWNER = Actor(id="owner", name="owner", grants=(PEOPLE["owner"],))
TOLD = (
    ("张小明", "519927201503110016", "519927101001", "C1", False),
    ("李小雨", "519927201011110060", "519927102001", "C4", False),
    ("孙小果", "519927201503110024", "519927101001", "C1", True),
)


@pytest.fixture
def county(sqlite_url: str, tmp_path: Path) -> Iterator[County]:
    opened = open_county(sqlite_url, tmp_path / "data", NOW)
    opened.set_clock(NOW)
    opened.people([Actor(id=name, name=name, unit="", grants=(grant,)) for name, grant in PEOPLE.items()])
    children = [
        {
            "name": name,
            "idcard": idcard,
            "village": village,
            "categories": [category],
            "enrolled_on": date(2025, 2, 10),
            "scheme": "HIV" if sealed else "ORPHAN",
            "amount": Decimal(1100),
            "account": "6222020000000000000",
            "sealed": sealed,
        }
        for name, idcard, village, category, sealed in TOLD
    ]
    with opened.edge.database.transaction() as session:
        enter_world(session, children=children, standards=[], now=NOW)
    yield opened
    opened.close()


def enter(county: County, name: str) -> Browser:
    inside = Browser(county.app)
    assert inside.post("/login/demo", person=name).status_code == 303
    return inside


def word(*lines: str) -> bytes:
    made = Document()
    for line in lines:
        made.add_paragraph(line)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


LETTER = ("本县样式 {{ title }}", "{{ addressee }}", "{%p for each in paragraphs %}", "{{ each }}", "{%p endfor %}")
LETTER_END = ("{{ signer }}", "{{ day }}", "{{ qr }}")


def letter(county: County) -> int:
    body = "退回材料及不予认定告知书\n编号:A-1\n\n王秀英:\n材料不全。\n\n青川镇人民政府\n2026年3月2日"
    with county.edge.database.transaction() as session:
        case_id = a_case(session)
        documents.write(session, case_id, DocumentKind.RETURN, body, idempotency_key="k", now=NOW)
        return int(session.scalar(sa.select(sa.func.max(documents.document.c.id))))


def a_case(session: object) -> str:
    return opened_case(session, "application", now=NOW)


def file(content: bytes, name: str = "letter.docx") -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def lines(content: bytes) -> list[str]:
    return [each.text for each in Document(io.BytesIO(content)).paragraphs]


def feet(content: bytes) -> str:
    with ZipFile(io.BytesIO(content)) as packed:
        names = [name for name in packed.namelist() if "footer" in name and name.endswith(".xml")]
        return "".join(packed.read(name).decode() for name in names)


def test_the_owner_s_template_makes_the_papers_until_another_is_put_back(county: County) -> None:
    number, owner, officer = letter(county), enter(county, "owner"), enter(county, "officer")
    assert "模板 letter.docx 系统自带" in feet(officer.get(f"/papers/{number}").data)
    told = owner.post("/templates/letter.docx", file=file(word(*LETTER, *LETTER_END)), note="加县名")
    assert told.status_code == 303
    made = officer.get(f"/papers/{number}").data
    assert "本县样式 退回材料及不予认定告知书" in lines(made)
    assert "模板 letter.docx 第 1 版" in feet(made)
    assert Document(io.BytesIO(made)).core_properties.comments == "模板 letter.docx 第 1 版"
    changed = word("再改 {{ title }}", *LETTER[1:], *LETTER_END, "{{ template }}")
    owner.post("/templates/letter.docx", file=file(changed), note="")
    made = officer.get(f"/papers/{number}").data
    assert "letter.docx 第 2 版" in lines(made) and "模板" not in feet(made)
    assert owner.post("/templates/letter.docx/back", version="1", reason="改错了").status_code == 303
    assert "模板 letter.docx 第 3 版" in feet(officer.get(f"/papers/{number}").data)
    assert owner.post("/templates/letter.docx/back", version="", reason="用回原样").status_code == 303
    assert "模板 letter.docx 系统自带" in feet(officer.get(f"/papers/{number}").data)
    page = owner.get("/templates/letter.docx").get_data(as_text=True)
    assert "加县名" in page and "恢复第 1 版:改错了" in page
    with county.edge.database.reading() as session:
        noted = session.execute(sa.select(audit.c.target).where(audit.c.action == "template.enter")).scalars().all()
    assert sorted(noted) == [f"letter.docx {each}" for each in (1, 2, 3, 4)]
    assert owner.post("/templates/letter.docx/back", version="9", reason="没有").status_code == 404
    assert owner.post("/templates/letter.docx/back", version="1", reason=" ").status_code == 409


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    made = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as old, ZipFile(made, "w") as new:
        for each in old.namelist():
            if each != name:
                new.writestr(each, old.read(each))
        new.writestr(name, part)
    return made.getvalue()


GOOD = word(*LETTER, *LETTER_END)
OUTSIDE = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
    b'Target="https://example.com/a.dotm" TargetMode="External"/></Relationships>'
)
INCLUDES = (
    b'<w:hdr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:p><w:r><w:instrText>'
    b'INCLUDETEXT "file:///etc/passwd"</w:instrText></w:r></w:p></w:hdr>'
)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no word file", "不是 Word 文件"),
        (GOOD[:2000], "不是 Word 文件"),
        (with_part(GOOD, "word/vbaProject.bin", b"x"), "带有宏"),
        (with_part(GOOD, "word/embeddings/a.xlsx", b"x"), "嵌入对象"),
        (with_part(GOOD, "word/_rels/settings.xml.rels", OUTSIDE), "引用了外部内容"),
        (with_part(GOOD, "word/header9.xml", INCLUDES), "取外部内容的域"),
        (with_part(GOOD, "word/odd.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'), "文档类型声明"),
        (word(*LETTER, *LETTER_END, "{{ idcard }}"), "不认识的占位符:idcard"),
        (word(*LETTER), "缺少必需的占位符:day、qr、signer"),
        (word(*LETTER, *LETTER_END, "{% for x in %}"), "占位符写法有误"),
        (word(*LETTER, *LETTER_END, "{{ title.__class__.__mro__ }}"), "试填没有成功"),
        (b"x" * (5 * 1024 * 1024 + 1), "超过 5 MB"),
    ],
)
def test_a_file_that_is_no_template_is_told_why(content: bytes, said: str) -> None:
    assert any(said in each for each in problems("letter.docx", content))


def test_a_file_that_is_no_template_is_refused(county: County) -> None:
    owner, bad = enter(county, "owner"), word(*LETTER, *LETTER_END, "{{ idcard }}")
    for address in ("/templates/letter.docx/check", "/templates/letter.docx"):
        told = owner.post(address, file=file(bad), note="")
        assert told.status_code == 422 and "不认识的占位符:idcard" in told.get_data(as_text=True), address
    assert owner.post("/templates/letter.docx", note="").status_code == 409
    assert "还没有本县的版本" in owner.get("/templates/letter.docx").get_data(as_text=True)
    with county.edge.database.transaction() as session, pytest.raises(Refused, match="idcard"):
        enter_version(session, "letter.docx", bad, note="", actor=OWNER, now=NOW)


def test_a_good_file_passes_the_check_and_changes_nothing(county: County) -> None:
    owner = enter(county, "owner")
    told = owner.post("/templates/letter.docx/check", file=file(GOOD))
    assert told.status_code == 200 and "检查通过" in told.get_data(as_text=True)
    assert "还没有本县的版本" in owner.get("/templates/letter.docx").get_data(as_text=True)


def test_every_template_of_the_list_can_be_fetched_and_entered_again(county: County) -> None:
    owner = enter(county, "owner")
    page = owner.get("/templates").get_data(as_text=True)
    for own in OWN.glob("*.docx"):
        assert own.name in page
        fetched = owner.get(f"/templates/{own.name}/file").data
        assert owner.post(f"/templates/{own.name}", file=file(fetched), note="原样").status_code == 303
    assert owner.get("/templates/decision.docx/file").data.startswith(b"PK")
    assert owner.get("/templates/other.docx").status_code == 404
    assert owner.post("/templates/other.docx", file=file(GOOD)).status_code == 404


def test_nobody_else_reaches_the_templates(county: County) -> None:
    for person in ("officer", "mzj", "admin"):
        inside = enter(county, person)
        assert inside.get("/templates").status_code == 403
        assert inside.post("/templates/letter.docx", file=file(GOOD)).status_code == 403


def test_a_letter_and_a_notice_have_a_page_to_print(county: County) -> None:
    number = letter(county)
    with county.edge.database.transaction() as session:
        case_id = a_case(session)
        session.execute(
            sa.insert(notice).values(
                id="n1", case_id=case_id, notice_no="G-1", places=[], status=NoticeStatus.DRAFT, created_at=NOW,
                created_by="x", masked_text="困境儿童分类保障公示(G-1)\n张某某拟纳入困境儿童分类保障。\n青川镇人民政府",
            )
        )  # fmt: skip
        assert notices.find(session, "n1")["case_id"] == case_id
    officer, other = enter(county, "officer"), enter(county, "other")
    page = officer.get(f"/papers/{number}/print").get_data(as_text=True)
    assert "材料不全。" in page and "<svg" in page and f"/papers/{number}" in page
    page = officer.get("/papers/notices/n1/print").get_data(as_text=True)
    assert "张某某拟纳入困境儿童分类保障。" in page and "公示期:自张贴次日起算" in page
    assert "张某某拟纳入困境儿童分类保障。" in lines(officer.get("/papers/notices/n1").data)
    for address in (f"/papers/{number}/print", "/papers/notices/n1/print", "/papers/notices/n1"):
        assert other.get(address).status_code == 404, address


def test_a_wrong_code_and_a_foreign_one_look_alike(county: County) -> None:
    number = letter(county)
    officer = enter(county, "officer")
    page = officer.get(f"/papers/{number}/print").get_data(as_text=True)
    assert "<svg" in page
    with county.edge.database.reading() as session:
        code = session.scalar(sa.text("SELECT code FROM paper_reference"))
    foreign, wrong = enter(county, "other").get(f"/q/{code}"), officer.get("/q/nonsense")
    assert foreign.status_code == wrong.status_code == 404
    assert "没有找到这份文书" in foreign.get_data(as_text=True) and "没有找到这份文书" in wrong.get_data(as_text=True)
    own = officer.get(f"/q/{code}")
    assert own.status_code == 200 and "退回材料及不予认定告知书" in own.get_data(as_text=True)


def test_statistics_hide_small_numbers_and_sealed_files(county: County) -> None:
    page = enter(county, "mzj").get("/statistics").get_data(as_text=True)
    assert "青川镇" in page and "白水镇" in page and "全县" in page and "不列明" in page
    assert "HIV" not in page and "民政直管" not in page
    page = enter(county, "officer").get("/statistics").get_data(as_text=True)
    assert "青川镇" in page and "白水镇" not in page and "全县" not in page
    for stranger in ("village", "admin", "pair"):
        assert enter(county, stranger).get("/statistics").status_code == 403


def test_a_letter_that_tells_numbers_is_read_on_paper_only(county: County) -> None:
    """The case's page leads to it and does not show it: the full number comes with a reading of its own."""
    fields = {"archive_no": "519927-2026-00001", "cause": "退出情形核查", "ground": "5", "source": "乡镇核查"}
    started = county.begin(fields, Actor.system("agenda"), "exit", process="exit")
    with county.edge.database.transaction() as session:
        for kind in (DocumentKind.FILE_HANDOVER, DocumentKind.EXIT_STOP):
            body = f"{kind}\n编号:1\n\n某:\n{TOLD[0][1]}的{kind}\n\n署\n日"
            documents.write(session, started.case_id or "", kind, body, idempotency_key=kind, now=NOW)
        numbers = dict(session.execute(sa.select(documents.document.c.kind, documents.document.c.id)).all())
    inside = enter(county, "officer")
    page = inside.get(f"/cases/{started.instance_id}").get_data(as_text=True)
    sheet = f"/papers/{numbers[DocumentKind.FILE_HANDOVER]}/print"
    assert f"{TOLD[0][1]}的停止保障通知书" in page and sheet in page
    assert f"{TOLD[0][1]}的困境儿童档案移交函" not in page
    assert f"{TOLD[0][1]}的困境儿童档案移交函" in inside.get(sheet).get_data(as_text=True)
    assert inside.get(f"/papers/{numbers[DocumentKind.EXIT_STOP]}/print").status_code == 200
    village = enter(county, "village")
    assert village.get(sheet).status_code == 404
    assert village.get(f"/papers/{numbers[DocumentKind.EXIT_STOP]}/print").status_code == 200
