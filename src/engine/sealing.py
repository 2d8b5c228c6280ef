"""Encrypts what may not stand readable in the database: AES-256-GCM under one of several keys.

A sealed text is `v1:<key id>:<nonce and ciphertext, base64>`. What it is bound to (table and column) is authenticated
with it, so that a text moved to another column is refused. The first key of the ring writes; the others only read,
until a rotation has rewritten everything. There may be two rings, the second for files that are sealed apart: its texts
begin with `s1:`, and neither ring opens what the other sealed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.errors import SealBroken, SettingsInvalid

KEY_BYTES, NONCE_BYTES = 32, 12
#: What the texts of each ring begin with.
USUAL, APART = "v1:", "s1:"
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,20}")


@dataclass(frozen=True, kw_only=True)
class Keyring:
    """The keys by id."""

    writing: str  #: id of the key that seals
    keys: Mapping[str, bytes] = field(repr=False)
    setting: str = "TONGAN_SEALING_KEYS"  #: where the keys come from, for messages
    prefix: str = USUAL

    def seal(self, text: str, bound_to: str) -> str:
        """The text, sealed for one place, e.g. `objector.name`."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = AESGCM(self.keys[self.writing]).encrypt(nonce, text.encode(), bound_to.encode())
        return f"{self.prefix}{self.writing}:{base64.b64encode(nonce + sealed).decode()}"

    def unseal(self, sealed: str, bound_to: str) -> str:
        """The inverse of `seal`.

        :raises SealBroken: no key of this id, another key under it, or the text was changed or moved.
        """
        _version, key_id, body = sealed.split(":", 2)
        if key_id not in self.keys:
            raise SealBroken(f"密文所用密钥 {key_id} 不在 {self.setting} 中,请补上该密钥")
        try:
            raw = base64.b64decode(body, validate=True)
            opened = AESGCM(self.keys[key_id]).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], bound_to.encode())
        except (InvalidTag, binascii.Error, ValueError) as error:
            raise SealBroken(f"{bound_to} 的密文无法解开:密钥不符,或密文被改动,请核对密钥并从备份恢复") from error
        return opened.decode()

    def is_current(self, sealed: str) -> bool:
        """Whether the text is sealed with the writing key."""
        return sealed.startswith(f"{self.prefix}{self.writing}:")

    def marks(self, text: str, bound_to: str) -> tuple[str, ...]:
        """Keyed digests (HMAC-SHA-256) of a text, of the writing key first: equal texts have equal marks, and nobody
        without the key can try texts out. A row written before a rotation has the mark of an older key."""
        order = [self.writing, *(each for each in self.keys if each != self.writing)]
        return tuple(self._mark(self.keys[each], text, bound_to) for each in order)

    @staticmethod
    def _mark(key: bytes, text: str, bound_to: str) -> str:
        apart = hmac.new(key, b"mark:" + bound_to.encode(), hashlib.sha256).digest()
        return hmac.new(apart, text.encode(), hashlib.sha256).hexdigest()


def is_sealed(text: str, prefix: str = USUAL) -> bool:
    """Whether this is a text that the ring of this prefix sealed; rows of before the seal are not, until a rotation has
    rewritten them."""
    return re.match(rf"{prefix}{_KEY_ID.pattern}:[A-Za-z0-9+/]{{38,}}=*\Z", text) is not None


def new_key() -> str:
    """A fresh key as the settings take it: base64 of 32 random bytes."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def read_keys(text: str, setting: str = "TONGAN_SEALING_KEYS", prefix: str = USUAL) -> Keyring:
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
                f"{setting}: must be id:key pairs parted by blanks, each id once, each key the base64 of "
                f"{KEY_BYTES} bytes; make one with `tongan keys new`"
            )
        if len(set(key)) < KEY_BYTES // 4:
            raise SettingsInvalid(f"{setting}: key {key_id} can be guessed; make one with `tongan keys new`")
        keys[key_id] = key
    if not keys:
        raise SettingsInvalid(f"{setting}: names no key; make one with `tongan keys new`")
    return Keyring(writing=next(iter(keys)), keys=keys, setting=setting, prefix=prefix)
