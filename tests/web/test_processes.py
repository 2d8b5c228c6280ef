"""Process owners: upload, every problem in words, publish, download."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

PROCESSES = Path(__file__).parents[2] / "processes"


def folder_as_zip(key: str, change=lambda name, raw: raw) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted((PROCESSES / key).rglob("*")):
            name = path.relative_to(PROCESSES).as_posix()
            raw = change(name, path.read_bytes()) if path.is_file() else None
            if raw is not None:
                archive.writestr(name, raw)
    return buffer.getvalue()


def shared_as_zip(key: str) -> bytes:
    return folder_as_zip(key)


def upload(browser, content: bytes, name: str = "process.zip"):
    return browser.post("/processes/check", files=(BytesIO(content), name))


def test_a_sound_process_is_checked_published_once_and_given_back(as_person, with_tables):
    owner = as_person("owner")
    page = upload(owner, with_tables("publicity")).get_data(as_text=True)
    draft = re.search(r'name="draft" value="([0-9a-f]{64})"', page)
    assert draft, page
    first = owner.post("/processes/publish", draft=draft[1])
    assert first.status_code == 303
    listed = owner.get("/processes").get_data(as_text=True)
    assert "第 1 版" in listed
    again = owner.post("/processes/publish", draft=draft[1])
    assert "没有产生新版本" in owner.get(again.headers["Location"]).get_data(as_text=True)
    version = re.search(r"/processes/versions/(\w+)\.zip", listed)
    assert version
    with zipfile.ZipFile(BytesIO(owner.get(version[0]).data)) as archive:
        assert "publicity/publicity.bpmn" in archive.namelist()


def test_every_problem_has_a_file_an_element_and_a_remedy_and_stops_publication(as_person, with_tables):
    owner = as_person("owner")
    broken = with_tables("publicity", lambda name, raw: None if name.endswith("c_ut_post.form") else raw)
    answer = upload(owner, broken)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "c_ut_post" in text
    assert "forms/c_ut_post.form" in text
    assert 'name="draft"' not in text


@pytest.mark.parametrize("content", [b"no zip at all", b"PK\x03\x04broken"])
def test_what_is_no_process_is_refused_in_words(as_person, content):
    answer = upload(as_person("owner"), content)
    assert answer.status_code == 422
    assert "error-summary" in answer.get_data(as_text=True)


def test_a_zip_cannot_write_outside_its_folder(as_person):
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("../evil.bpmn", "<x/>")
    assert upload(as_person("owner"), buffer.getvalue()).status_code == 422


def test_a_draft_that_is_gone_says_so(as_person):
    owner = as_person("owner")
    for draft in ("0" * 64, "../../secret_key", ""):
        assert owner.post("/processes/publish", draft=draft).status_code == 404


def test_nobody_else_publishes(as_person):
    for user in ("officer", "admin", "guardian", "auditor"):
        assert upload(as_person(user), b"").status_code == 403


@pytest.fixture
def with_tables(edge):
    """A process's folder as a zip; the tables that it shares with others stand in the zip's own folder."""

    def pack(key: str, change=lambda name, raw: raw) -> bytes:
        buffer = BytesIO(folder_as_zip(key, change))
        with zipfile.ZipFile(buffer, "a") as archive:
            for path in sorted((PROCESSES / "decisions").glob("*.dmn")):
                archive.writestr(f"{key}/{path.name}", path.read_bytes())
        return buffer.getvalue()

    return pack
