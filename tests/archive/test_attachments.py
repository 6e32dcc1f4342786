"""The files that tickets name go wherever the tickets go, and no further."""

import io
import json
import logging
import os
import zipfile
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from tests.archive.desks import BOB, KEY, MALLORY, NOON, checked, question, restored
from ticket_api.archive import attachments, copying, erase, erased
from ticket_api.archive.backup import back_up
from ticket_api.archive.beside import Beside
from ticket_api.archive.export import Export
from ticket_api.errors import Stop
from ticket_api.keys import key_mark
from ticket_api.store import open_store
from ticket_api.store.attachments import Attachments
from ticket_api.tickets import ticket as tickets
from ticket_api.tickets.event import Act
from ticket_api.tickets.message import Attachment, Message

HOSTILE = "../../../etc/cron.d/=evil\0.html"


@pytest.fixture
def files(desk):
    return Attachments(desk.data / "files")


def attach(store, files, content: bytes, email: str = BOB, **fields) -> tuple[int, str]:
    """A ticket of somebody with one file, and the ids of both."""
    sent = Attachment(files.put(content), HOSTILE, "image/png", len(content))
    messages = (Message("requester", "See the picture", NOON, (sent,)),)
    made = store.add_ticket(question(hash(content) % 10**6 + 1000, email, messages=messages, status="open", **fields))
    return made.id, sent.id


def backed_up(desk, files, folder):
    folder.mkdir(exist_ok=True)
    with desk.store.snapshot() as snapshot:
        return back_up(snapshot, {"secret.key": KEY}, folder, NOON, key=key_mark(KEY), attachments=files)


def test_a_backup_holds_what_tickets_name_and_a_restore_puts_it_in_place(desk, files, tmp_path):
    """A9: the names that they were sent under are nowhere."""
    _, first = attach(desk.store, files, b"\x89PNG one")
    _, lost = attach(desk.store, files, b"\x89PNG lost")
    stray = files.put(b"stray")
    files.remove([lost])
    path, manifest = backed_up(desk, files, tmp_path / "b")
    assert (manifest.missing, [member.name for member in manifest.attachments]) == ((lost,), [f"files/{first}"])
    assert checked(path) == manifest
    restored(path, tmp_path / "new")
    there = Attachments(tmp_path / "new" / "files")
    assert there.ids() == {first}
    with there.open(first) as file:
        assert file.read() == b"\x89PNG one"
    assert stray in files.ids()
    assert [each for each in tmp_path.rglob("*") if "evil" in each.name] == []


def test_a_changed_file_in_an_archive_is_found(desk, files, tmp_path):
    attach(desk.store, files, b"\x89PNG one")
    path, _ = backed_up(desk, files, tmp_path / "b")
    with zipfile.ZipFile(path) as bundle:
        parts = {name: bundle.read(name) for name in bundle.namelist()}
    for change in (lambda text: text + b"x", lambda text: text.replace(b"one", b"two")):
        with zipfile.ZipFile(path, "w") as bundle:
            for name, text in parts.items():
                bundle.writestr(name, change(text) if name.startswith("files/") else text)
        with pytest.raises(Stop, match="damaged or half written"):
            checked(path)


def test_mallorys_name_for_a_file_in_an_archive_is_refused(desk, files, tmp_path):
    """A9: a forged archive whose manifest names a place of its own."""
    _, file_id = attach(desk.store, files, b"\x89PNG one")
    path, _ = backed_up(desk, files, tmp_path / "b")
    with zipfile.ZipFile(path) as bundle:
        parts = {name: bundle.read(name) for name in bundle.namelist()}
    for name in ("files/../evil", "files/evil", "/files/" + "a" * 32, f"files/{file_id.upper()}x"):
        with zipfile.ZipFile(path, "w") as bundle:
            for part, text in parts.items():
                told = text.replace(f"files/{file_id}".encode(), name.encode()) if part == "manifest.json" else text
                bundle.writestr(part.replace(f"files/{file_id}", name), told)
        with pytest.raises(Stop, match="damaged or half written"):
            checked(path)


def test_whoever_is_on_a_list_of_the_erased_isnt_brought_back_with_files(desk, files, tmp_path):
    _, bobs = attach(desk.store, files, b"\x89PNG of Bob")
    _, others = attach(desk.store, files, b"\x89PNG of Mallory", MALLORY)
    path, _ = backed_up(desk, files, tmp_path / "b")
    mark = {erased.keyed_hash(KEY, BOB): frozenset({erased.Erasure(NOON + timedelta(days=99))})}
    erased.add(tmp_path / "b" / "erased.txt", mark)
    restored(path, tmp_path / "new")
    assert Attachments(tmp_path / "new" / "files").ids() == {others}
    assert bobs in files.ids()


def test_a_copy_takes_files_along_and_takes_out_what_was_erased(desk, files, tmp_path):
    _, bobs = attach(desk.store, files, b"\x89PNG of Bob")
    _, others = attach(desk.store, files, b"\x89PNG of Mallory", MALLORY)
    beside = Attachments(tmp_path / "copy" / "files")
    foreign = beside.put(b"of another desk")
    with closing(open_store(str(tmp_path / "copy" / "tickets.db"))) as target:

        def copied():
            with desk.store.snapshot() as here:
                copying.copy(here, target, files=(files, beside))
                assert not copying.differs(here, target)

        copied()
        assert beside.ids() == {bobs, others, foreign}
        erase.erase_requester(desk.store, BOB, NOON, beside=Beside(files, files.folder))
        assert files.ids() == {others}
        copied()
        assert beside.ids() == {others, foreign}
        with desk.store.snapshot() as here:
            copying.copy(here, target, files=(files, files))
        assert files.ids() == {others}


def test_an_export_has_a_persons_files_beside_it_under_names_of_ours(desk, files, tmp_path):
    _, bobs = attach(desk.store, files, b"\x89PNG of Bob")
    attach(desk.store, files, b"\x89PNG of Mallory", MALLORY)
    with desk.store.snapshot() as snapshot:
        work = Export(snapshot, BOB, attachments=files)
        file = io.BytesIO()
        work.write_json(file)
        assert work.write_attachments(tmp_path / "bob.json") == tmp_path / "bob-files"
    assert [each.name for each in (tmp_path / "bob-files").iterdir()] == [f"{bobs}.png"]
    assert (tmp_path / "bob-files" / f"{bobs}.png").read_bytes() == b"\x89PNG of Bob"
    found = json.loads(file.getvalue())["tickets"].values()
    assert [each["name"] for ticket in found for each in ticket["messages"][0].get("attachments", ())] == [HOSTILE]
    with desk.store.snapshot() as snapshot:
        work = Export(snapshot, "nobody@example.org", attachments=files)
        work.write_csv(io.BytesIO())
        assert work.write_attachments(tmp_path / "nobody.csv") is None


def test_an_erased_persons_files_go_and_nobody_elses(desk, files, monkeypatch):
    _, bobs = attach(desk.store, files, b"\x89PNG of Bob")
    _, others = attach(desk.store, files, b"\x89PNG of Mallory", MALLORY)

    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(type(desk.store), "erase_tickets", killed)
    with pytest.raises(KeyboardInterrupt):
        erase.erase_requester(desk.store, BOB, NOON, beside=Beside(files, files.folder))
    monkeypatch.undo()
    erase.erase_requester(desk.store, BOB, NOON, beside=Beside(files, files.folder))
    assert files.ids() == {others}
    assert bobs not in files.ids()


def test_what_was_solved_long_ago_goes_with_its_files(desk, files):
    ticket_id, old = attach(desk.store, files, b"\x89PNG old")
    _, still_open = attach(desk.store, files, b"\x89PNG open")
    desk.store.change_ticket(ticket_id, lambda one: tickets.close(one, NOON), Act("owner", "closed", NOON))
    erase.retain(desk.store, 1, NOON + timedelta(days=3), beside=Beside(files, files.folder))
    assert old not in files.ids()
    assert still_open in files.ids()


def test_what_no_ticket_names_goes_after_a_day_and_what_is_missing_is_told(desk, files, caplog):
    _, named = attach(desk.store, files, b"\x89PNG one")
    _, lost = attach(desk.store, files, b"\x89PNG lost")
    files.remove([lost])
    stray, other_desks = files.put(b"stray"), files.put(b"of a desk that was here before")
    for file_id, at in ((named, NOON), (stray, NOON + timedelta(hours=1)), (other_desks, NOON - timedelta(days=9))):
        os.utime(files.folder / file_id, (at.timestamp(), at.timestamp()))
    with caplog.at_level(logging.ERROR):
        assert attachments.tidy(desk.store, files, NOON + timedelta(hours=24)) == 0
        assert attachments.tidy(desk.store, files, NOON + timedelta(hours=26)) == 1
    assert files.ids() == {named, other_desks}
    assert lost in caplog.text
    assert str(files.folder) in caplog.text


def test_another_store_on_the_same_folder_removes_nothing(desk, files, tmp_path):
    """A setting that names a new database for a while must not cost the files of the old one."""
    attach(desk.store, files, b"\x89PNG one")
    for file_id in files.ids():
        os.utime(files.folder / file_id, (NOON.timestamp(), NOON.timestamp()))
    with closing(open_store(str(tmp_path / "new.db"))) as empty:
        assert attachments.tidy(empty, files, datetime.now(UTC)) == 0
        later = NOON + timedelta(days=1)
        empty.add_ticket(replace(question(1), created_at=later, changed_at=later))
        assert attachments.tidy(empty, files, NOON + timedelta(days=9)) == 0
    assert len(files.ids()) == 1
