"""Bundles: the closure, its hash, and the way through storage."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from pathlib import Path

import msgspec
import pytest

from engine.definitions.bundle import Bundle, BundleUnreadable, from_files, pack, read_folder, unpack
from engine.definitions.manifest import ManifestInvalid, parse_manifest
from tests.definitions_builder import Builder, straight

DATA = Path(__file__).parents[1] / "data" / "definitions" / "valid"


def caller(key: str = "demo", called: str = "second") -> Builder:
    return (
        Builder(key)
        .start()
        .node("callActivity", "c", attributes=f'calledElement="{called}"')
        .end()
        .chain("s", "c", "e")
    )


def write(root: Path, builder: Builder) -> Path:
    for name, raw in builder.all_files().items():
        path = root / builder.key / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
    return root / builder.key


def test_a_folder_and_its_files_in_memory_are_the_same_bundle(tmp_path: Path) -> None:
    folder = write(tmp_path, straight())
    (folder / ".draft").mkdir()
    (folder / ".draft" / "x.bpmn").write_bytes(b"")
    (folder / "notes.tmp").write_bytes(b"")
    assert read_folder(folder) == straight().bundle()
    assert read_folder(folder).forms.keys() == {"note"}


def test_a_called_process_is_part_of_the_hash(tmp_path: Path) -> None:
    folder = write(tmp_path, caller())
    alone = read_folder(folder)
    write(tmp_path, straight("second"))
    together = read_folder(folder)
    assert [called.key for called in together.called] == ["second"]
    (tmp_path / "second" / "forms" / "note.form").write_bytes(b"{}")
    changed = read_folder(folder)
    assert len({alone.content_hash, together.content_hash, changed.content_hash}) == 3


def test_shared_tables_count_only_where_they_are_used() -> None:
    bundle = read_folder(DATA / "shared_table" / "demo")
    assert set(bundle.shared) == {"one.dmn"}
    assert set(bundle.decision_files) == {"decisions/one.dmn"}


def test_a_ring_of_calls_can_be_read() -> None:
    ring = read_folder(DATA.parent / "invalid" / "call-cycle" / "demo")
    assert [bundle.key for bundle in ring.closure()] == ["demo", "second"]


def test_moving_bytes_between_files_changes_the_hash() -> None:
    one = from_files("x", {"a.dmn": b"12", "b.dmn": b"3"}, {})
    other = from_files("x", {"a.dmn": b"1", "b.dmn": b"23"}, {})
    assert one.content_hash != other.content_hash


def test_pack_and_unpack_keep_everything() -> None:
    library = {"second": straight("second").bundle()}
    bundle = caller().bundle(library)
    again = unpack(pack(bundle))
    assert again == bundle
    assert again.files == bundle.files
    assert again.called == bundle.called
    assert pack(again) == pack(bundle)
    assert again.manifest is not None


@pytest.mark.parametrize("raw", [b"", b"\xc1", b"{}", msgspec.msgpack.encode({"format": 9})])
def test_damaged_packs_are_refused(raw: bytes) -> None:
    with pytest.raises(BundleUnreadable):
        unpack(raw)


def test_a_pack_of_another_format_is_refused() -> None:
    packed = msgspec.msgpack.decode(pack(straight().bundle()))
    with pytest.raises(BundleUnreadable, match="format 9"):
        unpack(msgspec.msgpack.encode(packed | {"format": 9}))


def test_bundles_are_frozen_and_can_be_dictionary_keys() -> None:
    bundle = straight().bundle()
    assert {bundle: 1}[straight().bundle()] == 1
    with pytest.raises(FrozenInstanceError):
        bundle.key = "other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        bundle.files["x"] = b""  # type: ignore[index]


def test_a_library_gives_called_bundles_and_their_tables() -> None:
    shared = read_folder(DATA / "shared_table" / "demo")
    bundle: Bundle = caller(called="demo", key="outer").bundle({"demo": shared})
    assert bundle.called == (shared,)


def test_a_process_called_by_many_is_read_and_stored_once() -> None:
    library = {"p0": straight("p0").bundle()}
    for number in range(1, 25):
        builder = Builder(f"p{number}").start()
        for name in ("c", "d"):
            builder.node("callActivity", name, attributes=f'calledElement="p{number - 1}"')
        library[f"p{number}"] = builder.end().chain("s", "c", "d", "e").bundle(library)
    wide = Builder("wide").start()
    names = [f"c{number}" for number in range(25)]
    for number, name in enumerate(names):
        wide.node("callActivity", name, attributes=f'calledElement="p{number}"')
    bundle = wide.end().chain("s", *names, "e").bundle(library)
    assert len(bundle.closure()) == 26
    assert unpack(pack(bundle)) == bundle
    assert len(pack(bundle)) < 2 * sum(len(raw) for each in bundle.closure() for raw in each.files.values())


def test_a_library_of_direct_calls_is_enough() -> None:
    second = caller("second", "third").bundle({"third": straight("third").bundle()})
    assert [each.key for each in caller().bundle({"second": second}).closure()] == ["demo", "second", "third"]


def test_manifest_settings() -> None:
    manifest = parse_manifest(
        b'key = "application"\ntitle = "T"\nowner = "MZJ"\nstarters = ["town_officer"]\ncase_kind = "application"\n'
        b'[retry.notify]\nattempts = 3\nbase_seconds = 5\n[queue]\ndefault = "normal"\n'
    )
    assert manifest.starters == ("town_officer",)
    assert manifest.retry["notify"].attempts == 3
    assert manifest.retry["notify"].max_seconds == 3600
    assert manifest.queue["default"] == "normal"


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b'title = "T"\nowner = "O"', "key 缺少此项"),
        (b'key = "a1"\ntitle = "T"\nowner = "O"\ntitel = 1', "titel 不是可用的设置项"),
        (b'key = "A b"\ntitle = "T"\nowner = "O"', "key 只能用"),
        (b'key = "a1"\ntitle = 3\nowner = "O"', "title 应为文字"),
        (b'key = "a1"\ntitle = "T"\nowner = "O"\nstarters = "x"', "starters 应为列表"),
        (b'key = "a1"\ntitle = "T"\nowner = "O"\n[retry.n]\nattempts = 0', "retry.n.attempts 的值"),
        (b"key = ", "无法读取"),
        (b"\xff\xfe", "无法读取"),
    ],
)
def test_manifest_faults_are_said_in_chinese(raw: bytes, words: str) -> None:
    with pytest.raises(ManifestInvalid) as invalid:
        parse_manifest(raw)
    assert any(words in problem.message for problem in invalid.value.problems), str(invalid.value)
