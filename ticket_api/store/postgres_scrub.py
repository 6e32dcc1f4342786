"""Tables written anew after an erase, so that nothing of it is left in PostgreSQL's files."""

import time
from contextlib import suppress
from typing import Any

import psycopg

from ticket_api.errors import StoreUnavailable
from ticket_api.store.postgres_schema import TABLES

SECONDS = 60.0
"""How long others are waited for: transactions that may see what was erased, and then each table's readers."""
PAUSE = 0.5
NOT_THERE = (
    psycopg.errors.FeatureNotSupported,
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.SyntaxError,
    psycopg.errors.UndefinedColumn,
    psycopg.errors.UndefinedFunction,
    psycopg.errors.UndefinedObject,
    psycopg.errors.UndefinedTable,
)
"""Refusals of a server that doesn't know a statement, or doesn't let this user."""

NOW = "SELECT pg_snapshot_xmax(pg_current_snapshot())::xid::text"
WRITERS = (
    "SELECT 'connection', pid::text, coalesce(usename::text, 'PostgreSQL') FROM pg_stat_activity"
    " WHERE pid <> pg_backend_pid() AND age(backend_xid) > age(%(now)s::xid)"
    " UNION ALL SELECT 'prepared', gid, owner::text FROM pg_prepared_xacts WHERE age(transaction) > age(%(now)s::xid)"
)
READERS = (
    "SELECT 'connection', pid::text, coalesce(usename::text, 'PostgreSQL') FROM pg_stat_activity"
    " WHERE pid <> pg_backend_pid() AND (datname = current_database() OR datname IS NULL)"
    " AND age(backend_xmin) > age(%(now)s::xid)"
    " UNION ALL SELECT 'slot', slot_name::text, '' FROM pg_replication_slots WHERE age(xmin) > age(%(now)s::xid)"
)
TOLD = {
    "connection": "connection {0} of {1} is in a transaction that began before the erase and may still read the words;"
    " end it, with SELECT pg_terminate_backend({0}) if need be",
    "prepared": "the prepared transaction {} of {} began before the erase and keeps its words; end it with COMMIT"
    " PREPARED or ROLLBACK PREPARED",
    "slot": "the replication slot {} keeps what was erased for a standby; let that one catch up, or drop the slot",
}

Connection = psycopg.Connection[tuple[Any, ...]]


def scrub(connection: Connection) -> None:
    """Write the tables anew, and with them their indexes; where the server doesn't know how, the rest is done.

    `connection` commits by itself. Raises psycopg.Error, and StoreUnavailable when others stand in the way for longer
    than SECONDS; its cause says who.
    """
    with suppress(*NOT_THERE):
        _wait_for_older(connection)
    connection.execute("SET lock_timeout = '1s'")  # while it waits, everybody else waits behind it
    vacuums = [f"VACUUM FULL {table}" for table in (*TABLES, "pg_catalog.pg_statistic")]
    for statement in (*vacuums, "CHECKPOINT"):
        with suppress(*NOT_THERE):
            _patiently(connection, statement)


def _wait_for_older(connection: Connection) -> None:
    """Wait until nobody may see any more what is erased by now, because VACUUM leaves it in place until then.

    Writers first: as long as an older one is at work, new snapshots reach back to it.
    """
    deadline = time.monotonic() + SECONDS
    ((now,),) = connection.execute(NOW).fetchall()
    for look in (WRITERS, READERS):
        while found := connection.execute(look, {"now": now}).fetchone():
            if time.monotonic() > deadline:
                kind, *names = found
                raise StoreUnavailable("store_unavailable") from TimeoutError(TOLD[kind].format(*names))
            time.sleep(PAUSE)


def _patiently(connection: Connection, statement: str) -> None:
    """Run a statement that needs a table for itself. Raises StoreUnavailable when that takes too long."""
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            connection.execute(statement.encode())
            return
        except psycopg.errors.LockNotAvailable as error:
            if time.monotonic() > deadline:
                raise StoreUnavailable("store_unavailable") from error
        time.sleep(PAUSE)
