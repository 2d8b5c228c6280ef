"""The command that writes the letters' templates."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from web.commandline.papers import templates


def test_the_templates_are_written_once(tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    said = CliRunner().invoke(templates, ["make", str(folder)])
    assert said.exit_code == 0 and "letter.docx" in said.output and "notice.docx" in said.output
    again = CliRunner().invoke(templates, ["make", str(folder)])
    assert again.exit_code == 0 and "未作改动" in again.output


def test_a_template_is_checked_by_the_name_of_its_paper(tmp_path: Path) -> None:
    CliRunner().invoke(templates, ["make", str(tmp_path)])
    for name in ("letter.docx", "notice.docx", "ledger.docx", "quarterly.docx"):
        said = CliRunner().invoke(templates, ["check", str(tmp_path / name)])
        assert said.exit_code == 0 and "可以使用" in said.output, said.output
    (tmp_path / "letter.docx").write_bytes((tmp_path / "ledger.docx").read_bytes())
    said = CliRunner().invoke(templates, ["check", str(tmp_path / "letter.docx")])
    assert said.exit_code == 1 and "不认识的占位符" in said.output
