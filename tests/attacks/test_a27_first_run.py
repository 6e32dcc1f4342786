"""A27: nobody takes over a desk that isn't set up: that takes the code from its own terminal."""

import pytest

from tests.conftest import ORIGIN, PASSWORD
from ticket_api.owner import Owner

GUESSES = ("", "AAAA-AAAA-AAAA", "0", "null", "None", "undefined", "%00", "' OR 1=1 --", " ")
FIELDS = {"password": PASSWORD, "repeated": PASSWORD}


@pytest.fixture
def mallory(over):
    return over(ORIGIN, limits=False)


def set_up(client, code):
    return client.post("/desk/setup", data={"code": code, **FIELDS})


@pytest.mark.parametrize("code", GUESSES)
def test_without_a_code_there_is_no_such_page(mallory, store, code):
    assert mallory.get("/desk/setup").status_code == 404
    assert set_up(mallory, code).status_code == 404
    assert not Owner(store).has_password()


@pytest.mark.parametrize("code", GUESSES)
def test_a_guessed_code_sets_nothing_up(mallory, store, code):
    Owner(store).new_setup_code()
    assert set_up(mallory, code).status_code == 403
    assert not Owner(store).has_password()
    assert mallory.get("/desk").headers["location"] == "/desk/setup"


@pytest.mark.parametrize("password", ["", PASSWORD, "None"])
def test_before_set_up_no_password_signs_in(mallory, password):
    assert mallory.post("/desk/login", data={"password": password}).status_code == 403
    assert mallory.post("/desk/login/code", data={"code": "000000"}).status_code == 403


def test_once_it_is_set_up_the_page_is_gone(mallory, visitor, store):
    code = Owner(store).new_setup_code()
    assert set_up(visitor(origin=ORIGIN), code).status_code == 303
    assert mallory.get("/desk/setup").status_code == 404
    assert set_up(mallory, code).status_code == 404


def test_a_new_code_takes_the_place_of_the_one_before(mallory, store):
    old = Owner(store).new_setup_code()
    new = Owner(store).new_setup_code()
    assert set_up(mallory, old).status_code == 403
    assert set_up(mallory, new).status_code == 303
