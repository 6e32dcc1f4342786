"""A flood of bots among customers who ask: by script, on /ask, and without JavaScript from a static page."""

import re
from collections import Counter
from collections.abc import Callable
from itertools import count
from random import Random

from starlette.testclient import TestClient

BOTS, GENUINE = 10_000, 300
VICTIM = "victim@example.org"
SPAM = "Cheap tablets for everybody: https://a{0}.example https://b{0}.example https://c{0}.example {1}"


class Flood:
    """Bots and customers in any order; of the customers, what they wrote and what became of it is remembered."""

    def __init__(self, at: Callable[[str], TestClient], store, clock, chance: Random) -> None:
        self.at, self.store, self.clock, self.chance = at, store, clock, chance
        self.genuine: dict[str, str] = {}
        self.answers: Counter[int] = Counter()
        self.numbers = count()
        self.begun: list[tuple[TestClient, str]] = []

    def run(self, bots: int, genuine: int) -> None:
        """So many of each, within an hour."""
        turns = [self._bot] * bots + [self._scripted, self._on_page, self._on_static_page] * (genuine // 3)
        self.chance.shuffle(turns)
        for turn in turns:
            turn(next(self.numbers))
            self.clock.move(seconds=3600 / len(turns))

    def assert_nobody_lost(self) -> None:
        """Every customer's words are stored, one in a hundred at most in quarantine; the victim has one mail."""
        found = {ticket.question: ticket.status for ticket in self._tickets()}
        lost = [words for words in self.genuine.values() if words not in found]
        suspected = [words for words in self.genuine.values() if found.get(words) == "quarantined"]
        print(f"bots_answered={dict(self.answers)} genuine={len(self.genuine)} suspected={len(suspected)}")
        assert lost == []
        assert len(suspected) <= len(self.genuine) / 100
        with self.store.snapshot() as snapshot:
            assert sum(mail.to == VICTIM for mail in snapshot.mails()) <= 1
        assert self.answers[429] > 0
        assert Counter(found.values())["quarantined"] > 0

    def _tickets(self) -> list:
        with self.store.snapshot() as snapshot:
            return list(snapshot.tickets())

    def _bot(self, number: int) -> None:
        """Many networks, few of them with a form; some fill in every field."""
        bot = self.at(f"2001:db8:{self.chance.randrange(2000):x}::{number:x}")
        body = {"message": SPAM.format(number, "x" * number), "email": VICTIM}
        if self.chance.random() < 0.05:
            body |= {"form": bot.get("/api/form").json()["form"], "topic": "tablets"}
        path, given = self.chance.choice([("/api/tickets", {"json": body}), ("/ask", {"data": body})])
        self.answers[bot.post(path, **given).status_code] += 1

    def _customer(self, number: int) -> tuple[TestClient, str]:
        words = f"My parcel {number} came open, and the lamp in it is broken. What do I do?"
        self.genuine[str(number)] = words
        return self.at(f"198.51.{number // 250}.{number % 250}"), words

    def _scripted(self, number: int) -> None:
        customer, words = self._customer(number)
        form = customer.get("/api/form").json()["form"]
        self._writes()
        assert customer.post("/api/tickets", json={"message": words, "form": form}).status_code == 201

    def _on_page(self, number: int) -> None:
        customer, words = self._customer(number)
        page = customer.get("/ask").text
        self._writes()
        assert customer.post("/ask", data=hidden(page) | {"message": words}).status_code == 303

    def _on_static_page(self, number: int) -> None:
        """Without JavaScript there is no token; who is shown the question once more sends it again."""
        customer, words = self._customer(number)
        self._writes()
        answer = customer.post("/ask", data={"message": words, "lang": "en", "page": "/contact/"})
        if answer.status_code == 429:
            assert words in answer.text
            self._writes()
            answer = customer.post("/ask", data=hidden(answer.text) | {"message": words})
        assert answer.status_code == 303

    def _writes(self) -> None:
        self.clock.move(seconds=5)


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page's form."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
