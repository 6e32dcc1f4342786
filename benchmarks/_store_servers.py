"""The servers that take tickets over HTTP, each in a process of its own: `python -m benchmarks._store_servers NAME
FOLDER` prints its port. All check the same limits, store the same rows durably and answer alike; none matches."""

import logging
import re
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import uvicorn

from benchmarks._store_sqlite import PlainSQLite
from ticket_api.keys import fingerprint, link_token, new_uid
from ticket_api.mailbox import ASCII
from ticket_api.question import VISIBLE
from ticket_api.tickets.message import Message
from ticket_api.tickets.ticket import Ticket

SECRET = b"0123456789abcdef0123456789abcdef"
BACKLOG = 2048
LIMIT = 10_000
KEY = "^[!-~]{16,200}$"


def ours(folder: Path, listener: socket.socket) -> None:
    """The whole application of ours, without articles."""
    from ticket_api.app import create_app
    from ticket_api.knowledge.index import build_index
    from ticket_api.settings import load_settings
    from ticket_api.store import open_store

    port = listener.getsockname()[1]
    settings = load_settings(environ={}, given={"data": str(folder), "port": port, "limits": False})
    store = open_store(str(folder / "tickets.db"))
    _uvicorn(create_app(settings, store, build_index(()), SECRET), listener)
    store.close()


def fastapi(folder: Path, listener: socket.socket, *, lock: bool) -> None:
    """FastAPI with a function that runs in its thread pool."""
    from fastapi import FastAPI, Header

    app = FastAPI()
    shelf = Shelf(folder, lock=lock)
    base = f"http://127.0.0.1:{listener.getsockname()[1]}"
    new_ticket_type = input_type()

    def create_ticket(new: Any, idempotency_key: Any = None) -> dict[str, Any]:
        return shelf.take(new, idempotency_key or "", base)

    create_ticket.__annotations__ |= {
        "new": new_ticket_type,
        "idempotency_key": Annotated[str | None, Header(pattern=KEY)],
    }
    app.post("/api/tickets", status_code=201)(create_ticket)
    _uvicorn(app, listener)


def flask(folder: Path, listener: socket.socket, *, threads: int) -> None:
    """Flask on waitress, its server with threads; werkzeug's own closes the connection after each answer."""
    import waitress
    from flask import Flask, request

    app = Flask(__name__)
    shelf = Shelf(folder, lock=True)
    base = f"http://127.0.0.1:{listener.getsockname()[1]}"
    new_ticket_type = input_type()

    def create_ticket() -> tuple[dict[str, Any], int]:
        key = request.headers.get("Idempotency-Key", "")
        if key and not re.fullmatch(KEY, key):
            return {"error": "Idempotency-Key"}, 422
        try:
            new = new_ticket_type.model_validate_json(request.get_data())
        except ValueError as error:
            return {"error": str(error)}, 422
        return shelf.take(new, key, base), 201

    app.post("/api/tickets")(create_ticket)
    logging.getLogger("waitress").setLevel(logging.ERROR)  # it warns when requests wait for a thread
    waitress.serve(app, sockets=[listener], threads=threads, connection_limit=1000, _quiet=True)


def input_type() -> Any:
    """What may enter, with the limits of `ticket_api.web.types`, for Pydantic."""
    from pydantic import BaseModel, ConfigDict, Field

    storable = r"^[^\x00]*$"

    class NewTicket(BaseModel):
        model_config = ConfigDict(extra="forbid")
        message: str = Field(min_length=1, max_length=LIMIT, pattern=rf"^[^\x00]*{VISIBLE}[^\x00]*$")
        subject: str = Field("", max_length=200, pattern=storable)
        name: str = Field("", max_length=200, pattern=storable)
        email: str = Field("", max_length=254, pattern=f"^({ASCII})?$")
        lang: str = Field("", max_length=35)
        page: str = Field("", max_length=2000, pattern=r"^(/[^\x00]*)?$")

    return NewTicket


class Shelf:
    """Plain SQLite for many threads: one connection behind a lock, or a connection for each thread."""

    def __init__(self, folder: Path, *, lock: bool) -> None:
        self._path = folder / "plain.db"
        self._lock: AbstractContextManager[object] = threading.Lock() if lock else nullcontext()
        self._one = PlainSQLite(self._path) if lock else None
        self._each = threading.local()
        PlainSQLite(self._path).close()

    def take(self, new: Any, key: str, base: str) -> dict[str, Any]:
        """Store a question, and the answer to it."""
        now = datetime.now(UTC)
        uid = new_uid()
        token = link_token(SECRET, uid)
        ticket = Ticket(
            uid=uid,
            link=fingerprint(token),
            request=fingerprint(key, new.message, new.subject, new.name, new.email, new.page) if key else "",
            requester=new_uid(),
            status="open",
            subject=new.subject,
            name=new.name,
            email=new.email,
            lang=new.lang,
            page=new.page,
            messages=(Message("requester", new.message, now),),
            created_at=now,
            changed_at=now,
        )
        with self._lock:
            stored = self._connection().add_ticket(ticket)
        link = f"{base}/t/{link_token(SECRET, stored.uid)}"
        return {"id": stored.id, "status": stored.status, "link": link, "suggestions": []}

    def _connection(self) -> PlainSQLite:
        if self._one:
            return self._one
        if not hasattr(self._each, "connection"):
            self._each.connection = PlainSQLite(self._path)
        mine: PlainSQLite = self._each.connection
        return mine


def _uvicorn(app: Any, listener: socket.socket) -> None:
    config = uvicorn.Config(app, access_log=False, log_level="warning", proxy_headers=False, server_header=False)
    uvicorn.Server(config).run(sockets=[listener])


SERVERS: dict[str, Callable[[Path, socket.socket], None]] = {
    "ours": ours,
    "fastapi, one connection": lambda folder, listener: fastapi(folder, listener, lock=True),
    "fastapi, one for each thread": lambda folder, listener: fastapi(folder, listener, lock=False),
    "flask, 8 threads": lambda folder, listener: flask(folder, listener, threads=8),
    "flask, 64 threads": lambda folder, listener: flask(folder, listener, threads=64),
}


def main(name: str, folder: str) -> None:
    """Serve until the process is ended."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
    print(listener.getsockname()[1], flush=True)
    SERVERS[name](Path(folder), listener)


if __name__ == "__main__":
    main(*sys.argv[1:])
