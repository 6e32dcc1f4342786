"""Papers, events about the desk, and pages of events, in every store."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from msgspec.structs import replace

from tests.store.asking import NOON, question
from ticket_api.errors import Conflict
from ticket_api.store import open_store
from ticket_api.store.records import Batch, Paper
from ticket_api.tickets.event import Act
from ticket_api.tickets.ticket import send

MOVED = Act("owner", "moved", NOON)


def test_a_paper_is_kept_changed_and_taken_away(store, url):
    assert store.paper("preferences") == ""
    assert store.change_paper("preferences", lambda content: content + '{"名": 1}\u2028') == '{"名": 1}\u2028'
    store.change_paper("preferences", lambda content: content + "more")
    store.close()
    with closing(open_store(url)) as again:
        assert again.paper("preferences") == '{"名": 1}\u2028more'
        assert again.change_paper("preferences", lambda _: "") == ""
        assert again.papers("") == []


def test_papers_are_found_by_how_their_names_begin(store):
    names = ["draft:10", "draft:9", "draft", "drafts", "Draft:1", "draft:", "z"]
    for name in names:
        store.change_paper(name, lambda _, name=name: f"of {name}")
    found = [Paper(name, f"of {name}") for name in sorted(names) if name.startswith("draft:")]
    assert store.papers("draft:") == found
    with store.snapshot() as snapshot:
        assert [paper.name for paper in snapshot.papers()] == sorted(names)


def test_a_change_of_a_paper_that_fails_stores_nothing(store):
    def refuse(content):
        raise Conflict("status_conflict")

    store.change_paper("count", lambda _: "1")
    with pytest.raises(Conflict):
        store.change_paper("count", refuse)
    assert store.paper("count") == "1"


def test_changes_of_a_paper_by_several_threads_are_all_kept(store, url):
    with closing(open_store(url)) as other, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: (store, other)[number % 2].change_paper("count", lambda x: x + "1"), range(60)))
    assert store.paper("count") == "1" * 60


def test_papers_are_loaded_as_they_are(store):
    for content in ("one", "two"):
        store.load(Batch(papers=(Paper("draft:1", content),)))
    assert store.papers("") == [Paper("draft:1", "two")]
    store.load(Batch(papers=(Paper("draft:1", ""),)))
    assert store.papers("") == []


def test_an_event_may_be_about_no_ticket(store):
    store.record(Act("owner", "signed_in", NOON))
    store.add_ticket(question(1))
    store.record(Act("owner", "password_set", NOON))
    assert [(each.seq, each.ticket, each.status, each.what) for each in store.events(0)] == [
        (1, 0, "", "signed_in"),
        (3, 0, "", "password_set"),
    ]
    assert [each.what for each in store.events(1)] == ["asked"]
    store.verify()


def test_events_come_by_pages_in_either_order(store):
    for number in range(1, 6):
        store.add_ticket(question(number))

    def seqs(found):
        return [each.seq for each in found]

    assert seqs(store.events_after(0, limit=9)) == [1, 2, 3, 4, 5]
    assert seqs(store.events_after(2, limit=2)) == [3, 4]
    assert seqs(store.events_after(5, limit=9)) == seqs(store.events_after(10**40, limit=9)) == []
    assert seqs(store.events_before(0, limit=2)) == [5, 4]
    assert seqs(store.events_before(4, limit=9)) == [3, 2, 1]
    assert seqs(store.events_before(1, limit=9)) == seqs(store.events_after(0, limit=0)) == []


def test_tickets_are_found_by_their_ids(store):
    stored = [store.add_ticket(question(number)) for number in range(1, 5)]
    assert store.tickets_by_id([4, 2, 9, 2, -1, 10**40]) == [stored[1], stored[3]]
    assert store.tickets_by_id([]) == []


def _moved(store, ticket_id: int, email: str):
    return store.change_ticket(ticket_id, lambda ticket: replace(ticket, email=email), MOVED)


def test_another_address_is_another_requester(store):
    bob, carol, other = (
        store.add_ticket(question(number, email=email, requester=f"{number:032x}"))
        for number, email in enumerate(("bob@example.com", "carol@example.com", "bob@example.com"), 1)
    )
    assert other.requester == bob.requester
    assert _moved(store, 3, "Carol@Example.com ").requester == carol.requester
    strange = _moved(store, 1, "dave@example.com").requester
    assert len(strange) == 32
    assert strange not in (bob.requester, carol.requester)
    assert _moved(store, 1, "DAVE@example.com").requester == strange
    nobody = _moved(store, 2, "").requester
    assert nobody not in (carol.requester, strange)
    assert [ticket.id for ticket in store.tickets_of("carol@example.com")] == [3]
    assert store.events(3)[-1].who == "owner"
    kept = store.change_ticket(2, lambda ticket: send(ticket, NOON), Act("requester", "sent", NOON))
    assert kept.requester == store.events(2)[-1].who == nobody
    store.verify()
