"""`tongan demo` and `demo-data`: the demo county and its told stories."""

from __future__ import annotations

from pathlib import Path

import click

from cases import demo as demo_county
from cases import scenario
from cases.demo_logins import DemoPerson, demo_people
from cases.story import read_story
from web.commandline.installation import PROCESSES, Installation, open_installation


def load(installation: Installation) -> None:
    """Load the demo county unless it is there."""
    demo_county.ensure(installation.settings, PROCESSES)


def welcome(installation: Installation, address: str) -> str:
    """What a newcomer reads when everything has started: where to look, and as whom."""
    with installation.database.reading() as session:
        people = demo_people(session)
    installation.database.dispose()
    lines = [
        "",
        f"  童安已启动 Tong'an is running:  {address}",
        "",
        "  这是演示环境,人物和数据均为虚构,请勿录入真实儿童信息。",
        "  This is a demonstration: people and data are invented. Do not enter data of real children.",
        "",
    ]
    if people:
        lines += ["  在登录页选择身份即可进入,无需密码 Choose who you are on the log-in page; no password:", ""]
        lines += [f"    {each.person.name}  {'、'.join(each.roles)}" for each in one_per_role(people)]
        lines.append("")
    lines.append("  按 Ctrl-C 停止,数据保留 Ctrl-C stops everything; the data stays.")
    return "\n".join(lines)


def one_per_role(people: tuple[DemoPerson, ...]) -> list[DemoPerson]:
    """The first person of each set of roles; the log-in page shows the others."""
    shown: dict[tuple[str, ...], DemoPerson] = {}
    for each in people:
        shown.setdefault(each.codes, each)
    return list(shown.values())


@click.command()
@click.argument("stories", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="[STORY]...")
def demo(stories: tuple[Path, ...]) -> None:
    """Play told stories step by step, each on a database of its own. Without STORY: all of processes/*/scenarios/."""
    paths = stories or tuple(sorted(PROCESSES.glob("*/scenarios/*.toml")))
    broken = scenario.play_all(paths, PROCESSES, read=read_story, say=click.echo)
    if broken:
        raise click.ClickException(f"{broken} 个情景未按预期结束 stories did not end as told")


@click.command("demo-data")
def demo_data() -> None:
    """Load the demo county into the database; what is there stays."""
    load(open_installation())
