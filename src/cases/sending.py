"""A form as a browser sends it: dates as text, files uploaded and named by their ids. For stories and the demo."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from cases import files
from engine.access import Actor
from engine.store.session import Session

#: In a told value, what follows this names a file to be uploaded.
FILE = "file:"

#: What a file of each ending begins with, so that the upload's check takes it.
_BYTES: Mapping[str, bytes] = {
    ".pdf": b"%PDF-1.4 told",
    ".jpg": b"\xff\xd8\xff told",
    ".png": b"\x89PNG\r\n\x1a\ntold",
    ".csv": b"\xef\xbb\xbftold\r\n",
}


def sent(session: Session, fields: Mapping[str, Any], *, folder: Path, actor: Actor, now: datetime) -> dict[str, Any]:
    """The fields as they arrive at a command; a told `"file:name.pdf"` is uploaded by the actor."""

    def one(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: one(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [one(item) for item in value]
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, str) and value.startswith(FILE):
            name = value.removeprefix(FILE)
            content = _BYTES.get(PurePosixPath(name).suffix, b"")
            return [files.store(session, folder, name=name, content=content, actor=actor, now=now).id]
        return value

    return {name: one(value) for name, value in fields.items()}
