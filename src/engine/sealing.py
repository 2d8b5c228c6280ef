"""Encrypts what may not stand readable in the database: AES-256-GCM under one of several keys.

A sealed text is `v1:<key id>:<nonce and ciphertext, base64>`. What it is bound to (table and column) is authenticated
with it, so that a text moved to another column is refused. The first key of the ring writes; the others only read,
until a rotation has rewritten everything.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.errors import SealBroken, SettingsInvalid

KEY_BYTES, NONCE_BYTES = 32, 12
_PREFIX = "v1:"
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,20}")


@dataclass(frozen=True, kw_only=True)
class Keyring:
    """The keys by id."""

    writing: str  #: id of the key that seals
    keys: Mapping[str, bytes] = field(repr=False)

    def seal(self, text: str, bound_to: str) -> str:
        """The text, sealed for one place, e.g. `objector.name`."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = AESGCM(self.keys[self.writing]).encrypt(nonce, text.encode(), bound_to.encode())
        return f"{_PREFIX}{self.writing}:{base64.b64encode(nonce + sealed).decode()}"

    def unseal(self, sealed: str, bound_to: str) -> str:
        """The inverse of `seal`.

        :raises SealBroken: no key of this id, another key under it, or the text was changed or moved.
        """
        _version, key_id, body = sealed.split(":", 2)
        if key_id not in self.keys:
            raise SealBroken(f"密文所用密钥 {key_id} 不在 TONGAN_SEALING_KEYS 中,请补上该密钥")
        try:
            raw = base64.b64decode(body, validate=True)
            opened = AESGCM(self.keys[key_id]).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], bound_to.encode())
        except (InvalidTag, binascii.Error, ValueError) as error:
            raise SealBroken(f"{bound_to} 的密文无法解开:密钥不符,或密文被改动,请核对密钥并从备份恢复") from error
        return opened.decode()

    def is_current(self, sealed: str) -> bool:
        """Whether the text is sealed with the writing key."""
        return sealed.startswith(f"{_PREFIX}{self.writing}:")


def is_sealed(text: str) -> bool:
    """Whether this is a sealed text; rows of before the seal are not, until a rotation has rewritten them."""
    return re.match(rf"{_PREFIX}{_KEY_ID.pattern}:[A-Za-z0-9+/]{{38,}}=*\Z", text) is not None


def new_key() -> str:
    """A fresh key as the settings take it: base64 of 32 random bytes."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def read_keys(text: str) -> Keyring:
    """The ring of `id:key id:key …`, the writing key first; keys are base64 of 32 bytes.

    :raises SettingsInvalid: empty, a part that is none, one id twice, or a key that anybody can guess.
    """
    keys: dict[str, bytes] = {}
    for part in text.split():
        key_id, _, encoded = part.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if not _KEY_ID.fullmatch(key_id) or len(key) != KEY_BYTES or key_id in keys:
            raise SettingsInvalid(
                "TONGAN_SEALING_KEYS: must be id:key pairs parted by blanks, each id once, each key the base64 of "
                f"{KEY_BYTES} bytes; make one with `tongan keys new`"
            )
        if len(set(key)) < KEY_BYTES // 4:
            raise SettingsInvalid(f"TONGAN_SEALING_KEYS: key {key_id} can be guessed; make one with `tongan keys new`")
        keys[key_id] = key
    if not keys:
        raise SettingsInvalid("TONGAN_SEALING_KEYS: names no key; make one with `tongan keys new`")
    return Keyring(writing=next(iter(keys)), keys=keys)
