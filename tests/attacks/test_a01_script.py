"""A1: script in any field, by form, API and desk, runs on no page. The long list is swept."""

from typing import get_args

from playwright.sync_api import Page

from tests.attacks.payloads import PAYLOADS, SAMPLE
from tests.attacks.written import INSIDE, by_api, fill_in, server, work
from tests.serving import Server
from ticket_api.tickets.ticket import Status

__all__ = ["server"]  # fixture

STATUSES = get_args(Status)
WATCH = """for (const name of ["alert", "confirm", "prompt"]) window[name] = () => console.error("it ran");"""


def pages(server: Server, link: str) -> list[str]:
    """Every page on which somebody's words stand."""
    tickets = [f"/desk/tickets/{number}" for number in (1, 2, 3, len(server.store.tickets(STATUSES, limit=500)))]
    searches = ["/desk?view=all", "/desk?view=all&q=%3Cscript%3E", "/desk/audit", "/desk/preferences", "/desk/account"]
    asked = ["/ask?message=%3Cscript%3Ealert(1)%3C/script%3E", "/desk/login?next=javascript:alert(1)", "/find"]
    return [link, *tickets, *searches, *asked]


def look(page: Page, server: Server, link: str) -> list[str]:
    """Open every page; what is in one that may not be there."""
    page.add_init_script(WATCH)
    page.on("dialog", lambda dialog: dialog.dismiss())
    found = []
    for path in pages(server, link):
        answer = page.goto(path)
        assert answer
        assert answer.ok, path
        page.locator("details").evaluate_all("(all) => all.forEach((one) => { one.open = true; })")
        found += [f"{path}: {each}" for each in page.evaluate(INSIDE)]
    return found


def test_nothing_runs_on_any_page(desk, server, clock):
    first = fill_in(server, SAMPLE)
    work(server, desk, SAMPLE)
    clock.move(minutes=1)
    assert len(PAYLOADS) >= 300
    assert (
        server.store.count_tickets().get("open", 0) + server.store.count_tickets().get("waiting", 0) > len(SAMPLE) / 2
    )
    assert look(desk, server, first["link"]) == []


def test_a_preview_and_an_inserted_reply_run_nothing(desk, server):
    fill_in(server, SAMPLE[:2])
    work(server, desk, SAMPLE)
    desk.add_init_script(WATCH)
    desk.goto("/desk/tickets/1")
    desk.get_by_role("button", name="Preview").click()
    for number in range(0, 40, 5):
        desk.locator("#saved").select_option(index=number + 1)
    desk.locator("#preview p").first.wait_for()
    desk.wait_for_function("document.querySelector('#preview').textContent.includes('alert(1)')")
    assert desk.evaluate(INSIDE) == []


def test_a_refusal_repeats_what_was_sent_as_text_alone(server):
    for payload in SAMPLE:
        refused = by_api(server, "/api/tickets", {"message": "x", "email": payload, payload: payload})
        assert set(refused) == {"error"}
