"""Alice's queue shows first what presses most, tells why, and leaves the last word to her."""

import re
import time

import pytest

from tests.flows.asking import UNKNOWN, api_of, ask
from tests.flows.test_queue import rows
from tests.flows.working import do, path_of
from ticket_api.customers.papers import CUSTOMER
from ticket_api.errors import Stop
from ticket_api.priorities import scale_of
from ticket_api.settings import load_settings
from ticket_api.tickets.event import Act


def marks(page) -> list[str]:
    """The quadrants that lines of the queue are marked with."""
    return re.findall(r'<span class="mark quadrant-(\w+)"', page.text)


def quadrants(page) -> dict[str, int]:
    """How many tickets each quadrant is said to hold."""
    found = re.findall(r'href="/desk(?:\?q=quadrant%3A(\w+))?"[^>]*>[^<]+ <span>(\d+)</span></a>\n', page.text)
    return {name: int(number) for name, number in found if name}


def why(page) -> str:
    """What the page of a ticket says of its priority, without its tags."""
    told = re.search(r'<section class="priority">(.*?)</details>', page.text, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", told[1] if told else "").split())


def test_what_presses_comes_first_and_says_why(alice, bob):
    usual, urgent, calm = (ask(bob, f"{UNKNOWN} {more}")["id"] for more in ("", "It is URGENT!", "不急"))
    page = alice.get("/desk")
    assert rows(page) == [urgent, usual, calm]
    assert marks(page) == ["soon"]
    assert quadrants(page) == {"now": 0, "soon": 1, "plan": 0, "whenever": 2}
    told = why(alice.get(path_of(urgent)))
    assert "Soon Priority 3.5 of 5" in told
    assert "Urgency 4 of 5 What every ticket has 2 They write “urgent” +2" in told
    assert "(1 × importance 3 + 1 × urgency 4) ÷ 2 = 3.5 It may change on" in told
    told = why(alice.get(path_of(urgent), headers={"accept-language": "zh"}))
    assert "对方写了“urgent” +2" in told


def test_a_quadrant_is_one_press_away(alice, bob):
    ask(bob, UNKNOWN)
    urgent = ask(bob, f"{UNKNOWN} urgent")["id"]
    page = alice.get("/desk?q=quadrant:soon")
    assert rows(page) == [urgent]
    assert re.search(r'href="/desk" aria-current="true">Soon <span>1</span>', page.text)
    wrong = alice.get("/desk?q=quadrant:today")
    assert (wrong.status_code, "There is no quadrant today." in wrong.text) == (422, True)


def test_her_word_wins_is_kept_with_what_was_computed_and_can_be_taken_back(alice, bob, store, clock):
    ask(bob, f"{UNKNOWN} urgent")
    mine = ask(bob, f"{UNKNOWN} urgent, 马上")["id"]
    page = do(alice, mine, "prioritise", priority="3")
    corrected = store.ticket(mine).corrected
    assert (corrected.priority, corrected.parts, corrected.at) == (3, (("words", 2.0),), clock())
    page = alice.get(path_of(mine))
    assert '<option value="3" selected>' in page.text
    assert "Your word: 3 of 5. Computed: 3.5." in why(page)
    assert rows(alice.get("/desk")) == [1, 2]
    do(alice, mine, "prioritise", priority="5")
    assert (rows(alice.get("/desk")), marks(alice.get("/desk"))) == ([2, 1], ["now", "soon"])
    do(alice, mine, "prioritise", priority="0")
    assert '<option value="0" selected>' in alice.get(path_of(mine)).text
    assert not store.ticket(mine).corrected
    assert marks(alice.get("/desk")) == ["soon", "soon"]


def test_the_customer_sees_nothing_of_it(alice, bob, store):
    asked = ask(bob, UNKNOWN)
    do(alice, asked, "prioritise", priority="5")
    assert not {"priority", "corrected", "quadrant"} & set(bob.post(api_of(asked, "send")).json())


def test_time_lifts_who_waits_and_an_open_page_learns_of_it(alice, bob, clock):
    early = ask(bob, UNKNOWN)["id"]
    clock.move(hours=3)
    urgent = ask(bob, f"{UNKNOWN} 马上")["id"]
    page = alice.get("/desk")
    known = re.search(r'data-known="([^"]+)"', page.text)[1]
    assert rows(page) == [urgent, early]
    assert alice.get(f"/desk?known={known}").status_code == 204
    clock.move(days=1)  # both are late now, and both hold what they had; who waits longest is first
    fresh = alice.get(f"/desk?known={known}")
    assert (fresh.status_code, rows(fresh), marks(fresh)) == (200, [early, urgent], ["soon", "soon"])
    assert "The time for an answer is over +3" in why(alice.get(path_of(early)))


def test_what_is_learnt_of_a_customer_moves_their_open_tickets(alice, bob, store, clock):
    first, second = (ask(bob, UNKNOWN, email=f"{name}@example.com")["id"] for name in ("a", "b"))
    assert rows(alice.get("/desk")) == [first, second]
    best = store.ticket(second).requester
    store.change_paper(f"{CUSTOMER}{best}", lambda _: '{"value":5}')
    store.record(Act("owner", "customer_changed", clock()))
    eventually(lambda: rows(alice.get("/desk")) == [second, first])
    assert "in fifth 5 of 5 of your customers +2 × 0.5 +1" in why(alice.get(path_of(second)))


TABLES = """
[plans]
pro = 5

[priority]
urgency = 2
urgent_words = ["demo day"]
categories = { billing = 4 }
"""


def test_the_owners_tables_are_read(tmp_path):
    (tmp_path / "helpleaf.toml").write_text(TABLES)
    scale = scale_of(load_settings(tmp_path / "helpleaf.toml", {}))
    assert (scale.weights.urgency, scale.plans, scale.categories) == (2, {"pro": 5}, {"billing": 4})
    assert scale.words.tone("Demo day!").urgent == "demo day"


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("[priority]\nplan = -1", "in priority.plan: expected `float` >= 0"),
        ("[priority]\nplam = 1", "in priority: object contains unknown field `plam`"),
        ("[priority]\nimportance = 0\nurgency = 0", "in priority: importance and urgency can't both be 0"),
        ("[priority]\ncategories = { billing = 9 }", "in priority.categories: expected `int` <= 5"),
        ('[plans]\npro = "high"', "in plans: expected `int`, got `str`"),
    ],
)
def test_tables_that_cannot_be_stop_the_start_with_a_sentence(tmp_path, table, told):
    (tmp_path / "helpleaf.toml").write_text(table)
    with pytest.raises(Stop, match=re.escape(f"helpleaf.toml: {told}")):
        scale_of(load_settings(tmp_path / "helpleaf.toml", {}))


def eventually(holds) -> None:
    """Wait until it holds, for twenty seconds at most."""
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)
