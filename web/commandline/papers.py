"""`tongan templates`: the papers' templates, for the county to change with Word, and to check before they are used."""

from __future__ import annotations

from pathlib import Path

import click

from cases.paper_templates import make
from cases.template_checks import problems
from web.commandline import installation
from web.commandline.complaints import Polite


@click.group(cls=Polite, context_settings={"help_option_names": ["-h", "--help"]})
def templates() -> None:
    """The papers' templates."""


@templates.command(name="make")
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
def make_templates(folder: Path | None) -> None:
    """Write the papers' templates into FOLDER, to be changed with Word; what is there stays.

    Without FOLDER: where the program looks for the county's templates.
    """
    written = make(folder or installation.local_settings().data_folder / "templates")
    for each in written:
        click.echo(f"已写出 written: {each}")
    if not written:
        click.echo("模板已在,未作改动 The templates are there; nothing was changed.")


@templates.command(name="check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check_template(file: Path) -> None:
    """Say what is wrong with FILE as a template; its name says of which paper (letter.docx, notice.docx, …).

    In the browser (文书模板) a file passes the same check before it stands.
    """
    wrong = problems(file.name, file.read_bytes())
    for each in wrong:
        click.echo(f"{file.name}: {each}", err=True)
    if wrong:
        raise SystemExit(1)
    click.echo(f"{file.name}: 可以使用 can be used")


if __name__ == "__main__":
    templates()
