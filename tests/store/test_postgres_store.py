"""What is peculiar to the store in PostgreSQL: the server goes away and comes back, others write to it as well."""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from msgspec.structs import replace

from tests.flows.asking import ask
from tests.store.asking import NOON, ROOT, question
from tests.store.cutting import Wire
from tests.store.postgres import PASSWORD
from ticket_api.errors import Broken, NotFound, StoreFull, StoreUnavailable
from ticket_api.store import (
    open_store,
    postgres_database,
    postgres_scrub,
)
from ticket_api.store.records import Batch, Feedback, Session
from ticket_api.tickets.event import Act, next_event, verify

SENT = Act("requester", "sent", NOON)
ERASED = Act("owner", "erased", NOON)


@pytest.fixture
def url(postgres_url):
    """All stores of this file are in PostgreSQL."""
    return postgres_url


@pytest.fixture
def wire(postgres):
    made = Wire(postgres.port)
    yield made
    made.close()


@pytest.fixture
def admin(postgres, url):
    """The database's owner at its prompt."""
    with postgres.connect(url.rpartition("/")[2]) as connection:
        yield connection


@pytest.fixture
def down(postgres):
    """Stops or kills the server, and starts it at the end if the test didn't."""
    stopped = []

    def take_down(how):
        getattr(postgres, how)()
        stopped.append(how)

    yield take_down
    if stopped and postgres.is_down():
        postgres.start()


def _open(change):
    return replace(change, status="open")


def _come_back(store):
    """Wait until the store can be written: the server has recovered by then."""
    deadline = time.monotonic() + 20
    while True:
        try:
            return store.check()
        except StoreUnavailable:
            assert time.monotonic() < deadline
            time.sleep(0.1)


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_away_and_back_again(store, postgres, down, how):
    """F22, without a restart: neither what was acknowledged nor the next ticket is lost."""
    stored = [store.add_ticket(question(number)) for number in range(5)]
    store.check()
    down(how)
    calls = (
        lambda: store.ticket(1),
        lambda: store.add_ticket(question(9)),
        lambda: store.change_ticket(1, _open, SENT),
        lambda: store.verify(),
        lambda: store.scrub(),
    )
    for call in calls:
        with pytest.raises(StoreUnavailable) as refused:
            call()
        assert (refused.value.code, refused.value.__cause__ is None) == ("store_unavailable", False)
    outcomes = store.together([lambda: store.add_ticket(question(9)), lambda: store.count_tickets()])
    assert [type(outcome) for outcome in outcomes] == [StoreUnavailable] * 2
    postgres.start()
    _come_back(store)
    assert [store.ticket(ticket.id) for ticket in stored] == stored
    assert store.add_ticket(question(9)).id == 6
    store.verify()


def test_killed_while_threads_write(store, url, postgres, down):
    acknowledged, over = {}, threading.Event()

    def write(thread):
        for number in range(thread * 10_000, thread * 10_000 + 10_000):
            try:
                acknowledged[number] = store.add_ticket(question(number, messages=question().messages)).id
            except StoreUnavailable:
                return
            if over.is_set():
                return

    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write, thread) for thread in range(4)]
        while len(acknowledged) < 40 and not all(writer.done() for writer in writers):
            time.sleep(0.01)
        down("kill")
        over.set()
        for writer in writers:
            writer.result()
    postgres.start()
    _come_back(store)
    assert len(acknowledged) >= 40
    for number, ticket_id in acknowledged.items():
        assert store.ticket(ticket_id).uid == f"{number:032x}"
    assert len(set(acknowledged.values())) == len(acknowledged)
    assert sum(store.count_tickets().values()) - len(acknowledged) <= 4
    store.verify()


def test_customers_are_told_and_may_send_again(bob, store, postgres, down):
    """F22 through the application: 503 with a sentence, then the same request goes through, once."""
    before = ask(bob, "Where is my parcel?")
    headers = {"Idempotency-Key": "one-and-the-same"}
    body = {"message": "I was charged twice"}
    down("kill")
    for answer in (
        bob.post("/api/tickets", json=body, headers=headers),
        bob.get("/api/health"),
        bob.get(f"/t/{before['link'].rsplit('/', 1)[1]}"),
    ):
        assert answer.status_code == 503
    postgres.start()
    _come_back(store)
    answers = [bob.post("/api/tickets", json=body, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["link"] == answers[1].json()["link"]
    assert bob.get("/api/health").status_code == 200
    assert sum(store.count_tickets().values()) == 2


def test_a_server_that_hangs_is_given_up(store, postgres, monkeypatch):
    monkeypatch.setattr(postgres_database, "ANSWER_SECONDS", 0.5)
    store.add_ticket(question(1))
    postgres.freeze()
    try:
        for call in (lambda: store.ticket(1), lambda: store.add_ticket(question(2)), store.check):
            with pytest.raises(StoreUnavailable):
                call()
    finally:
        postgres.thaw()
    _come_back(store)
    assert store.ticket(1).id == 1
    store.add_ticket(question(2))
    store.verify()


def test_connections_that_were_lost_meanwhile_are_replaced_unnoticed(store, admin):
    store.add_ticket(question(1))
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: store.ticket(1), range(200)))
    for call in (lambda: store.ticket(1), lambda: store.add_ticket(question(2)), lambda: store.verify(), store.check):
        admin.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        call()


@pytest.mark.parametrize(("cut", "there"), [("before", 0), ("after", 1)])
def test_a_commit_whose_outcome_nobody_knows_is_never_repeated(postgres, url, wire, cut, there):
    """F14: the client's second try with the same request finds the ticket, or stores it."""
    with closing(open_store(url.replace(f":{postgres.port}/", f":{wire.port}/"))) as store:
        seen = []
        wire.cut = cut
        before = wire.commits
        (outcome,) = store.together([lambda: seen.append(1) or store.add_ticket(question(1))])
        assert isinstance(outcome, StoreUnavailable)
        assert (len(seen), wire.commits - before) == (1, 1)
        wire.cut = "never"
        assert sum(store.count_tickets().values()) == there
        assert store.add_ticket(question(1)).id == store.add_ticket(question(1)).id == 1
        assert store.count_tickets() == {"offered": 1}
        store.verify()


def _refuse(admin, code, times):
    """Let the database refuse to store an event, so many times."""
    admin.execute("CREATE SEQUENCE tries")
    admin.execute(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF nextval('tries') <= {times} THEN RAISE EXCEPTION 'as asked' USING ERRCODE = '{code}'; END IF;"
        " RETURN NEW; END $$"
    )
    admin.execute("CREATE TRIGGER refuse BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION refuse()")


@pytest.mark.parametrize("code", ["40001", "40P01"])
def test_a_conflict_with_another_server_is_tried_again(store, admin, code):
    _refuse(admin, code, 4)
    assert store.add_ticket(question(1)).id == 1
    assert [event.seq for event in store.events(1)] == [1]


def test_not_for_ever(store, admin):
    _refuse(admin, "40001", 1000)
    with pytest.raises(StoreUnavailable):
        store.add_ticket(question(1))
    assert store.count_tickets() == {}


def test_a_full_disk_is_told_as_one_and_passes(store, admin):
    _refuse(admin, "53100", 1)
    with pytest.raises(StoreFull):
        store.add_ticket(question(1))
    assert store.add_ticket(question(1)).id == 1
    store.verify()


def test_a_database_that_only_reads(store, url, admin):
    stored = store.add_ticket(question(1))
    admin.execute(f"ALTER DATABASE {url.rpartition('/')[2]} SET default_transaction_read_only = on")
    with closing(open_store(url)) as reader:
        assert reader.ticket(1) == stored
        reader.verify()
        for call in (lambda: reader.add_ticket(question(2)), reader.check):
            with pytest.raises(StoreUnavailable):
                call()


def test_jobs_with_one_commit_are_each_all_or_nothing(store):
    """What PostgreSQL can't store, and what a job swallows, is the outcome of that job alone."""

    def swallow():
        try:
            store.add_feedback(Feedback(article="\0", lang="en", helpful=True, at=NOON))
        except StoreUnavailable:
            return store.count_tickets()

    def fail():
        store.add_ticket(question(7))
        raise NotFound("not_found")

    outcomes = store.together(
        [
            lambda: store.add_ticket(question(1)),
            lambda: store.add_ticket(question(2, email="a\0b")),
            fail,
            swallow,
            lambda: store.put_session(Session("\0", "account", NOON, NOON)),
            lambda: store.add_ticket(question(3)),
            lambda: store.count_tickets(),
        ]
    )
    assert [type(outcome).__name__ for outcome in outcomes[1:5]] == [
        "StoreUnavailable",
        "NotFound",
        "StoreUnavailable",
        "StoreUnavailable",
    ]
    assert [outcomes[0].id, outcomes[5].id, outcomes[6]] == [1, 2, {"offered": 2}]
    store.verify()


def test_sixteen_threads_share_commits(postgres, url, wire):
    with closing(open_store(url.replace(f":{postgres.port}/", f":{wire.port}/"))) as store:
        before = wire.commits
        with ThreadPoolExecutor(16) as pool:
            list(pool.map(lambda number: store.add_ticket(question(number)), range(160)))
        assert wire.commits - before < 100


def test_servers_on_one_database_keep_one_chain(store, url):
    others = [store, open_store(url), open_store(url)]
    with ThreadPoolExecutor(12) as pool:
        ids = list(pool.map(lambda number: others[number % 3].add_ticket(question(number)).id, range(120)))
        list(pool.map(lambda number: others[number % 3].change_ticket(ids[number], _open, SENT), range(120)))
    for other in others[1:]:
        other.close()
    assert sorted(ids) == list(range(1, 121))
    with store.snapshot() as snapshot:
        assert verify(snapshot.events()).seq == 240
    store.verify()


def test_what_is_loaded_continues_the_chain_and_the_ids(store):
    first = store.add_ticket(question(1))
    ((asked,),) = [store.events(1)]
    gone = question(7, id=7, status="solved")
    more = question(5, id=5, version=3, status="open")
    chain = [asked]
    for ticket, what in ((more, "asked"), (gone, "asked"), (gone, "erased")):
        chain.append(next_event(chain[-1], ticket, Act("owner", what, NOON)))
    votes = (Feedback(id=4, article="a/b", lang="en", helpful=True, at=NOON),)
    batch = Batch(tickets=(more, replace(first, status="open")), events=tuple(chain[1:]), feedback=votes, mark="mark")
    store.load(batch)
    store.load(replace(batch, events=(), tickets=(), erased=(1, 99)))
    assert (store.ticket(5), store.count_tickets(), store.claim("other")) == (more, {"open": 1}, "mark")
    assert store.add_ticket(question(8)).id == 8
    store.add_feedback(replace(votes[0], id=0))
    assert [vote.id for vote in store.feedback("a/b")] == [4, 5]
    with pytest.raises(Broken):
        store.load(replace(batch, tickets=(question(9, id=9),)))
    with pytest.raises(NotFound):
        store.ticket(9)


def test_an_empty_mark_counts_as_none(store):
    store.load(Batch(mark=""))
    assert [store.claim("mark"), store.claim("other")] == ["mark", "mark"]


def test_a_snapshot_is_of_one_instant_and_of_its_time_alone(store):
    for number in range(1, 1203):
        store.add_ticket(question(number, messages=question().messages))
    with store.snapshot() as snapshot:
        tickets, events = snapshot.tickets(after=2), snapshot.events()
        assert next(tickets).id == 3
        store.change_ticket(1202, _open, SENT)
        store.erase_tickets([700], ERASED)
        store.add_ticket(question(2000))
        store.put_session(Session("b", "account", NOON, NOON))
        assert [ticket.id for ticket in tickets] == list(range(4, 1203))
        assert (len(list(events)), snapshot.count_tickets()) == (1202, {"offered": 1202})
        assert (snapshot.ticket(1203), snapshot.ticket(700).id, snapshot.head().seq) == (None, 700, 1202)
        assert list(snapshot.sessions()) == []
    with pytest.raises(StoreUnavailable):
        snapshot.head()
    store.verify()


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE tickets SET doc = left(doc, 200) WHERE id = 2",
        "UPDATE tickets SET address = 'mallory@x.example' WHERE id = 2",
        "UPDATE tickets SET status = 'solved' WHERE id = 2",
        "DELETE FROM tickets WHERE id = 3",
        "UPDATE counts SET number = number + 1",
        "INSERT INTO counts VALUES ('solved', -1)",
        "DELETE FROM events WHERE seq = 3",
        "DELETE FROM events WHERE seq = 2",
        "UPDATE events SET doc = replace(doc, 'asked', 'wrote') WHERE seq = 1",
        "UPDATE chain SET head = ''",
    ],
)
def test_what_was_changed_behind_its_back_is_noticed(store, admin, damage):
    for number in (1, 2, 3):
        store.add_ticket(question(number))
    store.verify()
    admin.execute(damage)
    with pytest.raises(Broken):
        store.verify()


def test_after_damage_nothing_is_written_until_the_next_start(store, url, admin, caplog):
    stored = store.add_ticket(question(1))
    admin.execute("UPDATE counts SET number = 7")
    for _ in range(2):
        with pytest.raises(Broken):
            store.verify()
    for call in (store.check, store.scrub, lambda: store.add_ticket(question(2)), lambda: store.claim("mark")):
        with pytest.raises(Broken):
            call()
    assert store.ticket(1) == stored
    (told,) = [record.message for record in caplog.records if record.levelname == "CRITICAL"]
    assert ": the counts of tickets are wrong. No ticket is taken until the next start." in told
    assert "helpleaf restore ARCHIVE" in told
    assert "postgresql://" not in told
    admin.execute("UPDATE counts SET number = 1")
    with closing(open_store(url)) as again:
        again.check()
        assert again.add_ticket(question(2)).id == 2


def test_that_all_connections_are_in_use_isnt_taken_for_a_database_that_is_away(url, monkeypatch):
    monkeypatch.setattr(postgres_database, "CONNECTIONS", 1)
    with closing(open_store(url)) as store:
        with store.snapshot(), pytest.raises(StoreUnavailable):
            store.ticket(1)
        assert store._database._patience == postgres_database.CONNECT_SECONDS


def test_nobody_waits_for_a_database_that_is_known_to_be_away(store, postgres, down):
    store.check()
    down("stop")
    deadline = time.monotonic() + 20
    while store._database._patience == postgres_database.CONNECT_SECONDS:
        assert time.monotonic() < deadline
        with pytest.raises(StoreUnavailable):
            store.count_tickets()
    postgres.start()
    _come_back(store)
    assert store._database._patience == postgres_database.CONNECT_SECONDS


def test_nothing_of_an_erased_person_is_left_in_the_tables(store, url, postgres, admin):
    for number in range(1, 80):
        mallory = number % 2
        name = "mallory" if mallory else "bob"
        store.add_ticket(question(number, name=name, email=f"{name}@x.example", requester=f"person{mallory}"))
    admin.execute("ANALYZE")
    store.erase_tickets([ticket.id for ticket in store.tickets_of("Mallory@X.example")], ERASED)
    store.scrub()
    (folder,) = admin.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()
    files = [path for path in (Path(postgres.folder) / "base" / str(folder)).iterdir() if path.is_file()]
    assert any(b"bob@x.example" in path.read_bytes() for path in files)
    assert not [path.name for path in files if b"mallory" in path.read_bytes()]
    store.verify()


def test_scrub_waits_for_a_backup_and_a_user_who_may_less_does_what_he_may(store, url, postgres, admin):
    admin.execute("ALTER TABLE tickets OWNER TO alice")
    store.add_ticket(question(1))
    done = threading.Event()

    def scrub():
        store.scrub()
        done.set()

    with store.snapshot() as snapshot:
        thread = threading.Thread(target=scrub)
        thread.start()
        time.sleep(0.3)
        assert not done.is_set()
        assert len(list(snapshot.tickets())) == 1
    thread.join(30)
    assert done.is_set()


def _in_the_files(postgres, admin, word):
    """Whether a word stands anywhere in the database's own files."""
    admin.execute("CHECKPOINT")
    (folder,) = admin.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()
    files = (Path(postgres.folder) / "base" / str(folder)).iterdir()
    return any(word in path.read_bytes() for path in files if path.is_file())


def _begin(here, how):
    """Begin what keeps all that is erased later; returns what names it, and what ends it."""
    here.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
    here.execute("SELECT 1" if how == "reader" else "SELECT pg_current_xact_id()")
    if how != "prepared":
        return str(here.info.backend_pid), "ROLLBACK"
    here.execute("PREPARE TRANSACTION 'by_alice'")
    return "by_alice", "ROLLBACK PREPARED 'by_alice'"


@pytest.mark.parametrize("how", ["reader", "writer", "writer elsewhere", "prepared"])
def test_an_older_transaction_that_keeps_the_words_is_named(store, url, postgres, admin, monkeypatch, how):
    """PostgreSQL's VACUUM leaves what others may still see; nothing is said to be gone that isn't."""
    monkeypatch.setattr(postgres_scrub, "SECONDS", 0.2)
    monkeypatch.setattr(postgres_scrub, "PAUSE", 0.1)
    store.add_ticket(question(7, email="zebra@x.example"))
    with postgres.connect("postgres" if how == "writer elsewhere" else url.rpartition("/")[2]) as here:
        assert _in_the_files(postgres, admin, b"zebra")
        name, end = _begin(here, how)
        store.erase_tickets([1], ERASED)
        with pytest.raises(StoreUnavailable) as refused:
            store.scrub()
        assert name in str(refused.value.__cause__)
        assert store.needs_scrub()
        here.execute(end)
        _begin(here, "writer")  # one that is younger than the erase is in nobody's way
        store.scrub()
    assert not _in_the_files(postgres, admin, b"zebra")
    assert not store.needs_scrub()


def test_a_user_who_may_see_little_sees_that_as_well(store, postgres, url, admin, monkeypatch):
    monkeypatch.setattr(postgres_scrub, "SECONDS", 0.2)
    with (
        postgres.connect(url.rpartition("/")[2]) as reader,
        psycopg.connect(url.replace("postgres@", f"alice:{PASSWORD}@"), autocommit=True) as connection,
    ):
        reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        reader.execute("SELECT 1 FROM tickets").fetchone()
        store.add_ticket(question(1))
        with pytest.raises(StoreUnavailable) as refused:
            postgres_scrub.scrub(connection)
        assert f"connection {reader.info.backend_pid} of postgres" in str(refused.value.__cause__)


def test_what_the_database_says_about_durability_is_overruled(store, url, admin):
    admin.execute(f"ALTER DATABASE {url.rpartition('/')[2]} SET synchronous_commit = off")
    with closing(open_store(url)) as other:
        assert other._database.rows("SHOW synchronous_commit") == [("on",)]


def test_psycopg_is_imported_for_postgresql_alone_and_its_absence_is_told(tmp_path, url):
    program = (
        "import sys; from ticket_api.errors import Stop; from ticket_api.store import open_store\n"
        f"open_store({str(tmp_path / 'tickets.db')!r}).close()\n"
        "assert 'psycopg' not in sys.modules\n"
        "sys.modules['psycopg'] = None\n"
        "try: open_store(sys.argv[1])\n"
        "except Stop as stop: print(stop)"
    )
    done = subprocess.run([sys.executable, "-c", program, url], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "python3 ticket_api/install.py requirements-postgres.lock" in done.stdout
    assert url not in done.stdout


def test_a_machine_that_vanishes_doesnt_hold_the_chain_for_ever(store, url):
    """PostgreSQL itself ends a transaction whose client says nothing more."""
    ((limit,),) = store._database.rows("SHOW idle_in_transaction_session_timeout")
    assert limit == "5s"
    with psycopg.connect(url) as vanished:
        vanished.execute("SET idle_in_transaction_session_timeout = '300ms'")
        vanished.commit()
        vanished.execute("SELECT 1 FROM chain FOR UPDATE")
        assert store.add_ticket(question(1)).id == 1
        with pytest.raises(psycopg.errors.IdleInTransactionSessionTimeout):
            vanished.execute("SELECT 1")
