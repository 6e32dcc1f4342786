"""The owner sees what comes in and goes out, tries it, and switches it on and off."""

import json
import re
from dataclasses import replace

import pytest

from tests.channels.conftest import KEY
from tests.channels.receiver import status
from tests.flows.asking import ask
from ticket_api.channels.signing import signature
from ticket_api.webhooks import webhooks as webhooks_module


@pytest.fixture
def settings(settings, called, monkeypatch):
    """A desk with a hook and a webhook, whose thread sleeps: tests do its work."""
    monkeypatch.setattr(webhooks_module.Webhooks, "start", lambda self: None)
    table = {"name": "chat", "url": called.url, "inside": True, "events": ["asked", "replied"]}
    sections = {"hooks": {"shop": {"message": "text"}}, "webhooks": [table]}
    return replace(settings, sections=sections, signing={"hook:shop": KEY, "webhook:chat": KEY})


@pytest.fixture
def webhooks(alice):
    there = alice.app.state.context.webhooks
    there.work()
    return there


def send(client, clock, body, key=KEY):
    raw, stamp = json.dumps(body).encode(), str(int(clock().timestamp()))
    signed = signature(key.encode(), "msg_1", stamp, raw)
    headers = {"webhook-id": "msg_1", "webhook-timestamp": stamp, "webhook-signature": signed}
    return client.post("/hooks/shop", content=raw, headers={"content-type": "application/json"} | headers)


def show(alice, lang="en"):
    answer = alice.get(f"/desk/channels?lang={lang}")
    assert answer.status_code == 200
    return answer.text


def press(alice, do, name="chat"):
    return alice.post("/desk/channels?lang=en", data={"do": do, "webhook": name})


def test_hooks_are_told_with_their_address_and_what_came(alice, bob, webhooks, clock):
    page = show(alice)
    assert "http://127.0.0.1:8000/hooks/shop" in page
    assert "Nothing received yet" in page
    send(bob, clock, {"text": "Hi"})
    assert "1 received, the last 2 March 2026" in show(alice)
    send(bob, clock, {"words": "Hi"})
    assert "has no text at “text”" in show(alice)
    send(bob, clock, {"text": "Hi"}, key="another key of enough bytes")
    assert "the signature doesn&#39;t fit" in show(alice)
    assert "签名不对" in show(alice, "zh")


def test_a_ticket_tells_through_which_channel_it_came(alice, bob, webhooks, clock):
    send(bob, clock, {"text": "Hi"})
    assert re.search(r"<dt>Came through</dt><dd>\s*shop", alice.get("/desk/tickets/1?lang=en").text)
    ask(bob)
    assert "<dd>API</dd>" in alice.get("/desk/tickets/2?lang=en").text


def test_webhooks_are_told_without_what_may_be_secret_of_their_url(alice, webhooks, called):
    page = show(alice)
    assert f"http://127.0.0.1:{called.port}</code> · asked, replied" in page
    assert "told?by" not in page
    assert "Nothing delivered yet" in page


def test_what_was_delivered_and_what_failed_is_told(alice, bob, webhooks, called, clock):
    ask(bob)
    webhooks.work()
    assert "1 delivered, the last 2 March 2026" in show(alice)
    called.behave = status(500)
    ask(bob)
    webhooks.work()
    page = show(alice)
    assert "It answered 500 in place of 200." in page
    assert "tried once" in page
    assert "返回 500" in show(alice, "zh")
    called.behave = status(200)
    assert "chat is on" in press(alice, "on").text
    webhooks.work()
    assert "3 delivered" not in show(alice)
    assert "2 delivered" in show(alice)


def test_it_is_switched_off_and_on_with_what_was_missed_or_without(alice, bob, webhooks, called):
    assert "chat is off" in press(alice, "off").text
    assert re.search(r'Channels <span class="off">Switched off</span>', alice.get("/desk/mail?lang=en").text)
    ask(bob)
    webhooks.work()
    assert called.got == []
    assert "goes on where it was" in press(alice, "on").text
    webhooks.work()
    assert called.types == ["ticket.asked"]
    press(alice, "off")
    ask(bob)
    assert "from now on" in press(alice, "skip").text
    webhooks.work()
    assert called.types == ["ticket.asked"]
    assert "switched off a webhook" in alice.get("/desk/audit?lang=en").text


def test_a_test_is_sent_at_once(alice, webhooks, called):
    assert "chat took the test and answered 204." in press(alice, "test").text
    assert called.types == ["test"]
    called.behave = status(302, "Location: /elsewhere")
    assert "which leads elsewhere; that is never followed" in press(alice, "test").text


@pytest.mark.parametrize(
    "fields", [{"do": ""}, {"do": "drop", "webhook": "chat"}, {"do": "on"}, {"do": "test", "webhook": "x"}]
)
def test_anything_else_is_refused(alice, webhooks, fields):
    answer = alice.post("/desk/channels?lang=en", data=fields)
    assert answer.status_code in (404, 422)
    assert 'role="alert"' in answer.text


def test_it_is_for_the_owner_alone(bob, mallory):
    assert bob.get("/desk/channels").status_code == 303
    assert mallory.post("/desk/channels", data={"do": "off", "webhook": "chat"}).status_code == 403


def test_a_desk_without_any_says_how(visitor, alice):
    context = alice.app.state.context
    alice.app.state.context = replace(context, hooks=type(context.hooks)({}), webhooks=context.webhooks)
    assert "No program may send questions here. A few lines in" in show(alice)
