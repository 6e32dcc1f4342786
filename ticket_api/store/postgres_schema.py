"""The tables of the PostgreSQL store, and how each version of them is made from the one before."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import psycopg

from ticket_api.errors import Stop
from ticket_api.store.postgres_address import Address

APPLICATION = "helpleaf"
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE tickets (id bigint PRIMARY KEY, link text NOT NULL, request text UNIQUE, status text NOT NULL,"
        " address text NOT NULL, requester text NOT NULL, doc text NOT NULL)",
        "CREATE INDEX tickets_link ON tickets (link)",
        "CREATE INDEX tickets_status ON tickets (status, id)",
        "CREATE INDEX tickets_address ON tickets (address, id)",
        "CREATE TABLE events (seq bigint PRIMARY KEY, ticket bigint NOT NULL, doc text NOT NULL)",
        "CREATE INDEX events_ticket ON events (ticket, seq)",
        "CREATE TABLE counts (status text PRIMARY KEY, number bigint NOT NULL)",
        "CREATE TABLE feedback (id bigint PRIMARY KEY, article text NOT NULL, doc text NOT NULL)",
        "CREATE INDEX feedback_article ON feedback (article, id)",
        "CREATE TABLE sessions (id text PRIMARY KEY, seen_at timestamptz NOT NULL, doc text NOT NULL)",
        "CREATE TABLE desk (name text PRIMARY KEY, value text NOT NULL)",
        "CREATE TABLE chain (id integer PRIMARY KEY, head text NOT NULL, ticket bigint NOT NULL,"
        " feedback bigint NOT NULL)",
        "INSERT INTO chain VALUES (1, '', 0, 0)",
    ),
    (
        "CREATE TABLE searches (id bigint PRIMARY KEY, day date NOT NULL, doc text NOT NULL)",
        "CREATE INDEX searches_day ON searches (day)",
    ),
    (
        "CREATE TABLE mails (id bigint PRIMARY KEY, ticket bigint NOT NULL, due_at timestamptz,"
        " troubled boolean NOT NULL, doc text NOT NULL)",
        "CREATE INDEX mails_ticket ON mails (ticket, id)",
        "CREATE INDEX mails_due ON mails (due_at, id) WHERE due_at IS NOT NULL",
        "CREATE INDEX mails_troubled ON mails (id) WHERE troubled",
        'CREATE TABLE papers (name text COLLATE "C" PRIMARY KEY, doc text NOT NULL)',
        "ALTER TABLE chain ADD COLUMN mail bigint NOT NULL DEFAULT 0",
    ),
)
"""What makes version 1 from nothing, version 2 from version 1, and so on. `chain` holds the last event and the highest
ids ever given; who writes locks its one row first. `request` is NULL where a ticket has none, `due_at` where a mail
isn't to be sent."""

TABLES = ("tickets", "events", "counts", "feedback", "searches", "sessions", "desk", "chain", "mails", "papers")
UNSAMPLED = (
    ("tickets", "doc"),
    ("tickets", "address"),
    ("feedback", "doc"),
    ("searches", "doc"),
    ("mails", "doc"),
    ("papers", "doc"),
)
"""Columns with people's words, of which the planner is to keep no samples: they would outlive an erase."""

ATTEMPTS = 5
CONFLICTS = (
    psycopg.errors.UniqueViolation,  # of two servers that make the same table at once, PostgreSQL stops one so
    psycopg.errors.DuplicateTable,
    psycopg.errors.SerializationFailure,
    psycopg.errors.DeadlockDetected,
)

Connection = psycopg.Connection[tuple[Any, ...]]


def prepare(connection: Connection, address: Address, migrations: Sequence[Sequence[str]] = MIGRATIONS) -> None:
    """Bring the tables to the newest version, in one transaction; servers that start at once wait for each other.

    `connection` commits by itself. Raises Stop, with nothing changed, for tables that aren't ours or are newer.
    """
    _require_utf8(connection, address)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            found = _version(connection, address)
            if found < len(migrations):
                with connection.transaction():
                    found = _locked_version(connection)
                    _migrate(connection, found, migrations)
            break
        except CONFLICTS:
            if attempt == ATTEMPTS:
                raise
    if found > len(migrations):
        raise Stop(
            f"The tickets' database {address} was written by a newer Helpleaf"
            f" (format {found}; this one reads {len(migrations)}). Install that one."
        )


def _require_utf8(connection: Connection, address: Address) -> None:
    encoding = connection.info.parameter_status("server_encoding") or "UTF8"
    if encoding != "UTF8":
        raise Stop(
            f"The database {address} keeps text as {encoding}, which can't hold every language."
            f" Make one with CREATE DATABASE {address.database} ENCODING 'UTF8' TEMPLATE template0."
        )


def _version(connection: Connection, address: Address) -> int:
    """The version of the tables that are there, 0 where there are none. Raises Stop for somebody else's."""
    there = connection.execute(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
    ).fetchall()
    if not there:
        return 0
    with suppress(psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn):
        rows = connection.execute("SELECT version FROM schema_version WHERE app = %s", (APPLICATION,)).fetchall()
        if rows:
            return int(rows[0][0])
    raise Stop(
        f"The database {address} holds tables that aren't Helpleaf's."
        f" Make one for it alone with CREATE DATABASE, and name that one in HELPLEAF_STORE."
    )


def _locked_version(connection: Connection) -> int:
    connection.execute("CREATE TABLE IF NOT EXISTS schema_version (app text PRIMARY KEY, version integer NOT NULL)")
    connection.execute("INSERT INTO schema_version VALUES (%s, 0) ON CONFLICT (app) DO NOTHING", (APPLICATION,))
    rows = connection.execute("SELECT version FROM schema_version WHERE app = %s FOR UPDATE", (APPLICATION,)).fetchall()
    return int(rows[0][0])


def _migrate(connection: Connection, found: int, migrations: Sequence[Sequence[str]]) -> None:
    for statements in migrations[found:]:
        for statement in statements:
            connection.execute(statement.encode())
    if found < len(migrations):
        connection.execute("UPDATE schema_version SET version = %s WHERE app = %s", (len(migrations), APPLICATION))
    for table, column in UNSAMPLED if found < len(migrations) else ():
        with suppress(psycopg.DatabaseError), connection.transaction():
            connection.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0".encode())
