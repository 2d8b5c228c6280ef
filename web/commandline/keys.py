"""`tongan keys`: the keys with which the database seals who reported, who objected, and the letters."""

from __future__ import annotations

import click

from engine.sealing import new_key
from engine.store.seals import reseal
from web.commandline import installation
from web.commandline.complaints import Polite


@click.group(cls=Polite, context_settings={"help_option_names": ["-h", "--help"]})
def keys() -> None:
    """The keys of the database's seal (TONGAN_SEALING_KEYS)."""


@keys.command()
def new() -> None:
    """Print a fresh key: put `id:key` first in TONGAN_SEALING_KEYS, restart, then `tongan keys rotate`."""
    click.echo(new_key())


@keys.command()
def rotate() -> None:
    """Rewrite everything sealed with the first key, and what stands readable from before; then older keys may go."""
    changed = reseal(installation.open_installation().database)
    click.echo(f"已用新密钥重写 rewritten: {changed}")
