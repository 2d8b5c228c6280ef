"""Brings a database to the newest schema: Alembic's migrations, run by the program itself."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

#: Beside `src/` in the project: the program is run from its own tree.
MIGRATIONS = Path(__file__).resolve().parents[3] / "migrations"


def alembic_config(database_url: str, sealed_keys: str = "") -> Config:
    """Alembic's configuration for this database; `sealed_keys`: the ring under which rows of sealed files move."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["database_url"] = database_url
    config.attributes["sealed_keys"] = sealed_keys
    return config


def migrate(database_url: str, *, to: str = "head", sealed_keys: str = "") -> None:
    """Upgrade (or, with an older revision, downgrade: see Alembic) the database at this SQLAlchemy URL."""
    command.upgrade(alembic_config(database_url, sealed_keys), to)
