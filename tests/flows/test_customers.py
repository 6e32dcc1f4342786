"""Alice looks up her customers, says what she knows of them, and merges two addresses of one person."""

import re
from datetime import date

import pytest

from tests.archive.desks import question
from tests.conftest import ORIGIN
from tests.flows.asking import UNKNOWN, api_of, ask, path_of
from ticket_api.app import create_app
from ticket_api.automation.buyers import Buyers
from ticket_api.customers.papers import read_kept
from ticket_api.customers.ratings import rate
from ticket_api.errors import Stop
from ticket_api.orders.importing import import_orders
from ticket_api.settings import load_settings
from ticket_api.terminal import Progress
from ticket_api.tickets.event import Act

BOB, HOME, CAROL = "bob@example.com", "bob@home.example", "carol@example.com"


def requester_of(store, address: str) -> str:
    return store.tickets_of(address)[0].requester


def page_of(store, address: str) -> str:
    return f"/desk/customers/{requester_of(store, address)}"


def change(alice, path: str, do: str, **fields: str):
    return alice.post(path, data={"do": do, **fields})


def names(page: str) -> list[str]:
    """Who stands in the list, in its order."""
    return re.findall(r'<a href="/desk/customers/x?[0-9a-f]+"><b>(.*?)</b>', page)


@pytest.fixture
def orders(store, clock, tmp_path):
    """Orders of Bob, Carol and four who never wrote: Carol is the most valuable, and Bob is late."""
    lines = [
        *(f"{BOB},2025-{month:02}-01,20,pro" for month in range(1, 7)),
        f"{HOME},2025-06-20,500,team",
        *(f"{CAROL},2026-0{month}-01,1000,team" for month in (1, 2)),
        *(f"other{number}@example.com,2025-01-0{number},{number}," for number in range(1, 5)),
    ]
    path = tmp_path / "orders.csv"
    path.write_text("\n".join(("address,date,amount,plan", *lines)))

    def run() -> None:
        import_orders(store, path, clock(), Progress("Importing", "lines"))
        rate(store, clock())

    return run


@pytest.fixture
def people(bob):
    """Two questions of Bob's, one of his other address, one of Carol's."""
    ask(bob, UNKNOWN, email="Bob@example.com", name="Bob")
    ask(bob, "Zebra again?", email=BOB)
    ask(bob, UNKNOWN + " at home", email=HOME)
    ask(bob, UNKNOWN + " too", email=CAROL, name="Carol <b>", lang="zh")
    ask(bob, UNKNOWN + " nobody")


def test_it_works(alice, people, store, orders, clock):
    orders()
    page = alice.get("/desk/customers?q=tickets:>0").text
    assert sorted(names(page)) == ["Bob", "Carol &lt;b&gt;", HOME]
    page = alice.get(page_of(store, BOB)).text
    for told in (
        "Tickets</dt><dd><b>2</b>",
        "Messages</dt><dd><b>2</b>",
        "<b>20.00</b>",
        "<b>120.00</b>",
        "<b>31 days</b>",
        "<b>3 · 5 · 3</b>",
        "The last order was 8.8 times the usual time ago",
        "Order value x orders a year x years as a customer",
    ):
        assert told in page
    profile = alice.app.state.context.customers.profile(requester_of(store, CAROL))
    assert (profile.plan, profile.value) == ("team", 5)
    assert alice.app.state.context.customers.profiles()[requester_of(store, CAROL)] == profile


def test_the_ticket_leads_to_its_customer(alice, people, store):
    assert f'href="{page_of(store, BOB)}"' in alice.get("/desk/tickets/1").text
    assert "/desk/customers/" not in alice.get("/desk/tickets/5").text.split("<main", 1)[1]


def test_she_says_what_she_knows(alice, people, store):
    path = page_of(store, BOB)
    for do, fields in (
        ("tag", {"tag": " VIP "}),
        ("plan", {"plan": "Pro <i>"}),
        ("field", {"name": "Company", "value": "Acme & Co"}),
        ("note", {"note": "Called <b>twice</b>"}),
    ):
        assert change(alice, path, do, **fields).status_code == 303
    page = alice.get(path).text
    for told in ("vip", "Pro &lt;i&gt;", "Acme &amp; Co", "Called &lt;b&gt;twice&lt;/b&gt;"):
        assert told in page
    kept = read_kept(store, requester_of(store, BOB))
    assert (kept.plan, kept.tags, kept.address) == ("Pro <i>", ("vip",), BOB)
    assert [event.what for event in store.events(0)].count("customer_changed") == 4
    who = requester_of(store, BOB)
    for do in ("untag:vip", "plan", "unfield:Company", f"unnote:{who}:0"):
        assert change(alice, path, do).status_code == 303
    assert store.papers("customer:") == []


@pytest.mark.parametrize(
    ("do", "fields", "told"),
    [
        ("tag", {"tag": " "}, "Type the tag first."),
        ("note", {"note": " "}, "Write the note first."),
        ("field", {"name": "", "value": "x"}, "must not be empty"),
        ("field", {"name": "x" * 61, "value": "kept as typed"}, "at most 60"),
        ("plan", {"plan": "x" * 61}, "at most 60"),
        ("merge", {"address": "nobody@example.com"}, "Nobody has written or ordered from this address yet"),
        ("merge", {"address": BOB}, "belongs to this customer already"),
        ("unnote:x", {}, "can&#39;t be taken"),
        ("nonsense", {}, "can&#39;t be taken"),
    ],
)
def test_what_cant_be_is_told_and_nothing_is_lost(alice, people, store, do, fields, told):
    answer = change(alice, page_of(store, BOB), do, **fields)
    assert answer.status_code == 422
    assert told in answer.text
    assert all(value.strip() in answer.text for value in fields.values())
    assert store.papers("customer:") == []


def test_two_addresses_of_one_person_are_merged_and_parted_again(alice, people, store, orders):
    orders()
    path, home = page_of(store, BOB), page_of(store, HOME)
    change(alice, path, "tag", tag="vip")
    change(alice, home, "tag", tag="home")
    before = {paper.name: paper.content for paper in store.papers("customer:")}
    tickets = [store.ticket(number) for number in range(1, 6)]
    assert change(alice, path, "merge", address=HOME.upper()).status_code == 303
    page = alice.get(path).text
    assert "Tickets</dt><dd><b>3</b>" in page
    assert "<b>620.00</b>" in page
    assert alice.get(home).headers["location"] == path
    profiles = alice.app.state.context.customers.profiles()
    assert profiles[requester_of(store, BOB)] == profiles[requester_of(store, HOME)]
    assert profiles[requester_of(store, HOME)].tags == ("home", "vip")
    assert len(names(alice.get("/desk/customers").text)) == 2 + 4
    assert change(alice, path, f"unmerge:{requester_of(store, HOME)}").status_code == 303
    assert {paper.name: paper.content for paper in store.papers("customer:")} == before
    assert [store.ticket(number) for number in range(1, 6)] == tickets
    assert len(names(alice.get("/desk/customers").text)) == 3 + 4


def test_a_merge_shows_neither_address_anything_of_the_other(alice, bob, store):
    mine = ask(bob, UNKNOWN, email=BOB)
    theirs = ask(bob, "Zebra at home?", email=HOME)
    change(alice, page_of(store, BOB), "merge", address=HOME)
    change(alice, page_of(store, BOB), "note", note="a secret of the owner")
    for ticket, other in ((mine, "at home"), (theirs, "xylophone")):
        page = bob.get(path_of(ticket)).text
        assert other not in page
        assert "secret" not in page
    bob.post(api_of(theirs, "messages"), json={"message": "It is urgent"})
    assert "urgent" not in bob.get(path_of(mine)).text
    sent = {mail.to: mail for mail in store.mails_of(0)}
    bob.post("/find", data={"email": BOB})
    assert {mail.to for mail in store.mails_of(0)} - set(sent) <= {BOB}


def test_who_is_merged_elsewhere_has_to_be_parted_first(alice, people, store):
    change(alice, page_of(store, BOB), "merge", address=HOME)
    answer = change(alice, page_of(store, CAROL), "merge", address=HOME)
    assert (answer.status_code, "merged with another customer" in answer.text) == (409, True)
    assert change(alice, page_of(store, BOB), f"unmerge:{requester_of(store, CAROL)}").status_code == 404


def test_the_list_is_searched_sorted_and_told_in_both_languages(alice, people, store, orders):
    orders()
    assert names(alice.get("/desk/customers?q=tickets:>0&sort=value").text) == ["Carol &lt;b&gt;", HOME, "Bob"]
    assert names(alice.get("/desk/customers?sort=risk").text)[0] == "Bob"
    assert names(alice.get("/desk/customers?q=plan:team&sort=value").text) == ["Carol &lt;b&gt;", HOME]
    assert names(alice.get("/desk/customers?q=carol").text) == ["Carol &lt;b&gt;"]
    wrong = alice.get("/desk/customers?q=value:much")
    assert (wrong.status_code, "has to be a number" in wrong.text) == (422, True)
    chinese = alice.get("/desk/customers?lang=zh&sort=value").text
    assert "流失" in chinese
    assert "终身价值" in alice.get(f"{page_of(store, BOB)}?lang=zh").text
    for after in ("x", "1.", "-.a", "9" * 30 + ".a"):
        assert alice.get(f"/desk/customers?after={after}").status_code == 200


def test_the_list_goes_on_over_pages_and_follows_what_happens(unlimited, alice, bob, store, clock):
    for number in range(1, 121):
        ask(bob, f"Zebra {number}?", email=f"c{number:03}@example.com")
    address, seen = "/desk/customers", []
    while address and len(seen) < 999:
        page = alice.get(address).text
        seen += names(page)
        found = re.search(r'<p class="more"><a href="([^"]+)"', page)
        address = found[1].replace("&amp;", "&") if found else ""
    assert sorted(seen) == [f"c{number:03}@example.com" for number in range(1, 121)]
    store.erase_tickets([1], Act("owner", "erased", clock()))
    assert "c001@example.com" not in names(alice.get("/desk/customers?q=c001").text)


def test_who_writes_after_the_import_has_plan_and_value_too(bob, store, orders, clock):
    orders()
    ask(bob, UNKNOWN, email="Carol@Example.com")
    Buyers(store).look(store.ticket(1), clock())
    kept = read_kept(store, store.ticket(1).requester)
    assert (kept.plan, kept.value, kept.orders.cents if kept.orders else 0) == ("team", 5, 200_000)
    events = len(store.events(0))
    Buyers(store).look(store.ticket(1), clock())
    assert len(store.events(0)) == events


def test_what_a_killed_import_left_undone_is_done_by_the_next_and_noted(store, orders, clock):
    store.add_ticket(question(1, CAROL))
    orders()
    name = f"customer:{requester_of(store, CAROL)}"
    rated, events = store.paper(name), len(store.events(0))
    store.change_paper(name, lambda _: "")
    rate(store, clock())
    assert store.paper(name) == rated
    assert [event.what for event in store.events(0)][events:] == ["customer_changed"]


def test_fewer_than_five_customers_say_so(alice, bob, store, clock, tmp_path):
    ask(bob, UNKNOWN, email=BOB)
    path = tmp_path / "few.csv"
    path.write_text(f"address,date,amount\n{BOB},2026-01-01,$12.50\n")
    import_orders(store, path, clock(), Progress("Importing", "lines"))
    overall = rate(store, clock())
    assert (overall.fifths.customers, overall.currency) == (1, "$")
    page = alice.get(page_of(store, BOB)).text
    assert "need at least 5 customers" in page
    assert "Of only 1 orders" in page
    assert "$12.50" in page
    assert date(2026, 1, 1).isoformat() in page


def test_segments_of_the_settings_stand_above_the_list(settings, store, index, clock, tmp_path, visitor, alice):
    given = {"data": str(tmp_path / "data"), "build": str(tmp_path / "build")}
    (tmp_path / "helpleaf.toml").write_text('[segments]\n"at risk" = "value:>=4 risk:>0.5"\n')
    told = load_settings(tmp_path / "helpleaf.toml", {}, given)
    alice.app.state.context.customers.segments.of_file = dict(told.sections["segments"])
    page = alice.get("/desk/customers").text
    assert 'href="/desk/customers?q=segment%3A%22at+risk%22"' in page
    assert alice.get('/desk/customers?q=segment:"at risk"').status_code == 200
    (tmp_path / "helpleaf.toml").write_text('[segments]\nbad = "value:much"\n')
    with pytest.raises(Stop, match=r"in segments\.bad: After value:"):
        create_app(load_settings(tmp_path / "helpleaf.toml", {}, given), store, index, b"x" * 32, clock)


def test_strangers_see_nothing(visitor, people, store):
    stranger = visitor(origin=ORIGIN)
    for path in ("/desk/customers", page_of(store, BOB)):
        assert stranger.get(path).status_code == 303
    assert change(stranger, page_of(store, BOB), "tag", tag="x").status_code in (303, 403)
    assert store.papers("customer:") == []


@pytest.mark.parametrize("path", ["nobody", "0" * 32, "A" * 10, "0" * 65])
def test_an_address_of_nobody_is_none(alice, path):
    assert alice.get(f"/desk/customers/{path}").status_code == 404
    assert change(alice, f"/desk/customers/{path}", "tag", tag="x").status_code == 404
