"""Alice looks at the queue: what to do next, and what she looks for."""

import html
import re
import time
from datetime import timedelta

import pytest
from msgspec.structs import replace

from tests.conftest import PASSWORD
from tests.flows.asking import UNKNOWN, api_of, ask
from ticket_api.preferences import CurrentPreferences, Preferences
from ticket_api.tickets.event import Act
from ticket_api.tickets.hours import Opening


def rows(page) -> list[int]:
    """The ids of the tickets on a page of the queue, in their order."""
    assert page.status_code == 200, page.text
    return [int(number) for number in re.findall(r'<a href="/desk/tickets/(\d+)" lang', page.text)]


def views(page) -> dict[str, int]:
    """How many tickets each view is said to hold."""
    found = re.findall(r'<a href="/desk(?:\?view=(\w+))?"[^>]*>[^<]+<span>(\d+)</span>', page.text)
    return {name or "open": int(number) for name, number in found}


@pytest.fixture
def change(store, clock):
    """Change a stored ticket as a later part of the desk will."""
    return lambda number, **fields: store.change_ticket(
        number, lambda ticket: replace(ticket, **fields), Act("owner", "tagged", clock())
    )


def test_it_works(alice, bob):
    first, second = ask(bob, UNKNOWN, name="Bob"), ask(bob, f"{UNKNOWN} again", lang="zh")
    page = alice.get("/desk")
    assert rows(page) == [first["id"], second["id"]]
    assert "<title>(2) To answer" in page.text
    assert views(page) == {"open": 2, "waiting": 0, "solved": 0, "offered": 0, "quarantined": 0, "all": 2}


def test_who_was_offered_articles_is_told_and_opens_after_silence(alice, bob, clock):
    asked = ask(bob)
    assert views(alice.get("/desk")) | {"offered": 1, "open": 0} == views(alice.get("/desk"))
    clock.move(minutes=11)
    page = alice.get("/desk")
    assert rows(page) == [asked["id"]]
    assert re.search(r"saw [1-3]", page.text)


def test_every_view_has_its_tickets_and_says_something_when_it_is_empty(alice, bob, change, clock):
    numbers = {name: ask(bob, f"{UNKNOWN} {name}")["id"] for name in ("waiting", "solved", "quarantined")}
    put_off = ask(bob, UNKNOWN)["id"]
    for name, number in numbers.items():
        change(number, status=name)
    change(put_off, snoozed_until=clock() + timedelta(days=1))
    for name, number in (numbers | {"snoozed": put_off}).items():
        assert rows(alice.get(f"/desk?view={name}")) == [number]
    assert sorted(rows(alice.get("/desk?view=all"))) == [*numbers.values(), put_off]
    assert "Nobody waits for you." in alice.get("/desk").text
    assert "Nobody is choosing right now." in alice.get("/desk?view=offered").text
    assert "Nothing found." in alice.get("/desk?view=all&q=nowhere").text
    assert rows(alice.get("/desk?view=elsewhere")) == []


def test_what_was_put_off_comes_back_on_its_day(alice, bob, store, change, clock):
    number = ask(bob, UNKNOWN)["id"]
    change(number, snoozed_until=clock() + timedelta(hours=2))
    assert rows(alice.get("/desk")) == []
    clock.move(hours=2)
    assert rows(alice.get("/desk")) == [number]
    assert not store.ticket(number).snoozed_until
    assert store.events(number)[-1].what == "woke"


def test_search_finds_a_customers_later_words_at_once(alice, bob):
    asked = ask(bob, UNKNOWN)
    assert rows(alice.get("/desk?q=parcel")) == []
    bob.post(api_of(asked, "messages"), json={"message": "My parcel is late, 我的包裹"})
    assert rows(alice.get("/desk?q=parcel")) == [asked["id"]]
    assert rows(alice.get("/desk?q=包裹")) == [asked["id"]]
    assert rows(alice.get("/desk?q=parcel&view=solved")) == []


def test_a_filter_stays_in_the_address_of_the_next_page_and_of_what_is_done(unlimited, alice, bob, change):
    for number in range(1, 61):
        ask(bob, f"{UNKNOWN} {number}")
        change(number, tags=("later",))
    page = alice.get("/desk?q=tag:later")
    following = html.unescape(re.search(r'href="([^"]+)" rel="next"', page.text)[1])
    assert rows(page) + rows(alice.get(following)) == list(range(1, 61))
    done = alice.post("/desk", data={"q": "tag:later", "do": "solve", "pick-1": "1", "pick-2": "1"})
    assert done.headers["location"] == "/desk?q=tag%3Alater&done=solve.2.0"


def test_what_cant_be_understood_is_told_and_kept(alice, bob):
    ask(bob, UNKNOWN)
    page = alice.get("/desk?q=after:yesterday")
    assert page.status_code == 422
    assert "yesterday is no day. Write it as 2026-10-31." in page.text
    assert 'value="after:yesterday"' in page.text
    assert views(page)["open"] == 1


def test_the_same_is_done_to_all_that_are_ticked_but_not_to_what_changed_meanwhile(alice, bob, store):
    asked = [ask(bob, f"{UNKNOWN} {number}") for number in range(3)]
    versions = {f"pick-{each['id']}": str(store.ticket(each["id"]).version) for each in asked}
    bob.post(api_of(asked[2], "messages"), json={"message": "Are you there?"})
    answer = alice.post("/desk", data={"do": "solve", **versions})
    page = alice.get(answer.headers["location"])
    assert "Marked solved: 2. Left as they were: 1" in page.text
    assert rows(page) == [asked[2]["id"]]
    assert views(page)["solved"] == 2
    versions = {f"pick-{each['id']}": str(store.ticket(each["id"]).version) for each in asked[:2]}
    assert alice.post("/desk", data={"do": "reopen", **versions}).status_code == 303
    assert len(rows(alice.get("/desk"))) == 3
    alice.post("/desk", data={"do": "quarantine", f"pick-{asked[0]['id']}": str(store.ticket(asked[0]["id"]).version)})
    assert views(alice.get("/desk"))["quarantined"] == 1


def test_many_get_a_tag_and_what_cant_be_one_keeps_the_ticks(alice, bob, store):
    for number in range(2):
        ask(bob, f"{UNKNOWN} {number}")
    answer = alice.post("/desk", data={"do": "tag", "tag": " Late  Parcel ", "pick-1": "0", "pick-2": "0"})
    assert "done=tag.2.0" in answer.headers["location"]
    assert store.ticket(2).tags == ("late parcel",)
    assert "Tagged: 2." in alice.get(answer.headers["location"]).text
    refused = alice.post("/desk", data={"do": "tag", "tag": "", "pick-1": "1"})
    assert refused.status_code == 422
    assert 'name="pick-1" value="1" checked' in refused.text
    assert 'name="pick-2" value="1" aria-label' in refused.text


def test_fifty_ticked_ones_are_done_at_once(unlimited, alice, bob, store):
    for number in range(50):
        ask(bob, f"{UNKNOWN} {number}")
    picked = {f"pick-{number}": "0" for number in range(1, 51)}
    assert "done=solve.50.0" in alice.post("/desk", data={"do": "solve", **picked}).headers["location"]
    assert store.count_tickets() == {"solved": 50}


def test_nothing_ticked_and_nothing_known_to_do(alice, bob, mallory):
    ask(bob, UNKNOWN)
    assert alice.post("/desk", data={"do": "solve"}).headers["location"] == "/desk"
    assert alice.post("/desk", data={"do": "burn", "pick-1": "1"}).status_code == 422
    assert mallory.post("/desk", data={"do": "solve", "pick-1": "1"}).status_code == 403
    assert alice.post("/desk", data={"do": "solve", "pick-9": "1", "pick-x": "1", "pick-1": "x"}).status_code == 303


def test_the_time_left_counts_opening_hours(alice, bob, store, clock):
    monday = (Opening(0, 9 * 60, 17 * 60),)  # the clock stands at nine on a Monday
    CurrentPreferences(store).save(Preferences(hours=monday, target_hours=4), clock())
    number = ask(bob, UNKNOWN)["id"]
    assert "4 h left" in alice.get("/desk").text
    clock.move(hours=3, minutes=30)
    assert "30 min left" in alice.get("/desk").text
    assert rows(alice.get("/desk?q=is:overdue")) == []
    clock.move(hours=20)  # the night doesn't count but for Monday's afternoon
    assert "4 h late" in alice.get("/desk").text
    assert rows(alice.get("/desk?q=is:overdue")) == [number]
    around = Preferences(version=1, hours=(), target_hours=4)
    CurrentPreferences(store).save(around, clock())
    assert "19 h late" in alice.get("/desk").text


def test_a_reader_who_knows_all_is_sent_nothing(alice, bob):
    ask(bob, UNKNOWN)
    known = re.search(r'data-known="([^"]+)"', alice.get("/desk").text)[1]
    answer = alice.get(f"/desk?known={known}")
    assert (answer.status_code, answer.content) == (204, b"")
    ask(bob, f"{UNKNOWN} again")
    assert len(rows(alice.get(f"/desk?known={known}"))) == 2


def test_it_is_made_anew_when_its_file_goes_missing(alice, bob, settings):
    asked = ask(bob, UNKNOWN)
    assert rows(alice.get("/desk")) == [asked["id"]]
    settings.queue_path.unlink()
    assert rows(alice.get("/desk")) == [asked["id"]]
    assert rows(alice.get("/desk?q=zebra")) == [asked["id"]]


def test_what_is_erased_is_found_no_more_and_its_words_leave_the_file(alice, bob, store, settings, clock):
    ask(bob, "xylophonequartz", email="bob@example.com")
    assert rows(alice.get("/desk?q=xylophonequartz")) == [1]
    store.erase_tickets([1], Act("owner", "erased", clock()))
    assert rows(alice.get("/desk?q=xylophonequartz")) == []
    files = list(settings.data.glob("queue.db*"))
    deadline = time.monotonic() + 20
    while any(b"xylophonequartz" in file.read_bytes() for file in files):
        assert time.monotonic() < deadline, "the words are still there"
        time.sleep(0.1)


def test_the_queue_speaks_chinese(alice, bob):
    ask(bob, UNKNOWN)
    page = alice.get("/desk", headers={"accept-language": "zh-CN"})
    assert "<title>(1) 待回复" in page.text
    assert "刚刚" in page.text


def test_a_stranger_sees_nothing_of_it(bob, alice, visitor):
    ask(bob, UNKNOWN)
    stranger = visitor()
    assert stranger.get("/desk?q=zebra").headers["location"] == "/desk/login"
    assert PASSWORD not in alice.get("/desk").text
