"""The XML gate: the only way in which a diagram's bytes become a tree.

Order matters (cheapest refusal first): size, document type and entities, a closed parser, depth. A tree that came
through here holds no external reference, no entity and no surprise of size, so the engine library may have it.
"""

from __future__ import annotations

import re

from lxml import etree

from engine.definitions.problem import Problem
from engine.errors import EngineError

MAX_BYTES = 2 * 1024 * 1024
MAX_XML_DEPTH = 100  #: of XML elements; sub-processes have their own, lower limit in the rules

_FORBIDDEN = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00")
_ENCODING = re.compile(rb"^\s*<\?xml[^>]*encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
#: In these a byte 0x3C is always "<", so the search for declarations cannot be fooled.
_ENCODINGS = frozenset(
    {b"UTF-8", b"UTF8", b"US-ASCII", b"ASCII", b"ISO-8859-1", b"WINDOWS-1252", b"GB2312", b"GBK", b"GB18030"}
)


class FileRefused(EngineError):
    """The file may not be read as a diagram."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def parse_xml(raw: bytes, file: str = "") -> etree._Element:
    """The root element of an XML file. In: bytes as uploaded. Raises `FileRefused` with the one problem found."""
    if len(raw) > MAX_BYTES:
        raise _refused(
            "too-large",
            file,
            f"文件有 {len(raw):,} 字节,超过 2 MB 的上限。请拆分为多个流程或删除内嵌图片。",
            f"The file has {len(raw):,} bytes; at most 2 MB are allowed. Split it or remove embedded images.",
        )
    body = raw.removeprefix(b"\xef\xbb\xbf")
    declared = _ENCODING.match(body)
    if body.startswith(_WIDE_MARKS) or (declared and declared.group(1).upper() not in _ENCODINGS):
        raise _refused(
            "bad-encoding",
            file,
            "文件编码无法识别。请在建模工具中另存为 UTF-8 编码。",
            "The file's encoding is not accepted. Save it as UTF-8.",
        )
    if _FORBIDDEN.search(body):
        raise _refused(
            "doctype",
            file,
            "文件含有 DOCTYPE 或 ENTITY 声明,可能带入外部内容。请删除这些声明后重新上传。",
            "The file holds a DOCTYPE or ENTITY declaration, which may pull in foreign content. Remove it.",
        )
    root = _parse_closed(body, file)
    if _depth(root) > MAX_XML_DEPTH:
        raise _refused(
            "too-deep",
            file,
            f"文件的标签嵌套超过 {MAX_XML_DEPTH} 层。请减少子流程的嵌套,改用调用活动。",
            f"The tags are nested more than {MAX_XML_DEPTH} levels. Nest less; use call activities.",
        )
    return root


def _parse_closed(raw: bytes, file: str) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or None
        raise _refused(
            "malformed-xml",
            file,
            f"文件不是正确的 XML(第 {line or '?'} 行)。请用建模工具打开并重新保存。",
            f"The file is not well-formed XML: {error.msg}. Open it in a modeler and save it again.",
            line,
        ) from error


def _depth(root: etree._Element) -> int:
    deepest, level = 0, 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        level += 1 if event == "start" else -1
        deepest = max(deepest, level)
    return deepest


def _refused(rule: str, file: str, message: str, message_en: str, line: int | None = None) -> FileRefused:
    return FileRefused(Problem(rule=rule, file=file, line=line, message=message, message_en=message_en))
