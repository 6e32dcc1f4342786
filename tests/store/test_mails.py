"""The outbox in every store: mails wait in the transaction of what they are about, and go with their ticket."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from msgspec.structs import replace

from tests.store.asking import NOON, mail, question
from ticket_api.errors import Broken, Conflict, NotFound
from ticket_api.store import open_store
from ticket_api.store.records import Batch, draft_name
from ticket_api.tickets.event import Act
from ticket_api.tickets.ticket import reply

SECOND = timedelta(seconds=1)
REPLIED = Act("owner", "replied", NOON)
ERASED = Act("owner", "erased", NOON)


def ids(mails) -> list[int]:
    return [each.id for each in mails]


def test_a_mail_comes_back_as_it_was_with_its_id(store, url):
    stored = [store.add_mail(mail(number)) for number in (1, 2)]
    assert stored == [mail(1, id=1), mail(2, id=2)]
    store.close()
    with closing(open_store(url)) as again:
        assert again.mails_of(1) == stored
        assert again.add_mail(mail(3)).id == 3


def test_those_due_longest_come_first(store):
    for number in (3, 1, 2, 9):
        store.add_mail(mail(number))
    assert ids(store.mails_due(NOON, limit=9)) == []
    assert ids(store.mails_due(NOON + 3 * SECOND, limit=9)) == [2, 3, 1]
    assert ids(store.mails_due(NOON + 3 * SECOND, limit=2)) == [2, 3]
    assert ids(store.mails_due(NOON + 3 * SECOND - timedelta(microseconds=1), limit=9)) == [2, 3]


def test_only_what_is_to_be_sent_is_due(store):
    for number, state in enumerate(("waiting", "sending", "sent", "failed"), 1):
        store.add_mail(mail(number, state=state))
    assert ids(store.mails_due(NOON + 9 * SECOND, limit=9)) == [1, 2]
    store.change_mail(1, lambda each: replace(each, state="sent", text="", sent_at=NOON))
    store.change_mail(4, lambda each: replace(each, state="waiting"))
    assert ids(store.mails_due(NOON + 9 * SECOND, limit=9)) == [2, 4]
    store.verify()


def test_what_failed_is_found_newest_first_until_it_is_sent(store):
    states = [("waiting", ""), ("waiting", "refused"), ("sent", "before"), ("failed", "unknown"), ("sending", "slow")]
    for number, (state, error) in enumerate(states, 1):
        store.add_mail(mail(number, state=state, error=error))
    assert ids(store.mails_failed(limit=9)) == [5, 4, 2]
    assert ids(store.mails_failed(limit=1)) == [5]
    store.change_mail(5, lambda each: replace(each, state="sent"))
    assert ids(store.mails_failed(limit=9)) == [4, 2]


def test_a_mail_is_changed_and_taken_out(store):
    store.add_mail(mail(1))
    store.add_mail(mail(2))
    changed = store.change_mail(1, lambda each: replace(each, id=2, attempts=1, error="refused"))
    assert changed == mail(1, id=1, attempts=1, error="refused")
    assert store.mails_of(1) == [changed, mail(2, id=2)]
    assert store.change_mail(1, lambda each: None) is None
    assert store.mails_of(1) == [mail(2, id=2)]
    for mail_id in (1, 0, -1, 9, 10**40):
        with pytest.raises(NotFound):
            store.change_mail(mail_id, lambda each: each)
    store.change_mail(2, lambda each: None)
    assert store.add_mail(mail(3)).id == 3


def test_a_change_of_a_mail_that_fails_stores_nothing(store):
    store.add_mail(mail(1))

    def refuse(each):
        raise Conflict("status_conflict")

    with pytest.raises(Conflict):
        store.change_mail(1, refuse)
    assert store.mails_of(1) == [mail(1, id=1)]


def _answer(store, number: int, *, fails: bool = False):
    """A reply and its mail, in one job; where it fails, after both were written."""

    def job():
        store.change_ticket(number, lambda ticket: reply(ticket, f"We did {number}.", NOON), REPLIED)
        waiting = store.add_mail(mail(number, ticket=number))
        assert store.mails_of(number) == [waiting]
        if fails:
            raise Conflict("status_conflict")
        return waiting

    return job


def test_a_reply_and_its_mail_are_stored_together_or_not_at_all(store):
    for number in (1, 2, 3):
        store.add_ticket(question(number))
    outcomes = store.together([_answer(store, 1), _answer(store, 2, fails=True), _answer(store, 3)])
    assert isinstance(outcomes[1], Conflict)
    assert [store.ticket(number).status for number in (1, 2, 3)] == ["waiting", "offered", "waiting"]
    assert [ids(store.mails_of(number)) for number in (1, 2, 3)] == [[outcomes[0].id], [], [outcomes[2].id]]
    assert [event.what for event in store.events(2)] == ["asked"]
    store.verify()


def test_an_erased_ticket_takes_its_mails_and_its_draft_with_it(store, url):
    for number in (1, 2):
        store.add_ticket(question(number))
        store.add_mail(mail(number, ticket=number, to=f"zebra{number}@example.com"))
        store.change_paper(draft_name(number), lambda _, number=number: f"zebra{number} draft")
    store.erase_tickets([1], ERASED)
    store.scrub()
    assert (store.mails_of(1), store.paper(draft_name(1))) == ([], "")
    assert (ids(store.mails_of(2)), store.paper(draft_name(2))) == ([2], "zebra2 draft")
    if "://" not in url:
        left = b"".join(path.read_bytes() for path in Path(url).parent.iterdir())
        assert (b"zebra1" in left, b"zebra2" in left) == (False, True)


def test_a_mail_about_no_ticket_is_erased_by_itself(store):
    store.add_mail(mail(1, ticket=0, kind="links"))
    store.erase_mails([])
    assert not store.needs_scrub()
    store.erase_mails([1, 7])
    assert store.needs_scrub()
    assert store.mails_of(0) == []


def test_mails_are_loaded_as_they_are(store):
    store.load(Batch(mails=(mail(1, id=7),)))
    store.load(Batch(mails=(mail(2, id=7, state="failed"),)))
    with store.snapshot() as snapshot:
        assert list(snapshot.mails()) == [mail(2, id=7, state="failed")]
    assert store.add_mail(mail(3)).id == 8


def test_a_mail_in_the_wrong_row_is_damage(store, url):
    store.add_mail(mail(1))
    with closing(psycopg.connect(url) if "://" in url else sqlite3.connect(url)) as other, other:
        other.execute("UPDATE mails SET ticket = 2")
    with pytest.raises(Broken):
        store.verify()
