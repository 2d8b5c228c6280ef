"""Two languages: every sentence of the pages has its English, and nothing in it is lost."""

from __future__ import annotations

import re
from pathlib import Path

from web.language import english

WEB = Path(__file__).parents[2] / "web"
CALL = re.compile(r"""\b_\(\s*(?:"([^"]+)"|'([^']+)')""")
HANZI = re.compile(r"[\u4e00-\u9fff]")


def sentences() -> set[str]:
    found: set[str] = set()
    for path in [*WEB.glob("templates/**/*.html"), *WEB.glob("*.py"), *WEB.glob("views/*.py")]:
        for match in CALL.finditer(path.read_text(encoding="utf-8")):
            found.add(match[1] or match[2])
    return {sentence for sentence in found if HANZI.search(sentence)}


def test_every_sentence_has_its_english():
    missing = sorted(sentences() - set(english()))
    assert missing == []


def test_names_in_braces_are_the_same_in_both():
    for chinese, text in english().items():
        assert set(re.findall(r"{(\w+)}", chinese)) == set(re.findall(r"{(\w+)}", text)), chinese


def test_a_reader_can_switch_and_back(as_person):
    officer = as_person("officer")
    officer.post("/language", language="en", back="/inbox")
    page = officer.get("/inbox").get_data(as_text=True)
    assert '<html lang="en"' in page
    assert "Inbox" in page
    officer.post("/language", language="zh-CN", back="/inbox")
    assert '<html lang="zh-CN"' in officer.get("/inbox").get_data(as_text=True)


def test_an_unknown_language_changes_nothing(as_person):
    officer = as_person("officer")
    officer.post("/language", language="xx<script>", back="/inbox")
    assert '<html lang="zh-CN"' in officer.get("/inbox").get_data(as_text=True)
