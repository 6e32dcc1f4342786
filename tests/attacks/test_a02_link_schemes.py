"""A2: a link in Markdown leads to http, https or mailto, however it is disguised."""

from tests.attacks.payloads import LINKS
from tests.attacks.written import EMAIL, INSIDE, by_api, work
from ticket_api.prose import markdown

ALLOWED = {"http:", "https:", "mailto:"}
PROTOCOLS = """(html) => {
  const page = new DOMParser().parseFromString(html, "text/html");
  return [...page.querySelectorAll("a")].map((link) => new URL(link.getAttribute("href"), "https://help.example.org").protocol);
}"""


def test_no_disguise_gets_through(desk, server):
    assert len(LINKS) > 500
    told = {link: desk.evaluate(PROTOCOLS, str(markdown(link))) for link in LINKS}
    assert {link: found for link, found in told.items() if not set(found) <= ALLOWED} == {}


def test_links_that_are_meant_still_lead_there(desk):
    text = "[a](https://a.example) <mailto:b@example.org> [c](http://c.example/?q=1&r=2) [d](/billing/)"
    assert desk.evaluate(PROTOCOLS, str(markdown(text))) == ["https:", "mailto:", "http:", "https:"]


def test_in_the_pages_themselves(desk, server):
    first = by_api(server, "/api/tickets", {"message": "Zebra xylophone?", "email": EMAIL})
    work(server, desk, LINKS[:: len(LINKS) // 30])
    server.clock.move(minutes=1)
    for path in ("/desk/tickets/1", first["link"]):
        desk.goto(path)
        assert desk.evaluate(INSIDE) == []
