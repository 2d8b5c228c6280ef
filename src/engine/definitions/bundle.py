"""A bundle: the files of one process, with the processes it calls and the shared tables it uses.

The content hash covers this closure, so that a version means the same for ever: calling another version of a
sub-process is another bundle.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType

import msgspec

from engine.definitions.diagram import Diagram, Process
from engine.definitions.gate import FileRefused, parse_xml
from engine.definitions.manifest import FILE as MANIFEST_FILE
from engine.definitions.manifest import Manifest, ManifestInvalid, parse_manifest
from engine.definitions.reading import parse_diagram
from engine.errors import EngineError

SHARED = "decisions"  #: folder beside the processes with tables that several of them use
SUFFIXES = frozenset({".bpmn", ".dmn", ".form", ".toml", ".md"})
_FORMAT = 1

Finder = Callable[[str], Mapping[str, bytes] | None]


class BundleUnreadable(EngineError):
    """The packed bundle cannot be read."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Bundle:
    """One process and all it needs. `files` are paths inside its folder, with forward slashes."""

    key: str
    files: Mapping[str, bytes]
    manifest: Manifest | None = None  #: None: process.toml is missing or broken; the check says which
    called: tuple[Bundle, ...] = ()  #: bundles of the processes called directly
    shared: Mapping[str, bytes] = field(default_factory=dict)  #: files of `processes/decisions/` that it uses
    content_hash: str = ""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Bundle) and other.content_hash == self.content_hash

    def __hash__(self) -> int:
        return hash(self.content_hash)

    @property
    def diagram_name(self) -> str:
        return f"{self.key}.bpmn"

    @property
    def diagram_bytes(self) -> bytes:
        """The diagram's XML; empty when the bundle has none."""
        return self.files.get(self.diagram_name, b"")

    @cached_property
    def diagram(self) -> Diagram:
        """The parsed diagram. Raises `gate.FileRefused`."""
        return parse_diagram(self.diagram_bytes, f"{self.key}/{self.diagram_name}")

    @property
    def decision_files(self) -> Mapping[str, bytes]:
        """Every DMN file of the bundle and of the shared folder, by path; a shared one as `decisions/<name>`."""
        own = {name: raw for name, raw in self.files.items() if name.endswith(".dmn")}
        return own | {f"{SHARED}/{name}": raw for name, raw in self.shared.items() if name.endswith(".dmn")}

    @property
    def forms(self) -> Mapping[str, bytes]:
        """Form files by form key."""
        return {
            name.removeprefix("forms/").removesuffix(".form"): raw
            for name, raw in self.files.items()
            if name.startswith("forms/") and name.endswith(".form")
        }

    def process_of(self, key: str) -> Process | None:
        """The executable process with this key, of this bundle or one that it calls."""
        return next((one for each in self.closure() for one in each.diagram.processes if one.id == key), None)

    def closure(self) -> tuple[Bundle, ...]:
        """This bundle and every bundle it calls, directly or not, each key once; callers before called."""
        found = {self.key: self}
        waiting = list(self.called)
        while waiting:
            bundle = waiting.pop(0)
            if bundle.key not in found:
                found[bundle.key] = bundle
                waiting.extend(bundle.called)
        return tuple(found.values())


def read_folder(path: Path, siblings: Path | None = None) -> Bundle:
    """The bundle in a folder. `siblings` is the folder of the other processes and of the shared tables (its parent).

    A missing or broken file does not stop the reading: `check_bundle` reports it. Raises `OSError` only.
    """
    root = siblings if siblings is not None else path.parent
    shared = _read_files(root / SHARED) if (root / SHARED).is_dir() else {}

    def find(key: str) -> Mapping[str, bytes] | None:
        folder = root / key
        return _read_files(folder) if "/" not in key and not key.startswith(".") and folder.is_dir() else None

    return _close(path.name, _read_files(path), shared, find, (), {})


def from_files(
    key: str, files: Mapping[str, bytes], library: Mapping[str, Bundle], shared: Mapping[str, bytes] | None = None
) -> Bundle:
    """A bundle from files in memory (an upload, the modeler). `library` holds the other processes' bundles by key."""
    tables = dict(shared or {})
    known: dict[str, Bundle] = {}
    for bundle in (each for direct in library.values() for each in direct.closure()):
        known.setdefault(bundle.key, library.get(bundle.key, bundle))
        for name, raw in bundle.shared.items():
            tables.setdefault(name, raw)

    def find(called: str) -> Mapping[str, bytes] | None:
        return known[called].files if called in known else None

    return _close(key, files, tables, find, (), {})


def pack(bundle: Bundle) -> bytes:
    """The bundle as bytes for storage; a process that is called twice is stored once. Same bundle, same bytes."""
    parts: dict[str, dict[str, object]] = {}
    _add_parts(bundle, parts)
    return msgspec.msgpack.encode({"format": _FORMAT, "parts": list(parts.values())})


def unpack(raw: bytes) -> Bundle:
    """The bundle from `pack`. The content hash is computed anew. Raises `BundleUnreadable`."""
    try:
        packed = msgspec.msgpack.decode(raw, type=_Packed)
    except msgspec.MsgspecError as error:
        raise BundleUnreadable(f"The packed bundle cannot be read: {error}") from error
    if packed.format != _FORMAT:
        raise BundleUnreadable(f"The packed bundle has format {packed.format}; this program reads {_FORMAT}.")
    made: dict[str, Bundle] = {}
    bundle: Bundle | None = None
    for part in packed.parts:
        if not all(name in made for name in part.called):
            raise BundleUnreadable(f"The packed bundle lacks a process that {part.key} calls.")
        bundle = _make(part.key, part.files, part.shared, tuple(made[name] for name in part.called))
        made[bundle.content_hash] = bundle
    if bundle is None:
        raise BundleUnreadable("The packed bundle is empty.")
    return bundle


class _Part(msgspec.Struct):
    key: str
    files: dict[str, bytes]
    shared: dict[str, bytes]
    called: list[str]  #: content hashes of parts that stand before


class _Packed(msgspec.Struct):
    format: int
    parts: list[_Part]  #: called processes before their callers, the bundle itself last


def _add_parts(bundle: Bundle, parts: dict[str, dict[str, object]]) -> None:
    for called in bundle.called:
        if called.content_hash not in parts:
            _add_parts(called, parts)
    parts[bundle.content_hash] = {
        "key": bundle.key,
        "files": dict(sorted(bundle.files.items())),
        "shared": dict(sorted(bundle.shared.items())),
        "called": [called.content_hash for called in bundle.called],
    }


def _make(key: str, files: Mapping[str, bytes], shared: Mapping[str, bytes], called: tuple[Bundle, ...]) -> Bundle:
    try:
        manifest = parse_manifest(files[MANIFEST_FILE]) if MANIFEST_FILE in files else None
    except ManifestInvalid:
        manifest = None
    return Bundle(
        key=key,
        files=MappingProxyType(dict(sorted(files.items()))),
        shared=MappingProxyType(dict(sorted(shared.items()))),
        manifest=manifest,
        called=called,
        content_hash=_hash(key, files, shared, called),
    )


def _hash(key: str, files: Mapping[str, bytes], shared: Mapping[str, bytes], called: tuple[Bundle, ...]) -> str:
    digest = hashlib.sha256()

    def add(*parts: bytes) -> None:
        for part in parts:
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)

    add(b"bundle", key.encode())
    for kind, group in ((b"file", files), (b"shared", shared)):
        for name, raw in sorted(group.items()):
            add(kind, name.encode(), raw)
    for bundle in sorted(called, key=lambda each: each.key):
        add(b"called", bundle.key.encode(), bundle.content_hash.encode())
    return digest.hexdigest()


def _close(
    key: str,
    files: Mapping[str, bytes],
    shared: Mapping[str, bytes],
    find: Finder,
    callers: tuple[str, ...],
    known: dict[str, Bundle],
) -> Bundle:
    """Follow the calls. A call back to a caller is left out here and refused by the check (`call-cycle`).

    `known` holds what was followed before, so that processes which share others are read once.
    """
    if key in known:
        return known[key]
    chain = (*callers, key)
    calls, decisions = _references(files, key)
    called = []
    for name in dict.fromkeys(calls):
        found = None if name in chain else find(name)
        if found is not None:
            called.append(_close(name, found, shared, find, chain, known))
    known[key] = _make(key, files, _used_tables(shared, decisions), tuple(called))
    return known[key]


def _references(files: Mapping[str, bytes], key: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """Called process keys and decision ids that the diagram names."""
    try:
        diagram = parse_diagram(files.get(f"{key}.bpmn", b""))
    except FileRefused:
        return (), frozenset()
    nodes = [node for process in diagram.processes for node in process.nodes]
    return (
        tuple(node.called for node in nodes if node.called),
        frozenset(node.properties["decision"].strip('"') for node in nodes if "decision" in node.properties),
    )


def _used_tables(shared: Mapping[str, bytes], wanted: frozenset[str]) -> dict[str, bytes]:
    """The shared files that define a wanted decision, so that another table's change makes no new version."""
    return {
        name: raw for name, raw in shared.items() if name.endswith(".dmn") and wanted & frozenset(decision_ids(raw))
    }


@lru_cache(maxsize=128)  # each bundle asks every shared table
def decision_ids(raw: bytes) -> tuple[str, ...]:
    """Ids of the decisions in a DMN file; none if it cannot be read."""
    try:
        root = parse_xml(raw)
    except FileRefused:
        return ()
    return tuple(str(element.get("id")) for element in root.iter("{*}decision") if element.get("id"))


def _read_files(folder: Path) -> dict[str, bytes]:
    found = {}
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in relative.parts)
        if path.is_file() and not path.is_symlink() and not hidden and path.suffix in SUFFIXES:
            found[relative.as_posix()] = path.read_bytes()
    return found
