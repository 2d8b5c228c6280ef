"""`tongan keys`: the two rings of the database. The usual one seals who reported, who objected and the letters; the one
of the sealed files seals who their children are and whatever tells of them."""

from __future__ import annotations

import click

from cases import files, sealed_records
from cases.county_seal import seal_of
from engine.sealing import Keyring, new_key
from engine.store.seals import reseal
from engine.store.veils import reveil
from web.commandline import installation
from web.commandline.complaints import Polite


@click.group(cls=Polite, context_settings={"help_option_names": ["-h", "--help"]})
def keys() -> None:
    """The keys of the database's seals (TONGAN_SEALING_KEYS, and TONGAN_SEALED_KEYS of the sealed files)."""


@keys.command("list")
def show() -> None:
    """The ids of both rings' keys, the writing one first; never the keys."""
    seal = seal_of(installation.local_settings())
    for ring in (seal.keyring, seal.apart):
        if ring is not None:
            click.echo(f"{ring.setting}: {_told(ring)}")


def _told(ring: Keyring) -> str:
    older = [each for each in ring.keys if each != ring.writing]
    return ", ".join([f"{ring.writing} (写入 writes)", *(f"{each} (仅解封 reads only)" for each in older)])


@keys.command()
def new() -> None:
    """Print a fresh key: put `id:key` first in the ring's setting, restart, then `tongan keys rotate`."""
    click.echo(new_key())


@keys.command()
def rotate() -> None:
    """Rewrite everything sealed with each ring's first key, and what stands readable from before, attachments too; then
    older keys may go."""
    database = installation.open_installation().database
    attachments = files.encipher_plain(database, installation.local_settings().data_folder)
    click.echo(f"已加密附件 attachments enciphered: {attachments}")
    click.echo(f"已用新密钥重写 rewritten: {reseal(database)}")
    apart = sealed_records.rekey(database) + reveil(database)
    click.echo(f"已用涉密新密钥重写 rewritten of sealed files: {apart}")
