"""A35, A14 and A25 in full: ten thousand bots, a hundred thousand guesses, ten thousand headers."""

import random
import secrets

from tests.attacks.flood import BOTS, GENUINE, Flood
from tests.attacks.test_a25_headers import rotate
from tests.attacks.test_a35_flood import at
from tests.flows.asking import ask

__all__ = ["at"]  # fixture


def test_a35_ten_thousand_bots(at, store, clock):
    flood = Flood(at, store, clock, random.Random(1))
    flood.run(BOTS, GENUINE)
    flood.assert_nobody_lost()


def test_a14_a_hundred_thousand_guesses(bob, mallory):
    ask(bob)
    assert all(mallory.get(f"/t/{secrets.token_urlsafe(16)}").status_code == 404 for _ in range(100_000))


def test_a25_ten_thousand_forwarded_headers(bob, store):
    rotate(bob, store, 10_000)
