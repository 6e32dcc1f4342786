"""Which customers the owner looks for."""

import pytest

from tests.tickets.test_customers import ANN, TODAY
from ticket_api.errors import Invalid
from ticket_api.tickets.segments import check_name, mentions, read_segment


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", True),
        ("ürün", True),
        ("ANN@", True),
        ("bob", False),
        ('plan:"pro plus"', True),
        ("plan:pro", False),
        ("tag:VIP value:>=4", True),
        ("value:>4", False),
        ("value:4 orders:3 tickets:<2", True),
        ("risk:>0.9", True),
        ("risk:<=0.9", False),
        ("lang:zh", False),
        ("segment:best", True),
        ("tag:vip tag:new", False),
        ("http:ann", False),
    ],
)
def test_what_passes_a_filter(typed, found):
    assert read_segment(typed, {"best": "value:>=4"})(ANN, TODAY) is found


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("value:many", "unknown_number"),
        ("value:100", "no_fifth"),
        ("risk:>-1", "unknown_number"),
        ("orders:٣", "unknown_number"),
        ("segment:nothing", "unknown_segment"),
        ("x" * 201, "long_search"),
    ],
)
def test_what_cant_be_understood_is_told(typed, code):
    with pytest.raises(Invalid) as refused:
        read_segment(typed)
    assert (refused.value.code, refused.value.field) == (code, "q")


def test_a_segment_may_name_others_but_not_itself():
    saved = {"a": "segment:b value:4", "b": "tag:vip", "c": "segment:d", "d": "orders:1 segment:c"}
    assert read_segment("segment:a segment:b", saved) == read_segment("tag:vip value:4")
    for typed in ("segment:c", "segment:d"):
        with pytest.raises(Invalid, match="segment_circle"):
            read_segment(typed, saved)


def test_segments_that_name_each_other_many_times_are_read_once():
    saved = {f"s{number}": " ".join([f"segment:s{number + 1}"] * 9) for number in range(40)}
    assert read_segment("segment:s0", saved | {"s40": "vip"}) == read_segment("vip")


@pytest.mark.parametrize(
    ("name", "code"), [("", "empty_segment"), ("x" * 61, "field_too_long"), ('a"b', "segment_quotes")]
)
def test_names_that_no_segment_may_have(name, code):
    with pytest.raises(Invalid) as refused:
        check_name(name)
    assert (refused.value.code, refused.value.field) == (code, "name")
    check_name("x" * 60)


def test_who_names_whom():
    assert mentions('vip segment:"at risk"', "at risk")
    assert not mentions("at risk segment:other", "at risk")
