"""Alice switches on a second step at sign-in; the password alone then opens nothing."""

import re
from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest

from tests.conftest import ORIGIN, PASSWORD
from ticket_api.owner import Owner

TICKET = "/desk/tickets/1"


def secret_on(page: str) -> str:
    return re.search(r'name="secret" value="([A-Z2-7]+)"', page)[1]


def codes_on(page: str) -> list[str]:
    return re.findall(r"<li>([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})</li>", page)


def switch_on(alice, clock):
    """The app and the recovery codes of a desk with a second step."""
    app = pyotp.TOTP(secret_on(alice.get("/desk/account/second").text))
    answer = alice.post("/desk/account/second", data={"secret": app.secret, "code": app.at(clock())})
    assert answer.status_code == 200
    clock.move(seconds=30)
    return app, codes_on(answer.text)


@pytest.fixture
def second(alice, clock):
    return switch_on(alice, clock)


@pytest.fixture
def halfway(visitor, second):
    """A browser that knows the password."""
    client = visitor(origin=ORIGIN)
    assert client.post("/desk/login", data={"password": PASSWORD}).status_code == 200
    return client


def confirm(client, code, **fields):
    return client.post("/desk/login/code", data={"code": code, **fields})


def test_it_works(halfway, second, clock):
    app, _ = second
    assert halfway.get("/desk").headers["location"] == "/desk/login"
    assert 'autocomplete="one-time-code"' in halfway.get("/desk/login/code").text
    before = halfway.cookies["helpleaf"]
    answer = confirm(halfway, f" {app.at(clock())[:3]} {app.at(clock())[3:]} ")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    assert halfway.get("/desk").status_code == 200
    assert halfway.cookies["helpleaf"] != before


def test_the_key_is_shown_as_a_square_and_as_text_and_nothing_inline(alice):
    page = alice.get("/desk/account/second").text
    secret = secret_on(page)
    assert "<svg" in page
    assert " ".join(secret[at : at + 4] for at in range(0, 32, 4)) in page
    assert not re.search(r"<script|<style|\bstyle=|\bon\w+=", page)


def test_it_counts_only_once_the_app_has_shown_a_code(alice, visitor, clock):
    secret = secret_on(alice.get("/desk/account/second").text)
    answer = alice.post("/desk/account/second", data={"secret": secret, "code": "000000"})
    assert answer.status_code == 403
    assert secret_on(answer.text) == secret
    assert visitor(origin=ORIGIN).post("/desk/login", data={"password": PASSWORD}).status_code == 303


@pytest.mark.parametrize("secret", ["", "A" * 31, "a" * 32, "A" * 33, "<b>" * 11])
def test_a_key_that_is_not_one_is_refused(alice, secret):
    assert alice.post("/desk/account/second", data={"secret": secret, "code": "000000"}).status_code == 422


def test_a_code_works_once(halfway, second, visitor, clock):
    app, _ = second
    code = app.at(clock())
    assert confirm(halfway, code).status_code == 303
    other = visitor(origin=ORIGIN)
    other.post("/desk/login", data={"password": PASSWORD})
    assert confirm(other, code).status_code == 403
    clock.move(seconds=30)
    assert confirm(other, app.at(clock())).status_code == 303


def test_the_code_that_switched_it_on_is_used_up(alice, visitor, clock):
    app = pyotp.TOTP(secret_on(alice.get("/desk/account/second").text))
    code = app.at(clock())
    assert alice.post("/desk/account/second", data={"secret": app.secret, "code": code}).status_code == 200
    client = visitor(origin=ORIGIN)
    client.post("/desk/login", data={"password": PASSWORD})
    assert confirm(client, code).status_code == 403


@pytest.mark.parametrize(("seconds", "status"), [(-60, 403), (-30, 303), (0, 303), (30, 303), (60, 403)])
def test_clocks_may_differ_by_half_a_minute(halfway, second, clock, seconds, status):
    clock.move(minutes=5)
    code = second[0].at(clock().timestamp() + seconds)
    halfway.post("/desk/login", data={"password": PASSWORD})
    assert confirm(halfway, code).status_code == status


def test_a_code_used_twice_at_once_works_once(visitor, second, clock, settings):
    clients = [visitor(origin=ORIGIN) for _ in range(2)]
    for client in clients:
        client.post("/desk/login", data={"password": PASSWORD})
    code = second[0].at(clock())
    with ThreadPoolExecutor(2) as pool:
        statuses = list(pool.map(lambda client: confirm(client, code).status_code, clients))
    assert sorted(statuses)[0] == 303
    assert sorted(statuses)[1] in (403, 429)


def test_a_recovery_code_works_once(halfway, second, visitor):
    _, codes = second
    assert len(set(codes)) == 8
    assert confirm(halfway, codes[3].lower().replace("-", " ")).status_code == 303
    assert "Recovery codes left: 7" in halfway.get("/desk/account").text
    other = visitor(origin=ORIGIN)
    other.post("/desk/login", data={"password": PASSWORD})
    assert confirm(other, codes[3]).status_code == 403
    assert confirm(other, codes[4]).status_code == 303


def test_recovery_codes_are_stored_as_hashes_and_shown_once(alice, second, store):
    _, codes = second
    stored = str(store.owner())
    assert not any(code in stored or code.replace("-", "") in stored for code in codes)
    assert codes_on(alice.get("/desk/account").text) == []


def test_new_recovery_codes_take_the_place_of_the_earlier_ones(alice, halfway, second):
    _, codes = second
    assert alice.post("/desk/account", data={"do": "codes", "password": "wrong"}).status_code == 403
    new = codes_on(alice.post("/desk/account", data={"do": "codes", "password": PASSWORD}).text)
    assert len(new) == 8
    assert confirm(halfway, codes[0]).status_code == 403
    assert confirm(halfway, new[0]).status_code == 303


def test_wrong_codes_wait_longer_and_longer_whoever_sends_them(alice, second, store, clock):
    owner = Owner(store)
    tokens = {n: owner.sign_in(PASSWORD, f"client {n}", clock()) for n in range(5)}
    refused = []
    for n, token in tokens.items():
        with pytest.raises(Exception) as error:  # noqa: PT011 - which one is what is looked at
            owner.confirm(token, "000000", f"client {n}", clock())
        refused.append(error.value.code)
    assert refused == ["wrong_second_code"] * 3 + ["too_many"] * 2


def test_a_right_password_does_not_make_wrong_codes_free_again(halfway, second):
    statuses = []
    for _ in range(3):
        statuses.append(halfway.post("/desk/login", data={"password": PASSWORD}).status_code)
        statuses.append(confirm(halfway, "000000").status_code)
    assert 429 in statuses


def test_the_code_must_follow_the_password_within_ten_minutes(halfway, second, clock):
    clock.move(minutes=11)
    assert halfway.get("/desk/login/code").headers["location"] == "/desk/login"
    assert confirm(halfway, second[0].at(clock())).status_code == 403
    assert halfway.get("/desk").status_code == 303


def test_without_the_password_no_code_helps(visitor, second, clock):
    mallory = visitor(origin=ORIGIN)
    assert confirm(mallory, second[0].at(clock())).status_code == 403
    assert mallory.get("/desk").status_code == 303


def test_a_reply_whose_session_had_ended_waits_behind_both_steps(visitor, bob, second, clock):
    bob.post("/api/tickets", json={"message": "An unknown matter of mine"})
    client = visitor(origin=ORIGIN)
    fields = {"next": TICKET, "message": "Dear Bob", "seen": "1"}
    page = client.post("/desk/login", data={"password": PASSWORD, **fields}).text
    assert "Dear Bob" in page
    assert f'value="{TICKET}"' in page
    again = confirm(client, "000000", **fields)
    assert "Dear Bob" in again.text
    done = confirm(client, second[0].at(clock()), **fields)
    assert done.status_code == 200
    assert "Dear Bob" in done.text
    assert "An unknown matter" in done.text


def test_it_is_switched_off_with_the_password(alice, visitor, second):
    assert alice.post("/desk/account", data={"do": "off", "password": "wrong"}).status_code == 403
    assert visitor(origin=ORIGIN).post("/desk/login", data={"password": PASSWORD}).status_code == 200
    assert alice.post("/desk/account", data={"do": "off", "password": PASSWORD}).status_code == 303
    assert visitor(origin=ORIGIN).post("/desk/login", data={"password": PASSWORD}).status_code == 303


def test_a_forgotten_password_leaves_the_second_step(alice, visitor, second, store, clock):
    fields = {"code": Owner(store).new_setup_code(), "password": "another password", "repeated": "another password"}
    client = visitor(origin=ORIGIN)
    assert client.post("/desk/setup", data=fields).headers["location"] == "/desk/login/code"
    assert client.get("/desk").status_code == 303
    assert confirm(client, second[0].at(clock())).status_code == 303
    assert client.get("/desk").status_code == 200


def test_a_reset_takes_it_away_with_password_and_sessions(alice, visitor, second, store, clock):
    code = Owner(store).reset(clock())
    assert alice.get("/desk").headers["location"] == "/desk/setup"
    mallory = visitor(origin=ORIGIN)
    assert mallory.post("/desk/login", data={"password": PASSWORD}).status_code == 403
    fields = {"code": code, "password": "another password", "repeated": "another password"}
    assert alice.post("/desk/setup", data=fields).headers["location"] == "/desk"
    assert alice.get("/desk").status_code == 200


def test_a_clock_that_went_back_does_not_keep_the_owner_out(halfway, second, clock):
    clock.move(days=300)
    halfway.post("/desk/login", data={"password": PASSWORD})
    assert confirm(halfway, second[0].at(clock())).status_code == 303
    clock.move(days=-300, hours=2)
    halfway.post("/desk/login", data={"password": PASSWORD})
    assert confirm(halfway, second[0].at(clock())).status_code == 303
