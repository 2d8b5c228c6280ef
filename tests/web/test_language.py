"""Two languages: every sentence of the pages has its English, and nothing in it is lost."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace

from cases import (
    break_glass,
    identity,
    intake,
    opinions,
    question_facts,
    readings,
    report_receipt,
    sealed,
    summary,
    unmasking,
)
from cases.case_ties import ItemState, Tie
from cases.child_years import Lane
from cases.children import ChildStatus
from cases.deadlines import DEADLINE_NAMES
from cases.duty_desks import DESKS
from cases.ledger import Scope
from cases.materials import MATERIALS
from cases.notices import NoticeStatus
from cases.parameters import CHOICES
from cases.standards import NAMES as STANDARD_NAMES
from cases.statistics import SHARES, WHOLE_COUNTY
from cases.template_checks import LEDGER_COLUMNS
from cases.template_versions import TITLES
from engine.calendar import RUNG_NAMES
from web import menu
from web.child_words import PART_NAMES
from web.histories import WORDS, lines
from web.inbox_asking import DUES, FOLLOWS, PRIORITIES
from web.language import english
from web.problem_words import BY_RULE, UNFIT
from web.public.filing import WORDS as PUBLIC_WORDS
from web.public.policy import WHO
from web.start_ways import APPLICATION, GROUPS, PLAIN
from web.states import INSTANCE_LABELS, SIGHT_LABELS
from web.views.audit_log import ACTIONS
from web.views.county_parameters import LABELS as PARAMETER_LABELS
from web.views.inbox import COLUMN_LABELS, TABS
from web.views.messages import TOPIC_LABELS

WEB = Path(__file__).parents[2] / "web"
CALL = re.compile(r"""\b_\(\s*(?:"([^"]+)"|'([^']+)')""")
HANZI = re.compile(r"[\u4e00-\u9fff]")


def sentences() -> set[str]:
    found: set[str] = set()
    for path in [
        *WEB.glob("templates/**/*.html"),
        *WEB.glob("*.py"),
        *WEB.glob("views/*.py"),
        *WEB.glob("public/*.py"),
    ]:
        for match in CALL.finditer(path.read_text(encoding="utf-8")):
            found.add(match[1] or match[2])
    return {sentence for sentence in found if HANZI.search(sentence)}


def test_every_sentence_has_its_english():
    missing = sorted(sentences() - set(english()))
    assert missing == []


#: Lists of words that pages translate one by one: no call names them.
#: Every line of the rail, whoever sees it.
ENTRIES = [
    each
    for value in vars(menu).values()
    for each in (value if isinstance(value, tuple) else (value,))
    if isinstance(each, menu.Entry)
]

LISTED = {
    *WORDS.values(),
    *(word for each in PUBLIC_WORDS.values() for word in (each.title, each.verb, each.lead)),
    *WHO.values(),
    *BY_RULE.values(),
    UNFIT,
    *PARAMETER_LABELS.values(),
    *(words for _label, offered in CHOICES.values() for words in offered.values()),
    *MATERIALS.values(),
    *STANDARD_NAMES.values(),
    *intake.Course,
    *RUNG_NAMES.values(),
    *(opinions.AGREE, opinions.DISAGREE, opinions.SUPPLEMENT),
    *(opinions.TRUE, opinions.CONTRADICTS, opinions.NO_RECORD),
    *report_receipt.Course,
    *report_receipt.WAYS,
    *DEADLINE_NAMES.values(),
    *ACTIONS.values(),
    *LEDGER_COLUMNS.values(),
    *TITLES.values(),
    "系统自带",
    *Scope,
    *SHARES.values(),
    *NoticeStatus,
    WHOLE_COUNTY,
    *INSTANCE_LABELS.values(),
    *(label for _code, label in (*DUES, *PRIORITIES, *FOLLOWS)),
    "普通",
    *COLUMN_LABELS.values(),
    *TOPIC_LABELS.values(),
    *(words for tab in TABS for words in (tab.label, tab.empty_title, tab.empty_advice)),
    *(entry.label for entry in ENTRIES),
    *(desk.name for desk in DESKS.values()),
    *break_glass.DANGERS.values(),
    *break_glass.FINDINGS,
    *(break_glass.AGREED, break_glass.DECLINED),
    *("出生日期", "档案编号"),
    *identity.LABELS.values(),
    *identity.CATEGORIES.values(),
    *unmasking.PURPOSES.values(),
    *readings.ACTIONS.values(),
    *SIGHT_LABELS.values(),
    *(set(ChildStatus) - {ChildStatus.LEFT}),
    "已退出保障",
    sealed.OUTSIDE_CATEGORY,
    *(asked.label for each in question_facts.QUESTIONS.values() for asked in each),
    *("父亲状况", "母亲状况"),
    "台账(打印和导出)",
    *PART_NAMES.values(),
    *GROUPS,
    *(
        text
        for way in (*APPLICATION, *(way for _group, way in PLAIN.values()))
        for text in (way.title, way.lead, way.verb)
    ),
    *Lane,
    *ItemState,
    *Tie,
    *("已落实", "部分落实", "未能落实"),
    *re.findall(r'label="([^"]+)"', Path(summary.__file__).read_text(encoding="utf-8")),
    *("受理日期", "县级收件", "申请行政复议截止", "提起行政诉讼截止"),
}


def test_every_listed_word_has_its_english():
    assert sorted(LISTED - set(english())) == []


def test_history_file_and_deadlines_are_told_in_english(app):
    row = SimpleNamespace(
        kind="task",
        data={"reason": "x", "opened": [("p", "next")]},
        element_id="check",
        actor_id="u",
        actor_name="Li",
        actor_unit="",
        at=None,
    )
    with app.test_request_context(headers={"Cookie": "language=en"}):
        line = lines([row], name_of=str, facts_of=lambda _row: ())[0]
    assert not HANZI.search(line.what + line.who + line.detail), line


def test_names_in_braces_are_the_same_in_both():
    for chinese, text in english().items():
        assert set(re.findall(r"{(\w+)}", chinese)) == set(re.findall(r"{(\w+)}", text)), chinese


#: Scripts whose sentences are the server's own, word for word (tests/browser/test_forms_agree.py), or a table of them.
NOT_SAID = {"checks.ts", "rules.ts", "chinese.ts"}
SAID = re.compile(r"\bsaid\(\s*'([^']+)'")


def test_every_sentence_of_the_scripts_has_its_english():
    scripts = {path: path.read_text(encoding="utf-8") for path in (WEB / "frontend" / "src").glob("*.ts")}
    told = json.loads((WEB / "frontend" / "src" / "english.json").read_text(encoding="utf-8"))
    spoken = {sentence for text in scripts.values() for sentence in SAID.findall(text)}
    assert spoken == set(told)
    assert not [each for each in told.values() if HANZI.search(each)]
    for chinese, text in told.items():
        assert set(re.findall(r"{(\w+)}", chinese)) == set(re.findall(r"{(\w+)}", text)), chinese
    for path, text in scripts.items():
        left = [
            each
            for each in re.sub(r"//[^\n]*|/\*.*?\*/", "", SAID.sub("", text), flags=re.S).split("\n")
            if HANZI.search(each)
        ]
        left = [
            each for each in left if "config = {" not in each
        ]  # the modeler's names of the fields; nobody sees them
        assert path.name in NOT_SAID or left == [], (path.name, left)


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
