"""Copy from store to store: the same records, and an interrupted copy goes on."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from tests.archive.desks import BOB, NOON, Desk, account, all_bytes, content, fill, mail, question
from ticket_api.archive import copying, erase, restore, unfinished
from ticket_api.archive.reading import Archive
from ticket_api.errors import Stop
from ticket_api.store import open_store
from ticket_api.store.records import Feedback


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch):
    monkeypatch.setattr(copying, "AT_ONCE", 4)


def copied(source, target, **more) -> None:
    with source.snapshot() as here:
        copying.copy(here, target, **more)
        assert not copying.differs(here, target)


def test_the_copy_is_the_same(desk, other):
    copied(desk.store, other)
    assert content(other) == content(desk.store)
    assert other.add_ticket(question(99)).id == 15


def test_a_copy_that_is_finished_later_has_the_searches_of_then(desk, other):
    copied(desk.store, other)
    with desk.store.snapshot() as snapshot:
        first, second, *_ = snapshot.searches()
    desk.store.erase_searches([first.id])
    desk.store.add_search(second, most=9)
    copied(desk.store, other)


def test_back_again(desk, other, tmp_path):
    copied(desk.store, other)
    third = open_store(str(tmp_path / "third.db"))
    copied(other, third)
    assert content(third) == content(desk.store)
    third.close()


def test_an_interrupted_copy_goes_on(desk, other):
    class Interrupted(Exception):
        pass

    for stop in range(1, 8):
        seen = []

        def interrupt(done, total, stop=stop, seen=seen):
            seen.append(done)
            if len(seen) == stop:
                raise Interrupted

        with desk.store.snapshot() as here:
            try:
                copying.copy(here, other, interrupt)
            except Interrupted:
                assert copying.differs(here, other)
                assert other.claim("another mark") == unfinished.copying(here)
    copied(desk.store, other)
    assert content(other) == content(desk.store)


def test_a_copy_is_brought_up_to_date(desk, other):
    copied(desk.store, other)
    desk.store.change_ticket(1, lambda ticket: replace(ticket, subject="New"), erase.Act("owner", "replied", NOON))
    erase.erase_requester(desk.store, BOB, NOON + timedelta(days=1))
    desk.store.change_mail(3, lambda one: None)
    desk.store.add_mail(mail(5))
    desk.store.change_paper("preferences", lambda _: "")
    desk.store.change_paper("another", lambda _: "new")
    desk.store.record(erase.Act("owner", "signed_in", NOON))
    fill(desk.store, 5, 50)
    desk.store.add_feedback(Feedback(article="c/d", lang="zh", helpful=True, at=NOON))
    desk.store.drop_sessions(session_id="a" * 64)
    desk.store.change_owner(lambda _: account())
    with desk.store.snapshot() as here:
        assert copying.differs(here, other)
    copied(desk.store, other)
    assert content(other) == content(desk.store)
    assert [ticket.id for ticket in other.tickets_of(BOB)] == [ticket.id for ticket in desk.store.tickets_of(BOB)]
    assert other.ticket(1).subject == "New"


def test_half_a_copy_is_left_alone_by_others(desk, other, tmp_path):
    def interrupt(done, total):
        raise KeyboardInterrupt

    with desk.store.snapshot() as here, pytest.raises(KeyboardInterrupt):
        copying.copy(here, other, interrupt)
    third = Desk(tmp_path / "third", b"x" * 32)
    with third.store.snapshot() as there, pytest.raises(Stop, match="Run helpleaf copy again with the same FROM"):
        copying.copy(there, other)
    third.store.close()
    path = desk.back_up(tmp_path / "b")
    with Archive(path) as archive, pytest.raises(Stop, match="Run helpleaf copy again with the same FROM"):
        restore._begin(other, archive, "postgresql://somewhere/x")
    copied(desk.store, other)
    assert content(other) == content(desk.store)


def test_whoever_is_erased_leaves_no_trace_in_a_copy_either(desk, tmp_path):
    desk.store.add_ticket(question(99, "bart@customer.example"))
    target = open_store(str(tmp_path / "copy" / "tickets.db"))
    copied(desk.store, target)
    assert b"bart@" in all_bytes(tmp_path / "copy")
    erase.erase_requester(desk.store, "bart@customer.example", NOON)
    copied(desk.store, target)
    assert b"bart@" not in all_bytes(tmp_path / "copy")
    target.close()


def refused(source, target) -> None:
    before = content(target)
    with source.snapshot() as here, pytest.raises(Stop, match="holds other tickets"):
        copying.copy(here, target)
    assert content(target) == before


def test_a_store_with_other_tickets_is_refused(desk, other):
    other.add_ticket(question(1))
    refused(desk.store, other)


def test_a_store_that_went_on_by_itself_is_refused(desk, other):
    copied(desk.store, other)
    other.add_ticket(question(99))
    refused(desk.store, other)


def test_a_store_of_another_owner_is_refused(desk, other):
    other.change_owner(lambda _: account())
    refused(desk.store, other)


def test_a_store_with_another_key_is_refused(desk, other):
    other.claim("another mark")
    refused(desk.store, other)


def test_an_empty_store_is_copied_too(tmp_path, other):
    empty = open_store(str(tmp_path / "empty.db"))
    copied(empty, other)
    empty.close()


def test_any_difference_is_noticed(desk, other):
    copied(desk.store, other)
    other.drop_sessions(session_id="a" * 64)
    with desk.store.snapshot() as here:
        assert copying.differs(here, other)
