"""Alice looks after her account: where she is signed in, and her password."""

import re

import pytest

from tests.conftest import ORIGIN, PASSWORD
from ticket_api.web.desk.browsers import browser

TELEPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"
NEW = "another long password"


@pytest.fixture
def telephone(alice, visitor, clock):
    """The owner, on a telephone as well."""
    clock.move(minutes=20)
    client = visitor(origin=ORIGIN, **{"user-agent": TELEPHONE})
    assert client.post("/desk/login", data={"password": PASSWORD}).status_code == 303
    return client


def ids_on(page: str) -> list[str]:
    return re.findall(r'name="session" value="(\w+)"', page)


def change(client, present=PASSWORD, password=NEW, repeated=NEW):
    fields = {"do": "password", "present": present, "password": password, "repeated": repeated}
    return client.post("/desk/account", data=fields)


def test_it_lists_each_session_in_words(alice, telephone):
    page = telephone.get("/desk/account").text
    assert "Safari on iPhone" in page
    assert page.count("this one") == 1
    assert page.count("2 March 2026") == 4
    assert len(ids_on(page)) == 1


def test_ending_one_signs_out_there_alone(alice, telephone):
    (other,) = ids_on(telephone.get("/desk/account").text)
    assert telephone.post("/desk/account", data={"do": "end", "session": other}).status_code == 303
    assert alice.get("/desk").status_code == 303
    assert telephone.get("/desk").status_code == 200


def test_ending_all_others_leaves_this_one(alice, telephone, visitor):
    third = visitor(origin=ORIGIN)
    third.post("/desk/login", data={"password": PASSWORD})
    assert alice.post("/desk/account", data={"do": "others"}).status_code == 303
    assert [client.get("/desk").status_code for client in (alice, telephone, third)] == [200, 303, 303]


def test_a_new_password_ends_the_other_sessions_and_changes_this_one(alice, telephone, visitor):
    before = alice.cookies["helpleaf"]
    assert change(alice).status_code == 303
    assert alice.cookies["helpleaf"] != before
    assert alice.get("/desk").status_code == 200
    assert telephone.get("/desk").status_code == 303
    assert visitor(cookie=f"helpleaf={before}").get("/desk").status_code == 303
    assert visitor(origin=ORIGIN).post("/desk/login", data={"password": PASSWORD}).status_code == 403
    assert visitor(origin=ORIGIN).post("/desk/login", data={"password": NEW}).status_code == 303


@pytest.mark.parametrize(
    ("given", "status", "told"),
    [
        ({"present": "wrong password"}, 403, "That isn&#39;t the password"),
        ({"password": "short", "repeated": "short"}, 422, "at least 10"),
        ({"repeated": "something else"}, 422, "differ"),
    ],
)
def test_a_password_that_cannot_be_changed_says_why(alice, given, status, told):
    answer = change(alice, **given)
    assert answer.status_code == status
    assert told in answer.text
    assert alice.get("/desk").status_code == 200


def test_guessing_the_present_password_is_slowed_down(alice):
    statuses = [change(alice, present=f"guess number {n}").status_code for n in range(5)]
    assert statuses == [403, 403, 403, 429, 429]


def test_something_else_cannot_be_done(alice):
    assert alice.post("/desk/account", data={"do": "nonsense"}).status_code == 422
    assert alice.post("/desk/account", data={"do": "end", "session": "nobody's"}).status_code == 303


def test_what_the_owner_does_to_the_account_is_noted(alice, telephone, store):
    change(alice)
    alice.post("/desk/logout")
    assert [event.what for event in store.events(0)] == [
        "password_set", "signed_in", "signed_in", "password_set", "signed_out"
    ]  # fmt: skip


def test_mallory_sees_and_changes_nothing(alice, visitor):
    mallory = visitor(origin=ORIGIN)
    for path in ("/desk/account", "/desk/account/second"):
        assert mallory.get(path).status_code == 303
        assert mallory.post(path, data={"do": "others"}).status_code == 403
    assert alice.get("/desk").status_code == 200


@pytest.mark.parametrize(
    ("agent", "name", "system"),
    [
        (TELEPHONE, "Safari", "iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox", "Windows"),
        ("Mozilla/5.0 (Linux; Android 15; SM-S921B) SamsungBrowser/27.0 Chrome/125.0 Mobile Safari/537.36",
         "Samsung Internet", "Android"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/141.0 Safari/537.36 Edg/141.0", "Edge", "Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) AppleWebKit/605 Version/18.0 Safari/605", "Safari", "Mac"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36", "Chrome", "Linux"),
        ("Mozilla/5.0 (iPhone) AppleWebKit/605 Mobile MicroMessenger/8.0 Language/zh_CN", "WeChat", "iPhone"),
        ("curl/8.0", "", ""),
        ("", "", ""),
    ],
)  # fmt: skip
def test_browsers_have_names(agent, name, system):
    assert browser(agent) == (name, system)
