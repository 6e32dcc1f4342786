"""What the commands say when something is in the way: one sentence, exit code 1, no traceback, nothing changed."""

import contextlib
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.archive.desks import BOB, KEY, MALLORY, Desk, all_bytes, content_at, question
from tests.commands.test_archive import archive_of, at_a_terminal, refused
from tests.commands.test_archive import place as desk_place
from tests.commands.test_cli import ROOT, run
from ticket_api import cli
from ticket_api.store import open_store, sqlite_scrub, tinydb_store

NOBODY = 65534

place = desk_place  # a fixture


@pytest.fixture
def empty(tmp_path) -> Path:
    """A folder with a desk that nobody has asked yet."""
    open_store(str(tmp_path / "data/tickets.db")).close()
    (tmp_path / "data/secret.key").write_bytes(KEY)
    return tmp_path


@pytest.fixture
def open_place() -> Iterator[Path]:
    """A folder with a desk and an archive that everybody may enter, unlike those that pytest makes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        Desk(folder / "data").store.close()
        run(folder, "backup", "b")
        for path in (folder / "data", folder / "b"):
            path.chmod(0o755)
            for file in path.iterdir():
                file.chmod(0o644)
        yield folder


@contextmanager
def as_somebody_else() -> Iterator[None]:
    """Root, whom no mode stops, becomes nobody."""
    root = os.geteuid() == 0
    "".encode(
        "cp437"
    )  # zipfile's, which Python loads when it is needed: nobody may not read it where root installed it
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.mark.parametrize(
    ("closed", "mode", "arguments", "told"),
    [
        (
            "data",
            0,
            ("backup", "c"),
            "data can't be read: Permission denied. Run this as the user who runs the server.",
        ),
        ("data", 0, ("export", "all.json"), "data can't be read"),
        ("data", 0, ("erase", "--requester", BOB, "--yes"), "data can't be read"),
        ("data", 0, ("retention", "--days", "9"), "data can't be read"),
        ("data", 0, ("owner", "code"), "data can't be read"),
        ("data", 0, ("restore", "b/{archive}"), "data can't be read"),
        ("data", 0, ("copy", "data/tickets.db", "two.db"), "FROM: data/tickets.db can't be read: Permission denied."),
        ("data/tickets.db", 0, ("export", "all.json"), "data/tickets.db can't be read"),
        ("data/secret.key", 0, ("backup", "c"), "data/secret.key can't be read"),
        ("data", 0o555, ("owner", "code"), "data/tickets.db can't be written. Run this as a user who may write to it"),
        ("b", 0o555, ("backup", "b"), "b can't be written: Permission denied"),
        ("b", 0, ("backup", "b/c"), "b/c can't be written: Permission denied"),
        ("b", 0, ("restore", "b/{archive}", "--check"), "can't be read: Permission denied. Name another archive."),
        ("b", 0o555, ("export", "b/all.json"), "b/all.json can't be written: Permission denied"),
        ("b", 0o555, ("restore", "b/{archive}", "--data", "b/new", "--yes"), "b/new/tickets.db can't be written"),
        ("b", 0o555, ("copy", "data/tickets.db", "b/two.db"), "TO: "),
        (".", 0o555, ("backup", "c"), "c can't be written: Permission denied"),
        (".", 0o555, ("restore", "b/{archive}", "--data", "new", "--yes"), "new/tickets.db can't be written"),
    ],
)
def test_what_this_user_may_not_do_is_told(open_place, monkeypatch, capsys, closed, mode, arguments, told):
    archive = next((open_place / "b").glob("*.zip")).name
    before = all_bytes(open_place)
    monkeypatch.chdir(open_place)
    (open_place / closed).chmod(mode)
    try:
        with as_somebody_else():
            assert cli.main([each.format(archive=archive) for each in arguments]) == 1
    finally:
        (open_place / closed).chmod(0o755)
    shown = capsys.readouterr().err
    assert shown.startswith("helpleaf: ")
    assert shown.count("\n") == 1
    assert told in shown
    assert all_bytes(open_place) == before


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("backup", ""), "The name is empty. Name a folder for backups."),
        (("restore", ""), "The name is empty. Name an archive."),
        (("export", ""), "The name is empty. Name a file."),
        (("copy", "", "two.db"), "FROM is empty"),
        (("copy", "data/tickets.db", ""), "TO is empty"),
        (("backup", "data"), "data is the data folder, and a backup there is lost with it."),
        (("backup", "file"), "file is a file. Name a folder for backups."),
        (("backup", "file/b"), "file is a file. Name a folder for backups."),
        (("backup", "b", "--data", "file"), "file is a file. Name the data folder, with --data or HELPLEAF_DATA."),
        (
            ("restore", "file", "--data", "file"),
            "file isn't a whole backup of Helpleaf: it is damaged or half written.",
        ),
        (("restore", "file", "--data", "new"), "Use another archive."),
        (("export", "folder.json"), "folder.json is a folder. Name a file in it"),
        (("export", "bob.json", "--requester", "bob"), "bob isn't an e-mail address"),
        (("export", "bob.json", "--requester", "nobody@example.org"), "No ticket is from nobody@example.org"),
        (("erase", "--requester", "bob", "--yes"), "bob isn't an e-mail address"),
        (("erase", "--requester", "\udcff@example.org", "--yes"), "Name an e-mail address after --requester."),
        (("retention", "--days", "-1"), "--days -1: name a whole number of days between 1 and 36500."),
        (("retention", "--days", "0"), "--days 0: name"),
        (("retention", "--days", "many"), "--days many: name"),
        (
            ("copy", "data", "two.db"),
            "FROM: data is a folder. Name the file of tickets in it, such as data/tickets.db.",
        ),
        (("copy", "data/tickets.db", "data"), "TO: data is a folder"),
        (("copy", "file", "two.db"), "FROM: "),
        (("copy", "data/tickets.db", "file"), "TO: "),
        (("copy", "data/tickets.db", "postgresql://127.0.0.1:1/none"), "correct the host and the port in TO."),
        (("copy", "postgresql://127.0.0.1:1/none", "two.db"), "correct the host and the port in FROM."),
        (("copy", "data/tickets.db", "postgresql://a:b@c@d/e/f"), "TO: TO can't be understood: write it as"),
        (("copy", "mysql://host/desk", "two.db"), "aren't known. Set FROM to the path of a file"),
        (("copy", "data/tickets.db", "n" * 300), "n can't be used: File name too long. Name another place."),
        (("owner", "code", "--data", "n" * 300), "n can't be used: File name too long. Name another place."),
        (("restore", "n" * 300, "--data", "new"), "n can't be read: File name too long. Name another archive."),
    ],
)
def test_what_cant_be_meant_is_told(place, arguments, told):
    (place / "file").write_text("not ours")
    (place / "folder.json").mkdir()
    assert told in refused(place, *arguments)


@pytest.mark.parametrize("arguments", [("--check",), ("--data", "new")])
def test_an_archive_that_is_no_file_is_told(place, arguments):
    os.mkfifo(place / "pipe")
    done = run(place, "restore", "pipe", *arguments)
    assert done.stderr == "helpleaf: pipe isn't a file. Name an archive that `helpleaf backup` wrote.\n"
    assert done.returncode == 1


def test_names_may_hold_any_bytes(place):
    before = content_at(str(place / "data/tickets.db"))
    (place / "data").rename(place / "d\udcff")
    data = ("--data", "d\udcff")
    told = run(place, "copy", "d\udcff/tickets.db", "two\udcff.db").stdout
    assert told.endswith("two\\udcff.db, and compared every record.\n")
    assert run(place, "backup", "b\udcff", *data).returncode == 0
    (archive,) = (place / "b\udcff").glob("*.zip")
    assert run(place, "export", "all\udcff.json", *data).returncode == 0
    assert run(place, "restore", str(archive), "--data", "new\udcff", "--yes").returncode == 0
    for copied in ("two\udcff.db", "new\udcff/tickets.db"):
        assert content_at(str(place / copied)) == before
    assert run(place, "erase", "--requester", BOB, "--yes", *data).returncode == 0
    assert (place / "b\udcff/erased.txt").read_text() == (place / "d\udcff/erased.txt").read_text()


def test_an_export_makes_its_folders(place):
    assert "Exported 12 tickets to q/r/all.json." in run(place, "export", "q/r/all.json").stdout


def test_tickets_that_are_missing_are_told_as_such(place):
    (place / "data/tickets.db").unlink()
    told = refused(place, "backup", "b")
    assert "data/tickets.db is missing, though data/secret.key is there" in told
    assert "helpleaf restore ARCHIVE" in told
    assert "--data or HELPLEAF_DATA" in refused(place, "backup", "b", "--data", "elsewhere")
    assert "no desk at there.db, which HELPLEAF_STORE names" in refused(
        place, "owner", "code", HELPLEAF_STORE="there.db"
    )


def test_a_damaged_file_is_told_once(place):
    content = bytearray((place / "data/tickets.db").read_bytes())
    content[40_000:90_000] = b"\xa5" * 50_000
    (place / "data/tickets.db").write_bytes(content)
    for arguments in (("export", "all.json"), ("owner", "code"), ("copy", "data/tickets.db", "two.db")):
        told = refused(place, *arguments)
        assert "data/tickets.db is damaged (" in told
        assert "Move it away together with its -wal file" in told


def test_of_two_stores_the_damaged_one_is_named(place, monkeypatch, capsys):
    """A file that is too large to be verified when it is opened shows its damage in the midst of the copy."""
    content = (place / "data/tickets.db").read_bytes()
    assert content.count(b"Subject 13") == 1
    (place / "damaged.db").write_bytes(content.replace(b"Subject 13", b"Subject l3"))
    monkeypatch.setattr(tinydb_store, "WHOLE_BYTES", 0)
    monkeypatch.chdir(place)
    shutil.copy("damaged.db", "target.db")
    for source, target, name in (("damaged.db", "two.db", "FROM"), ("data/tickets.db", "target.db", "TO")):
        assert cli.main(["copy", source, target, "--yes"]) == 1
        shown = capsys.readouterr().err
        assert shown.startswith(f"helpleaf: {name}: {source if name == 'FROM' else target} is damaged (record 13")


def test_that_the_target_holds_other_tickets_is_told(place):
    with contextlib.closing(open_store(str(place / "other.db"))) as store:
        store.add_ticket(question(99))
    assert "TO holds other tickets. Name an empty place" in refused(place, "copy", "data/tickets.db", "other.db")


def test_the_end_of_input_is_a_no(place):
    before = all_bytes(place)
    code, shown = at_a_terminal(place, b"\x04", "erase", "--requester", BOB)
    assert code == 1
    assert shown.endswith("\r\nhelpleaf: Nothing was changed.\r\n")
    assert "Traceback" not in shown
    assert all_bytes(place) == before


def test_of_nothing_no_progress_is_shown(empty):
    shown = run(empty, "backup", "b").stdout + run(empty, "export", "all.json").stdout
    shown += run(empty, "copy", "data/tickets.db", "two.db").stdout
    shown += run(empty, "restore", archive_of(empty), "--data", "new").stdout
    assert not re.search("(Backing up|Exporting|Copying|Comparing|Restoring): ", shown)
    assert "Backed up 0 tickets and 0 events" in shown
    assert "Restored 0 tickets" in shown


def test_an_address_without_tickets_can_be_kept_out_of_older_backups(place):
    run(place, "backup", "b")
    assert f"6 tickets of {BOB} with" in run(place, "erase", "--requester", f" {BOB} ", "--yes").stdout
    (place / "data/erased.txt").unlink()
    (place / "b/erased.txt").unlink()
    done = run(place, "erase", "--requester", BOB, "--yes")
    assert f"No ticket is from {BOB}: see that it is written right." in done.stdout
    assert (place / "b/erased.txt").read_text() == (place / "data/erased.txt").read_text()


def test_how_a_folder_of_backups_is_forgotten_is_told(place):
    run(place, "backup", "b")
    shutil.rmtree(place / "b")
    done = run(place, "erase", "--requester", BOB, "--yes")
    assert "If it is gone for good, take its line out of data/backups.txt." in done.stdout
    (place / "data/backups.txt").write_text("")
    assert "can't be reached" not in run(place, "erase", "--requester", MALLORY, "--yes").stdout


def test_restoring_as_told_after_damage_keeps_the_list_of_the_erased(place):
    run(place, "backup", "b")
    run(place, "erase", "--requester", BOB, "--yes")
    archive = (place / archive_of(place)).rename(place / "copied.zip")
    told = refused(place, "restore", archive.name)
    assert "move tickets.db and tickets.db-wal away, but leave erased.txt" in told
    (place / "data/tickets.db").rename(place / "damaged.db")
    done = run(place, "restore", archive.name)
    assert f"Erased again, as listed in {place / 'data/erased.txt'}: 6 tickets." in done.stdout
    assert BOB.encode() not in all_bytes(place / "data")


def test_without_the_list_of_those_who_were_erased_the_owner_is_asked(place):
    run(place, "backup", "b")
    assert "Add --yes" in refused(place, "restore", archive_of(place), "--data", "new")
    done = run(place, "restore", archive_of(place), "--data", "new", "--yes")
    assert (
        "People were erased from this desk before the backup, but their list, erased.txt, isn't beside" in done.stdout
    )
    assert "Restored 12 tickets" in done.stdout


def test_without_a_list_where_nobody_was_erased_nothing_is_asked(empty):
    run(empty, "backup", "b")
    done = run(empty, "restore", archive_of(empty), "--data", "new")
    assert "There is no list of erased people. If you erased somebody after this backup" in done.stdout
    assert "Restored 0 tickets" in done.stdout


def test_the_last_line_of_a_restore_can_be_copied(place):
    run(place, "backup", "b")
    (place / "data/secret.key").unlink()
    more = {"HELPLEAF_STORE": "my tickets.db", "HELPLEAF_SECRET": KEY.decode()}
    done = run(place, "restore", archive_of(place), "--yes", "--data", "new", **more)
    assert done.stdout.endswith(
        "Start with HELPLEAF_STORE='my tickets.db' make serve DATA=new, and HELPLEAF_SECRET as here.\n"
    )
    (place / "data/tickets.db").unlink()
    done = run(place, "restore", archive_of(place), "--yes")
    assert done.stdout.endswith("Restored 12 tickets into data/tickets.db. Start with make serve.\n")


def test_nothing_that_the_commands_write_gets_into_git(place):
    shutil.copy(ROOT / ".gitignore", place)
    subprocess.run(["git", "init", "-q"], cwd=place, check=True)
    run(place, "backup", "b")
    run(place, "erase", "--requester", BOB, "--yes")
    run(place, "restore", archive_of(place), "--data", "new")
    (place / "new/tickets.db-wal").touch()
    status = ["git", "status", "--porcelain", "--untracked-files=all"]
    done = subprocess.run(status, cwd=place, check=True, capture_output=True, text=True)
    assert done.stdout == "?? .gitignore\n"


def test_an_erase_that_somebody_reads_through_says_what_is_left_to_do(place, monkeypatch, capsys):
    monkeypatch.chdir(place)
    monkeypatch.setattr(sqlite_scrub, "SECONDS", 0.1)
    reader = sqlite3.connect("data/tickets.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM tickets").fetchall()
    assert cli.main(["erase", "--requester", BOB, "--yes"]) == 1
    told = capsys.readouterr().err
    assert told.startswith(
        f"helpleaf: The tickets of {BOB} are erased, but their words aren't out of data/tickets.db yet:"
    )
    assert "another program, such as a backup, reads" in told
    assert told.count("\n") == 1
    reader.close()
    assert cli.main(["erase", "--requester", BOB, "--yes"]) == 0
    assert "What an earlier erase left in freed places is cleared up." in capsys.readouterr().out
    assert BOB.encode() not in all_bytes(place / "data")
