"""A process that somebody uploads: a zip of its folder, or the files themselves. Unpacked with care, kept as a draft
until it is published."""

from __future__ import annotations

import hashlib
import re
import tomllib
import zipfile
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path, PurePosixPath

from engine.definitions.bundle import SUFFIXES, Bundle, from_files, pack, unpack
from engine.definitions.manifest import FILE as MANIFEST_FILE
from engine.errors import NotFound, Refused

MAX_FILES = 300
MAX_BYTES = 8 * 1024 * 1024
_DRAFT = re.compile(r"^[0-9a-f]{64}$")


def read_upload(sent: Iterable[tuple[str, bytes]]) -> dict[str, bytes]:
    """The files of the uploaded process by their path in its folder.

    :raises Refused: too much, unreadable, or no process.toml among them.
    """
    files: dict[str, bytes] = {}
    for name, content in sent:
        files |= _unzip(content) if name.lower().endswith(".zip") else {_inner(name): content}
    known = {name: content for name, content in files.items() if PurePosixPath(name).suffix in SUFFIXES}
    if len(known) > MAX_FILES or sum(map(len, known.values())) > MAX_BYTES:
        raise Refused(f"文件太多或太大:最多 {MAX_FILES} 个文件,共 {MAX_BYTES // 1024 // 1024} MB")
    manifests = sorted((name for name in known if PurePosixPath(name).name == MANIFEST_FILE), key=len)
    if not manifests:
        raise Refused("没有找到 process.toml。请上传整个流程文件夹,其中要有 process.toml、流程图和表单。")
    folder = manifests[0].removesuffix(MANIFEST_FILE)
    return {name.removeprefix(folder): content for name, content in known.items() if name.startswith(folder)}


def as_bundle(files: Mapping[str, bytes], library: Mapping[str, Bundle]) -> Bundle:
    """The bundle of these files; what they call is taken from the published processes.

    :raises Refused: process.toml does not say the process's key.
    """
    try:
        key = tomllib.loads(files[MANIFEST_FILE].decode("utf-8")).get("key")
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Refused(f"process.toml 无法读取:{error}") from error
    if not isinstance(key, str) or not key:
        raise Refused('process.toml 缺少 key,例如 key = "application"')
    return from_files(key, files, library)


def keep_draft(folder: Path, bundle: Bundle) -> str:
    """Keep a checked bundle until it is published; returns its name."""
    packed = pack(bundle)
    name = hashlib.sha256(packed).hexdigest()
    path = folder / "drafts" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(packed)
    return name


def find_draft(folder: Path, name: str) -> Bundle:
    """The kept bundle.

    :raises NotFound: there is none of this name any more.
    """
    path = folder / "drafts" / name
    if not _DRAFT.match(name) or not path.is_file():
        raise NotFound("这份草稿已经不在了,请重新上传")
    return unpack(path.read_bytes())


def as_zip(bundle: Bundle) -> bytes:
    """The bundle's files as a zip of its folder, ready to be edited and uploaded again."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(bundle.files.items()):
            archive.writestr(f"{bundle.key}/{name}", content)
    return buffer.getvalue()


def _unzip(content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > MAX_FILES or sum(entry.file_size for entry in entries) > MAX_BYTES:
                raise Refused("压缩包里的文件太多或太大")
            return {_inner(entry.filename): archive.read(entry) for entry in entries}
    except zipfile.BadZipFile as error:
        raise Refused("这个 zip 文件打不开,请重新压缩") from error


def _inner(name: str) -> str:
    """The path with forward slashes; one that leaves its folder is refused."""
    path = PurePosixPath(name.replace("\\", "/"))
    if len(path.parts) == 1 and path.suffix == ".form":
        path = PurePosixPath("forms") / path  # files chosen one by one come without their folder
    if path.is_absolute() or ".." in path.parts:
        raise Refused(f"文件路径 {name} 不可用")
    return str(path)
