"""The papers' templates: Word files that the county may change with Word.

`tongan templates make` writes the program's own templates into a folder (default: `templates` in the data folder, where
the program looks before it takes its own) and leaves those that are there alone; in the browser a version of the county
stands over both (`template_versions.py`). `letter.docx` serves every kind of letter; a file named after a kind
(`decision.docx`, …) stands for that kind alone. In a template `{{ name }}` is filled in; which names each paper has,
`template_checks.py` says.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from docx import Document
from docx.document import Document as Made
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from cases.template_checks import LEDGER_COLUMNS

#: The program's own, committed beside the code.
OWN = Path(__file__).parent / "templates"
LETTER, NOTICE, LEDGER, QUARTERLY = "letter.docx", "notice.docx", "ledger.docx", "quarterly.docx"

_TITLE_FONT, _BODY_FONT = "方正小标宋简体", "仿宋"
_FOOT = "凭此码可在童安系统中找到本件。"


def own_letter() -> Made:
    """The letter's template, laid out as official papers are (A4, 仿宋 16 pt)."""
    made = _sheet()
    _line(made, "{{ title }}", size=22, font=_TITLE_FONT, align=WD_ALIGN_PARAGRAPH.CENTER)
    _line(made, "编号:{{ number }}", size=14, align=WD_ALIGN_PARAGRAPH.RIGHT)
    _line(made, "{{ addressee }}:")
    _loop(made)
    _line(made, "{{ signer }}", align=WD_ALIGN_PARAGRAPH.RIGHT)
    _line(made, "{{ day }}", align=WD_ALIGN_PARAGRAPH.RIGHT)
    _code(made)
    return made


def own_notice() -> Made:
    """The notice's template; it has no place for anything that the masked text does not say."""
    made = _sheet()
    _line(made, "{{ title }}", size=22, font=_TITLE_FONT, align=WD_ALIGN_PARAGRAPH.CENTER)
    _loop(made)
    _line(made, "公示期:{{ period }}", indent=True)
    _line(made, "{{ signer }}", align=WD_ALIGN_PARAGRAPH.RIGHT)
    _code(made)
    return made


def own_ledger() -> Made:
    """The ledger's template: a landscape table with one row per child (一人一档案)."""
    made = _sheet()
    section = made.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(12)
    section.top_margin = section.bottom_margin = Mm(15)
    _line(made, "{{ area }}{{ title }}", size=18, font=_TITLE_FONT, align=WD_ALIGN_PARAGRAPH.CENTER)
    _line(made, "{{ day }} 共 {{ people }} 人", size=10, align=WD_ALIGN_PARAGRAPH.RIGHT)
    _table(made, LEDGER_COLUMNS, "row in rows", "row", size=8)
    return made


def own_quarterly() -> Made:
    """The quarterly report's template: what the township's head seals and sends to the county bureau."""
    made = _sheet()
    _line(made, "{{ title }}", size=22, font=_TITLE_FONT, align=WD_ALIGN_PARAGRAPH.CENTER)
    _line(made, "{{ area }}    {{ year }}年第{{ quarter }}季度    报送时限:{{ due }}", size=12)
    table = made.add_table(rows=0, cols=2)
    table.style = "Table Grid"
    for label, name in (
        ("在册儿童", "children"),
        ("本季新增", "added"),
        ("本季变化", "changed"),
        ("本季退出", "exited"),
        ("零报告", "zero_report"),
    ):
        cells = table.add_row().cells
        _write(cells[0].paragraphs[0], label, 14, _BODY_FONT)
        _write(cells[1].paragraphs[0], f"{{{{ {name} }}}}", 14, _BODY_FONT)
    _line(made, "走访完成情况", size=14)
    columns = {"name": "村(社区)", "visits": "应走访", "done": "完成率"}
    _table(made, columns, "village in villages", "village", size=12)
    _line(made, "主要负责人(签字):", size=14)
    _line(made, "{{ signer }}(盖章)", size=14, align=WD_ALIGN_PARAGRAPH.RIGHT)
    _code(made)
    return made


def _table(made: Made, columns: Mapping[str, str], loop: str, each: str, *, size: int) -> None:
    """A table whose second row is written once for each."""
    table = made.add_table(rows=4, cols=len(columns))
    table.style = "Table Grid"
    for cell, (key, label) in enumerate(columns.items()):
        _write(table.rows[0].cells[cell].paragraphs[0], label, size, _BODY_FONT)
        _write(table.rows[2].cells[cell].paragraphs[0], f"{{{{ {each}.{key} }}}}", size, _BODY_FONT)
    table.rows[1].cells[0].paragraphs[0].add_run(f"{{%tr for {loop} %}}")
    table.rows[3].cells[0].paragraphs[0].add_run("{%tr endfor %}")
    head = table.rows[0]._tr.get_or_add_trPr()
    head.append(head.makeelement(qn("w:tblHeader"), {}))


def _sheet() -> Made:
    made = Document()
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    made.core_properties.author = "童安"
    made.core_properties.comments = ""
    return made


def _loop(made: Made) -> None:
    _line(made, "{%p for paragraph in paragraphs %}")
    _line(made, "{{ paragraph }}", indent=True)
    _line(made, "{%p endfor %}")


def _code(made: Made) -> None:
    _line(made, "{{ qr }}")
    _line(made, _FOOT, size=9)


def _line(
    made: Made,
    text: str,
    *,
    size: int = 16,
    font: str = _BODY_FONT,
    align: WD_ALIGN_PARAGRAPH | None = None,
    indent: bool = False,
) -> Paragraph:
    line = made.add_paragraph()
    if align is not None:
        line.alignment = align
    line.paragraph_format.line_spacing = Pt(28) if size > 9 and "qr" not in text else None
    line.paragraph_format.space_after = Pt(0)
    if indent:
        line.paragraph_format.first_line_indent = Pt(2 * size)
    _write(line, text, size, font)
    return line


def _write(line: Paragraph, text: str, size: int, font: str) -> None:
    run = line.add_run(text)
    run.font.size, run.font.name = Pt(size), font
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


_MADE = ((LETTER, own_letter), (NOTICE, own_notice), (LEDGER, own_ledger), (QUARTERLY, own_quarterly))


def make(folder: Path) -> tuple[Path, ...]:
    """Write the program's own templates into the folder; returns those that were not there."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, template in _MADE:
        target = folder / name
        if not target.exists():
            template().save(str(target))
            written.append(target)
    return tuple(written)
