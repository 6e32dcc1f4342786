"""A29: guessing the password is slow, locks nobody out, and tells nothing but wrong or right."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher, extract_parameters
from msgspec.structs import replace

from tests.conftest import ORIGIN, PASSWORD
from ticket_api.owner import LONGEST_WAIT, Owner, passwords


class Watched:
    """The hasher that is there, with a look at how often it checks and how many of that at a time."""

    def __init__(self) -> None:
        self.checked, self.at_once, self._now = [], 0, 0
        self._lock = threading.Lock()
        self._hasher = passwords.HASHER

    def verify(self, hashed: str, password: str) -> bool:
        with self._lock:
            self.checked.append(extract_parameters(hashed))
            self._now += 1
            self.at_once = max(self.at_once, self._now)
        try:
            return self._hasher.verify(hashed, password)
        finally:
            with self._lock:
                self._now -= 1

    def __getattr__(self, name: str):
        return getattr(self._hasher, name)


@pytest.fixture
def watched(monkeypatch):
    hasher = Watched()
    monkeypatch.setattr(passwords, "HASHER", hasher)
    return hasher


def guess(client, password="guess"):
    return client.post("/desk/login", data={"password": password})


def test_the_hash_is_argon2id_and_as_costly_as_owasp_wants(alice, store):
    cost = extract_parameters(store.owner().password)
    assert (cost.type.name, cost.memory_cost, cost.time_cost, cost.parallelism) == ("ID", 19456, 2, 1)
    assert extract_parameters(passwords.NOBODYS) == cost


def test_each_wrong_password_waits_longer_up_to_five_minutes(alice, visitor, clock):
    mallory = visitor(origin=ORIGIN)
    pauses = []
    for _ in range(14):
        assert guess(mallory).status_code == 403
        refused = guess(mallory)
        pauses.append(int(refused.headers["retry-after"]) - 1 if refused.status_code == 429 else 0)
        clock.move(seconds=pauses[-1])
    grown = [pause for pause in pauses if pause]
    assert grown == sorted(grown)
    assert grown[:4] == [1, 2, 4, 8]
    assert grown[-1] == LONGEST_WAIT.total_seconds()
    assert guess(mallory, PASSWORD).status_code == 303


def test_mallorys_guesses_keep_alice_waiting_for_nothing(alice, store, clock):
    owner = Owner(store)
    for _ in range(100):
        with pytest.raises(Exception, match=r"wrong_password|too_many"):
            owner.sign_in("guess", "198.51.100.7", clock())
    assert owner.sign_in(PASSWORD, "203.0.113.9", clock())


def test_two_passwords_are_checked_at_a_time(alice, over, watched):
    client = over(ORIGIN, limits=False)
    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(lambda n: guess(client, f"guess {n}").status_code, range(32)))
    assert statuses == [403] * 32
    assert len(watched.checked) == 32
    assert 1 <= watched.at_once <= 2


@pytest.mark.parametrize("password", ["", "x", PASSWORD + "x", "x" * 5000])
def test_every_guess_costs_the_same_before_set_up_and_after(over, alice, store, watched, password):
    client = over(ORIGIN, limits=False)
    after = guess(client, password)
    store.change_owner(lambda account: replace(account, password=""))
    before = guess(client, password)
    assert (after.status_code, before.status_code) == (403, 403)
    assert after.text == before.text
    assert len(watched.checked) == 2
    assert watched.checked[0] == watched.checked[1]


def test_a_hash_of_older_costs_is_renewed_when_the_password_was_right(alice, visitor, store):
    old = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    store.change_owner(lambda account: replace(account, password=old))
    client = visitor(origin=ORIGIN)
    assert guess(client).status_code == 403
    assert store.owner().password == old
    assert guess(client, PASSWORD).status_code == 303
    assert client.get("/desk").status_code == 200
    assert extract_parameters(store.owner().password) == extract_parameters(passwords.NOBODYS)
