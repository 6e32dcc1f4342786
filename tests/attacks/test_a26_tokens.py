"""A26: tokens can't be guessed, don't last, and those for one use work once, however many come at once."""

import re
from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest

from tests.conftest import PASSWORD
from ticket_api import keys
from ticket_api.errors import HelpleafError
from ticket_api.owner import Owner

TIMES = 50


@pytest.fixture
def owner(store, alice):
    return Owner(store, limits=False)


@pytest.fixture
def second(owner, clock):
    """The app of a desk with a second step, and the recovery codes."""
    app = pyotp.TOTP(pyotp.random_base32())
    codes = owner.switch_on(app.secret, app.at(clock()), "Alice", clock())
    clock.move(minutes=1)
    return app, codes


def successes(use, tokens) -> int:
    """How many of fifty uses at once succeed."""

    def one(token: str) -> bool:
        try:
            use(token)
        except HelpleafError:
            return False
        return True

    with ThreadPoolExecutor(TIMES) as pool:
        return sum(pool.map(one, tokens))


def test_a_set_up_code_works_once(owner, clock):
    code = owner.new_setup_code()
    chosen = ["another long password"] * 2
    assert successes(lambda _: owner.set_up(code, *chosen, "Mallory", clock()), range(TIMES)) == 1


def halves(owner, clock) -> list[str]:
    return [owner.sign_in(PASSWORD, "Mallory", clock()) for _ in range(TIMES)]


def test_a_code_of_the_app_works_once(owner, second, clock):
    code = second[0].at(clock())
    assert successes(lambda token: owner.confirm(token, code, "Mallory", clock()), halves(owner, clock)) == 1


def test_a_recovery_code_works_once(owner, second, clock):
    code = second[1][0]
    assert successes(lambda token: owner.confirm(token, code, "Mallory", clock()), halves(owner, clock)) == 1


def test_what_proves_the_password_is_used_up_by_the_code(owner, second, clock):
    token = owner.sign_in(PASSWORD, "Mallory", clock())
    codes = iter(second[1])
    assert successes(lambda code: owner.confirm(token, code, "Mallory", clock()), list(codes)) == 1


def test_tokens_have_128_bits_at_least_and_none_comes_twice():
    many = {keys.new_session_token() for _ in range(1000)}
    assert len(many) == 1000
    assert all(re.fullmatch(r"[\w-]{43}", token) for token in many)
    assert len({keys.new_uid() for _ in range(1000)}) == 1000
    assert all(len(keys.new_uid()) * 4 >= 128 for _ in range(10))


def test_nothing_that_signs_in_is_stored(owner, second, store, clock, tmp_path):
    whole = owner.confirm(owner.sign_in(PASSWORD, "Alice", clock()), second[1][0], "Alice", clock())
    half = owner.sign_in(PASSWORD, "Alice", clock())
    code = owner.new_setup_code()
    store.check()
    on_disk = b"".join(path.read_bytes() for path in (tmp_path / "data").glob("tickets.db*"))
    assert owner.signed_in(whole, clock())
    for token in (whole, half, code, code.replace("-", ""), PASSWORD, *second[1]):
        assert token.encode() not in on_disk
