"""The commands over all records, run as the owner runs them: real processes, and a server at work."""

import contextlib
import json
import os
import pty
import re
import signal
import subprocess
import threading
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.archive.desks import BOB, KEY, Desk, all_bytes, content, content_at, question
from tests.commands.test_cli import CLI, Serving, environment, run
from tests.commands.test_cli import desk as served
from tests.serving import until
from tests.store.postgres import postgres, postgres_url
from tests.waiting import PATIENCE
from ticket_api.store import open_store
from ticket_api.store.records import Search
from ticket_api.tickets import ticket as tickets
from ticket_api.tickets.event import Act

__all__ = ["postgres", "postgres_url", "served"]  # fixtures


@pytest.fixture
def place(tmp_path) -> Path:
    """A folder with a desk in it; nobody serves it."""
    made = Desk(tmp_path / "data")
    made.store.close()
    return tmp_path


def archive_of(place: Path) -> str:
    """The path of the one archive in the folder b."""
    (found,) = (place / "b").glob("*.zip")
    return str(found.relative_to(place))


def refused(place: Path, *arguments: str, **more: str) -> str:
    """The one sentence of a command that ends with 1 and changes nothing."""
    before = all_bytes(place)
    done = run(place, *arguments, **more)
    assert done.returncode == 1
    assert done.stderr.startswith("helpleaf: ")
    assert done.stderr.count("\n") == 1
    assert all_bytes(place) == before
    return done.stderr


def test_backup_and_restore_say_what_they_did(place):
    (place / "helpleaf.toml").write_text('company = "Larkbill"\n')
    done = run(place, "backup", "b")
    path = archive_of(place)
    assert f"Backed up 12 tickets and 24 events to {path} and read it back." in done.stdout
    before = all_bytes(place)
    done = run(place, "restore", path, "--check")
    assert f"{path} is whole: 12 tickets and 24 events, as they were at 20" in done.stdout
    assert "Files: helpleaf.toml, secret.key." in done.stdout
    assert all_bytes(place) == before
    done = run(place, "restore", path, "--data", "new", "--yes")
    assert "Restored 12 tickets into new/tickets.db. Start with make serve DATA=new." in done.stdout
    assert content_at(str(place / "new/tickets.db")) == content_at(str(place / "data/tickets.db"))
    assert len(re.findall(r"Verifying: \d+/51 records\n", done.stdout)) == 4
    assert "Restoring: 50/50 records\n" in done.stdout


def test_a_backup_of_a_served_desk_restores_to_a_desk_that_serves(served):
    serving = Serving(served, HELPLEAF_LIMITS="off")  # one customer asks more than a client may
    going = threading.Event()
    asked: list[str] = []

    def ask() -> None:
        while not going.is_set():
            asked.append(serving.ask(f"How do I get a refund? Number {len(asked)}")["link"])

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    until(lambda: len(asked) >= 5)
    known = list(asked)
    assert run(served, "backup", "b").returncode == 0
    going.set()
    asking.join(PATIENCE)
    serving.end()
    assert run(served, "restore", archive_of(served), "--data", "new").returncode == 0
    again = Serving(served, HELPLEAF_DATA="new")
    for number, link in enumerate(known):
        assert f"Number {number}" in again.get("/t/" + link.rsplit("/", 1)[1])
    again.end()


def test_a_key_from_the_environment_is_told(place):
    (place / "data/secret.key").unlink()
    done = run(place, "backup", "b", HELPLEAF_SECRET=KEY.decode())
    assert "The key isn't in it" in done.stdout
    assert "restoring needs the same HELPLEAF_SECRET" in run(place, "restore", archive_of(place), "--check").stdout


def test_the_articles_commit_is_told(place):
    (place / "kb_articles").mkdir()
    git = ["git", "-c", "user.name=Alice", "-c", "user.email=alice@example.org"]
    for arguments in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "Begin"]):
        subprocess.run([*git, *arguments], cwd=place, check=True)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=place, check=True, capture_output=True, text=True).stdout
    run(place, "backup", "b")
    assert f"Articles: commit {head.strip()}, not in" in run(place, "restore", archive_of(place), "--check").stdout
    Path(place / archive_of(place)).unlink()
    (place / "kb_articles/new.md").write_text("# New\n")
    run(place, "backup", "b")
    told = run(place, "restore", archive_of(place), "--check").stdout
    assert f"Articles: commit {head.strip()} with changes that aren't committed, not in the archive." in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("backup", "b", "--data", "elsewhere"), "There is no desk in elsewhere: tickets.db isn't there"),
        (("backup", "nowhere/b"), "nowhere isn't there. If it is on a disk, plug that in"),
        (("backup", "data/tickets.db"), "data/tickets.db is a file. Name a folder"),
        (("restore", "nowhere.zip", "--data", "new"), "nowhere.zip isn't there"),
        (("restore", "data", "--data", "new"), "data is a folder"),
        (("restore", "data/tickets.db", "--data", "new"), "data/tickets.db isn't a whole backup"),
        (("export", "all.txt"), "name a file that ends in .json or .csv"),
        (("export", "data/tickets.db/all.json"), "all.json can't be written: a part of its path is a file"),
        (("export", "all.csv", "--requester", " "), "Name an e-mail address"),
        (("erase", "--requester", " ", "--yes"), "Name an e-mail address"),
        (("erase", "--requester", BOB), "Add --yes"),
        (("copy", "nowhere.db", "to.db"), "FROM: nowhere.db isn't there"),
        (("copy", "data/tickets.db", "data/../data/tickets.db"), "the same store"),
        (("retention", "--days", "1", "--yes", "--data", "elsewhere"), "There is no desk in elsewhere"),
    ],
)
def test_what_cant_be_done_is_one_clear_sentence(place, arguments, told):
    assert told in refused(place, *arguments)


def test_a_missing_key_and_a_wrong_one_are_told(place):
    assert "HELPLEAF_SECRET isn't the key" in refused(place, "backup", "data", HELPLEAF_SECRET="x" * 32)
    assert "HELPLEAF_SECRET isn't the key" in refused(
        place, "erase", "--requester", BOB, "--yes", HELPLEAF_SECRET="x" * 32
    )
    (place / "data/secret.key").unlink()
    assert "data/secret.key isn't there" in refused(place, "backup", "data")


def test_a_place_that_isnt_empty_is_refused(place):
    run(place, "backup", "b")
    assert "data/tickets.db is there already" in refused(place, "restore", archive_of(place), "--yes")


def test_lost_tickets_are_restored_beside_the_key_that_is_left(place):
    run(place, "backup", "b")
    before = content_at(str(place / "data/tickets.db"))
    (place / "data/tickets.db").unlink()
    assert run(place, "restore", archive_of(place), "--yes").returncode == 0
    assert content_at(str(place / "data/tickets.db")) == before


def test_a_damaged_store_is_told_and_no_backup_is_made(place):
    content = bytearray((place / "data/tickets.db").read_bytes())
    content[40_000:90_000] = b"\xa5" * 50_000
    (place / "data/tickets.db").write_bytes(content)
    done = run(place, "backup", "b")
    assert done.returncode == 1
    assert "data/tickets.db is damaged" in done.stderr
    assert "helpleaf restore ARCHIVE" in done.stderr


def test_copy_there_and_back_and_again(place):
    done = run(place, "copy", "data/tickets.db", "second.db")
    assert "Copied 12 tickets to second.db, and compared every record." in done.stdout
    assert content_at(str(place / "second.db")) == content_at(str(place / "data/tickets.db"))
    assert "Add --yes" in refused(place, "copy", "data/tickets.db", "second.db")
    assert run(place, "copy", "data/tickets.db", "second.db", "--yes").returncode == 0


@pytest.mark.parametrize("link", [Path.symlink_to, Path.hardlink_to])
def test_a_link_to_the_tickets_is_the_same_store(place, link):
    link(place / "other.db", place / "data/tickets.db")
    assert "the same store" in refused(place, "copy", "data/tickets.db", "other.db", "--yes")
    assert "the same store" in refused(place, "copy", "other.db", "data/tickets.db", "--yes")


def is_at_rest(store) -> bool:
    """Whether the server has done by itself what it does after the last event."""
    paper, (head,) = store.paper("follows:automation"), store.events_before(0, limit=1)
    return bool(paper) and json.loads(paper)["seq"] == head.seq


@pytest.mark.parametrize(
    ("named", "spelt"), [("127.0.0.1", "localhost"), ("postgresql:", "postgres:"), ("$", "?connect_timeout=9")]
)
def test_one_database_by_two_names_is_the_same_store(served, postgres_url, named, spelt):
    serving = Serving(served, HELPLEAF_STORE=postgres_url)
    link = serving.ask("How do I get a refund?")["link"].rsplit("/", 1)[1]
    with contextlib.closing(open_store(postgres_url)) as store:
        until(lambda: is_at_rest(store))
        with store.snapshot() as snapshot:
            before = (content(store), list(snapshot.sessions()))
    other = re.sub(named, spelt, postgres_url)
    assert other != postgres_url
    for names in ((postgres_url, other), (other, postgres_url)):
        told = run(served, "copy", *names, "--yes")
        assert told.stderr == "helpleaf: FROM and TO are the same store. Name another one to copy to.\n"
        assert told.returncode == 1
    assert "refund" in serving.get(f"/t/{link}")
    serving.end()
    with contextlib.closing(open_store(postgres_url)) as store, store.snapshot() as snapshot:
        assert (content(store), list(snapshot.sessions())) == before
    assert run(served, "export", "all.json", HELPLEAF_STORE=postgres_url).returncode == 0
    again = Serving(served, HELPLEAF_STORE=postgres_url)
    assert "refund" in again.get(f"/t/{link}")
    again.end()


def test_copy_from_one_database_to_another(postgres, postgres_url, place):
    assert run(place, "copy", "data/tickets.db", postgres_url).returncode == 0
    second = postgres.new_database()
    assert run(place, "copy", postgres_url, second).returncode == 0
    assert content_at(second) == content_at(postgres_url)
    postgres.drop_database(second)


def test_copy_never_shows_a_password(place):
    told = run(place, "copy", "data/tickets.db", "postgresql://alice:hidden@127.0.0.1:1/none")
    assert told.returncode == 1
    assert "hidden" not in told.stdout + told.stderr


def test_copy_to_postgres(place, postgres_url):
    done = run(place, "copy", "data/tickets.db", postgres_url)
    assert done.returncode == 0, done.stderr
    assert "postgresql://" in done.stdout
    assert "@" not in done.stdout
    assert content_at(postgres_url) == content_at(str(place / "data/tickets.db"))


def test_a_command_that_waits_for_a_connection_says_nothing_of_the_pools(place, postgres, postgres_url):
    with postgres.connect() as admin:
        admin.execute("CREATE ROLE carl LOGIN CONNECTION LIMIT 1")
        admin.execute(f"ALTER DATABASE {postgres_url.rpartition('/')[2]} OWNER TO carl")
    done = run(place, "copy", "data/tickets.db", postgres_url.replace("postgres@", "carl@"))
    assert (done.returncode, done.stderr) == (0, "")


def test_a_folder_that_takes_no_archive_isnt_remembered(place):
    assert "can't be written: No such file" in run(place, "backup", "/proc").stderr
    assert not (place / "data/backups.txt").exists()
    assert run(place, "backup", "b").returncode == 0
    assert (place / "data/backups.txt").read_text() == f"{place / 'b'}\n"


def test_no_archive_gets_its_name_in_a_folder_that_isnt_remembered(place):
    (place / "data/backups.txt").mkdir()
    done = run(place, "backup", "b")
    assert "data/backups.txt can't be read" in done.stderr
    assert done.returncode == 1
    assert list((place / "b").iterdir()) == []


def test_export_asks_before_it_replaces_a_file(place):
    assert "Exported 12 tickets to all.json." in run(place, "export", "all.json").stdout
    assert "Exported 6 tickets to bob.csv." in run(place, "export", "bob.csv", "--requester", BOB).stdout
    assert len(json.loads((place / "all.json").read_text())["tickets"]) == 12
    assert (place / "bob.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert "Add --yes" in refused(place, "export", "all.json")
    assert run(place, "export", "all.json", "--yes").returncode == 0
    assert (place / "all.json").stat().st_mode & 0o77 == 0


def test_who_is_erased_isnt_brought_back_by_an_older_backup(place):
    run(place, "backup", "b")
    (place / "data/tickets.db.format-1").write_text(BOB)
    (place / "data/.restore").mkdir()
    (place / "data/.restore/tickets.db").write_text(BOB)  # a restore was killed
    done = run(place, "erase", "--requester", BOB, "--yes")
    assert f"This erases 6 tickets of {BOB} with 8 messages; it can't be undone." in done.stdout
    assert "tickets.db.format-1 is deleted too" in done.stdout
    assert "Erased 6 tickets." in done.stdout
    assert BOB.encode() not in all_bytes(place / "data")
    assert b"Bob" not in all_bytes(place / "data")
    done = run(place, "restore", archive_of(place), "--data", "new")
    assert f"Erased again, as listed in {place / 'b/erased.txt'}: 6 tickets." in done.stdout
    assert "Restored 6 tickets" in done.stdout
    assert BOB.encode() not in all_bytes(place / "new")
    (place / "b/erased.txt").unlink()
    done = run(place, "restore", archive_of(place), "--data", "third", "--erased", "data", "new/erased.txt")
    both = f"{place / 'data/erased.txt'}, {place / 'new/erased.txt'}"
    assert f"Erased again, as listed in {both}: 6 tickets." in done.stdout


def test_a_damaged_list_of_the_erased_is_told_before_anything_is_restored(place):
    run(place, "backup", "b")
    run(place, "erase", "--requester", BOB, "--yes")
    (place / "data/erased.txt").unlink()
    lines = (place / "b/erased.txt").read_text()
    (place / "b/erased.txt").write_text(lines[:40] + "Z" + lines[41:])
    done = run(place, "restore", archive_of(place), "--data", "new")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert f"1 line of {place / 'b/erased.txt'} can't be read" in done.stdout
    assert not (place / "new").exists()
    assert run(place, "restore", archive_of(place), "--data", "new", "--yes").returncode == 0


def test_a_folder_out_of_reach_is_told_and_learns_later(place):
    run(place, "backup", "b")
    (place / "b").rename(place / "unplugged")
    done = run(place, "erase", "--requester", BOB, "--yes")
    assert f"{place / 'b'} can't be reached now" in done.stdout
    (place / "unplugged").rename(place / "b")
    run(place, "backup", "b")
    assert (place / "b/erased.txt").read_text() == (place / "data/erased.txt").read_text()


def test_erase_works_while_the_desk_is_served(served):
    serving = Serving(served)
    body = json.dumps({"message": "The zebra", "email": BOB, "name": "Bob"}).encode()
    request = urllib.request.Request(f"{serving.url}/api/tickets", body, {"content-type": "application/json"})
    urllib.request.urlopen(request, timeout=60).close()
    done = run(served, "erase", "--requester", BOB, "--yes")
    assert done.returncode == 0, done.stderr
    assert serving.ask("Still served?")["link"]
    serving.end()
    assert b"zebra" not in all_bytes(served / "data")


def test_retention_erases_what_is_old_unless_the_clock_may_be_wrong(tmp_path):
    store = open_store(str(tmp_path / "data/tickets.db"))
    for number in range(3):
        old = question(number, status="open", created_at=datetime(2020, 1, 1, tzinfo=UTC))
        made = store.add_ticket(old)
        store.change_ticket(
            made.id, lambda one: tickets.close(one, one.created_at), Act("owner", "closed", old.created_at)
        )
    store.close()
    assert "nothing is erased for its age" in run(tmp_path, "retention").stdout
    assert "see that it is right. Nothing was erased" in refused(tmp_path, "retention", "--days", "9", "--yes")
    assert "Add --yes" in refused(tmp_path, "retention", "--days", "9")
    store = open_store(str(tmp_path / "data/tickets.db"))
    for number, days in ((9, 31), (10, 5)):
        store.add_ticket(question(number, created_at=datetime.now(UTC) - timedelta(days=days)))
    store.close()
    assert "Erased 0 tickets." in run(tmp_path, "retention", HELPLEAF_RETENTION_DAYS="36500").stdout
    done = run(tmp_path, "retention", "--yes", HELPLEAF_RETENTION_DAYS="9")
    assert "This erases 3 tickets solved or deflected more than 9 days ago; it can't be undone." in done.stdout
    assert "Erased 3 tickets." in done.stdout


def test_retention_asks_before_it_erases_what_was_searched_for(tmp_path):
    with contextlib.closing(open_store(str(tmp_path / "data/tickets.db"))) as store:
        day = (datetime.now(UTC) - timedelta(days=20)).date()
        store.add_search(Search(q="zebra", lang="en", results=0, day=day), most=9)
    assert "Add --yes" in refused(tmp_path, "retention", "--days", "9")
    assert b"zebra" in all_bytes(tmp_path / "data")
    assert "and what was searched for before then; it" in run(tmp_path, "retention", "--days", "9", "--yes").stdout
    assert b"zebra" not in all_bytes(tmp_path / "data")


def at_a_terminal(place: Path, answer: bytes | None, *arguments: str) -> tuple[int, str]:
    """Run a command at a terminal, type an answer when it asks (none: Ctrl-C); how it ended and what it showed."""
    terminal, inside = pty.openpty()
    program = subprocess.Popen(
        [*CLI, *arguments], cwd=place, env=environment(), stdin=inside, stdout=inside, stderr=inside
    )
    os.close(inside)
    shown = b""
    with contextlib.suppress(OSError):  # the terminal ends with the program
        while more := os.read(terminal, 1000):
            shown += more
            if b"Type yes" in shown and answer is not None:
                os.write(terminal, answer) if answer else interrupt(program)
                answer = None
    os.close(terminal)
    return program.wait(60), shown.decode()


def interrupt(program: subprocess.Popen) -> None:
    """Press Ctrl-C, and again where it came just before Python began to read, which then doesn't notice."""
    while program.poll() is None:
        program.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            program.wait(2)


def test_at_a_terminal_the_owner_is_asked(place):
    before = content_at(str(place / "data/tickets.db"))
    code, shown = at_a_terminal(place, b"no\n", "erase", "--requester", BOB)
    assert code == 1
    assert "This erases 6 tickets" in shown
    assert "Nothing was changed." in shown
    assert content_at(str(place / "data/tickets.db")) == before
    code, shown = at_a_terminal(place, b"", "erase", "--requester", BOB)
    assert code == 130
    assert content_at(str(place / "data/tickets.db")) == before
    code, shown = at_a_terminal(place, b"yes\n", "erase", "--requester", BOB)
    assert code == 0
    assert "Erasing [##############################] 6/6 tickets" in shown


def test_an_interrupted_backup_leaves_nothing(place):
    store = open_store(str(place / "data/tickets.db"))
    before = content(store)
    store.close()
    program = subprocess.Popen([*CLI, "backup", "b"], cwd=place, env=environment(), stdout=subprocess.PIPE, text=True)
    assert "Backing up" in program.stdout.readline()
    program.send_signal(signal.SIGINT)
    code = program.wait(60)
    program.stdout.close()
    assert code in (0, 130)
    assert [path.suffix for path in (place / "b").iterdir()] == [".zip"] * (code == 0)
    assert content_at(str(place / "data/tickets.db")) == before
