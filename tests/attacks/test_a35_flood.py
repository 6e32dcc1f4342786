"""A35: bots flood the form while customers ask: nobody's question is lost, and one in a hundred suspected at most."""

import random

import pytest
from starlette.testclient import TestClient

from tests.attacks.flood import BOTS, GENUINE, Flood


@pytest.fixture
def at(bob):
    """A visitor at an address."""
    return lambda address: TestClient(bob.app, bob.base_url, follow_redirects=False, client=(address, 4711))


def test_a35_customers_get_through_a_flood(at, store, clock):
    flood = Flood(at, store, clock, random.Random(35))
    flood.run(BOTS // 8, GENUINE // 6)
    flood.assert_nobody_lost()
