"""Attachments: what is taken, what is refused, who gets them back."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest

PDF = b"%PDF-1.7\n%test\n"


def send(browser, name: str, content: bytes):
    return browser.post("/files", accept="application/json", file=(BytesIO(content), name))


def docx(*names: str) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return buffer.getvalue()


def test_a_file_comes_back_as_a_download_to_who_sent_it(as_person, edge):
    officer = as_person("officer")
    kept = send(officer, "核查照片.pdf", PDF).json
    answer = officer.get(f"/files/{kept['id']}")
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.mimetype == "application/octet-stream"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_nobody_else_learns_of_it(as_person):
    kept = send(as_person("officer"), "a.pdf", PDF).json
    for other in ("otherofficer", "guardian", "admin", "auditor", "owner"):
        assert as_person(other).get(f"/files/{kept['id']}").status_code == 404


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<script>alert(1)</script>"),
        ("picture.svg", b"<svg onload='alert(1)'/>"),
        ("program.pdf", b"MZ\x90\x00"),
        ("letter.docx", docx("xl/workbook.xml")),
        ("macro.docx", docx("word/document.xml", "word/vbaProject.bin")),
        ("empty.pdf", b""),
        ("noending", PDF),
    ],
)
def test_what_is_no_paper_is_refused_in_words(as_person, name, content):
    answer = send(as_person("officer"), name, content)
    assert answer.status_code == 422
    assert answer.json["message"]


def test_a_letter_is_taken(as_person):
    assert send(as_person("officer"), "letter.docx", docx("word/document.xml")).status_code == 200


def test_more_than_twenty_megabytes_are_refused(as_person):
    answer = send(as_person("officer"), "big.pdf", PDF + b"0" * (20 * 1024 * 1024))
    assert answer.status_code == 422
    assert "20 MB" in answer.json["message"]
    assert send(as_person("officer"), "huge.pdf", PDF + b"0" * (25 * 1024 * 1024)).status_code == 413


def test_a_name_cannot_leave_its_folder(as_person, edge):
    kept = send(as_person("officer"), "../../etc/cron.d/x.pdf", PDF).json
    assert kept["name"] == "x.pdf"
    stored = [path for path in edge.settings.data_folder.rglob(kept["id"]) if path.is_file()]
    assert [path.parent.parent.name for path in stored] == ["files"]
