"""A desk on which an attacker has filled in every field that there is, and every page on which they stand."""

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.serving import Server, serving

EMAIL = "mallory@example.org"
INSIDE = """() => [...document.querySelectorAll("*")].flatMap((one) => [
  ...(["SCRIPT", "IFRAME", "OBJECT", "STYLE", "BASE", "IMG"].includes(one.nodeName) ? [one] : [])
    .filter((one) => !(one.src ?? "").startsWith(`${location.origin}/static/`)),
  ...[...one.attributes].filter(({ name }) => /^(on|style$|srcdoc$)/.test(name)),
  ...[...one.attributes].filter(({ name, value }) => /^(href|src|action|formaction)$/.test(name)
    && !["http:", "https:", "mailto:"].includes(new URL(value, location.href).protocol)),
].map((found) => found.outerHTML ?? `${one.nodeName} ${found.name}=${found.value}`))"""
"""What no page may hold: elements that run or load, handlers, and links that aren't links."""


@pytest.fixture
def server(built: Path, tmp_path: Path, clock: Callable[[], datetime]) -> Iterator[Server]:
    """A server that lets one client write as much as it likes: what is stored is the question here."""
    with serving(tmp_path, clock, build=str(built), limits=False) as running:
        yield running


def by_api(server: Server, path: str, body: dict) -> dict:
    """Send JSON; the answer, or the refusal."""
    request = urllib.request.Request(
        f"{server.url}{path}", json.dumps(body).encode(), {"content-type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read() or b"{}")
    except urllib.error.HTTPError as refusal:
        return json.load(refusal)


def by_form(server: Server, path: str, fields: dict[str, str]) -> str:
    """Send a form without JavaScript; the address of the page that it leads to."""
    data = urllib.parse.urlencode(fields).encode()
    with urllib.request.urlopen(f"{server.url}{path}", data) as answer:
        return answer.url


def fill_in(server: Server, payloads: Sequence[str]) -> dict:
    """Ask with each payload in every field, by JSON and by form; the first ticket holds all as messages."""
    first = by_api(server, "/api/tickets", {"message": payloads[0], "email": EMAIL})
    for number, payload in enumerate(payloads[1:], 1):
        fields = {
            "message": payload,
            "subject": payload[:200],
            "name": payload[:200],
            "email": EMAIL,
            "page": f"/{payload}",
        }
        if number % 2:
            by_api(server, "/api/tickets", fields)
        else:
            by_form(server, "/ask", fields)
        by_api(server, f"/api/tickets/{first['link'].rsplit('/', 1)[1]}/messages", {"message": payload})
        by_api(server, "/api/articles/feedback", {"article": payload, "helpful": False, "comment": payload})
        by_api(server, "/api/searches", {"q": payload, "results": 0, "opened": payload})
    return first


def send(server: Server, desk: Page, path: str, **fields: str) -> None:
    """Press a button of the desk."""
    desk.request.post(f"{server.url}{path}", form=fields, headers={"origin": server.url}, max_redirects=0)


def work(server: Server, desk: Page, payloads: Sequence[str]) -> None:
    """What the owner may be made to copy: replies, notes, tags, saved replies and a name with each payload."""
    ticket = "/desk/tickets/1"
    for payload in payloads:
        send(server, desk, ticket, do="reply", message=payload)
        send(server, desk, ticket, do="note", note=payload)
        send(server, desk, ticket, do="tag", tag=payload[:40])
        send(server, desk, "/desk/replies/new", do="save", title=payload[:100], text=payload, **{"in": "en"})
    send(server, desk, f"{ticket}/draft", message="\n\n".join(payloads)[:9000])
    send(server, desk, ticket, do="requester", name=payloads[3][:200], email=EMAIL)
