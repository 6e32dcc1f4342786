"""Shorthand for what the owner does with a ticket."""

import re
from typing import Any

from httpx2 import Response
from starlette.testclient import TestClient


def form_of(page: str) -> dict[str, str]:
    """The hidden fields of a ticket's form."""
    return dict(re.findall(r'<input type="hidden" name="(version|seen)" value="(\d+)">', page))


def path_of(ticket: dict[str, Any] | int) -> str:
    """The path of a ticket on the desk."""
    return f"/desk/tickets/{ticket if isinstance(ticket, int) else ticket['id']}"


def do(alice: TestClient, ticket: dict[str, Any] | int, what: str, **fields: str) -> Response:
    """Open a ticket and press a button of its page."""
    form = form_of(alice.get(path_of(ticket)).text)
    return alice.post(path_of(ticket), data={**form, **fields, "do": what})


def field(page: str, name: str) -> str:
    """What stands in a text area, as it is written in the page."""
    found = re.search(rf'<textarea id="{name}"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    return found[1] if found else ""
