"""Alice sees how it stands with what is promised about a ticket, and what is promised; Bob sees nothing of it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.automation.promising import parts_of
from tests.flows.asking import UNKNOWN, ask, path_of
from tests.flows.test_preferences import save
from tests.flows.working import do, form_of
from tests.serving import SECRET
from ticket_api.app import create_app
from ticket_api.automation import Automation
from ticket_api.errors import Stop
from ticket_api.preferences import CurrentPreferences, Preferences, read
from ticket_api.tickets.hours import Opening

SECTIONS = {
    "targets": {
        "first_response": {"soon": "2h", "plan": "2h", "whenever": "2h"},
        "resolution": {"soon": "2d", "plan": "2d", "whenever": "2d"},
    },
    "calendar": {"holidays": ["DE-BE", "CN"], "closed": ["2026-03-03"], "open": ["2026-12-26"]},
}


@pytest.fixture
def sections():
    return SECTIONS


@pytest.fixture
def settings(settings, sections):
    return replace(settings, sections=sections, timezone="Europe/Berlin")


def stands(alice, lang="en"):
    """What the ticket's page says of the promises."""
    page = alice.get(f"/desk/tickets/1?lang={lang}").text
    section = page.partition('<section class="promises"')[2].partition("</section>")[0]
    return " ".join(section.split())


def test_a_ticket_tells_how_it_stands(alice, bob, clock):
    ticket = ask(bob, UNKNOWN)  # on a Monday at ten in Berlin; the next day is off
    clock.move(minutes=5)
    page = stands(alice)
    assert '<dd class="running">due in 1 h 55 min of opening time, Monday 12:00</dd>' in page
    assert '<dd class="running">due in 15 h 55 min of opening time, Thursday 10:00</dd>' in page
    assert "还有 1 小时 55 分钟 营业时间，星期一 12:00 到期" in stands(alice, "zh")
    clock.move(hours=2, minutes=15)
    assert '<dd class="late">20 min of opening time late, was due Monday 12:00</dd>' in stands(alice)
    do(alice, ticket, "reply", message="Here.")
    page = stands(alice)
    assert '<dd class="missed">missed: 20 min of opening time late</dd>' in page
    assert "paused while you wait for the customer; 13 h 40 min of opening time are left" in page
    do(alice, ticket, "solve")
    assert "kept, in 2 h 20 min of opening time" in stands(alice)
    for word in ("promis", "opening time"):
        assert word not in bob.get(path_of(ticket)).text.lower()


def test_the_preferences_show_targets_and_days_off(alice, bob):
    page = " ".join(alice.get("/desk/preferences?lang=en").text.split())
    assert '<tr><th scope="row">Plan</th><td>2 h</td><td>16 h</td></tr>' in page
    assert '<tr><th scope="row">Now</th><td>8 h</td><td>none</td></tr>' in page
    assert '<tr><th scope="row">3 March 2026</th><td>Tuesday</td><td>closed, by you</td></tr>' in page
    assert '<tr><th scope="row">3 April 2026</th><td>Friday</td><td>Good Friday</td></tr>' in page
    assert '<tr class="works"><th scope="row">10 October 2026</th><td>Saturday</td><td>open</td></tr>' in page
    assert '<tr class="works"><th scope="row">26 December 2026</th><td>Saturday</td><td>open, by you</td></tr>' in page
    assert "<td>春节</td>" in alice.get("/desk/preferences?lang=zh").text


SUNDAYS = [(date(2026, 3, 1) + timedelta(weeks=week)).isoformat() for week in range(120)]
NEVER = {"calendar": {"closed": SUNDAYS}}
"""Who is open on Sundays alone is never open with these."""


@pytest.mark.parametrize("sections", [NEVER])
def test_opening_hours_of_which_nothing_is_left_are_refused(alice, store):
    sunday = {"open_0": None, "open_6": "on", "opens_6": "09:00", "closes_6": "10:00", "name": "Kept name"}
    answer = save(alice, **sunday)
    assert answer.status_code == 422
    assert "you would not be open for two years" in answer.text
    assert "Kept name" in answer.text
    assert read(store) == Preferences()
    assert save(alice, **{**sunday, "open_0": "on"}).status_code == 303


def test_days_off_that_leave_nothing_of_the_hours_stop_the_start(settings, store, index, clock):
    wanted = Preferences(hours=(Opening(6, 0, 60),))
    CurrentPreferences(store).save(wanted, clock())
    with pytest.raises(Stop, match="nothing is open for two years"):
        create_app(replace(settings, sections=NEVER), store, index, SECRET, clock)


def test_a_warning_while_alice_writes_refuses_nothing(alice, bob, settings, store, clock):
    ask(bob, UNKNOWN)
    page = form_of(alice.get("/desk/tickets/1").text)
    clock.move(hours=1, minutes=45)
    Automation(store, parts_of(settings, store), clock).work()
    assert store.events(1)[-1].what == "warned"
    assert alice.post("/desk/tickets/1", data={**page, "message": "Here.", "do": "reply"}).status_code == 303
    assert store.ticket(1).messages[-1].text == "Here."
    for stale in ("0", page["version"], "99"):
        answer = alice.post("/desk/tickets/1", data={**page, "version": stale, "message": "Twice.", "do": "reply"})
        assert answer.status_code == 409
    audit = alice.get("/desk/audit?lang=en").text
    assert "warned that its answer is due soon" in audit
