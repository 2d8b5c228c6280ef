"""`tongan user`: the people who may log in."""

from __future__ import annotations

import click

from cases.logins import hash_password, password_problems
from cases.people import add_person, deactivate
from cases.sessions import end_all
from engine.access import Grant
from engine.store.identifiers import new_id
from web.commandline.installation import open_installation


@click.group()
def user() -> None:
    """People who may log in."""


@user.command()
@click.argument("user_name")
@click.option("--name", prompt="姓名 Name", help="The person's name.")
@click.option("--unit", default="", help="Where the person works.")
@click.option("--phone", default="", help="Shown to colleagues.")
@click.option("--role", "roles", multiple=True, required=True, metavar="ROLE[@PLACE]", help="May be repeated.")
@click.password_option("--password", prompt="密码 Password", help="Asked for when it is not given.")
def add(user_name: str, name: str, unit: str, phone: str, roles: tuple[str, ...], password: str) -> None:
    """Add a person, e.g.: tongan user add chen --name 陈某 --role town_officer@510722101"""
    problems = password_problems(password, user_name)
    if problems:
        raise click.ClickException("; ".join(problems))
    opened = open_installation()
    now = opened.clock.now()
    with opened.database.transaction() as session:
        add_person(
            session,
            person_id=new_id(now),
            user_name=user_name,
            name=name,
            unit=unit,
            phone=phone,
            password_hash=hash_password(password),
            grants=[grant_of(role) for role in roles],
            now=now,
        )
    click.echo(f"已添加 added: {user_name}")


@user.command()
@click.argument("person_id")
def remove(person_id: str) -> None:
    """Take a person's log-in away and end what is open; what the person did stays."""
    opened = open_installation()
    with opened.database.transaction() as session:
        deactivate(session, person_id)
        end_all(session, person_id)
    click.echo(f"已停用 deactivated: {person_id}")


def grant_of(text: str) -> Grant:
    """`role` or `role@place`."""
    role, _, place = text.partition("@")
    return Grant(role=role, place=place)
