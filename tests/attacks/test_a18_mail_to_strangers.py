"""A18: nobody is bombed through the form, and nothing that an attacker wrote is relayed."""

from datetime import timedelta

from tests.conftest import SECRET
from tests.flows.asking import UNKNOWN, ask
from tests.mail.conftest import box, settings
from tests.mail.postbox import until
from tests.store.asking import question
from ticket_api.allowance import MOST_A_DAY
from ticket_api.outgoing import Outgoing

__all__ = ["box", "settings"]  # fixtures

VICTIM = "victim@example.org"
BAIT = "Win-a-prize-at-evil.example"
WAYS = (
    VICTIM,
    "VICTIM@example.org",
    "victim@EXAMPLE.ORG",
    "victim+1@example.org",
    "vic.tim@example.org",
    "v.ictim+spam@Example.org",
)
"""The same mailbox at many providers."""


def emptied(store, clock):
    """All mails that are to be sent, are."""
    until(lambda: not store.mails_due(clock() + timedelta(hours=1), limit=1))


def test_one_victim_gets_one_mail_of_many_forms(bob, box, store, clock):
    for number in range(200):
        given = {"subject": BAIT, "name": BAIT, "email": WAYS[number % len(WAYS)]}
        body = {"message": f"{UNKNOWN} {BAIT} {number}"} | given
        assert bob.post("/api/tickets", json=body).status_code in (201, 429)
    emptied(store, clock)
    assert len(box.got) == 1
    assert BAIT.encode() not in box.got[0]
    assert b"evil.example" not in box.got[0]


def test_asking_for_links_counts_with_it(bob, box, store, clock):
    ask(bob, UNKNOWN, email=VICTIM)
    for way in WAYS[:5]:
        bob.post("/find", data={"email": way})
    emptied(store, clock)
    assert len(box.got) == 1


def test_the_next_day_is_a_new_one(bob, box, store, clock):
    for _ in range(3):
        ask(bob, UNKNOWN, email=VICTIM)
        ask(bob, UNKNOWN, email=VICTIM)
        emptied(store, clock)
        clock.move(days=1)
    assert len(box.got) == 3
    assert [each.name for each in store.papers("mailed:")] == ["mailed:2026-03-04"]


def test_all_strangers_together_get_so_many(store, settings, clock):
    outgoing = Outgoing(store, settings, SECRET)
    for number in range(MOST_A_DAY + 20):
        outgoing.received(store.add_ticket(question(number, email=f"stranger{number}@example.org")), clock())
    assert len(store.mails_due(clock(), limit=1000)) == MOST_A_DAY


def test_a_restart_forgets_no_count(store, settings, clock):
    for number in range(4):
        ticket = store.add_ticket(question(number, email=VICTIM))
        Outgoing(store, settings, SECRET).received(ticket, clock())
    assert len(store.mails_due(clock(), limit=9)) == 1


def test_what_is_counted_names_nobody(store, settings, clock):
    Outgoing(store, settings, SECRET).received(store.add_ticket(question(email=VICTIM)), clock())
    (paper,) = store.papers("mailed:")
    assert "victim" not in paper.content
