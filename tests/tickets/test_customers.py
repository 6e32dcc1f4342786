"""What is kept of a customer."""

from datetime import UTC, datetime

import pytest

from ticket_api.errors import Invalid
from ticket_api.tickets import customers
from ticket_api.tickets.customers import Customer, Kept, buyer_address, buyer_id, joined, settled, sorted_by
from ticket_api.tickets.orders import Figures, Loyalty

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TODAY = NOW.date().toordinal()


def customer(requester: str = "a", **more) -> Customer:
    given = {"address": f"{requester}@example.com", "first": NOW, "last": NOW, "tickets": 1} | more
    return Customer(requester=requester, **given)


ANN = customer(
    "ann",
    name="Ann Ürün",
    scores=(1, 5),
    kept=Kept(plan="Pro Plus", value=4, tags=("vip",), orders=Figures(3, 9000, TODAY - 90, TODAY - 60, gap=20)),
)


def test_customers_are_sorted_and_those_without_orders_come_last():
    poor = customer("poor", kept=Kept(orders=Figures(1, -500, 1, 1)))
    none = customer("none")
    assert [each.requester for _, each in sorted_by([none, poor, ANN], "value", TODAY)] == ["ann", "poor", "none"]
    assert sorted_by([none, poor, ANN], "risk", TODAY)[0][1] is ANN
    assert [each.requester for _, each in sorted_by([poor, none], "seen", TODAY)] == ["none", "poor"]


def test_tags_are_spelled_in_one_way_and_bounded():
    kept = customers.tagged(customers.tagged(Kept(), " VIP  One"), "vip one")
    assert kept.own_tags == ("vip one",)
    assert customers.untagged(kept, "vip one").own_tags == ()
    for number in range(29):
        kept = customers.tagged(kept, f"tag {number}")
    with pytest.raises(Invalid):
        customers.tagged(kept, "one too many")
    with pytest.raises(Invalid):
        customers.tagged(Kept(), "  ")


def test_own_fields_replace_each_other_and_go():
    kept = customers.with_field(Kept(), " Company ", "Acme")
    kept = customers.with_field(kept, "Company", "Bird & Co")
    assert kept.fields == (("Company", "Bird & Co"),)
    assert customers.with_field(kept, "Company", " ").fields == ()
    for name, value in (("", "x"), ("x" * 61, "x"), ("x", "x" * 501)):
        with pytest.raises(Invalid):
            customers.with_field(kept, name, value)


def test_notes_come_and_go_and_a_second_click_adds_none():
    kept = customers.noted(customers.noted(Kept(), "Called", NOW), "Called", NOW)
    assert [note.text for note in kept.notes] == ["Called"]
    assert customers.unnoted(kept, 0).notes == ()
    assert customers.unnoted(kept, 7) == kept
    for text in ("  ", "x" * 5001):
        with pytest.raises(Invalid):
            customers.noted(kept, text, NOW)


def test_one_person_has_the_plan_the_value_and_the_tags_of_all_addresses():
    orders = Figures(2, 100, 1, 2, plan="free")
    group = {"a": Kept(own_tags=("x",), merged=("b",)), "b": Kept(own_tags=("y",), own_plan="pro", into="a")}
    after = settled(group, "a", orders, Loyalty(1, 2, 3))
    assert {(each.plan, each.value, each.tags) for each in after.values()} == {("pro", 3, ("x", "y"))}
    assert (after["a"].orders, after["b"].orders) == (orders, None)
    alone = settled({"a": Kept(own_tags=("x",))}, "a", orders, None)
    assert (alone["a"].plan, alone["a"].value, alone["a"].tags) == ("free", 0, ("x",))


def test_who_has_only_ordered_has_an_id_that_is_made_of_the_address():
    assert buyer_address(buyer_id("ürün@b.example")) == "ürün@b.example"
    for none in ("", "x", "abc", "xff", "x6", "X61", "x61 "):
        assert buyer_address(none) == ""


def test_what_was_said_of_a_buyer_is_theirs_as_a_requester():
    former = customers.noted(Kept(own_plan="pro", own_tags=("a",), fields=(("Name", "x"), ("Town", "y"))), "Old", NOW)
    own = Kept(own_plan="team", own_tags=("b",), fields=(("Name", "z"),))
    after = joined(own, former)
    assert (after.own_plan, after.own_tags, dict(after.fields)) == ("team", ("a", "b"), {"Name": "z", "Town": "y"})
    assert [note.text for note in after.notes] == ["Old"]
