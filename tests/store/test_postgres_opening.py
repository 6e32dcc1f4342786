"""A database of PostgreSQL is opened, brought up to date, or refused in a sentence that shows no password."""

import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import psycopg
import pytest

from tests.store.asking import ROOT, question
from tests.store.postgres import PASSWORD, PLAIN_PASSWORD
from ticket_api.errors import Stop
from ticket_api.store import open_store
from ticket_api.store.postgres_address import Address
from ticket_api.store.postgres_schema import MIGRATIONS, prepare


@pytest.fixture
def admin(postgres, postgres_url):
    """The database's owner at its prompt."""
    with postgres.connect(postgres_url.rpartition("/")[2]) as connection:
        yield connection


def _refused(url, *told):
    """Opening stops with a sentence that says so; nothing that follows from it shows a part of a password either."""
    with pytest.raises(Stop) as refused:
        open_store(url)
    sentence = str(refused.value)
    for part in told:
        assert part in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    for error in (refused.value, refused.value.__cause__):
        assert not [part for part in ("wr0ng", "secret", "word@") if part in str(error)]
    return sentence


def _tables(connection):
    rows = connection.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
    return {name for (name,) in rows}


def test_a_user_with_a_password_opens_it(postgres_url, admin):
    admin.execute("GRANT CREATE ON SCHEMA public TO alice")
    with closing(open_store(postgres_url.replace("postgres@", f"alice:{PASSWORD}@"))) as store:
        assert store.add_ticket(question(1)).id == 1


@pytest.mark.parametrize("place", ["PGPASSWORD", "PGPASSFILE"])
def test_the_password_may_stand_where_libpq_looks(postgres_url, admin, place, tmp_path, monkeypatch):
    admin.execute("GRANT CREATE ON SCHEMA public TO alice")
    (tmp_path / "pgpass").write_text(f"*:*:*:alice:{PLAIN_PASSWORD}\n")
    (tmp_path / "pgpass").chmod(0o600)
    monkeypatch.setenv(place, PLAIN_PASSWORD if place == "PGPASSWORD" else str(tmp_path / "pgpass"))
    open_store(postgres_url.replace("postgres@", "alice@")).close()


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("alice:wr0ng@", ("can't be opened", "the user alice or its password is wrong", "PGPASSWORD")),
        ("alice:wr0ng%20word%40@", ("user alice or its password is wrong", "HELPLEAF_STORE_FILE")),
        ("alice@", ("the user alice needs a password", "PGPASSWORD")),
        ("mallory:wr0ng@", ("there is no user mallory", "Make that user there")),
    ],
)
def test_somebody_whom_the_server_doesnt_know(postgres_url, admin, who, told):
    _refused(postgres_url.replace("postgres@", who), f"at {postgres_url.partition('@')[2].partition('/')[0]} ", *told)
    assert _tables(admin) == set()


def test_a_database_that_isnt_there(postgres_url):
    database = postgres_url.rpartition("/")[2] + "x"
    _refused(postgres_url + "x", f"there is no database {database}. Make that database there")


def test_a_host_that_isnt_there_and_one_that_doesnt_answer():
    _refused(
        "postgresql://alice:secret@nowhere.invalid/helpleaf",
        "helpleaf at nowhere.invalid:5432",
        "no machine has that name. Correct the host",
    )
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"postgres://alice:secret@127.0.0.1:{taken.getsockname()[1]}/helpleaf"
        _refused(url, "127.0.0.1:", "no PostgreSQL listens there. Start it")


def test_what_listens_there_speaks_no_tls_or_isnt_postgresql(postgres_url):
    _refused(postgres_url + "?sslmode=require", "it speaks no TLS. Switch TLS on there")
    with socket.create_server(("127.0.0.1", 0)) as other, ThreadPoolExecutor(1) as pool:

        def answer() -> None:
            with other.accept()[0] as link:
                link.sendall(b"HTTP/1.1 400 Bad Request")

        pool.submit(answer)
        _refused(f"postgresql://alice:secret@127.0.0.1:{other.getsockname()[1]}/helpleaf", "isn't PostgreSQL")


def test_too_many_connections(postgres_url, admin):
    admin.execute(f"ALTER DATABASE {postgres_url.rpartition('/')[2]} CONNECTION LIMIT 0")
    url = postgres_url.replace("postgres@", f"alice:{PASSWORD}@")
    _refused(url, "it has too many connections already. Raise max_connections")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ('FATAL: database "too-many-server-certs" does not exist', "there is no database helpleaf"),
        ('root certificate file "/x/root.crt" does not exist', "its certificate can't be verified"),
        ("SSL error: certificate verify failed", "its certificate can't be verified"),
        ('FATAL: no pg_hba.conf entry for host "::1", user "alice", no encryption', "add ?sslmode=require"),
        ("FATAL: the database system is starting up", "Wait until it runs"),
        ('FATAL: role "alice" is not permitted to log in', "may not sign in there"),
        ("connection timeout expired", "nothing answers there"),
        ("FATAL: something new about secret", "something new about …. See that it runs"),
    ],
)
def test_what_postgresql_says_in_plain_words(said, told):
    address = Address.read("postgresql://alice:secret@[::1]:5433/helpleaf")
    sentence = str(address.refusal(psycopg.OperationalError(f"connection failed: {said}")))
    assert sentence.startswith("The tickets' database helpleaf at [::1]:5433 can't be opened: ")
    assert told in sentence
    assert "secret" not in sentence


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://alice:sec@wr0ng@db.example/helpleaf",
        "postgresql://alice:wr0ng/secret@db.example/helpleaf",
        "postgresql://alice:5432/secret@db.example/helpleaf",
        "postgresql://alice:wr0ng%secret@db.example/helpleaf",
        "postgresql://alice:wr0ng@db.example/helpleaf?secret=1",
        "postgresql://alice:wr0ng@db.example:secret/helpleaf",
        "postgresql://[alice:wr0ng/db.example/helpleaf",
    ],
)
def test_a_misspelt_address_is_never_repeated(url):
    _refused(url, "postgresql://user@host/database", "%40")


def test_somebody_elses_tables_stay_as_they_are(postgres_url, admin):
    admin.execute("CREATE TABLE tickets (name text)")
    _refused(postgres_url, "127.0.0.1", "aren't Helpleaf's", "CREATE DATABASE")
    admin.execute("CREATE TABLE schema_version (version text)")
    _refused(postgres_url, "aren't Helpleaf's")
    assert _tables(admin) == {"tickets", "schema_version"}


def test_a_newer_versions_tables_stay_as_they_are(postgres_url, admin):
    open_store(postgres_url).close()
    admin.execute("UPDATE schema_version SET version = 99")
    _refused(postgres_url, "127.0.0.1", "newer Helpleaf (format 99;", "Install that one")
    assert admin.execute("SELECT version FROM schema_version").fetchall() == [(99,)]


def test_a_user_who_may_make_no_tables(postgres_url, admin):
    _refused(
        postgres_url.replace("postgres@", f"alice:{PASSWORD}@"), "alice may not make tables", "Make that user the owner"
    )
    assert _tables(admin) == set()


def test_a_database_that_only_reads_and_is_empty(postgres_url, admin):
    admin.execute(f"ALTER DATABASE {postgres_url.rpartition('/')[2]} SET default_transaction_read_only = on")
    _refused(postgres_url, "it can only be read", "may be written")


def test_a_database_that_cant_hold_every_language(postgres):
    with postgres.connect() as connection:
        connection.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    _refused(postgres.url("latin"), "LATIN1", "ENCODING 'UTF8'")


def test_an_older_version_is_brought_up_with_all_that_is_in_it(postgres_url, admin):
    with closing(open_store(postgres_url)) as store:
        stored = store.add_ticket(question(1))
        newer = (*MIGRATIONS, ("ALTER TABLE tickets ADD COLUMN priority integer", "UPDATE tickets SET priority = 3"))
        for _ in range(2):
            prepare(admin, Address.read(postgres_url), newer)
        assert admin.execute("SELECT id, priority FROM tickets").fetchall() == [(1, 3)]
        assert admin.execute("SELECT version FROM schema_version").fetchall() == [(len(MIGRATIONS) + 1,)]
        assert store.ticket(1) == stored
    _refused(postgres_url, "newer Helpleaf")


def test_a_migration_that_fails_changes_nothing(postgres_url, admin):
    open_store(postgres_url).close()
    broken = (*MIGRATIONS, ("ALTER TABLE tickets ADD COLUMN priority integer", "ALTER TABLE nowhere ADD COLUMN x text"))
    with pytest.raises(psycopg.errors.UndefinedTable):
        prepare(admin, Address.read(postgres_url), broken)
    open_store(postgres_url).close()
    columns = admin.execute("SELECT column_name FROM information_schema.columns WHERE table_name = 'tickets'")
    assert "priority" not in {name for (name,) in columns}


def test_servers_that_start_at_once_make_the_tables_once(postgres_url):
    with ThreadPoolExecutor(8) as pool:
        stores = list(pool.map(open_store, [postgres_url] * 8))
    assert sorted(store.add_ticket(question(number)).id for number, store in enumerate(stores)) == list(range(1, 9))
    for store in stores:
        store.close()


def test_processes_that_start_at_once_bring_it_up_once(postgres_url, admin):
    program = (
        "import sys, psycopg; from ticket_api.store.postgres_schema import *\n"
        "from ticket_api.store.postgres_address import Address\n"
        "with psycopg.connect(sys.argv[1], autocommit=True) as connection:\n"
        "    sys.stdin.readline()\n"
        "    prepare(connection, Address.read(sys.argv[1]), (*MIGRATIONS, ('CREATE TABLE once (x integer)',)))"
    )
    command = [sys.executable, "-c", program, postgres_url]
    processes = [subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, text=True) for _ in range(4)]
    for process in processes:
        process.stdin.write("\n")
        process.stdin.close()
    assert [process.wait(60) for process in processes] == [0] * 4
    assert admin.execute("SELECT version FROM schema_version").fetchall() == [(len(MIGRATIONS) + 1,)]
