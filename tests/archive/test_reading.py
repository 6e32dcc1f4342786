"""What isn't a whole archive is refused with one sentence."""

import json
import zipfile
from contextlib import closing

import pytest

from tests.archive.desks import checked, restored
from ticket_api.archive.kinds import content_hash, hashes_of
from ticket_api.archive.reading import Archive
from ticket_api.errors import Stop
from ticket_api.store import open_store


@pytest.fixture
def path(desk, tmp_path):
    return desk.back_up(tmp_path / "b")


def refusal(path) -> str:
    with pytest.raises(Stop) as stop:
        checked(path)
    assert str(path) in str(stop.value)
    return str(stop.value)


def rewritten(path, change) -> None:
    """Write the archive anew with its parts changed; `change` gets and returns names and contents."""
    with zipfile.ZipFile(path) as bundle:
        parts = [(name, bundle.read(name)) for name in bundle.namelist()]
    with zipfile.ZipFile(path, "w") as bundle:
        for name, content in change(parts):
            bundle.writestr(name, content)


def manifest_with(**fields):
    def change(parts):
        return [
            (name, json.dumps(json.loads(text) | fields).encode()) if name == "manifest.json" else (name, text)
            for name, text in parts
        ]

    return change


@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.9, 0.999])
def test_a_half_written_one_is_refused(path, share):
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    assert "damaged or half written" in refusal(path)


def test_a_flipped_bit_is_found_wherever_it_changes_what_is_read(path):
    content = path.read_bytes()
    whole = checked(path)
    found = 0
    for place in range(0, len(content), 97):
        path.write_bytes(content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :])
        try:
            assert checked(path) == whole
        except Stop:
            found += 1
    assert found > len(content) // 97 // 2


def test_one_of_a_newer_format_is_told_as_such(path):
    rewritten(path, manifest_with(format=4))
    assert "newer Helpleaf (format 4; this one reads 3)" in refusal(path)


def without(version, *kinds):
    """An archive as it was before there were such records."""

    def change(parts):
        kept = {name: text for name, text in parts if name.removesuffix(".jsonl") not in kinds}
        told = json.loads(kept["manifest.json"])
        told["counts"] = {kind: number for kind, number in told["counts"].items() if kind not in kinds}
        told["members"] = [member for member in told["members"] if member["name"] in kept]
        hashes = {member["name"].removesuffix(".jsonl"): member["sha256"] for member in told["members"]}
        told |= {"format": version, "content": content_hash(hashes)}
        return [*(kept | {"manifest.json": json.dumps(told)}).items()]

    return change


@pytest.mark.parametrize(("version", "kinds"), [(1, ("searches", "mails", "papers")), (2, ("mails", "papers"))])
def test_one_of_an_older_format_is_restored_without_what_came_later(path, desk, tmp_path, version, kinds):
    rewritten(path, without(version, *kinds))
    restored(path, tmp_path / "new")
    with closing(open_store(str(tmp_path / "new" / "tickets.db"))) as store, store.snapshot() as snapshot:
        there = hashes_of(snapshot)
        assert not list(snapshot.mails()) + list(snapshot.papers())
        assert bool(list(snapshot.searches())) is (version == 2)
    with desk.store.snapshot() as snapshot:
        assert all(found == there[kind] for kind, found in hashes_of(snapshot).items() if kind not in kinds)


@pytest.mark.parametrize(
    "change",
    [
        lambda parts: [*parts, ("../evil", b"x")],
        lambda parts: [*parts, ("/etc/evil", b"x")],
        lambda parts: [part for part in parts if part[0] != "events.jsonl"],
        lambda parts: [(name, text + b"\n" if name == "tickets.jsonl" else text) for name, text in parts],
        lambda parts: [(name, text.replace(b"Bob", b"Rob")) for name, text in parts],
        lambda parts: [(name, b"{}" if name == "manifest.json" else text) for name, text in parts],
        lambda parts: [(name, b"[" * 5000 if name == "manifest.json" else text) for name, text in parts],
        lambda parts: [(name, b" " * 2_000_000 if name == "manifest.json" else text) for name, text in parts],
        lambda parts: [part for part in parts if part[0] != "manifest.json"],
        manifest_with(members=[{"name": "../secret.key", "size": 1, "sha256": "0" * 64}]),
        manifest_with(counts={"tickets": 12}),
        manifest_with(content="0" * 64),
        manifest_with(head=None),
        manifest_with(head={"seq": 3, "hash": "0" * 64}),
        manifest_with(format="1"),
        manifest_with(members=None),
    ],
)
def test_a_forged_one_is_refused(path, change):
    rewritten(path, change)
    assert "damaged or half written" in refusal(path)


def test_a_part_that_stands_twice_is_refused(path):
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "a") as bundle:
        bundle.writestr("secret.key", b"0" * 32)
    assert "damaged or half written" in refusal(path)


def test_one_that_isnt_there_and_a_folder_are_told_as_such(path):
    assert "isn't there" in refusal(path.with_name("none.zip"))
    assert f"Name one of the archives in it, such as {path}" in refusal(path.parent)


def test_a_file_that_it_doesnt_hold_is_none(path):
    with Archive(path) as archive:
        assert archive.file("helpleaf.toml") is None
        assert len(archive.file("secret.key")) == 32
