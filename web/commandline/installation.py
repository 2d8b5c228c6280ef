"""Brings an installation up to date: the tables, the published processes. Safe to do again at any time."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cases.composition import compose
from engine.access import Actor
from engine.clock import Clock, SystemClock
from engine.commands.deploy import Version, deploy
from engine.definitions.bundle import read_folder
from engine.environment import Environment
from engine.settings import Settings, load_settings
from engine.store.session import Database

#: The folder that holds `processes/`, `migrations/` and `web/`.
PROJECT = Path(__file__).resolve().parents[2]
PROCESSES = PROJECT / "processes"


@dataclass(frozen=True, kw_only=True)
class Installation:
    """An opened installation: what a command of the terminal works with."""

    settings: Settings
    database: Database
    env: Environment
    clock: Clock


def local_settings() -> Settings:
    """The settings; in a demonstration the key that signs cookies is kept in the data folder, so that a restart logs
    nobody out."""
    settings = load_settings()
    if settings.is_production:
        return settings
    settings.data_folder.mkdir(parents=True, exist_ok=True)
    file = settings.data_folder / "secret_key"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(48), encoding="ascii")
    return load_settings(secret_key=file.read_text(encoding="ascii"))


def open_installation() -> Installation:
    """Open the installation that the environment describes."""
    settings = local_settings()
    database, env = compose(settings)
    return Installation(settings=settings, database=database, env=env, clock=SystemClock())


def process_folders(root: Path = PROCESSES) -> Iterator[Path]:
    """The folders that hold a process, in the order of their names."""
    return (manifest.parent for manifest in sorted(root.glob("*/process.toml")))


def publish(installation: Installation, folder: Path) -> Version:
    """Publish the process in this folder; an unchanged one keeps its version."""
    bundle = read_folder(folder)
    with installation.database.transaction() as session:
        return deploy(session, installation.env, bundle, actor=Actor.system("deploy"), now=installation.clock.now())
