"""Letters and notices on paper: opened again, they say what the program wrote, and the code leads back to the step."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import sqlalchemy as sa
from docx import Document

from cases import documents, letters, paper_filling, papers
from cases.demo_children import DEMO_CHILDREN, Deed
from cases.documents import DocumentKind, document
from cases.notices import notice
from cases.paper_references import find, paper_reference
from cases.paper_templates import OWN, make
from cases.privacy import notice_problems
from engine.clock import COUNTY_ZONE
from engine.errors import NotFound, Refused
from engine.store.job import job
from tests.cases.conftest import Flow, let_names_be_given

CHILD = next(each for each in DEMO_CHILDREN if each.name == "张小明")
DAY = date(2025, 9, 30)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2025-{text}").replace(tzinfo=COUNTY_ZONE)


def lines(content: bytes) -> list[str]:
    return [each.text for each in Document(io.BytesIO(content)).paragraphs if each.text]


def pictures(content: bytes) -> list[bytes]:
    with ZipFile(io.BytesIO(content)) as packed:
        return [packed.read(name) for name in packed.namelist() if name.startswith("word/media/")]


def letter(case: Flow, kind: DocumentKind, body: str) -> int:
    """Write a letter; returns its number."""
    with case.stage.database.transaction() as session:
        documents.write(session, case.case_id, kind, body, idempotency_key=f"test:{kind}", now=at("09-30 10:00"))
        return int(session.scalar(sa.select(sa.func.max(document.c.id))))


def printed(case: Flow, document_id: int, **changed: Any) -> bytes:
    settings = case.stage.env.settings.model_copy(update=changed)
    with case.stage.database.transaction() as session:
        return papers.as_docx(session, document_id, settings=settings, now=at("09-30 11:00"))


BODIES: dict[DocumentKind, Callable[[letters.Head], str]] = {
    DocumentKind.SUPPLEMENT: lambda head: letters.supplement(head, ["低保证", "在读证明"], day=DAY, until=DAY),
    DocumentKind.LAPSE: lambda head: letters.lapse(head, until=DAY, returned=["户口簿"], day=DAY),
    DocumentKind.RETURN: lambda head: letters.refusal(
        head, reasons="家庭收入高于标准。\n\n另:<b>不符合</b> & {{ 7*7 }}", returned=[], signed="县民政局", day=DAY
    ),
    DocumentKind.DECISION: lambda head: letters.recognition(
        head, number="云困保〔2025〕1号", effective_month="2025-11", day=DAY
    ),
}


@pytest.mark.parametrize("kind", BODIES)
def test_a_letter_on_paper_says_what_was_written(flow: Callable[..., Flow], kind: DocumentKind) -> None:
    case = flow(CHILD)
    with case.stage.database.reading() as session:
        body = BODIES[kind](letters.head_of(session, case.case_id, now=case.stage.clock.now()))
    said = lines(printed(case, letter(case, kind, body)))
    assert said[:-1] == [line for line in body.splitlines() if line]
    assert said[0] == kind and said[-1] == "凭此码可在童安系统中找到本件。"


def test_the_code_leads_back_to_the_step(flow: Callable[..., Flow]) -> None:
    case = flow(CHILD)
    case.do(Deed.CHECK, result="需补正", missing=["M25"])
    (row,) = case.rows(document)
    first = printed(case, row["id"], public_address="https://tongan.example")
    again = printed(case, row["id"], public_address="https://tongan.example")
    with case.stage.database.reading() as session:
        (code,) = session.execute(sa.select(paper_reference.c.code)).scalars().all()
        found = find(session, code)
        service = session.scalar(sa.select(job.c.element_id).where(job.c.service == "supplement_notice"))
        with pytest.raises(NotFound):
            find(session, "0" * 26)
    assert (found.case_id, found.document_id) == (case.case_id, row["id"])
    assert (found.instance_id, found.element_id) == (case.instance_id, service)
    drawn = paper_filling.qr(f"https://tongan.example/q/{code}").getvalue()
    assert pictures(first) == pictures(again) == [drawn]


def test_a_letter_of_a_form_leads_back_to_its_task(flow: Callable[..., Flow]) -> None:
    case = flow(CHILD)
    task_id = case.open_task("b_ut_formal_check")
    with case.stage.database.transaction() as session:
        documents.write(
            session, case.case_id, DocumentKind.RETURN, "题\n编号:1\n\n王:\n文\n\n署\n日",
            idempotency_key=f"form:{task_id}", now=at("09-30 10:00"),
        )  # fmt: skip
    (row,) = case.rows(document)
    printed(case, row["id"])
    with case.stage.database.reading() as session:
        found = find(session, session.scalar(sa.select(paper_reference.c.code)))
    assert (found.instance_id, found.element_id) == (case.instance_id, "b_ut_formal_check")


def test_the_notice_on_paper_is_the_masked_text(flow: Callable[..., Flow]) -> None:
    case = flow(CHILD)
    let_names_be_given(case.stage)
    for deed, when in (
        (Deed.CHECK, "09-24 15:00"),
        (Deed.VISIT, "09-26 15:00"),
        (Deed.REVIEW, "09-29 09:30"),
        (Deed.SIGN, "09-30 10:00"),
        (Deed.POST, "09-30 15:00"),
    ):
        case.do(deed, at(when))
    (row,) = case.rows(notice)
    with case.stage.database.transaction() as session:
        content = papers.notice_as_docx(
            session, row["id"], settings=case.stage.env.settings, now=case.stage.clock.now()
        )
        found = find(session, session.scalar(sa.select(paper_reference.c.code)))
    said = lines(content)
    assert "公示期:自2025年9月30日起至2025年10月14日24时止" in said
    assert [line for line in row["masked_text"].splitlines() if line] == [
        line for line in said[:-1] if not line.startswith("公示期:自")
    ]
    everything = "\n".join(said)
    assert "张某某" in everything and CHILD.name not in everything
    problems = notice_problems(everything, child_name=CHILD.name, category="C5", hotline="0839-5550101")
    assert [each for each in problems if each.found != "病"] == []
    assert (found.case_id, found.notice_id, found.document_id) == (case.case_id, row["id"], None)
    with ZipFile(io.BytesIO(content)) as packed:
        raw = b"".join(packed.read(name) for name in packed.namelist() if name.endswith(".xml"))
    assert not [each for each in (CHILD.name, "王建国", "519927201503110016") if each.encode() in raw]


def county_template(case: Flow, name: str, text: str) -> None:
    folder = case.stage.env.settings.data_folder / "templates"
    folder.mkdir(exist_ok=True)
    made = Document()
    made.add_paragraph(text)
    made.save(str(folder / name))


def test_the_county_s_own_template_stands_over_the_program_s(flow: Callable[..., Flow]) -> None:
    case = flow(CHILD)
    number = letter(case, DocumentKind.LAPSE, "题\n编号:1\n\n王建国:\n文\n\n署名\n日期")
    county_template(case, "letter.docx", "云岭县统一样式 {{ title }}")
    assert lines(printed(case, number)) == ["云岭县统一样式 题"]
    county_template(case, "lapse.docx", "逾期专用 {{ addressee }} {{ signer }}")
    assert lines(printed(case, number)) == ["逾期专用 王建国 署名"]


@pytest.mark.parametrize(
    "text",
    [
        "{{ title.__class__.__mro__ }}",
        "{{ qr._draw.__self__.tpl.docx }}",
        "{% for x in title %}",
        "{{ missing.name }}",
        "{% include 'x' %}",
    ],
)
def test_a_template_reaches_nothing_but_its_words(flow: Callable[..., Flow], text: str) -> None:
    case = flow(CHILD)
    number = letter(case, DocumentKind.LAPSE, "题\n编号:1\n\n王建国:\n文\n\n署名\n日期")
    county_template(case, "lapse.docx", text)
    with pytest.raises(Refused, match=r"lapse\.docx"):
        printed(case, number)


def test_what_is_no_word_file_is_refused(flow: Callable[..., Flow]) -> None:
    case = flow(CHILD)
    number = letter(case, DocumentKind.LAPSE, "题\n编号:1\n\n王建国:\n文\n\n署名\n日期")
    county_template(case, "lapse.docx", "")
    (case.stage.env.settings.data_folder / "templates" / "lapse.docx").write_bytes(b"no zip")
    with pytest.raises(Refused, match=r"lapse\.docx"):
        printed(case, number)


def test_an_unknown_document_is_not_found(flow: Callable[..., Flow]) -> None:
    case = flow(CHILD)
    with pytest.raises(NotFound):
        printed(case, 4711)


def test_the_committed_templates_are_the_made_ones(tmp_path: Path) -> None:
    for path in make(tmp_path):
        with ZipFile(path) as made, ZipFile(OWN / path.name) as committed:
            assert made.read("word/document.xml") == committed.read("word/document.xml")


def test_the_county_s_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.docx").write_bytes(b"the county's")
    assert [path.name for path in make(tmp_path)] == ["notice.docx", "ledger.docx", "quarterly.docx"]
    assert (tmp_path / "letter.docx").read_bytes() == b"the county's"
    assert make(tmp_path) == ()
