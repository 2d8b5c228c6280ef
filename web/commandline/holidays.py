"""`tongan calendar`: load the State Council's notice of a year, and see what is known of it."""

from __future__ import annotations

from pathlib import Path

import click

from cases.calendar_files import read_notice
from cases.calendars import import_notice, load_calendar, special_days
from cases.people import actor_of, find_by_user_name
from engine.calendar import county_day
from engine.errors import NotFound
from web.commandline.installation import open_installation


@click.group("calendar")
def calendar() -> None:
    """Holidays and made-up working days."""


@calendar.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by", "user_name", required=True, help="Log-in name of the administrator who answers for it.")
@click.option("--source", default="", help="The document and its number, where the file does not say it.")
@click.option("--year", type=click.IntRange(2000, 2199), help="The year it arranges, where the file does not say it.")
def load(file: Path, user_name: str, source: str, year: int | None) -> None:
    """Load a notice (TOML or CSV) and count open due dates again."""
    told = read_notice(file.read_bytes(), file.name)
    opened = open_installation()
    with opened.database.transaction() as session:
        person = find_by_user_name(session, user_name)
        if person is None:
            raise NotFound(f"没有用户 {user_name}")
        done = import_notice(
            session,
            told.rows,
            source or told.source_doc,
            actor_of(session, person.id),
            opened.clock.now(),
            year=year or told.year,
            env=opened.env,
        )
    click.echo(f"已载入 loaded: {len(told.rows)} 天 days")
    click.echo(
        f"重新计算 counted again: 事项 tasks {done.tasks}, 时限 deadlines {done.deadlines}, 定时 timers {done.timers}, "
        f"改期 moved {done.moved}, 已过期 past {done.past}"
    )


@calendar.command()
@click.argument("year", type=click.IntRange(2000, 2199))
def show(year: int) -> None:
    """The days of YEAR that are not as the days of the week say."""
    opened = open_installation()
    with opened.database.reading() as session:
        known = load_calendar(session)
    for day, (workday, note) in special_days(known, year).items():
        click.echo(f"{day}  {'上班 work' if workday else '放假 rest'}  {note}".rstrip())
    last = county_day(known.loaded_through) if known.loaded_through else None
    if last is not None and year > last.year:
        click.echo(f"{year}年的节假日安排尚未载入,以上为暂定 {year} is not loaded yet: provisional.")
