"""The owner's account and sessions, in every store."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from tests.store.asking import NOON
from ticket_api.errors import Conflict
from ticket_api.store import open_store
from ticket_api.store.records import OwnerAccount, SecondFactor, Session

SECOND = timedelta(seconds=1)


def test_the_account_is_empty_until_alice_sets_it_up(store, url):
    assert store.owner() == OwnerAccount()
    store.change_owner(lambda account: replace(account, setup_code="code"))
    changed = store.change_owner(lambda account: replace(account, password="hash"))
    assert changed == OwnerAccount(password="hash", setup_code="code")
    assert store.owner() == changed
    store.change_owner(lambda account: replace(account, setup_code=""))
    store.close()
    again = open_store(url)
    assert again.owner() == OwnerAccount(password="hash")
    again.close()


def test_a_second_factor_that_is_taken_away_is_gone(store, url):
    factor = SecondFactor("A" * 32, 59_000_000, ("one", "two"))
    store.change_owner(lambda account: replace(account, password="hash", second=factor))
    assert store.owner().second == factor
    store.change_owner(lambda account: replace(account, second=UNSET))
    store.close()
    again = open_store(url)
    assert again.owner() == OwnerAccount(password="hash")
    again.close()


def test_a_change_of_the_account_that_fails_stores_nothing(store):
    store.change_owner(lambda account: replace(account, password="hash"))

    def refuse(account):
        raise Conflict("status_conflict")

    with pytest.raises(Conflict):
        store.change_owner(refuse)
    assert store.owner() == OwnerAccount(password="hash")


def test_changes_of_the_account_by_several_threads_are_all_kept(store, url):
    other = open_store(url)

    def add(number: int) -> None:
        (store, other)[number % 2].change_owner(lambda account: replace(account, password=f"{account.password}x"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(100)))
    other.close()
    assert store.owner().password == "x" * 100


def test_a_session_is_found_by_its_id_and_replaced(store):
    first = Session("hash-1", "account", NOON, NOON)
    later = Session("hash-1", "account", NOON, NOON + SECOND)
    assert store.session("hash-1") is None
    store.put_session(first)
    store.put_session(Session("hash-2", "account", NOON, NOON))
    assert store.session("hash-1") == first
    store.put_session(later)
    assert store.session("hash-1") == later
    assert store.session("hash") is None


def test_a_session_that_was_dropped_is_not_brought_back_by_a_touch(store):
    store.put_session(Session("hash-1", "account", NOON, NOON))
    store.touch_session("hash-1", NOON + SECOND)
    assert store.session("hash-1").seen_at == NOON + SECOND
    store.drop_sessions(session_id="hash-1")
    store.touch_session("hash-1", NOON)
    assert store.session("hash-1") is None


def _sessions(store):
    """Three sessions; as texts their times would sort wrongly, because a whole second is written without a fraction."""
    whole = NOON.replace(microsecond=0)
    for number, seen_at in enumerate([whole, whole.replace(microsecond=500_000), whole + SECOND], 1):
        store.put_session(Session(f"hash-{number}", "account", whole, seen_at))
    return whole


def _known(store):
    return [number for number in (1, 2, 3) if store.session(f"hash-{number}")]


def test_one_session_is_dropped(store):
    _sessions(store)
    store.drop_sessions(session_id="hash-2")
    assert _known(store) == [1, 3]


def test_sessions_not_seen_since_a_time_are_dropped(store):
    whole = _sessions(store)
    store.drop_sessions(unseen_since=whole.replace(microsecond=500_000))
    assert _known(store) == [2, 3]


def test_one_session_and_the_unseen_are_dropped_together(store):
    whole = _sessions(store)
    store.drop_sessions(session_id="hash-3", unseen_since=whole.replace(microsecond=1))
    assert _known(store) == [2]


def test_all_sessions_are_dropped(store):
    _sessions(store)
    store.drop_sessions()
    assert _known(store) == []


def test_all_sessions_are_told_by_id(store):
    for number in (3, 1, 2):
        store.put_session(Session(f"hash-{number}", "account", NOON, NOON, "Firefox on Linux"))
    store.put_session(Session("Hash", "account", NOON, NOON))
    assert [each.id for each in store.sessions()] == ["Hash", "hash-1", "hash-2", "hash-3"]
    assert store.sessions()[1].agent == "Firefox on Linux"
