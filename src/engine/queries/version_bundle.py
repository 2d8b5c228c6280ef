"""The files of a published version."""

from __future__ import annotations

from engine.definitions.bundle import Bundle, unpack
from engine.errors import NotFound
from engine.store import process_version
from engine.store.session import Session


def version_bundle(session: Session, version_id: str) -> Bundle:
    """The bundle as it was published. Raises `NotFound`."""
    packed = process_version.packed_bundle(session, version_id)
    if packed is None:
        raise NotFound("没有这个流程版本")
    return unpack(packed)
