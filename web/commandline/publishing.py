"""`tongan migrate`, `check` and `deploy`: the tables and the processes of an installation."""

from __future__ import annotations

from pathlib import Path

import click

from cases.county_seal import apart_keys
from engine.access import Actor
from engine.commands.check_bundle import check_bundle
from engine.definitions.bundle import read_folder
from engine.store import migrating
from web.commandline import installation

FOLDERS = click.argument(
    "folders", nargs=-1, type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="[PATH]..."
)


@click.command()
def migrate() -> None:
    """Bring the database up to date."""
    settings = installation.local_settings()
    migrating.migrate(settings.database_url, sealed_keys=apart_keys(settings))
    click.echo("数据库已是最新 The database is up to date.")


@click.command()
@FOLDERS
def check(folders: tuple[Path, ...]) -> None:
    """Check processes; exit status 1 if any may not be published. Without PATH: all of processes/."""
    opened = installation.open_installation()
    errors = 0
    for folder in folders or tuple(installation.process_folders()):
        problems = check_bundle(opened.env, read_folder(folder), actor=Actor.system("command line"))
        for problem in problems:
            errors += problem.severity == "error"
            place = problem.file + (f" {problem.element_id}" if problem.element_id else "")
            click.echo(f"{problem.severity}: {place}: {problem.message} ({problem.message_en}) [{problem.rule}]")
        if not problems:
            click.echo(f"{folder.name}: 无问题 no problems")
    if errors:
        raise click.exceptions.Exit(1)


@click.command()
@FOLDERS
def deploy(folders: tuple[Path, ...]) -> None:
    """Publish processes; what has not changed keeps its version. Without PATH: all of processes/."""
    opened = installation.open_installation()
    for folder in folders or tuple(installation.process_folders()):
        version = installation.publish(opened, folder)
        what = "已发布 published" if version.is_new else "未变 unchanged"
        click.echo(f"{version.key} v{version.number}: {what}")
