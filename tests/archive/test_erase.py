"""Erase a person, or what was solved long ago: no word is left, and the chain still holds."""

import logging
import os
from datetime import timedelta

import pytest
from msgspec.structs import replace

from tests.archive.desks import BOB, MALLORY, NOON, all_bytes, mail, question
from ticket_api.archive import erase
from ticket_api.archive.beside import Beside
from ticket_api.errors import NotFound
from ticket_api.store import open_store
from ticket_api.store.attachments import Attachments
from ticket_api.store.records import Search, draft_name
from ticket_api.tickets import ticket as tickets
from ticket_api.tickets.event import Act
from ticket_api.tickets.message import Message

WORDS = (b"Bartholomew", b"bart@customer.example", b"zebra", "斑马".encode())


def fill_with_bart(store) -> list[int]:
    """Many tickets of a man, between others, with their owner's answers, some erased one by one before."""
    ids = []
    store.add_mail(mail(98, ticket=0, kind="links", to="Bart@Customer.example"))
    for number in range(100, 160):
        store.add_ticket(question(2 * number, MALLORY))
        text = "My zebra 斑马 was charged twice. " * 40
        message = Message("requester", text, NOON)
        made = store.add_ticket(
            question(2 * number + 1, "bart@customer.example", name="Bartholomew", subject="zebra", messages=(message,))
        )
        store.change_ticket(made.id, lambda one: tickets.reply(one, "Poor zebra", NOON), Act("owner", "replied", NOON))
        store.add_mail(mail(number, ticket=made.id, to="bart@customer.example", text="Poor zebra"))
        store.change_paper(draft_name(made.id), lambda _: "A zebra, 斑马")
        ids.append(made.id)
    return ids


def test_not_a_word_is_left_in_any_file(desk):
    ids = fill_with_bart(desk.store)
    for word in WORDS:
        assert word in all_bytes(desk.data)
    assert erase.erase_requester(desk.store, " Bart@Customer.EXAMPLE", NOON + timedelta(hours=1)) == ids
    for word in WORDS:
        assert word not in all_bytes(desk.data)
    assert MALLORY.encode() in all_bytes(desk.data)
    desk.store.verify()
    assert [event.what for event in desk.store.events(ids[0])] == ["asked", "replied", "erased"]
    with pytest.raises(NotFound):
        desk.store.ticket(ids[0])
    assert desk.store.add_ticket(question(999)).id > ids[-1]


def test_an_erase_that_was_killed_before_its_scrub_ends_when_repeated(desk):
    ids = fill_with_bart(desk.store)
    erase.erase_tickets(desk.store, ids, Act("owner", "erased", NOON))
    assert erase.erase_requester(desk.store, "bart@customer.example", NOON) == []
    for word in WORDS:
        assert word not in all_bytes(desk.data)


def test_it_works_on_every_store(other):
    ids = fill_with_bart(other)
    assert erase.erase_requester(other, "bart@customer.example", NOON) == ids
    assert other.tickets_of("bart@customer.example") == []
    assert len(other.tickets_of(MALLORY)) == 60
    other.verify()


def test_a_mail_to_whoever_a_ticket_was_of_before_goes_and_its_own_stay(other):
    for number in (1, 2):
        other.add_ticket(question(number))
        other.add_mail(mail(number, ticket=number))
    other.change_ticket(2, lambda one: replace(one, email=MALLORY), Act("owner", "moved", NOON))
    other.add_mail(mail(3, ticket=2, to=MALLORY))
    assert erase.erase_requester(other, BOB, NOON) == [1]
    assert [each.to for each in (*other.mails_of(1), *other.mails_of(2))] == [MALLORY]
    other.verify()


@pytest.mark.parametrize(("days", "age", "stays"), [(30, 30, True), (30, 31, False), (0, 365, True), (0, 366, False)])
def test_mails_about_no_ticket_go_by_age(other, days, age, stays):
    other.add_ticket(question(1, created_at=NOON + timedelta(days=age)))
    for about in (0, 1):
        other.add_mail(mail(0, ticket=about))
    erase.retain(other, days, NOON + timedelta(days=age))
    assert (bool(other.mails_of(0)), bool(other.mails_of(1))) == (stays, True)


def solved(store, number: int, **fields) -> int:
    made = store.add_ticket(question(number, status="open"))
    changed = store.change_ticket(
        made.id, lambda one: replace(tickets.close(one, one.created_at), **fields), Act("owner", "closed", NOON)
    )
    return changed.id


DAY = 86_400


def test_what_was_solved_long_ago_goes_and_nothing_else(other):
    old = solved(other, 1)
    deflected = other.add_ticket(question(2, status="offered"))
    other.change_ticket(
        deflected.id, lambda one: tickets.solve(one, "a/b", one.created_at), Act("requester", "solved", NOON)
    )
    young = solved(other, 10 * DAY)
    still_open = other.add_ticket(question(3, status="open")).id
    now = NOON + timedelta(days=30, seconds=3)
    assert erase.due(other, 30, now) == [old, deflected.id]
    assert erase.retain(other, 0, now) == []
    assert erase.retain(other, 30, now - timedelta(seconds=3)) == []
    assert erase.retain(other, 30, now) == [old, deflected.id]
    assert other.ticket(young)
    assert other.ticket(still_open)
    assert other.events(old)[-1].who == "system"
    other.verify()


def searches(store) -> set[str]:
    with store.snapshot() as snapshot:
        return {search.q for search in snapshot.searches()}


def test_searches_that_hold_the_address_go_with_its_tickets(desk):
    """Addresses are taken out before a search is stored; this one is of before that, or from elsewhere."""
    for word in (f"zebra {BOB.upper()} refund", f"not{MALLORY}"):
        desk.store.add_search(Search(q=word, lang="en", results=0, day=NOON.date()), most=99)
    kept = searches(desk.store) - {f"zebra {BOB.upper()} refund"}
    erase.erase_requester(desk.store, BOB, NOON)
    assert searches(desk.store) == kept
    assert b"zebra" not in all_bytes(desk.data)


@pytest.mark.parametrize(("days", "age", "stays"), [(30, 30, True), (30, 31, False), (0, 365, True), (0, 366, False)])
def test_searches_go_by_age(other, days, age, stays):
    other.add_ticket(question(1, created_at=NOON + timedelta(days=age)))
    other.add_search(Search(q="refund", lang="en", results=0, day=NOON.date()), most=9)
    erase.retain(other, days, NOON + timedelta(days=age))
    assert searches(other) == ({"refund"} if stays else set())


def test_a_clock_that_jumped_forward_forgets_no_search(other):
    other.add_ticket(question(1))
    other.add_search(Search(q="refund", lang="en", results=0, day=NOON.date()), most=9)
    erase.retain(other, 0, NOON + timedelta(days=4000))
    assert searches(other) == {"refund"}


def test_no_word_of_it_is_left(desk):
    solved(desk.store, 300, messages=(Message("requester", "zebra", NOON),))
    assert b"zebra" in all_bytes(desk.data)
    assert erase.retain(desk.store, 1, NOON + timedelta(days=3))
    assert b"zebra" not in all_bytes(desk.data)


@pytest.mark.parametrize("days", [0, 1])
def test_a_kill_before_the_scrub_is_made_good_whatever_came_since(desk, days):
    made = desk.store.add_ticket(question(300, subject="zebra"))
    desk.store.erase_tickets([made.id], Act("system", "erased", NOON))
    desk.store.add_ticket(question(301))
    assert b"zebra" in all_bytes(desk.data)
    erase.retain(desk.store, days, NOON)
    assert b"zebra" not in all_bytes(desk.data)


def test_a_store_that_needs_no_scrub_gets_none(desk, monkeypatch):
    desk.store.scrub()  # some were erased one by one

    def scrub(_):
        raise AssertionError("scrubbed")

    monkeypatch.setattr(type(desk.store), "scrub", scrub)
    assert erase.retain(desk.store, 1, NOON) == []


@pytest.mark.parametrize(("days", "ahead", "gone"), [(1, 30, 1), (1, 31, 0), (90, 91, 0), (60, 61, 0)])
def test_a_clock_that_jumped_forward_erases_nothing(other, caplog, days, ahead, gone):
    solved(other, 1)
    with caplog.at_level(logging.WARNING):
        assert len(erase.retain(other, days, NOON + timedelta(days=ahead))) == gone
    assert ("see that the clock is right" in caplog.text) is not bool(gone)


def test_a_clock_that_jumped_is_believed_after_thirty_days_however_many_write(other, caplog):
    """F9: ten years ahead, and customers go on writing."""
    old = solved(other, 1)
    for day in (4000, 4010, 4029):
        other.add_ticket(question(2 + day * DAY, status="open"))
        assert erase.retain(other, 30, NOON + timedelta(days=day, hours=1)) == []
    assert "see that the clock is right" in caplog.text
    assert erase.retain(other, 30, NOON + timedelta(days=4031)) == [old]


def test_a_clock_that_was_ahead_and_is_right_again_keeps_nothing_longer(other):
    solved(other, 1)
    other.add_ticket(question(4000 * DAY, status="open"))
    other.add_ticket(question(40 * DAY, status="open"))
    assert len(erase.retain(other, 30, NOON + timedelta(days=41))) == 1


def test_an_empty_store_has_nothing_to_retain(tmp_path):
    store = open_store(str(tmp_path / "tickets.db"))
    assert erase.retain(store, 30, NOON) == []
    store.close()


def test_a_ticket_that_is_reopened_meanwhile_stays(desk, monkeypatch):
    first, second = solved(desk.store, 300), solved(desk.store, 301)
    found = erase.due

    def reopened_after_looking(store, days, now):
        ids = found(store, days, now)
        store.change_ticket(second, lambda one: tickets.write(one, "Still broken", now), Act("requester", "wrote", now))
        return ids

    monkeypatch.setattr(erase, "due", reopened_after_looking)
    gone = erase.retain(desk.store, 2, NOON + timedelta(days=3))
    assert first in gone
    assert second not in gone
    assert desk.store.ticket(second).messages[-1].text == "Still broken"


def test_a_person_with_more_tickets_than_fit_at_once(desk, monkeypatch):
    monkeypatch.setattr(erase, "AT_ONCE", 2)
    seen = []
    gone = erase.erase_requester(desk.store, BOB, NOON, lambda done, total: seen.append((done, total)))
    assert len(gone) == 6
    assert seen == [(2, 6), (4, 6), (6, 6)]


def test_mails_in_files_go_with_the_person_and_by_age(desk):
    """Without a mail server, they lie in the data folder."""
    beside = Beside(Attachments(desk.data / "files"), desk.data / "mail")
    erase.erase_requester(desk.store, "bart@customer.example", NOON, beside=beside)
    beside.mails.mkdir()
    written = {
        "1.eml": "From: help@larkbill.example\r\nTo: Bart@Customer.example\r\nSubject: zebra\r\n\r\nzebra",
        "2.eml": 'Subject: zebra\nto: "Bart, the\n zebra"\n <bart@customer.example>\n\nzebra',
        ".3.draft": "To: bart@customer.example\n\nzebra",
        "4.eml": f"To: {MALLORY}\n\nTo: bart@customer.example",
        "5.eml": "nothing of a mail",
        "note.txt": "To: bart@customer.example",
    }
    for number, (name, text) in enumerate(written.items()):
        (beside.mails / name).write_bytes(text.encode())
        at = (NOON + timedelta(days=number)).timestamp()
        os.utime(beside.mails / name, (at, at))
    erase.erase_requester(desk.store, " bart@CUSTOMER.example", NOON, beside=beside)
    assert sorted(path.name for path in beside.mails.iterdir()) == ["4.eml", "5.eml", "note.txt"]
    desk.store.add_ticket(question(1, request="", created_at=NOON + timedelta(days=40)))
    erase.retain(desk.store, 30, NOON + timedelta(days=33, hours=1), beside=beside)
    assert sorted(path.name for path in beside.mails.iterdir()) == ["5.eml", "note.txt"]
