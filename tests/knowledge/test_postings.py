"""Postings, with a plain dictionary as the oracle."""

import sys

from hypothesis import given
from hypothesis import strategies as some

from ticket_api.knowledge.postings import PARTS, PLACE, Postings, new_bag, pack, put

TERMS = ["refund", "退款", "\ud800", "\udfff", "e1042", "how do", "pai~card", ""]
LAST_PLACE = 2**32 // PLACE - 1

terms = some.sampled_from(TERMS)
places = some.one_of(some.integers(0, 6), some.just(LAST_PLACE))
said = some.dictionaries(some.integers(0, PARTS - 1), some.integers(1, PARTS - 1), max_size=3)
"""For each part of an article in which a term stands its impact."""

articles = some.dictionaries(terms, said.filter(bool), max_size=4)
shelves = some.dictionaries(places, articles, max_size=5)
"""What a shelf holds, as an oracle: place -> term -> part -> impact."""


def numbers(place, parts):
    return [place * PLACE + part * PARTS + impact for part, impact in sorted(parts.items())]


def expected(shelf):
    """Each term's postings, worked out from the oracle."""
    return {
        term: [each for place in sorted(shelf) if term in shelf[place] for each in numbers(place, shelf[place][term])]
        for term in TERMS
    }


def bag_of(shelf):
    """What the shelf holds, in an order of its own."""
    bag = new_bag()
    for place, article in sorted(shelf.items(), reverse=True):
        for term, parts in article.items():
            for part, impact in parts.items():
                put(bag, place * PLACE + part * PARTS, {term: impact})
    return bag


def packed(shelf):
    return pack(bag_of(shelf))


def found(postings):
    return {term: list(postings.of(term)) for term in TERMS}


@given(shelves)
def test_what_is_packed_is_found_again_and_nothing_else(shelf):
    postings = Postings(packed(shelf))
    assert found(postings) == expected(shelf)
    assert list(postings.of("never written")) == []
    assert postings.packed() == packed(shelf)


@given(shelves, some.lists(some.dictionaries(places, articles, max_size=3), max_size=4))
def test_articles_are_replaced_one_after_the_other(shelf, rounds):
    postings = Postings(packed(shelf))
    for changes in rounds:
        before, shelf_before, packed_before = postings, shelf, postings.packed()
        postings = before.replaced({p: (bag_of({p: shelf.get(p, {})}), bag_of({p: new})) for p, new in changes.items()})
        shelf = {**shelf, **changes}
        assert found(postings) == expected(shelf)
        assert found(before) == expected(shelf_before)
        assert before.packed() == packed_before
        assert postings.packed() == packed(shelf)
        assert found(Postings(postings.packed())) == expected(shelf)


def test_a_term_that_is_gone_takes_no_room():
    first, last = {0: {"refund": {0: 1}}}, {LAST_PLACE: {"refund": {9: 255}, "退款": {0: 7}}}
    without = Postings(packed(first | last)).replaced({LAST_PLACE: (bag_of(last), new_bag())})
    assert found(without) == expected(first)
    assert without.packed() == packed(first)
    assert without.replaced({0: (bag_of(first), new_bag())}).packed() == packed({})


def test_what_is_back_as_it_was_leaves_no_trace_in_memory():
    first = {0: {"refund": {0: 1}}}
    postings = Postings(packed(first))
    for term in TERMS:
        added = {1: {term: {0: 1}}}
        learned = postings.replaced({1: (new_bag(), bag_of(added))})
        postings = learned.replaced({1: (bag_of(added), new_bag())})
    assert postings._changed == {}


def test_places_next_to_each_other_stay_apart():
    ends = {place: {"refund": {0: 1, PARTS - 1: PARTS - 1}} for place in (0, 1, 2)}
    postings = Postings(packed(ends)).replaced({1: (bag_of({1: ends[1]}), new_bag())})
    assert found(postings) == expected({0: ends[0], 2: ends[2]})


def test_the_file_is_little_endian_and_a_machine_of_the_other_order_turns_it(monkeypatch):
    shelf = {0: {"refund": {0: 1}}, 0x0102: {"refund": {3: 4}}}
    assert packed(shelf).places == b"\1\0\0\0\4\3\2\1"
    monkeypatch.setattr(sys, "byteorder", "big" if sys.byteorder == "little" else "little")
    turned = packed(shelf)
    assert turned.places == b"\0\0\0\1\1\2\3\4"
    assert found(Postings(turned)) == expected(shelf)
    assert Postings(turned).packed() == turned


def test_the_same_shelf_makes_the_same_bytes_in_whichever_order_it_is_read():
    shelf = {0: {"refund": {0: 1}, "退款": {1: 2}}, 1: {"refund": {0: 3}}}
    turned = new_bag()
    turned.extend(reversed(bag_of(shelf)))
    assert pack(turned) == packed(shelf)
