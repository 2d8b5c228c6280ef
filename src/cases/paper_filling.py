"""Fills a template in: words and the code's picture go in, a Word file comes out that says by which version it was
made."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

import segno
from docx.document import Document
from docx.oxml import parse_xml
from docx.shared import Mm, Pt
from docxtpl import DocxTemplate, InlineImage
from jinja2.sandbox import SandboxedEnvironment

from cases.template_checks import UNUSABLE
from cases.template_versions import Template
from engine.errors import Refused

QR_MILLIMETRES = 22
#: Across every page, pale; the words are attribute text that `_escaped` made harmless.
_WATERMARK = """<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
 xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"><w:pict>
<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800"
 path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/>
<v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/>
<v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/></v:formulas>
<v:path textpathok="t" o:connecttype="rect"/><v:textpath on="t" fitshape="t"/></v:shapetype>
<v:shape id="watermark" type="#_x0000_t136" fillcolor="#c8c8c8" stroked="f"
 style="position:absolute;margin-left:0;margin-top:0;width:460pt;height:42pt;rotation:330;z-index:-1;
mso-position-horizontal:center;mso-position-horizontal-relative:margin;mso-position-vertical:center;
mso-position-vertical-relative:margin"><v:fill opacity=".45"/><v:textpath style="font-family:'仿宋'" string="{}"/>
</v:shape></w:pict></w:r>"""


def filled(template: Template, words: Mapping[str, Any], *, address: str | None = None, watermark: str = "") -> bytes:
    """The paper as a Word file.

    :param address: where the code on the paper leads; None: the paper has no code.
    :raises Refused: the template cannot be filled in; the message says why.
    """
    # A template is designers' text: it may read what it is given and nothing else; what it is given is never markup.
    try:
        made = DocxTemplate(io.BytesIO(template.content))
        says = "template" in made.get_undeclared_template_variables(SandboxedEnvironment())
        given = {**words, "template": template.label, "qr": ""}
        if address is not None:
            given["qr"] = _Drawn(InlineImage(made, qr(address), width=Mm(QR_MILLIMETRES)).__html__)
        made.render(given, SandboxedEnvironment(), autoescape=True)
        _mark(made.docx, template, says=says, watermark=watermark)
    except UNUSABLE as error:
        raise Refused(f"文书模板 {template.name} 无法使用: {error}") from error
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


class _Drawn:
    """What draws the picture, and nothing else of it within a template's reach."""

    def __init__(self, draw: Callable[[], str]) -> None:
        self._draw = draw

    def __html__(self) -> str:
        return self._draw()


def qr(content: str) -> io.BytesIO:
    """The code as a PNG."""
    picture = io.BytesIO()
    segno.make(content, error="m", micro=False).save(picture, kind="png", scale=6, border=2)
    picture.seek(0)
    return picture


def _mark(made: Document, template: Template, *, says: bool, watermark: str) -> None:
    """The version in the file's properties, and in its foot where the template does not say it itself."""
    made.core_properties.comments = f"模板 {template.label}"
    for number, section in enumerate(made.sections):
        if not says and (number == 0 or not section.footer.is_linked_to_previous):
            line = section.footer.add_paragraph()
            line.add_run(f"模板 {template.label}").font.size = Pt(7)
        if watermark:
            section.header.add_paragraph(f"导出:{watermark}")._p.append(
                parse_xml(_WATERMARK.format(_escaped(watermark)))
            )


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
