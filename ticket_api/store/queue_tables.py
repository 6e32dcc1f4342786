"""The tables of the queue's file, and the connections to them."""

import sqlite3
from pathlib import Path

from ticket_api.store import sqlite_file

VERSION = 2
"""Another one, and the file is made anew."""

SCHEMA = (
    "CREATE TABLE rows (id INTEGER PRIMARY KEY, view TEXT NOT NULL, rank INTEGER NOT NULL, age INTEGER NOT NULL,"
    " lang TEXT NOT NULL, created INTEGER NOT NULL, since INTEGER NOT NULL, answered INTEGER NOT NULL,"
    " requester TEXT NOT NULL, quadrant TEXT, until INTEGER, facts BLOB, doc BLOB NOT NULL)",
    "CREATE INDEX rows_view ON rows (view, rank, id)",
    "CREATE INDEX rows_lang ON rows (view, lang, rank, id)",
    "CREATE INDEX rows_quadrant ON rows (quadrant, rank, id) WHERE quadrant IS NOT NULL",
    "CREATE INDEX rows_until ON rows (until) WHERE until IS NOT NULL",
    "CREATE INDEX rows_age ON rows (age, id)",
    "CREATE INDEX rows_lang_age ON rows (lang, age, id)",
    "CREATE INDEX rows_created ON rows (created, id)",
    "CREATE TABLE tags (tag TEXT NOT NULL, id INTEGER NOT NULL, view TEXT NOT NULL, rank INTEGER NOT NULL,"
    " age INTEGER NOT NULL, PRIMARY KEY (tag, id)) WITHOUT ROWID",
    "CREATE INDEX tags_view ON tags (tag, view, rank, id)",
    "CREATE INDEX tags_age ON tags (tag, age, id)",
    "CREATE INDEX tags_id ON tags (id)",
    "CREATE TABLE counts (view TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE state (id INTEGER PRIMARY KEY, mark TEXT NOT NULL, seq INTEGER NOT NULL, hash TEXT NOT NULL,"
    " weighed TEXT NOT NULL)",
    # Our own tokens stand between spaces; nothing else parts them.
    "CREATE VIRTUAL TABLE words USING fts5(terms, detail='none', columnsize=0,"
    " tokenize=\"unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Co'\")",
)
PRAGMAS = ("journal_mode = WAL", "synchronous = NORMAL", "cache_size = -8192", "secure_delete = ON")


def connect(path: Path) -> sqlite3.Connection:
    """A connection to the file that is there. Raises sqlite3.Error."""
    connection = sqlite3.connect(path, timeout=sqlite_file.BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        sqlite_file.patiently(lambda: [connection.execute(f"PRAGMA {pragma}") for pragma in PRAGMAS])
    except BaseException:
        connection.close()
        raise
    return connection


def connect_making(path: Path) -> sqlite3.Connection:
    """The same, with the tables made where there are none. Raises sqlite3.Error, for another version's too."""
    connection = connect(path)
    try:
        _require_tables(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _require_tables(connection: sqlite3.Connection) -> None:
    """Make the tables where there are none, all at once: another process may be making the same file."""
    if _version(connection):
        return
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        if not _version(connection):
            for statement in SCHEMA:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {VERSION}")


def _version(connection: sqlite3.Connection) -> int:
    """0 where nothing was made yet. Raises sqlite3.DatabaseError for a version that isn't this one's."""
    ((found,),) = connection.execute("PRAGMA user_version").fetchall()
    if found not in (0, VERSION):
        raise sqlite3.DatabaseError("another version")
    return int(found)
