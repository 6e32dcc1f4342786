"""Alice reads what was done, and whether all of it stands as it was written."""

import re
import sqlite3
from typing import get_args

import pytest

from tests.conftest import ORIGIN, PASSWORD
from tests.flows.asking import UNKNOWN, ask
from ticket_api import words
from ticket_api.tickets.event import Act, What


def lines(page: str) -> list[str]:
    """What stands in the entries, without their times."""
    entries = re.findall(r"<li>\n<time.*?</time>\n<span>(.*?)</span>\n</li>", page, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", entry) for entry in entries]


def test_it_works(alice, bob, clock):
    ask(bob, message=UNKNOWN)
    clock.move(minutes=5)
    alice.post("/desk/tickets/1", data={"do": "reply", "message": "Dear Bob"})
    page = alice.get("/desk/audit").text
    assert lines(page) == [
        "You replied #1", "The customer asked a question #1", "You signed in", "You set a password"
    ]  # fmt: skip
    assert 'href="/desk/tickets/1"' in page
    assert "2 March 2026, 09:05" in page
    assert "The entries on this page are as they were written." in page


def test_it_is_told_in_chinese_too(alice):
    assert lines(alice.get("/desk/audit?lang=zh").text) == ["你登录了", "你设置了密码"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_act_has_its_words(lang):
    assert set(words.load(lang)["acts"]) == set(get_args(What))


def test_older_entries_stand_on_further_pages(alice, store, clock):
    for _ in range(118):
        store.record(Act("owner", "preferences_changed", clock()))
    address, seen = "/desk/audit", []
    while address and len(seen) < 9:
        page = alice.get(address).text
        assert "are as they were written" in page
        seen.append(len(lines(page)))
        found = re.search(r'href="(/desk/audit\?before=\d+)"', page)
        address = found[1] if found else ""
    assert seen == [50, 50, 20]


@pytest.mark.parametrize("before", ["", "x", "-1", "99999999999999999999", "1"])
def test_any_place_to_go_on_from_is_taken(alice, before):
    assert alice.get(f"/desk/audit?before={before}").status_code == 200


@pytest.fixture
def forged(alice, store, clock, tmp_path):
    """A desk from whose file somebody has taken the third of 130 entries."""
    for _ in range(128):
        store.record(Act("owner", "preferences_changed", clock()))
    with sqlite3.connect(tmp_path / "data" / "tickets.db") as file:
        file.execute("DROP TRIGGER events_no_delete")
        file.execute("DELETE FROM events WHERE _id = 3")
    file.close()
    return alice


def test_a_missing_entry_is_found_on_its_page_and_by_checking_all(forged):
    assert "Entry 3 is missing or was changed" not in forged.get("/desk/audit").text
    assert "Entry 3 is missing or was changed" in forged.get("/desk/audit?before=31").text
    page = forged.post("/desk/audit").text
    assert "Entry 3 is missing or was changed" in page
    assert "are as they were written" not in page


def test_checking_all_tells_how_many_there_are(alice, store, clock):
    for _ in range(1498):
        store.record(Act("owner", "preferences_changed", clock()))
    assert "All 1,500 entries are as they were written." in alice.post("/desk/audit").text


def test_an_erased_ticket_is_named_and_leads_nowhere(alice, bob, store, clock):
    ask(bob, message=UNKNOWN)
    store.erase_tickets([1], Act("owner", "erased", clock()))
    page = alice.get("/desk/audit").text
    assert lines(page)[:2] == ["You erased it #1", "The customer asked a question #1"]
    assert "/desk/tickets/1" not in page


def test_what_the_owner_does_to_the_account_stands_there(alice, visitor, store):
    other = visitor(origin=ORIGIN)
    other.post("/desk/login", data={"password": PASSWORD})
    other.post("/desk/account", data={"do": "others"})
    other.post("/desk/logout")
    assert [event.what for event in store.events(0)][-3:] == ["signed_in", "sessions_ended", "signed_out"]


def test_mallory_reads_nothing(alice, visitor):
    assert visitor().get("/desk/audit").status_code == 303
    assert visitor(origin=ORIGIN).post("/desk/audit", data={"check": "1"}).status_code == 403
