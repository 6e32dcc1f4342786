"""A bare page of the same rows: Starlette, one SQLite connection, one prepared statement with an index, and Jinja2.
`python -m benchmarks._desk_bare FOLDER` serves it and prints its port."""

import hashlib
import json
import socket
import sqlite3
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn
from jinja2 import Environment, FileSystemLoader
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from benchmarks._desk_lists import BARE
from benchmarks._measure import Progress
from benchmarks._store_data import batches
from ticket_api.tickets.row import VIEWS, milliseconds, rank, row_of, view_of
from ticket_api.tickets.ticket import Ticket

TOKEN = "of a session that lives as long as the benchmark"
FILE = "bare.db"
STEP = 2_000
ROWS = 50
TARGET = timedelta(hours=8)
PRIORITIES = {1: "lowest", 2: "low", 4: "high", 5: "highest"}
SCHEMA = """
CREATE TABLE tickets (id INTEGER PRIMARY KEY, version INTEGER, view TEXT, rank INTEGER, age INTEGER, created INTEGER,
  since INTEGER, answered INTEGER, status TEXT, lang TEXT, who TEXT, subject TEXT, words TEXT, tags TEXT,
  priority INTEGER, rating INTEGER, offers INTEGER);
CREATE TABLE tags (tag TEXT, view TEXT, rank INTEGER, age INTEGER, id INTEGER,
  PRIMARY KEY (tag, view, rank, id)) WITHOUT ROWID;
CREATE TABLE counts (view TEXT PRIMARY KEY, number INTEGER) WITHOUT ROWID;
CREATE TABLE sessions (id TEXT PRIMARY KEY, until INTEGER) WITHOUT ROWID;
"""
INDEXES = """
CREATE INDEX by_view ON tickets (view, rank, id);
CREATE INDEX by_lang ON tickets (view, lang, rank, id);
CREATE INDEX by_age ON tickets (age, id);
CREATE INDEX by_created ON tickets (created, id);
CREATE INDEX tags_by_age ON tags (tag, age, id);
CREATE INDEX tags_by_id ON tags (id, tag);
INSERT INTO counts SELECT view, count(*) FROM tickets GROUP BY view;
"""


def fill(folder: Path, tickets: Iterable[Ticket], progress: Progress) -> None:
    """Make the database."""
    connection = sqlite3.connect(folder / FILE, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript(SCHEMA)
    mark = hashlib.sha256(TOKEN.encode()).hexdigest()
    connection.execute("INSERT INTO sessions VALUES (?, ?)", (mark, milliseconds(datetime.now(UTC)) * 2))
    for batch in batches(tickets, STEP):
        connection.execute("BEGIN")
        connection.executemany(f"INSERT INTO tickets VALUES ({', '.join('?' * 17)})", map(_values, batch))
        tags = [(tag, *_place(ticket), ticket.id) for ticket in batch for tag in ticket.tags or ()]
        connection.executemany("INSERT INTO tags VALUES (?, ?, ?, ?, ?)", tags)
        connection.execute("COMMIT")
        progress.step(len(batch))
    connection.executescript(INDEXES)
    connection.close()


def _values(ticket: Ticket) -> tuple[object, ...]:
    row = row_of(ticket)
    times = (milliseconds(each) for each in (ticket.created_at, row.since))
    first = (row.id, row.version, *_place(ticket), *times)
    texts = (row.status, row.lang, row.who, row.subject, row.words, json.dumps(row.tags))
    return (*first, row.answered, *texts, row.priority, row.rating, row.offers)


def _place(ticket: Ticket) -> tuple[str, int, int]:
    return view_of(ticket), rank(ticket, float(ticket.priority or 0)), -milliseconds(ticket.changed_at)


class Page:
    """The page over a database."""

    def __init__(self, folder: Path) -> None:
        self._connection = sqlite3.connect(folder / FILE, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode = WAL")
        here = Path(__file__).parent
        self._template = Environment(loader=FileSystemLoader(here), autoescape=True).get_template("_desk_bare.html")

    async def show(self, request: Request) -> Response:
        """One list, for who is signed in."""
        mark = hashlib.sha256(request.cookies.get("session", "").encode()).hexdigest()
        now = datetime.now(UTC)
        found = self._connection.execute("SELECT until FROM sessions WHERE id = ?", (mark,)).fetchone()
        if not found or found[0] < milliseconds(now):
            return RedirectResponse("/desk/login")
        name = request.query_params["list"]
        values = BARE[name].values(now)
        cursor = self._connection.execute(BARE[name].sql, (*values, ROWS))
        heads = [head for head, *_ in cursor.description]
        rows = [_shown(dict(zip(heads, each, strict=True)), now) for each in cursor]
        counts = dict(self._connection.execute("SELECT view, number FROM counts"))
        after = f"{rows[-1]['rank']}.{rows[-1]['id']}" if rows else ""
        given = {"rows": rows, "counts": counts, "views": VIEWS, "priorities": PRIORITIES, "after": after}
        return HTMLResponse(self._template.render(heading=name, **given))


def _shown(row: Mapping[str, Any], now: datetime) -> Mapping[str, object]:
    since = datetime.fromtimestamp(row["since"] / 1000, UTC)
    left = since + TARGET - now  # around the clock, which costs less than opening hours
    late = f"{_span(-left)} late" if left < timedelta() else f"{_span(left)} left"
    return {
        **row,
        "tags": json.loads(row["tags"]),
        "since": since.isoformat(timespec="seconds"),
        "when": f"{since:%d %B %Y, %H:%M}",
        "age": _span(now - since),
        "left": late if row["status"] == "open" else "",
    }


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} d"


def main(folder: str) -> None:
    """Serve until the process is ended."""
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    app = Starlette(routes=[Route("/desk", Page(Path(folder)).show)])
    config = uvicorn.Config(app, access_log=False, log_level="warning", proxy_headers=False, server_header=False)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main(*sys.argv[1:])
