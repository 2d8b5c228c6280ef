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
