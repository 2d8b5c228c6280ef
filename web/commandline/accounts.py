"""`tongan user`: the people who may log in."""

from __future__ import annotations

import click


@click.group()
def user() -> None:
    """People who may log in."""
