"""The letters' templates: Word files that the county may change with Word.

`python -m web.commandline.papers make` writes the program's own templates into a folder (default: `templates` in the
data folder, where the program looks before it takes its own) and leaves those that are there alone. `letter.docx`
serves every kind of letter; a file named after a kind (`decision.docx`, …) stands for that kind alone. In a template
`{{ name }}` is filled in: title, number, addressee, paragraphs (in a `{%p for %}` loop), signer, day, qr; for a notice:
title, paragraphs, period, signer, qr.
"""

from __future__ import annotations

from pathlib import Path

from docx import Document
from docx.document import Document as Made
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

#: The program's own, committed beside the code.
OWN = Path(__file__).parent / "templates"
LETTER, NOTICE = "letter.docx", "notice.docx"

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
    run = line.add_run(text)
    run.font.size, run.font.name = Pt(size), font
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    return line


def make(folder: Path) -> tuple[Path, ...]:
    """Write the program's own templates into the folder; returns those that were not there."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, template in ((LETTER, own_letter), (NOTICE, own_notice)):
        target = folder / name
        if not target.exists():
            template().save(str(target))
            written.append(target)
    return tuple(written)
