"""`python -m web.commandline.papers make`: the letters' templates, for the county to change with Word."""

from __future__ import annotations

from pathlib import Path

import click

from cases.paper_templates import make
from web.commandline import installation
from web.commandline.complaints import Polite


@click.group(cls=Polite, context_settings={"help_option_names": ["-h", "--help"]})
def templates() -> None:
    """The letters' templates."""


@templates.command(name="make")
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
def make_templates(folder: Path | None) -> None:
    """Write the letters' templates into FOLDER, to be changed with Word; what is there stays.

    Without FOLDER: where the program looks for the county's templates.
    """
    written = make(folder or installation.local_settings().data_folder / "templates")
    for each in written:
        click.echo(f"已写出 written: {each}")
    if not written:
        click.echo("模板已在,未作改动 The templates are there; nothing was changed.")


if __name__ == "__main__":
    templates()
