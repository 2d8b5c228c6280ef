"""Settings are read once; production refuses what only a demonstration may have, and says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from engine.errors import SettingsInvalid
from engine.sealing import new_key
from engine.settings import load_settings

SECRET = "k" * 48
KEYS, APART = f"2026:{new_key()}", f"apart:{new_key()}"


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in list(os.environ):
        if name.startswith("TONGAN_"):
            monkeypatch.delenv(name)


def test_a_demonstration_needs_nothing() -> None:
    settings = load_settings()
    assert settings.database_url == f"sqlite:///{Path('var') / 'tongan.sqlite3'}"
    assert settings.broker_url == "filesystem://"
    assert len(settings.secret_key) >= 48
    assert settings.demo_logins_allowed and settings.demo_clock_allowed
    assert settings.secret_key not in repr(settings)


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONGAN_DATABASE_URL", "postgresql://x/y")
    monkeypatch.setenv("TONGAN_CLOSING_TIME", "18:00")
    settings = load_settings(data_folder=Path("/data"))
    assert (settings.database_url, settings.closing_time.hour) == ("postgresql://x/y", 18)


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError):
        load_settings().debug = True


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEMO_LOGINS", "true"),
        ("DEMO_CLOCK", "true"),
        ("DEBUG", "true"),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", ""),
        ("SEALING_KEYS", ""),
        ("SEALED_KEYS", ""),
    ],
)
def test_production_refuses(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv("TONGAN_MODE", "production")
    monkeypatch.setenv("TONGAN_SECRET_KEY", SECRET)
    monkeypatch.setenv("TONGAN_SEALING_KEYS", KEYS)
    monkeypatch.setenv("TONGAN_SEALED_KEYS", APART)
    assert not load_settings().demo_clock_allowed
    monkeypatch.setenv(f"TONGAN_{name}", value)
    with pytest.raises(SettingsInvalid, match=f"TONGAN_{name}"):
        load_settings()


def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONGAN_MODE", "prod")
    with pytest.raises(SettingsInvalid, match="TONGAN_MODE"):
        load_settings()
