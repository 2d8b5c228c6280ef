"""`tongan run`, `web`, `worker` and `beat`: the processes of an installation."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable

import click
import waitress

from cases import demo
from cases.county_seal import apart_keys
from engine.store import migrating
from web import create_app
from web.commandline import demonstration, installation
from web.commandline.supervisor import Program, Supervisor

HOST = click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
PORT = click.option("--port", default=8000, show_default=True, help="The port to listen at.")
PASSED_ON = {"ignore_unknown_options": True, "allow_extra_args": True}


@click.command()
@HOST
@PORT
@click.option("--threads", default=8, show_default=True, help="How many requests at once.")
def web(host: str, port: int, threads: int) -> None:
    """Serve the pages. In production a WSGI server does this: deploy/."""
    app = create_app(installation.local_settings())
    waitress.serve(app, host=host, port=port, threads=threads, ident=None)


@click.command(context_settings=PASSED_ON, add_help_option=False)
@click.pass_context
def worker(context: click.Context) -> None:
    """Work jobs: timers, service calls, messages."""
    become("worker", context.args)


@click.command(context_settings=PASSED_ON, add_help_option=False)
@click.pass_context
def beat(context: click.Context) -> None:
    """Ring the workers every second."""
    become("beat", context.args)


def become(part: str, arguments: list[str]) -> None:
    """Turn this process into one of the background processes, which load none of the web's code."""
    os.execv(sys.executable, [sys.executable, "-m", "tasks", part, *arguments])  # noqa: S606 - our own program


@click.command()
@HOST
@PORT
@click.option("--data/--no-data", "with_data", default=True, help="Load the demo county into an empty database.")
def run(host: str, port: int, with_data: bool) -> None:
    """Start everything for a demonstration: web, worker and beat. Ctrl-C stops all; the data stays."""
    if answers(host, port):
        raise click.ClickException(
            f"端口 {port} 已被占用 port {port} is taken: another program answers there. make run PORT={port + 1}"
        )
    settings = installation.local_settings()
    click.echo("正在准备 Preparing …")
    migrating.migrate(settings.database_url, sealed_keys=apart_keys(settings))
    county = None
    if with_data and not settings.is_production:
        county = demo.ensure(settings, installation.PROCESSES, children=demonstration.CHILDREN)
        click.echo(demonstration.told(county))
    publish_all()
    logs = settings.data_folder / "log"
    commands = {
        "web": ["-m", "web.cli", "web", f"--host={host}", f"--port={port}"],
        "worker": ["-m", "tasks", "worker"],
        "beat": ["-m", "tasks", "beat"],
    }
    programs = [
        Program(name=name, command=[sys.executable, *command], log=logs / f"{name}.log")
        for name, command in commands.items()
    ]
    supervisor = Supervisor(programs, say=lambda text: click.echo(text, err=True))
    supervisor.watch_signals()
    supervisor.run(started=greeting(county, host, port))
    click.echo("\n已停止,数据保留 Stopped; the data stays.")


def publish_all() -> None:
    """Publish what has changed in processes/."""
    opened = installation.open_installation()
    for folder in installation.process_folders():
        version = installation.publish(opened, folder)
        if version.is_new:
            click.echo(f"已发布流程 published: {version.key} v{version.number}")
    opened.database.dispose()


def greeting(county: demo.DemoCounty | None, host: str, port: int) -> Callable[[], bool]:
    """What the supervisor asks until it is true: prints the address once the pages answer."""

    def greet() -> bool:
        if not answers(host, port):
            return False
        click.echo(demonstration.welcome(county, f"http://{host}:{port}/"))
        return True

    return greet


def answers(host: str, port: int) -> bool:
    """Whether something listens there."""
    try:
        with socket.create_connection((host, port), timeout=0.3):
            return True
    except OSError:
        return False
