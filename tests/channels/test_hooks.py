"""Questions from other programs: signed, mapped, taken once, and refused with a sentence."""

import json
from contextlib import ExitStack
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from tests.conftest import ORIGIN
from tests.flows.asking import ask
from tests.serving import SECRET
from ticket_api.app import create_app
from ticket_api.channels.signing import hub_signature, signature
from ticket_api.web.bucket import Bucket

KEY = b"a key that both of them know"
HOOKS = {
    "shop": {
        "message": "comment.text",
        "email": "customer.email",
        "name": "customer.name",
        "subject": "order.title",
        "lang": "customer.locale",
        "automatic": "headers.Auto-Submitted",
    },
    "chat": {"message": "text", "email": "from", "id": "message.id", "signature": "hub"},
}
BODY = {
    "comment": {"text": "Where is my parcel?"},
    "customer": {"email": " bob@example.com ", "name": "Bob", "locale": "en-GB"},
    "order": {"title": "Order 17"},
}


@pytest.fixture
def app(settings, store, index, clock):
    """The application with two hooks."""
    own = replace(settings, sections={"hooks": HOOKS}, signing={f"hook:{name}": KEY.decode() for name in HOOKS})
    return create_app(own, store, index, SECRET, clock)


@pytest.fixture
def program(app):
    """A program without a page."""
    with ExitStack() as running:
        running.enter_context(TestClient(app, base_url=ORIGIN))
        yield TestClient(app, base_url=ORIGIN, raise_server_exceptions=False)


@pytest.fixture
def send(program, clock):
    """Post a signed body to the shop's hook."""

    def post(body=BODY, /, *, to="shop", key_id="msg_1", at=0, key=KEY, kind="application/json", **more):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        stamp = str(int(clock().timestamp()) + at)
        headers = {
            "webhook-id": key_id,
            "webhook-timestamp": stamp,
            "webhook-signature": signature(key, key_id, stamp, raw),
        }
        return program.post(f"/hooks/{to}", content=raw, headers={"content-type": kind} | headers | more)

    return post


@pytest.fixture
def chat(program):
    def post(body, *, key=KEY, **more):
        raw = json.dumps(body).encode()
        headers = {"content-type": "application/json", "x-hub-signature-256": hub_signature(key, raw)}
        return program.post("/hooks/chat", content=raw, headers=headers | more)

    return post


def count(store) -> int:
    return sum(store.count_tickets().values())


def test_a_question_comes_in_and_waits_for_the_owner(send, store):
    answer = send()
    assert (answer.status_code, answer.json()) == (201, {"ticket": 1})
    ticket = store.ticket(1)
    assert (ticket.status, ticket.offers, ticket.channel) == ("open", (), "shop")
    assert (ticket.question, ticket.name, ticket.email) == ("Where is my parcel?", "Bob", "bob@example.com")
    assert (ticket.subject, ticket.lang) == ("Order 17", "en")


def test_a_retry_is_the_same_ticket_whatever_came_with_it(send, store, clock):
    assert send().json() == {"ticket": 1}
    clock.move(minutes=4)
    again = send(BODY | {"customer": {"email": "bob@example.com"}})
    assert (again.status_code, again.json()) == (200, {"ticket": 1})
    assert count(store) == 1
    assert send(key_id="msg_2").json() == {"ticket": 2}


def test_its_customer_gets_the_one_mail_that_everybody_gets(send, store, clock):
    send()
    send(key_id="msg_2")
    assert [(mail.kind, mail.to, mail.text) for mail in store.mails_due(clock(), limit=9)] == [
        ("received", "bob@example.com", "")
    ]


def test_what_a_program_wrote_is_marked_and_mails_nobody(send, store, clock):
    send(BODY | {"headers": {"Auto-Submitted": "auto-replied"}})
    assert store.ticket(1).automatic is True
    assert store.mails_due(clock(), limit=9) == []


@pytest.mark.parametrize(
    ("message", "locale", "lang"),
    [("Where is it?", "zh-Hans-CN", "zh"), ("我的包裹在哪里？", "", "zh"), ("Hello", "xx", "en"), ("Hello", "", "en")],
)
def test_the_language_is_the_customers(send, store, message, locale, lang):
    send({"comment": {"text": message}, "customer": {"locale": locale}})
    assert store.ticket(1).lang == lang


def test_a_long_subject_loses_nothing(send, store):
    subject = "word " * 60
    send(BODY | {"order": {"title": subject}})
    ticket = store.ticket(1)
    assert len(ticket.subject) == 200
    assert ticket.question == f"{subject.strip()}\n\nWhere is my parcel?"


@pytest.mark.parametrize(
    ("told", "before"),
    [
        ("n/a", "n/a"),
        ("-", "-"),
        (7, "7"),
        ("bob", "bob"),
        ("bob@example.com, ann@example.com", "bob@example.com, ann@example.com"),
        ("Bob <bob@example.com>, Ann", "Bob <bob@example.com>, Ann"),
        ('"ann@example.com" <bob@example.com>', '"ann@example.com" <bob@example.com>'),
        ("Bob <bob@example.com> <ann@example.com>", "Bob <bob@example.com> <ann@example.com>"),
        ("bob@example.com\r\nBcc: ann@example.com", "bob@example.com Bcc: ann@example.com"),
        (["bob@example.com", "ann@example.com"], '["bob@example.com", "ann@example.com"]'),
        ({"of": "鲍勃"}, '{"of": "鲍勃"}'),
        ("bob\0@example.com\ud83d", "bob\ufffd@example.com?"),
        (["\ud83d"], '["?"]'),
        ("(" * 5000, "(" * 199 + "…"),
        ([], ""),
        (False, ""),
    ],
)
def test_an_address_that_is_none_costs_nobody_their_question(send, store, clock, told, before):
    answer = send(BODY | {"customer": {"email": told, "name": "Bob"}})
    assert answer.status_code == 201
    ticket = store.ticket(1)
    assert (ticket.email, ticket.name) == ("", "Bob")
    assert ticket.question == (f"{before}\n\nWhere is my parcel?" if before else "Where is my parcel?")
    assert store.mails_due(clock(), limit=9) == []


@pytest.mark.parametrize(
    ("told", "named", "name", "question"),
    [
        ("Bob <bob@example.com>", "", "Bob", "Where is my parcel?"),
        (" <bob@example.com> ", "Bob", "Bob", "Where is my parcel?"),
        ('"Smith, Bob" < bob@example.com >', "", "Smith, Bob", "Where is my parcel?"),
        ("Bob <bob@example.com>", "Bob", "Bob", "Where is my parcel?"),
        ("Bobby <bob@example.com>", "Bob", "Bob", "Bobby\n\nWhere is my parcel?"),
    ],
)
def test_one_address_behind_a_name_is_read(send, store, told, named, name, question):
    send(BODY | {"customer": {"email": told, "name": named}})
    ticket = store.ticket(1)
    assert (ticket.email, ticket.name, ticket.question) == ("bob@example.com", name, question)


def test_a_message_that_leaves_no_room_for_what_isnt_an_address_is_taken_as_it_is(send, store):
    message = "x" * 10_000
    assert send({"comment": {"text": message}, "customer": {"email": "n/a"}}).status_code == 201
    assert store.ticket(1).question == message


def test_forms_are_read_too(send, store):
    body = b"comment.text=Where+is+it%3F&customer.email=bob%40example.com"
    assert send(body, kind="application/x-www-form-urlencoded").status_code == 201
    assert (store.ticket(1).question, store.ticket(1).email) == ("Where is it?", "bob@example.com")


def test_another_site_as_origin_is_no_hindrance(send):
    more = {"origin": "https://shop.example", "sec-fetch-site": "cross-site"}
    assert send(**more).status_code == 201


def test_nothing_tells_whether_a_hook_is_there(send, program, chat, store):
    answers = [
        send(key=b"another key of enough bytes"),
        send(to="nobody"),
        send(to="nobody", key=b"another key of enough bytes"),
        send(to="chat"),  # signed in the other way
        send(at=-4000, key=b"another key of enough bytes"),
        send(b"{", key=b"another key of enough bytes"),
        send(**{"webhook-signature": "v1,AAAA"}),
        send(**{"webhook-id": "msg_2"}),
        send(to="form"),
        chat({"text": "Hi"}, key=b"another key of enough bytes"),
        program.post("/hooks/shop", json=BODY),
        program.post("/hooks/nobody", json=BODY),
    ]
    assert {(each.status_code, each.text) for each in answers} == {(403, answers[0].text)}
    assert answers[0].json()["error"]["code"] == "bad_signature"
    assert count(store) == 0


@pytest.mark.parametrize("at", [-301, 301])
def test_an_old_signature_is_told(send, store, at):
    answer = send(at=at)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "old_timestamp")
    assert count(store) == 0


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({"comment": {}}, 422, "hook_missing", "comment.text"),
        ({"comment": {"text": " "}}, 422, "hook_missing", "comment.text"),
        ({"comment": {"text": ["a"]}}, 422, "hook_no_text", "comment.text"),
        ([], 422, "hook_missing", "comment.text"),
        (7, 422, "hook_missing", "comment.text"),
        (BODY | {"comment": {"text": "x" * 10_001}}, 422, "too_long", "message"),
        (BODY | {"comment": {"text": "a\0b"}}, 422, "bad_character", "message"),
        (b'{"a": 1, "a": 2}', 400, "double_field", None),
        (b"{", 400, "bad_json", None),
        (b'{"comment": {"text": NaN}}', 400, "bad_number", None),
        (b"[" * 60_000, 400, "deep_json", None),
        (b"\xff", 400, "bad_encoding", None),
        (b"x" * (600 * 1024), 413, "too_large", None),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_each_refusal_has_its_sentence_and_stores_nothing(send, store, body, status, code, field):
    answer = send(body)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error.get("field")) == (status, code, field)
    assert count(store) == 0


@pytest.mark.parametrize("kind", ["text/plain", "", "application/json; charset=latin-1", "multipart/form-data"])
def test_other_types_are_told(send, store, kind):
    assert (send(kind=kind).status_code, count(store)) == (415, 0)


def test_the_plain_way_tells_retries_by_the_id_or_by_the_body(chat, store):
    assert chat({"text": "Hi", "message": {"id": 5}}).json() == {"ticket": 1}
    assert chat({"text": "Hi again", "message": {"id": 5}}).json() == {"ticket": 1}
    assert chat({"text": "Hi"}).json() == {"ticket": 2}
    assert chat({"text": "Hi"}).json() == {"ticket": 2}
    assert chat({"text": "Hi!"}).json() == {"ticket": 3}
    assert store.ticket(1).channel == "chat"


def test_the_same_body_without_an_id_is_another_question_after_a_day(chat, store, clock):
    again = {"text": "It is down again."}
    assert chat(again).json() == {"ticket": 1}
    for ticket in (2, 3):
        clock.move(days=1)
        assert chat(again).json() == {"ticket": ticket - 1}  # still a retry
        clock.move(seconds=1)
        assert (chat(again).status_code, chat(again).json()) == (201, {"ticket": ticket})
    clock.move(days=-30)
    assert chat(again).json() == {"ticket": 1}
    assert count(store) == 3


def test_an_id_makes_a_retry_for_ever(chat, send, clock):
    told = {"text": "Hi", "message": {"id": 5}}
    assert (chat(told).json(), send().json()) == ({"ticket": 1}, {"ticket": 2})
    clock.move(days=300)
    assert (chat(told).json(), send().json()) == ({"ticket": 1}, {"ticket": 2})


def test_one_sender_may_not_fill_the_desk(app, send, chat, store):
    app.state.context = replace(app.state.context, hooked=Bucket(3, 1.0, lambda: 0.0))
    answers = [send(key_id=f"msg_{number}") for number in range(5)]
    assert [each.status_code for each in answers] == [201, 201, 201, 429, 429]
    assert answers[-1].headers["retry-after"] == "1"
    assert count(store) == 3
    assert chat({"text": "Hi"}).status_code == 201  # the other one's own


def test_a_form_and_a_script_are_told_apart(program, store, clock):
    token = program.get("/api/form").json()["form"]
    clock.move(seconds=5)
    program.post("/api/tickets", json={"message": "One"})
    program.post("/api/tickets", json={"message": "Two", "form": token})
    program.post("/api/tickets", json={"message": "Three", "form": "made up"})
    ask(program)
    channels = [store.ticket(number).channel for number in (1, 2, 3)]
    assert channels == ["api", "form", "api"]
    program.post("/ask", data={"message": "Four"}, follow_redirects=False)
    assert store.ticket(5).channel == "form"
