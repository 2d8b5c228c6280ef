"""The database role of the public pages: it files, and reads what hangs on the boards; it reads no case."""

from __future__ import annotations

import re

import click

from cases.intake import PUBLIC_RIGHTS

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")


def grants(role: str) -> tuple[str, ...]:
    """The statements that give a PostgreSQL role the public pages' rights, and take every other from it.

    :raises ValueError: no plain role name.
    """
    if not _NAME.fullmatch(role):
        raise ValueError(f"{role!r} is no plain role name (small letters, digits, underscore)")
    return (
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
        f"GRANT USAGE ON SCHEMA public TO {role}",
        *(f"GRANT {rights} ON {table} TO {role}" for table, rights in PUBLIC_RIGHTS.items()),
    )


@click.command("public-role")
@click.argument("role")
def public_role(role: str) -> None:
    """Print the SQL that gives ROLE what the public pages need, and nothing else.

    Pipe it into psql as the owner of the tables, after each migration; then set TONGAN_PUBLIC_DATABASE_URL to a
    connection of that role.
    """
    try:
        click.echo(";\n".join(grants(role)) + ";")
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
