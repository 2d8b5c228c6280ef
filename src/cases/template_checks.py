"""Whether a Word file can serve as a template of a paper: what is wrong with it, in sentences for its author.

A template is text of the county's people, but a Word file may carry programs, and addresses that a reader's computer
opens by itself. Neither belongs in a paper that goes to a family, so both are refused, as is whatever cannot be filled.
Pure: bytes in, sentences out.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from zipfile import BadZipFile, ZipFile

from docx.opc.exceptions import PackageNotFoundError
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment
from lxml.etree import XMLSyntaxError

MAX_BYTES = 5 * 1024 * 1024
MAX_UNPACKED = 40 * 1024 * 1024
MAX_PARTS = 500
#: What a template that is broken, or reaches for what it may not, ends in.
UNUSABLE = (TemplateError, PackageNotFoundError, BadZipFile, XMLSyntaxError, ValueError, KeyError, TypeError)

_PROGRAMS = re.compile(r"vba|activex|/embeddings/|oleobject|\.(?:bin|exe|dll|js|vbs)$", re.IGNORECASE)
_OUTSIDE = re.compile(rb"TargetMode\s*=\s*[\"']External", re.IGNORECASE)
_FIELDS = re.compile(rb"\b(?:DDEAUTO|DDE|INCLUDETEXT|INCLUDEPICTURE|IMPORT|MACROBUTTON|DATABASE)\b")
_FIELD_TEXT = re.compile(rb"<w:instrText[^>]*>([^<]*)<|w:instr=\"([^\"]*)\"")


@dataclass(frozen=True, kw_only=True)
class Words:
    """The placeholders of a kind of paper: with a sample of each, and those that may not be left out."""

    sample: Mapping[str, Any]
    needed: frozenset[str]


_LETTER = Words(
    sample={
        "title": "退回材料及不予认定告知书",
        "number": "SQ-2025-0001",
        "addressee": "王某",
        "paragraphs": ["第一段。", "第二段。"],
        "signer": "青川镇人民政府",
        "day": "2025年10月14日",
    },
    needed=frozenset({"title", "addressee", "paragraphs", "signer", "day", "qr"}),
)
_NOTICE = Words(
    sample={
        "title": "困境儿童分类保障公示",
        "paragraphs": ["张某某拟纳入困境儿童分类保障。"],
        "period": "自2025年9月30日起至2025年10月14日24时止",
        "signer": "青川镇人民政府",
    },
    needed=frozenset({"title", "paragraphs", "period", "signer", "qr"}),
)
#: The columns of a ledger's row, in the order in which the county keeps them.
LEDGER_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "number": "序号",
        "archive_no": "档案编号",
        "name": "姓名",
        "sex": "性别",
        "idcard": "身份证号",
        "village": "村(社区)",
        "guardian": "监护人",
        "phone": "联系电话",
        "category": "类别",
        "status": "状态",
        "enrolled_on": "纳入日期",
        "effective_month": "待遇起始月",
        "visited_on": "最近走访",
    }
)
_LEDGER = Words(
    sample={
        "title": "困境儿童信息台账",
        "area": "青川镇",
        "day": "2025年10月14日",
        "people": "12",
        "rows": [dict.fromkeys(LEDGER_COLUMNS, "示例")],
    },
    needed=frozenset({"area", "day", "rows"}),
)
_QUARTERLY = Words(
    sample={
        "title": "困境儿童季度动态更新报表",
        "area": "青川镇",
        "year": "2025",
        "quarter": "3",
        "children": "12",
        "added": "5",
        "changed": "6",
        "exited": "0",
        "zero_report": "否",
        "due": "2025年9月30日",
        "signer": "青川镇人民政府",
        "villages": [{"name": "石门村", "visits": "6", "done": "6"}],
    },
    needed=frozenset({"area", "year", "quarter", "children", "added", "changed", "exited", "signer", "qr"}),
)
_OWN_WORDS: Mapping[str, Words] = MappingProxyType(
    {"notice.docx": _NOTICE, "ledger.docx": _LEDGER, "quarterly.docx": _QUARTERLY}
)
#: Every template may say by which version a paper was made; where it does not, the program writes it into the foot.
ALWAYS = frozenset({"qr", "template"})


def words_of(name: str) -> Words:
    """The placeholders of the template of this file name; whatever is no other kind is a letter."""
    return _OWN_WORDS.get(name, _LETTER)


def problems(name: str, content: bytes) -> tuple[str, ...]:
    """What stops this file from being the template `name`; empty if nothing does."""
    packed = tuple(_packing(content))
    return packed or tuple(_filling(content, words_of(name)))


def _packing(content: bytes) -> Iterator[str]:
    """What is wrong with the file as a package."""
    if len(content) > MAX_BYTES:
        yield f"文件超过 {MAX_BYTES // 1024 // 1024} MB"
        return
    try:
        with ZipFile(io.BytesIO(content)) as packed:
            listed = packed.infolist()
            if len(listed) > MAX_PARTS or sum(each.file_size for each in listed) > MAX_UNPACKED:
                yield "文件展开后过大,可能已损坏"
                return
            yield from _parts({each.filename: packed.read(each) for each in listed})
    except (BadZipFile, OSError, RuntimeError, NotImplementedError):
        yield "这不是 Word 文件(.docx),或者文件已损坏。请用 Word 另存为 .docx 后再传"


def _parts(parts: Mapping[str, bytes]) -> Iterator[str]:
    if "word/document.xml" not in parts:
        yield "这不是 Word 文件(.docx),请用 Word 另存为 .docx 后再传"
        return
    types = parts.get("[Content_Types].xml", b"")
    if any(_PROGRAMS.search(name) for name in parts) or b"macroEnabled" in types:
        yield "文件带有宏、控件或嵌入对象,不能用作模板。请删除后另存为 .docx"
    if any(_OUTSIDE.search(content) for name, content in parts.items() if name.endswith(".rels")):
        yield "文件引用了外部内容(链接、外部图片或外部模板),请取消链接后再传"
    xml = [content for name, content in parts.items() if name.endswith((".xml", ".rels"))]
    if any(b"<!DOCTYPE" in each or b"<!ENTITY" in each for each in xml):
        yield "文件的内部结构不正常(含文档类型声明),请用 Word 重新另存"
    fields = (found for each in xml for pair in _FIELD_TEXT.findall(each) for found in pair)
    if any(_FIELDS.search(each) for each in fields):
        yield "文件含有会取外部内容的域(如 INCLUDETEXT、DDE),请删除后再传"


def _filling(content: bytes, words: Words) -> Iterator[str]:
    """What is wrong with the placeholders."""
    known = {*words.sample, *ALWAYS}
    try:
        made = DocxTemplate(io.BytesIO(content))
        used = made.get_undeclared_template_variables(SandboxedEnvironment())
    except UNUSABLE as error:
        yield f"占位符写法有误:{error}"
        return
    unknown, missing = sorted(used - known), sorted(words.needed - used)
    if unknown:
        yield f"不认识的占位符:{'、'.join(unknown)}。可用的有:{'、'.join(sorted(known))}"
    if missing:
        yield f"缺少必需的占位符:{'、'.join(missing)}"
    if unknown or missing:
        return
    try:
        filled = DocxTemplate(io.BytesIO(content))
        sandbox = SandboxedEnvironment(undefined=StrictUndefined)
        filled.render({**words.sample, "qr": "", "template": ""}, sandbox, autoescape=True)
    except UNUSABLE as error:
        yield f"试填没有成功:{error}"
