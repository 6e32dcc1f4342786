"""Searches in every store: counted by day and words, bounded, forgotten and erased; and votes, counted by article."""

import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import psycopg
import pytest
from msgspec.structs import replace

from tests.store.asking import NOON, question
from ticket_api.errors import Broken
from ticket_api.store import open_store
from ticket_api.store.records import Batch, Feedback, Search, Votes
from ticket_api.store.sqlite_file import FORMAT

DAY = date(2026, 3, 2)
REFUND = Search(q="退款 refund 😀", lang="zh", results=3, opened="refunds/get-a-refund", day=DAY)


def found(store) -> list[Search]:
    with store.snapshot() as snapshot:
        return list(snapshot.searches())


def test_the_same_search_of_a_day_is_counted_in_one_record(store, url):
    for search in (REFUND, REFUND, replace(REFUND, opened=""), replace(REFUND, day=DAY + timedelta(days=1))):
        store.add_search(search, most=9)
    assert sorted((each.day.day, each.opened, each.count) for each in found(store)) == [
        (2, "", 1),
        (2, REFUND.opened, 2),
        (3, REFUND.opened, 1),
    ]
    before = found(store)
    store.verify()
    store.close()
    with closing(open_store(url)) as again:
        assert found(again) == before


def test_a_full_day_takes_no_new_words_and_counts_the_known_ones(store):
    for word in "abc":
        store.add_search(replace(REFUND, q=word), most=2)
    store.add_search(replace(REFUND, q="a"), most=2)
    store.add_search(replace(REFUND, q="c", day=DAY + timedelta(days=1)), most=2)
    assert sorted((each.q, each.count) for each in found(store)) == [("a", 2), ("b", 1), ("c", 1)]


def test_no_order_tells_what_was_searched_one_after_another(store):
    """Neighbouring numbers would put one visitor's searches side by side."""
    asked = [replace(REFUND, q=f"word {number}") for number in range(20)]
    for search in asked:
        store.add_search(search, most=99)
    assert found(store) == sorted(asked, key=lambda each: each.id)
    assert [each.q for each in found(store)] != [each.q for each in asked]


def test_old_days_are_forgotten_and_make_room(store):
    for number in range(4):
        store.add_search(replace(REFUND, day=DAY + timedelta(days=number)), most=1)
    store.drop_searches(before=DAY + timedelta(days=2))
    assert sorted(each.day.day for each in found(store)) == [4, 5]
    store.add_search(replace(REFUND, q="again"), most=1)
    assert len(found(store)) == 3
    store.drop_searches()
    assert found(store) == []
    store.verify()


def test_an_erased_search_leaves_no_trace_once_scrubbed(store, url):
    zebra = replace(REFUND, q="zebra")
    for search in (zebra, REFUND):
        store.add_search(search, most=9)
    assert not store.needs_scrub()
    store.erase_searches([zebra.id, 5])
    assert store.needs_scrub()
    store.scrub()
    assert not store.needs_scrub()
    assert found(store) == [REFUND]
    if "://" not in url:
        assert not any(b"zebra" in path.read_bytes() for path in Path(url).parent.iterdir())


def test_one_that_fails_takes_nothing_with_it(store):
    def fails():
        store.add_search(replace(REFUND, q="lost"), most=9)
        raise KeyError

    outcomes = store.together([lambda: store.add_search(REFUND, most=9), fails, lambda: store.add_ticket(question(1))])
    assert isinstance(outcomes[1], KeyError)
    assert found(store) == [REFUND]


def test_searches_are_loaded_as_they_are(store):
    store.load(Batch(searches=(replace(REFUND, count=7),)))
    store.load(Batch(searches=(replace(REFUND, count=9),)))
    assert [each.count for each in found(store)] == [9]


def test_votes_are_counted_by_article(store):
    assert store.votes() == {}
    for article, helpful in (("a/b", True), ("a/b", False), ("a/b", True), ("a/c", False)):
        store.add_feedback(Feedback(article=article, lang="en", helpful=helpful, comment='"helpful":false', at=NOON))
    follows = Feedback(article="a/c", lang="en", helpful=False, comment="counted before", at=NOON, follows=True)
    store.add_feedback(follows)
    assert store.feedback("a/c")[-1] == replace(follows, id=5)
    assert store.votes() == {"a/b": Votes(2, 1), "a/c": Votes(0, 1)}


def test_a_search_in_the_wrong_row_is_damage(store, url):
    store.add_search(REFUND, most=9)
    with closing(psycopg.connect(url) if "://" in url else sqlite3.connect(url)) as other, other:
        other.execute("UPDATE searches SET day = '2026-03-09'")
    with pytest.raises(Broken):
        store.verify()


def test_a_file_without_searches_gets_them_and_keeps_the_rest(tmp_path):
    """Format 2, as it was before searches were counted."""
    path = tmp_path / "tickets.db"
    with closing(open_store(str(path))) as store:
        ticket = store.add_ticket(question(1))
    with closing(sqlite3.connect(path)) as old, old:
        for statement in ("DROP TABLE searches", "DROP TABLE searches__day", "PRAGMA user_version = 2"):
            old.execute(statement)
    with closing(open_store(str(path))) as store:
        store.add_search(REFUND, most=9)
        store.verify()
        assert (store.ticket(1), found(store)) == (ticket, [REFUND])
    with closing(sqlite3.connect(path)) as now:
        assert now.execute("PRAGMA user_version").fetchone() == (FORMAT,)
    assert [copy.name for copy in tmp_path.glob("*.format-*")] == ["tickets.db.format-2"]


def test_tables_without_searches_get_them(postgres_url):
    with closing(open_store(postgres_url)) as store:
        ticket = store.add_ticket(question(1))
    with psycopg.connect(postgres_url) as old:
        for statement in ("DROP TABLE searches, mails, papers", "ALTER TABLE chain DROP COLUMN mail"):
            old.execute(statement)
        old.execute("UPDATE schema_version SET version = 1")
    with closing(open_store(postgres_url)) as store:
        store.add_search(REFUND, most=9)
        store.verify()
        assert (store.ticket(1), found(store)) == (ticket, [REFUND])
    with psycopg.connect(postgres_url) as now:
        wanted = "SELECT attstattarget FROM pg_attribute WHERE attrelid = 'searches'::regclass AND attname = 'doc'"
        assert now.execute(wanted).fetchone() == (0,)
