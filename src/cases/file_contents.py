"""The bytes of attachments in the data folder, each enciphered with a key of its own (AES-256-GCM).

The key stands in the attachment's row, and of a sealed file's attachment it stands there under the second ring: who
takes the disk, a copy of it or the database without the ring reads no report of illness. Because each attachment has a
key, sealing it anew touches the row alone, in the transaction that attaches it, and never the bytes.
"""

from __future__ import annotations

import base64
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.errors import SealBroken

KEY_BYTES, NONCE_BYTES = 32, 12


def new_key() -> str:
    """A fresh key, base64 of 32 bytes."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def write(folder: Path, file_id: str, key: str, content: bytes) -> None:
    """Keep the bytes under the attachment's id: whole, or not at all."""
    path = _path(folder, file_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    nonce = secrets.token_bytes(NONCE_BYTES)
    part = path.with_suffix(".part")
    part.write_bytes(nonce + AESGCM(base64.b64decode(key)).encrypt(nonce, content, file_id.encode()))
    part.replace(path)


def read(folder: Path, file_id: str, key: str) -> bytes:
    """The bytes as they were.

    :raises FileNotFoundError: they are not in the data folder.
    :raises SealBroken: they were changed, or belong to another attachment.
    """
    raw = _path(folder, file_id).read_bytes()
    try:
        return AESGCM(base64.b64decode(key)).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], file_id.encode())
    except InvalidTag as error:
        raise SealBroken(f"附件 {file_id} 的内容被改动或与记录不符,请从备份恢复") from error


def remove(folder: Path, file_id: str) -> bool:
    """Remove the bytes for good; whether there were any."""
    path = _path(folder, file_id)
    there = path.exists()
    path.unlink(missing_ok=True)
    return there


def _path(folder: Path, file_id: str) -> Path:
    return folder / "files" / file_id[-2:] / file_id
