"""Bob's questions, and a process of its own that asks them: `python -m tests.store.asking URL FIRST COUNT [KILL_AT]`.

It prints the number of each question and the id its ticket was given once the store has acknowledged it. With KILL_AT
it kills itself as the KILL_AT-th SQL statement, counted from the opening of the file, is about to run.
"""

import os
import signal
import sqlite3
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ticket_api.store import open_store
from ticket_api.store.records import Mail
from ticket_api.suggestion import Reason, Suggestion
from ticket_api.tickets.message import Message
from ticket_api.tickets.ticket import Ticket

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 11, 21, 12, 0, 0, 1, UTC)


def question(number: int = 1, **fields) -> Ticket:
    """Bob's question of this number: every field filled, its text as long as the number makes it."""
    at = NOON + timedelta(seconds=number)
    text = f"Charged twice {number}. 重复扣款 😀\r\n\t\u2028\u0001 \\ \"'" + "é" * (number % 7 * 3000)
    suggestion = Suggestion(
        f"billing/charged-{number}", "en", "/billing/#fees", "Charged", "…", "", 0.1, (Reason("title", ("a",), 0.3),)
    )
    values = {
        "uid": f"{number:032x}",
        "link": f"link-{number}",
        "request": f"request-{number}",
        "subject": "Twice",
        "name": "Bob",
        "email": "bob@customer.example",
        "lang": "zh",
        "page": "/zh/billing/",
        "messages": (Message("requester", text, at),),
        "offers": (suggestion,),
        "created_at": at,
        "changed_at": at,
    }
    return Ticket(**{**values, **fields})


def mail(number: int = 1, **fields) -> Mail:
    """The mail of this number, about the first ticket, due at noon and as many seconds."""
    common = {"kind": "reply", "ticket": 1, "to": "bob@example.com", "lang": "en", "text": "We did. 退款\u2028"}
    times = {"created_at": NOON, "due_at": NOON + timedelta(seconds=number)}
    return Mail(**{**common, **times, "uid": f"{number:032x}", **fields})


def _kill_at(statement: int) -> None:
    """Count the statements of every connection made from now on."""
    connect, seen = sqlite3.connect, 0

    def count(_sql: str) -> None:
        nonlocal seen
        seen += 1
        if seen == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    def counted(*args, **options) -> sqlite3.Connection:
        connection = connect(*args, **options)
        connection.set_trace_callback(count)
        return connection

    sqlite3.connect = counted


def main(url: str, first: str, count: str, kill_at: str = "") -> None:
    if kill_at:
        _kill_at(int(kill_at))
    store = open_store(url)
    for number in range(int(first), int(first) + int(count)):
        ticket = store.add_ticket(question(number))
        print(number, ticket.id, flush=True)
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
