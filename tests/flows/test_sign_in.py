"""Alice sets up her desk and signs in; Mallory can't."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.conftest import ORIGIN, PASSWORD
from ticket_api.keys import fingerprint
from ticket_api.owner import Owner


@pytest.fixture
def code(store):
    return Owner(store).new_setup_code()


def set_up(client, code, password=PASSWORD, repeated=PASSWORD):
    return client.post("/desk/setup", data={"code": code, "password": password, "repeated": repeated})


def test_it_works(visitor, code):
    alice = visitor(origin=ORIGIN)
    assert alice.get("/desk").headers["location"] == "/desk/setup"
    answer = set_up(alice, code.lower().replace("-", " ") + " ")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert alice.get("/desk").status_code == 200


def test_the_code_works_once_and_the_page_is_gone(visitor, code):
    set_up(visitor(origin=ORIGIN), code)
    mallory = visitor(origin=ORIGIN)
    assert mallory.get("/desk/setup").status_code == 404
    assert set_up(mallory, code).status_code == 404


def test_a_wrong_code_is_refused(visitor, code):
    mallory = visitor(origin=ORIGIN)
    assert set_up(mallory, "AAAA-AAAA-AAAA").status_code == 403
    assert mallory.get("/desk").status_code == 303


@pytest.mark.parametrize(
    ("password", "repeated"), [("short", "short"), (PASSWORD, PASSWORD + "x"), ("x" * 201, "x" * 201)]
)
def test_a_bad_password_is_refused_and_the_code_still_works(visitor, code, password, repeated):
    alice = visitor(origin=ORIGIN)
    assert set_up(alice, code, password, repeated).status_code == 422
    assert set_up(alice, code).status_code == 303


def test_sign_in_and_out(alice, visitor):
    other = visitor(origin=ORIGIN)
    assert other.post("/desk/login", data={"password": PASSWORD}).status_code == 303
    assert other.get("/desk").status_code == 200
    old_cookie = f"helpleaf={other.cookies['helpleaf']}"
    assert other.post("/desk/logout").status_code == 303
    assert other.get("/desk").status_code == 303
    assert visitor(cookie=old_cookie).get("/desk").status_code == 303
    assert alice.get("/desk").status_code == 200


def test_wrong_passwords_wait_longer_and_longer_and_lock_nobody_out(alice, visitor, clock):
    mallory = visitor(origin=ORIGIN)
    statuses = [mallory.post("/desk/login", data={"password": f"guess {n}"}).status_code for n in range(5)]
    assert statuses == [403, 403, 403, 429, 429]
    clock.move(seconds=2)
    assert mallory.post("/desk/login", data={"password": "guess"}).status_code == 403
    clock.move(seconds=1)
    assert mallory.post("/desk/login", data={"password": PASSWORD}).status_code == 429
    clock.move(minutes=5)
    assert mallory.post("/desk/login", data={"password": PASSWORD}).status_code == 303


def test_a_pause_is_told_in_a_header_too(alice, visitor):
    mallory = visitor(origin=ORIGIN)
    answers = [mallory.post("/desk/login", data={"password": "guess"}) for _ in range(4)]
    assert answers[3].headers["retry-after"] == "2"
    assert "2 seconds" in answers[3].text


def test_guesses_at_the_same_time_count_as_well(alice, visitor):
    def guess(number: int) -> int:
        return visitor(origin=ORIGIN).post("/desk/login", data={"password": f"guess {number}"}).status_code

    with ThreadPoolExecutor(12) as pool:
        statuses = list(pool.map(guess, range(24)))
    assert statuses.count(403) == 3
    assert statuses.count(429) == 21


def test_signing_in_forgets_wrong_tries(alice, visitor):
    other = visitor(origin=ORIGIN)
    for _ in range(4):
        for _ in range(2):
            assert other.post("/desk/login", data={"password": "guess"}).status_code == 403
        assert other.post("/desk/login", data={"password": PASSWORD}).status_code == 303


def test_the_pause_never_grows_beyond_five_minutes(alice, visitor, clock):
    mallory = visitor(origin=ORIGIN)
    for _ in range(20):
        mallory.post("/desk/login", data={"password": "guess"})
        clock.move(minutes=5)
    assert mallory.post("/desk/login", data={"password": PASSWORD}).status_code == 303


def test_guessing_the_code_is_slowed_down_too(visitor, code):
    mallory = visitor(origin=ORIGIN)
    statuses = [set_up(mallory, f"AAAA-AAAA-AAA{n}").status_code for n in range(5)]
    assert statuses == [403, 403, 403, 429, 429]


def test_a_code_used_fifty_times_at_once_works_once(visitor, code):
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: set_up(visitor(origin=ORIGIN), code).status_code, range(50)))
    assert answers.count(303) == 1


def test_a_session_of_the_old_password_ends_whenever_it_began(alice, store, clock):
    owner = Owner(store)
    token = owner.sign_in(PASSWORD, "Mallory", clock())
    kept = store.session(fingerprint(token))
    owner.set_up(owner.new_setup_code(), "another long password", "another long password", "Alice", clock())
    store.put_session(kept)
    assert not owner.signed_in(token, clock())


def test_signing_out_while_another_tab_reads_stays_signed_out(alice, store, clock):
    owner = Owner(store)
    token = owner.sign_in(PASSWORD, "Alice", clock())
    clock.move(hours=1)
    session = owner.signed_in(token, clock())
    assert owner.is_due(session, clock())
    owner.sign_out(token, clock())
    owner.touch(session, clock())
    assert not owner.signed_in(token, clock())


def test_sessions_nobody_uses_are_forgotten(alice, store, clock):
    token = Owner(store).sign_in(PASSWORD, "Alice", clock())
    clock.move(days=8)
    Owner(store).sign_in(PASSWORD, "Alice", clock())
    assert store.session(fingerprint(token)) is None


def test_signing_out_takes_the_cookie_away(alice):
    answer = alice.post("/desk/logout")
    assert 'helpleaf=""' in answer.headers["set-cookie"]
    assert "Max-Age=0" in answer.headers["set-cookie"]


@pytest.mark.parametrize("path", ["/desk/login", "/desk/setup"])
def test_sign_in_and_set_up_take_posts_from_their_own_page_alone(visitor, code, path):
    fields = {"code": code, "password": PASSWORD, "repeated": PASSWORD}
    for origin in ("https://mallory.example", "http://[", "null", ORIGIN + ".mallory.example"):
        assert visitor(origin=origin).post(path, data=fields).status_code == 403


def test_a_new_code_sets_the_password_anew_and_ends_all_sessions(alice, visitor, store):
    code = Owner(store).new_setup_code()
    again = visitor(origin=ORIGIN)
    assert set_up(again, code, "another long password", "another long password").status_code == 303
    assert alice.get("/desk").status_code == 303
    assert again.get("/desk").status_code == 200


@pytest.mark.parametrize(("idle", "within"), [({"days": 6}, True), ({"days": 8}, False)])
def test_a_session_idle_for_a_week_ends(alice, clock, idle, within):
    clock.move(**idle)
    assert (alice.get("/desk").status_code == 200) is within


def test_a_session_ends_after_thirty_days(alice, clock):
    for _ in range(6):
        clock.move(days=5)
        assert alice.get("/desk").status_code == 200
    clock.move(hours=1)
    assert alice.get("/desk").status_code == 303


def test_posts_from_elsewhere_are_refused(alice, visitor):
    cookie = f"helpleaf={alice.cookies['helpleaf']}"
    for headers in (
        {},
        {"origin": "https://mallory.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site", "origin": ORIGIN},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
    ):
        refused = visitor(cookie=cookie, **headers).post("/desk/logout")
        assert refused.status_code == 403, headers
    assert alice.get("/desk").status_code == 200
