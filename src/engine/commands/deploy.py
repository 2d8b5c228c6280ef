"""Publish a version of a process. The same files again are the same version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.access import Actor, Permission, require
from engine.commands.check_bundle import check_bundle
from engine.definitions.bundle import Bundle, pack
from engine.environment import Environment
from engine.errors import BundleInvalid
from engine.store import audit, process_version
from engine.store.identifiers import new_id
from engine.store.prepared import Prepared
from engine.store.session import Session

#: Two publications of one process wait for each other.
_LOCK = Prepared(
    sa.select(
        sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(sa.bindparam("key", type_=sa.String), 1)).label("locked")
    )
)


@dataclass(frozen=True, kw_only=True)
class Version:
    """A published version."""

    id: str
    key: str
    number: int
    is_new: bool  #: False: exactly these files had been published before


def deploy(session: Session, env: Environment, bundle: Bundle, *, actor: Actor, now: datetime) -> Version:
    """Check the bundle and publish it. Instances that run stay on their version.

    Raises `NotAllowed`, `BundleInvalid` with all problems when one of them is an error.
    """
    require(actor, Permission.PROCESS_PUBLISH)
    session.lock(_LOCK, {"key": bundle.key})
    same = process_version.with_content(session, bundle.key, bundle.content_hash)
    if same is not None:
        return Version(id=same.id, key=bundle.key, number=same.number, is_new=False)
    problems = check_bundle(env, bundle, actor=actor)
    if any(problem.is_error for problem in problems):
        raise BundleInvalid(problems)
    latest = process_version.latest(session, bundle.key)
    number = 1 if latest is None else latest.number + 1
    version_id = new_id(now)
    manifest = bundle.manifest
    assert manifest is not None, "a bundle without a manifest has a problem"
    session.write(
        process_version.INSERT,
        {
            "id": version_id,
            "process_key": bundle.key,
            "number": number,
            "content_hash": bundle.content_hash,
            "title": manifest.title,
            "case_kind": manifest.case_kind or "",
            "starters": list(manifest.starters),
            "bundle": pack(bundle),
            "published_at": now,
            "published_by": actor.id,
        },
    )
    detail = {"key": bundle.key, "number": number, "content_hash": bundle.content_hash}
    audit.record(session, actor=actor, action="process.publish", target=version_id, now=now, detail=detail)
    return Version(id=version_id, key=bundle.key, number=number, is_new=True)
