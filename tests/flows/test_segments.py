"""Alice saves the filters that she uses often, finds them above the list, and removes them."""

import re

import pytest

from tests.conftest import ORIGIN
from tests.flows.asking import UNKNOWN, ask
from ticket_api.customers.segments import PAPER, Wish

PAGE = "/desk/customers"


def version_on(page: str) -> str:
    return re.search(r'name="version" value="(\d+)"', page)[1]


def save(client, name: str, q: str, version: str = ""):
    """Save a filter as the page does."""
    version = version or version_on(client.get(PAGE, params={"q": q or "nobody else"}).text)
    return client.post(PAGE, data={"do": "save", "name": name, "q": q, "sort": "seen", "version": version})


def drop(client, name: str, version: str = "", q: str = ""):
    """Remove a segment as the page does."""
    version = version or version_on(client.get(PAGE).text)
    return client.post(PAGE, data={"do": f"drop:{name}", "q": q, "version": version})


def chips(page: str) -> list[tuple[str, str]]:
    """The segments above the list, each with its number."""
    return re.findall(r'<a class="chip"[^>]*><bdi>(.*?)</bdi>(?: <span>([\d,]+)</span>)?', page)


@pytest.fixture
def people(bob):
    """Bob and Carol have asked."""
    ask(bob, UNKNOWN, email="bob@example.com", name="Bob")
    ask(bob, f"{UNKNOWN} too", email="carol@example.com", name="Carol", lang="zh")


def test_it_works(alice, people, store):
    page = alice.get(f"{PAGE}?q=lang:zh").text
    assert "Save this filter as a segment" in page
    saved = save(alice, "  Chinese <b>  speakers ", "lang:zh")
    assert saved.status_code == 303
    page = alice.get(saved.headers["location"]).text
    assert "Saved. It stands above the list" in page
    assert chips(page) == [("Chinese &lt;b&gt; speakers", "1")]
    assert "carol@example.com" in page
    assert "bob@example.com" not in page
    assert "Save this filter as a segment" not in page
    assert [event.what for event in store.events(0)][-1] == "segments_changed"
    assert "changed the saved segments" in alice.get("/desk/audit").text
    assert "管理分组" in alice.get(f"{PAGE}?lang=zh").text
    gone = drop(alice, "Chinese <b> speakers", q='segment:"Chinese <b> speakers"')
    assert (gone.status_code, gone.headers["location"]) == (303, "/desk/customers?done=gone")
    assert chips(alice.get(PAGE).text) == []


def test_the_number_follows_what_happens(alice, bob, people):
    save(alice, "All", "example")
    assert chips(alice.get(PAGE).text) == [("All", "2")]
    ask(bob, f"{UNKNOWN} three", email="dora@example.com")
    assert chips(alice.get(PAGE).text) == [("All", "3")]


def test_the_same_again_changes_nothing(alice, store):
    version = version_on(alice.get(f"{PAGE}?q=vip").text)
    for _ in range(2):
        assert save(alice, "VIPs", "tag:vip", version).status_code == 303
    assert [event.what for event in store.events(0)].count("segments_changed") == 1


@pytest.mark.parametrize(
    ("name", "q", "told"),
    [
        ("", "bob", "give the segment a name"),
        ("x" * 61, "bob", "at most 60"),
        ('a "b"', "bob", "quotation marks"),
        ("best", "bob", "There is a segment Best already."),
        ("AT RISK", "bob", "helpleaf.toml has a segment at risk already."),
        ("new", "", "Type one in the search first."),
        ("new", "value:much", "has to be a number"),
        ("new", "segment:nobody", "There is no saved segment nobody."),
        ("new", "bob segment:new", "The segment new names itself"),
        ("new", "x" * 201, "200"),
        ("new\x00", "bob", "can&#39;t be stored"),
    ],
)
def test_what_cant_be_saved_is_told_and_nothing_is_lost(alice, people, store, name, q, told):
    alice.app.state.context.customers.segments.of_file = {"at risk": "risk:>0.5"}
    save(alice, "Best", "value:5")
    before = store.paper(PAPER)
    answer = save(alice, name, q, version="1")
    assert answer.status_code == 422
    assert told in answer.text
    assert store.paper(PAPER) == before
    if "Save this filter" in answer.text and "\x00" not in name:
        assert f'name="name" value="{name.replace(chr(34), "&#34;")}"' in answer.text
    assert f'name="q" type="search" value="{q}"' in answer.text


def test_too_many_are_refused_and_many_go_without_numbers(alice, store, clock):
    segments = alice.app.state.context.customers.segments
    for number in range(50):
        segments.save(Wish(f"s{number}", "bob", number), clock())
    answer = save(alice, "one more", "bob")
    assert (answer.status_code, "There are 50 segments already." in answer.text) == (422, True)
    found = chips(alice.get(PAGE).text)
    assert (len(found), {number for _, number in found}) == (50, {""})


def test_two_windows_dont_undo_each_other(alice, people):
    version = version_on(alice.get(f"{PAGE}?q=bob").text)
    assert save(alice, "first", "bob", version).status_code == 303
    answer = save(alice, "second", "carol", version)
    assert (answer.status_code, "changed in another window" in answer.text) == (409, True)
    assert 'value="second"' in answer.text
    assert save(alice, "second", "carol", version_on(answer.text)).status_code == 303
    assert [name for name, _ in chips(alice.get(PAGE).text)] == ["first", "second"]
    assert drop(alice, "first", version).status_code == 409
    assert drop(alice, "first").status_code == 303
    assert drop(alice, "first").status_code == 404


def test_one_that_another_names_stays_until_that_is_gone(alice, people):
    save(alice, "inner", "bob")
    save(alice, "outer", "segment:inner lang:en")
    assert chips(alice.get(PAGE).text) == [("inner", "1"), ("outer", "1")]
    answer = drop(alice, "inner")
    assert (answer.status_code, "The segment outer names inner" in answer.text) == (422, True)
    assert [drop(alice, name).status_code for name in ("outer", "inner")] == [303, 303]


def test_those_of_the_file_stand_first_cant_be_removed_and_count(alice, people):
    save(alice, "risky", "bob")
    alice.app.state.context.customers.segments.of_file = {"zz": "carol", "risky": "zebra"}
    page = alice.get(PAGE).text
    assert chips(page) == [("zz", "1"), ("risky", "0")]
    assert page.count("in helpleaf.toml") == 2
    assert "helpleaf.toml has one of this name, which counts" in page
    assert 'value="drop:zz"' not in page
    assert drop(alice, "zz").status_code == 404
    assert drop(alice, "risky").status_code == 303
    assert "which counts" not in alice.get(PAGE).text


def test_one_that_no_longer_holds_is_told_and_the_page_stands(alice, people):
    segments = alice.app.state.context.customers.segments
    segments.of_file = {"base": "bob"}
    save(alice, "broken", "segment:base")
    segments.of_file = {}
    assert chips(alice.get(PAGE).text) == [("broken", "")]
    answer = alice.get(f"{PAGE}?q=segment:broken")
    assert (answer.status_code, "There is no saved segment base." in answer.text) == (422, True)
    assert drop(alice, "broken").status_code == 303


@pytest.mark.parametrize("data", [{"do": "nonsense", "version": "0"}, {"do": "save", "version": "x"}])
def test_what_no_page_sends_is_refused(alice, data):
    assert alice.post(PAGE, data=data).status_code == 422


def test_strangers_save_nothing(visitor, alice, store):
    stranger = visitor(origin=ORIGIN)
    assert stranger.post(PAGE, data={"do": "save", "name": "x", "q": "y", "version": "0"}).status_code in (303, 403)
    assert store.paper(PAPER) == ""
