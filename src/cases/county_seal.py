"""What the county keeps sealed, and with which keys (domain.md 5, 6.1: objector, reporter, letters; the sealed files,
`sealed_record`, under a ring of their own)."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from engine.sealing import APART, Keyring, new_key, read_keys
from engine.settings import Settings
from engine.store.seals import Seal

#: Fields of forms that tell who reported a child in danger, or who objected.
SECRET_FIELDS: frozenset[str] = frozenset(
    {"objector_name", "objector_phone", "reporter_name", "reporter_unit", "reporter_phone"}
)

KEY_FILE, APART_FILE = "sealing_keys", "sealed_keys"


def seal_of(settings: Settings) -> Seal:
    """The seal of this installation: the settings' keys; a demonstration without makes them in its data folder.

    :raises SettingsInvalid: the keys cannot be used.
    """
    text = settings.sealing_keys
    if not text and not settings.is_production:
        text = _kept(settings.data_folder / KEY_FILE)
    keyring: Keyring = read_keys(text)
    apart = apart_keys(settings)
    name = hashlib.sha256(f"{text} | {apart}".encode()).hexdigest()
    ring = read_keys(apart, "TONGAN_SEALED_KEYS", APART)
    return Seal(keyring=keyring, apart=ring, secret_fields=SECRET_FIELDS, name=name)


def apart_keys(settings: Settings) -> str:
    """The keys of the sealed files as the settings write them; a demonstration makes its own in the data folder."""
    if settings.sealed_keys or settings.is_production:
        return settings.sealed_keys
    return _kept(settings.data_folder / APART_FILE)


def _kept(file: Path) -> str:
    """The demonstration's key. Several processes may come at once: one makes it, whole, and all read that one."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_name(f"{file.name}.{os.getpid()}")
        part.touch(mode=0o600)
        part.write_text(f"demo:{new_key()}", encoding="ascii")
        with suppress(FileExistsError):
            os.link(part, file)
        part.unlink()
    return file.read_text(encoding="ascii")
