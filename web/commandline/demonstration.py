"""`tongan demo` and `demo-data`: the demo county and its told stories."""

from __future__ import annotations

from pathlib import Path

import click

from cases import scenario
from cases.county_seal import apart_keys
from cases.demo import DemoCounty, ensure
from cases.demo_invented import DEFAULT_SEED
from cases.story import read_story
from engine.store.migrating import migrate
from web.commandline.installation import PROCESSES, local_settings

#: How many children the demonstration has unless told otherwise.
CHILDREN = 300

#: Whom to be first: one of each kind.
FIRST = frozenset(
    {
        "qingchuan_village",
        "qingchuan_officer",
        "qingchuan_leader",
        "mzj_handler",
        "mzj_leader",
        "jkt_handler",
        "process_owner",
        "administrator",
        "auditor",
    }
)


def welcome(county: DemoCounty | None, address: str) -> str:
    """What a newcomer reads when everything has started: where to look, and as whom."""
    lines = ["", f"  童安已启动 Tong'an is running:  {address}", ""]
    if county is not None:
        lines += [
            "  这是演示环境,人物和数据均为虚构,请勿录入真实儿童信息。",
            "  This is a demonstration: people and data are invented. Do not enter data of real children.",
            "",
            f"  演示用户(口令均为 {county.password}) Demo log-ins, all with the password {county.password}:",
            "",
            *(f"    {user_name:<20}{name}  {unit}" for user_name, name, unit in county.log_ins if user_name in FIRST),
            f"    登录页列出全部 {len(county.log_ins)} 位 All {len(county.log_ins)} are listed on the log-in page.",
            "",
        ]
    lines.append("  按 Ctrl-C 停止,数据保留 Ctrl-C stops everything; the data stays.")
    return "\n".join(lines)


@click.command()
@click.argument("stories", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="[STORY]...")
def demo(stories: tuple[Path, ...]) -> None:
    """Play told stories step by step, each on a database of its own. Without STORY: all of processes/*/scenarios/."""
    paths = stories or tuple(sorted(PROCESSES.glob("*/scenarios/*.toml")))
    broken = scenario.play_all(paths, PROCESSES, read=read_story, say=click.echo)
    if broken:
        raise click.ClickException(f"{broken} 个情景未按预期结束 stories did not end as told")


@click.command("demo-data")
@click.option(
    "--children",
    type=click.IntRange(0, 1_000_000),
    default=CHILDREN,
    show_default=True,
    help="How many children the county has at least.",
)
@click.option("--seed", default=DEFAULT_SEED, show_default=True, help="The same seed invents the same children.")
def demo_data(children: int, seed: int) -> None:
    """Make the demo county in the database unless it is there, and fill it up with invented children."""
    settings = local_settings()
    migrate(settings.database_url, sealed_keys=apart_keys(settings))
    county = ensure(settings, PROCESSES, children=children, seed=seed, say=lambda count: click.echo(f"  {count} …"))
    click.echo(told(county))


def told(county: DemoCounty) -> str:
    """Whether the demo county was made just now."""
    return "已装入演示县 The demo county was made." if county.is_new else "演示县已在 The demo county is there."
