"""`tongan`: starts the parts as processes and does from a terminal what an installation needs done once."""

from __future__ import annotations

import click

from web.commandline import accounts, demonstration, holidays, keys, outside, papers, publishing, servers
from web.commandline.complaints import Polite


@click.group(cls=Polite, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """童安 Tong'an: the workflow system by which a county protects its children in difficulty.

    Settings come from the environment (TONGAN_DATABASE_URL, TONGAN_BROKER_URL, …; src/engine/settings.py
    lists them).
    """


for command in (
    servers.run,
    servers.web,
    servers.worker,
    servers.beat,
    publishing.migrate,
    publishing.check,
    publishing.deploy,
    demonstration.demo,
    demonstration.demo_data,
    accounts.user,
    holidays.calendar,
    papers.templates,
    outside.public_role,
    keys.keys,
):
    main.add_command(command)


if __name__ == "__main__":
    main()
