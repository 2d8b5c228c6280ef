"""The embedded broker: kombu's folder of messages, read with more care.

kombu's own reader may take a message that its writer has opened and not yet written, and then ends the worker with a
broken JSON text. This reader takes what is complete and leaves the rest for its next look; and it takes a message by
removing it, which only one of several readers can do.
"""

from __future__ import annotations

import fcntl
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import loads

SCHEME = "folder"


class Channel(filesystem.Channel):
    """A channel that takes only complete messages."""

    def _get(self, queue: str, timeout: float | None = None) -> Any:  # noqa: ARG002 - of the library
        for file in sorted(Path(self.data_folder_in).glob(f"*.{queue}.msg")):
            message = take(file)
            if message is not None:
                return message
        raise Empty


class Transport(filesystem.Transport):
    """`folder://`, beside kombu's `filesystem://`; both use the same files."""

    Channel = Channel


def take(file: Path) -> Any | None:
    """The message in this file, which is gone afterwards; None if it is not complete or somebody else was faster."""
    try:
        with file.open("rb") as opened:
            fcntl.flock(opened, fcntl.LOCK_SH)  # the writer holds the lock while it writes
            text = opened.read()
        if not text:
            return None
        file.unlink()
    except FileNotFoundError:
        return None
    return loads(text.decode())


TRANSPORT_ALIASES[SCHEME] = f"{__name__}:{Transport.__name__}"
