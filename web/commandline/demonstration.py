"""`tongan demo` and `demo-data`: the demo county and its told stories."""

from __future__ import annotations

import click

from web.commandline.installation import Installation, open_installation


def load(installation: Installation) -> None:
    """Load the demo county unless it is there."""


def welcome(address: str) -> str:
    """What a newcomer reads when everything has started."""
    return address


@click.command()
def demo() -> None:
    """Play the told stories of the demo county, step by step."""


@click.command("demo-data")
def demo_data() -> None:
    """Load the demo county into the database; what is there stays."""
    load(open_installation())
