"""What happens is told to other programs: what, in which order, how often, and to whom not."""

import json
from datetime import timedelta

import pytest

from tests.channels.conftest import KEY
from tests.channels.receiver import status
from tests.store.asking import question
from ticket_api.channels.signing import fits
from ticket_api.errors import StoreFull
from ticket_api.keys import link_token
from ticket_api.tickets import calls, handling
from ticket_api.tickets import ticket as tickets
from ticket_api.tickets.event import Act
from ticket_api.webhooks.state import LAST_PAUSE, LEAST_TRIES, PATIENCE, PAUSES

WORDS = "Where is my parcel?"


def add(store, number: int = 1, **more):
    fields = {"request": f"r{number}", "link": f"l{number}", "uid": f"{number:032x}", "email": "bob@example.com"}
    return store.add_ticket(question(number, **fields | more))


def act(store, what, at, change=lambda ticket: ticket, *, who="owner", ticket=1):
    return store.change_ticket(ticket, change, Act(who, what, at))


def data(called, place=-1) -> dict:
    return called.got[place][1]["data"]


def test_what_happens_is_told_signed_and_in_order(webhooks, called, store, clock):
    told = webhooks(shop={})
    asked = add(store)
    act(store, "noted", clock(), lambda ticket: handling.note(ticket, "secret", clock()))
    act(store, "closed", clock(), lambda ticket: tickets.close(ticket, clock()))
    told.work()
    assert called.types == ["ticket.asked", "ticket.noted", "ticket.closed"]
    assert data(called) == {
        "ticket": asked.id, "status": "solved", "who": "owner", "lang": asked.lang, "channel": "", "category": "",
        "tags": [], "priority": 3,
    }  # fmt: skip
    assert data(called, 0)["who"] == "requester"
    headers = called.got[0][0]
    assert headers["content-type"] == "application/json"
    signed = (headers["webhook-id"], headers["webhook-timestamp"], called.raw[0], headers["webhook-signature"])
    assert fits(KEY.encode(), *signed)
    assert len({sent["webhook-id"] for sent, _ in called.got}) == 3


def test_nothing_of_the_customer_leaves_unasked(webhooks, called, store, clock):
    told = webhooks(shop={})
    asked = add(store, subject=WORDS, name="Bob Bobson", requester="bobs-random-id")
    act(store, "wrote", clock(), lambda ticket: tickets.write(ticket, "a further word", clock()))
    told.work()
    sent = b"".join(called.raw).decode()
    for word in (WORDS, asked.question, "further", "bob", "Bob", asked.uid, asked.link, asked.requester):
        assert word
        assert word not in sent
    assert len(called.got) == 2


def test_words_and_address_go_along_where_wanted_and_the_secret_link_never(webhooks, called, store, clock):
    told = webhooks(shop={"include": ["message", "email"]})
    token = link_token(b"0123456789abcdef0123456789abcdef", f"{1:032x}")
    other = "A" * 22
    text = f"See https://help.example.org/t/{token} or /t/{other}, {token}"
    asked = add(store, subject=f"About {token}", name=f"Bob {token}")
    act(store, "wrote", clock(), lambda ticket: tickets.write(ticket, text, clock()))
    told.work()
    assert data(called)["message"]["text"] == "See https://help.example.org/t/… or /t/…, …"
    assert data(called)["message"]["author"] == "requester"
    assert (data(called)["subject"], data(called)["name"], data(called)["email"]) == (
        "About …",
        "Bob …",
        "bob@example.com",
    )
    assert data(called, 0)["message"]["text"] == asked.question
    sent = b"".join(called.raw).decode()
    assert token not in sent
    assert other not in sent


def test_what_cant_be_noted_for_a_full_disk_is_told_once_all_the_same(webhooks, called, store, clock, monkeypatch):
    told = webhooks(shop={})
    add(store)
    told.work()
    for number in (2, 3):
        add(store, number)

    def full(*_):
        raise StoreFull("store_full")

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(store, "change_paper", full)
        for _ in range(5):
            with pytest.raises(StoreFull):
                told.work()
            clock.move(seconds=1)
    told.work()
    add(store, 4)
    told.work()
    assert called.types == ["ticket.asked"] * 4
    assert told.all()[0].state.delivered == 4


def test_only_what_is_wanted_is_told(webhooks, called, store, clock):
    told = webhooks(shop={"events": ["closed", "quarantined"]})
    add(store)
    act(store, "quarantined", clock(), lambda ticket: tickets.move(ticket, "quarantined", clock()))
    store.record(Act("owner", "signed_in", clock()))
    told.work()
    assert called.types == ["ticket.quarantined"]


def test_what_happens_in_quarantine_is_told_only_by_name(webhooks, called, store, clock):
    told = webhooks(shop={})
    add(store)
    act(store, "quarantined", clock(), lambda ticket: tickets.move(ticket, "quarantined", clock()))
    act(store, "wrote", clock(), lambda ticket: tickets.write(ticket, "buy this", clock()), who="requester")
    told.work()
    assert called.types == ["ticket.asked"]


def test_an_erased_ticket_is_a_number(webhooks, called, store, clock):
    told = webhooks(shop={"include": ["message", "email"]})
    add(store)
    store.erase_tickets([1], Act("owner", "erased", clock()))
    told.work()
    assert [sorted(data(called, place)) for place in (0, 1)] == [["status", "ticket", "who"]] * 2


def test_a_reply_is_told_when_it_cant_be_taken_back_any_more(webhooks, called, store, clock):
    told = webhooks(shop={"include": ["message"]})
    add(store)
    act(store, "replied", clock(), lambda ticket: tickets.reply(ticket, "On its way.", clock()))
    act(store, "tagged", clock(), lambda ticket: handling.tag(ticket, "parcel", clock()))
    told.work()
    clock.move(seconds=9)
    told.work()
    assert called.types == ["ticket.asked"]
    clock.move(seconds=1)
    told.work()
    assert called.types == ["ticket.asked", "ticket.replied", "ticket.tagged"]
    assert data(called, 1)["message"]["text"] == "On its way."


def test_the_words_of_a_reply_that_was_taken_back_stay_here(webhooks, called, store, clock):
    told = webhooks(shop={"include": ["message"]})
    add(store)
    act(store, "replied", clock(), lambda ticket: tickets.reply(ticket, "A slip.", clock()))
    clock.move(seconds=3)
    act(store, "retracted", clock(), lambda ticket: handling.retract(ticket, clock()))
    clock.move(seconds=10)
    told.work()
    assert called.types == ["ticket.asked", "ticket.replied", "ticket.retracted"]
    assert b"A slip." not in b"".join(called.raw)


def test_a_rule_calls_one_webhook_once(webhooks, called, store, clock):
    told = webhooks(shop={"events": []}, chat={"events": []})
    add(store)

    def call(rule: str, name: str):
        act(
            store,
            "called",
            clock(),
            lambda ticket: calls.call(ticket, name, f"rule:{rule}", clock()),
            who=f"rule:{rule}",
        )

    call("vip", "chat")
    call("vip", "chat")
    clock.move(seconds=1)
    call("late", "shop")
    clock.move(seconds=1)
    call("vip", "shop")
    told.work()
    assert sorted(body["data"]["who"] for _, body in called.got) == ["rule:late", "rule:vip", "rule:vip"]
    assert called.types == ["ticket.called"] * 3
    calls_by_id = {headers["webhook-id"] for headers, _ in called.got}
    assert len(calls_by_id) == 3


def test_what_failed_is_tried_again_first_with_its_id_and_after_growing_pauses(webhooks, called, store, clock):
    told = webhooks(shop={})
    add(store)
    called.behave = status(500)
    pauses = []
    for _ in range(12):
        told.work()
        before = clock()
        pauses.append((told.all()[0].state.again_at - before).total_seconds())
        clock.move(seconds=pauses[-1] - 1)
        told.work()  # not yet
        clock.move(seconds=1)
    assert pauses == [10, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600]
    add(store, 2)
    called.behave = status(200)
    told.work()
    assert len(called.got) == 12 + 2
    assert len({headers["webhook-id"] for headers, _ in called.got[:13]}) == 1
    assert [data(called, place)["ticket"] for place in (-2, -1)] == [1, 2]
    state = told.all()[0].state
    assert (state.delivered, state.trouble, state.tries, state.again_at) == (2, "", 0, None)


def test_a_failure_in_the_middle_repeats_nothing_that_was_taken(webhooks, called, store, clock):
    told = webhooks(shop={})
    for number in (1, 2, 3, 4):
        add(store, number)

    def behave(sock, receiver):
        status(500 if len(receiver.got) == 3 else 200)(sock, receiver)

    called.behave = behave
    told.work()
    clock.move(seconds=10)
    told.work()
    assert [body["data"]["ticket"] for _, body in called.got] == [1, 2, 3, 3, 4]


def test_two_webhooks_go_at_their_own_pace(webhooks, called, store, clock):
    told = webhooks(shop={"url": f"{called.url}&fails", "events": ["noted"]}, chat={"events": ["asked"]})
    add(store)
    told.work()
    assert called.types == ["ticket.asked"]


def test_a_restart_goes_on_where_it_was(webhooks, called, store, clock):
    webhooks(shop={})
    add(store)
    clock.move(minutes=3)
    again = webhooks(shop={})
    again.work()
    assert called.types == ["ticket.asked"]


@pytest.mark.parametrize(("days", "told"), [(6, [1, 2]), (7, [2])])
def test_one_that_was_taken_out_begins_anew_after_a_week(webhooks, called, store, clock, days, told):
    webhooks(shop={})
    webhooks().start()  # a server without it
    add(store)
    clock.move(days=days)
    again = webhooks(shop={})
    add(store, 2)
    again.work()
    assert [body["data"]["ticket"] for _, body in called.got] == told
    clock.move(days=9)
    add(store, 3)
    webhooks(shop={})  # it isn't gone any more
    assert len(called.got) == len(told) + 1


def test_of_one_that_was_taken_out_nothing_is_left_after_a_week(webhooks, called, store, clock):
    webhooks(shop={})
    add(store)
    webhooks(shop={})
    for days, left in ((0, 2), (6, 2), (1, 0)):
        clock.move(days=days)
        webhooks().start()
        assert len([*store.papers("webhook:"), *store.papers("follows:webhook:")]) == left


def test_one_that_another_server_has_isnt_gone(webhooks, called, store, clock):
    there = webhooks(shop={})
    for number in (1, 2, 3):
        webhooks().start()
        there.work()
        clock.move(days=9)
        add(store, number)
    webhooks().start()
    webhooks(shop={})
    assert [body["data"]["ticket"] for _, body in called.got] == [1, 2, 3]


def test_a_clock_that_went_back_keeps_nothing_that_is_gone(webhooks, called, store, clock):
    webhooks(shop={})
    webhooks().start()
    clock.move(days=-400)
    webhooks().start()
    clock.move(days=7)
    webhooks().start()
    assert store.papers("follows:webhook:") == []


def test_what_cant_be_read_of_one_that_is_gone_keeps_no_server_from_starting(webhooks, store, caplog):
    store.change_paper("webhook:shop", lambda _: "what another version wrote")
    webhooks().start()
    assert "Webhooks that are gone can't be forgotten" in caplog.text


def test_a_place_that_was_taken_away_meanwhile_tells_nothing_of_long_ago(webhooks, called, store, clock):
    told = webhooks(shop={})
    add(store)
    told.work()
    store.change_paper("follows:webhook:shop", lambda _: "")
    told.work()
    add(store, 2)
    told.work()
    assert [body["data"]["ticket"] for _, body in called.got] == [1, 2]


@pytest.mark.parametrize("skip", [False, True])
def test_after_a_day_of_failing_it_is_off_until_it_is_switched_on(webhooks, called, store, clock, skip):
    told = webhooks(shop={})
    add(store)
    called.behave = status(503)
    began = clock()
    while not told.all()[0].state.off:
        assert clock() - began <= timedelta(hours=25)
        told.work()
        clock.move(minutes=10)
    assert clock() - began >= timedelta(days=1)
    assert told.is_any_off
    tried = len(called.got)
    assert [(event.who, event.what) for event in store.events(0)] == [("system", "webhook_off")]
    called.behave = status(200)
    add(store, 2)
    clock.move(days=3)
    told.work()
    assert len(called.got) == tried
    assert told.switch("shop", clock(), skip=skip)
    assert not told.is_any_off
    add(store, 3)
    told.work()
    assert [body["data"]["ticket"] for _, body in called.got[tried:]] == ([3] if skip else [1, 2, 3])
    assert [event.what for event in store.events(0)] == ["webhook_off", "webhook_on"]


def test_a_clock_that_jumped_and_a_machine_that_was_off_switch_nothing_off(webhooks, called, store, clock):
    told = webhooks(shop={})
    add(store)
    called.behave = status(503)
    for _ in range(LEAST_TRIES - 1):
        told.work()
        clock.move(days=2)
    assert (told.all()[0].state.off, told.all()[0].state.tries) == (False, LEAST_TRIES - 1)
    told.work()
    assert told.all()[0].state.off


def test_a_day_of_failing_has_room_for_more_tries_than_it_takes():
    tries, since_first = 1, timedelta()
    for pause in PAUSES:
        tries, since_first = tries + 1, since_first + pause
    tries += -((since_first - PATIENCE) // LAST_PAUSE)
    assert tries == 32
    assert tries - 8 >= LEAST_TRIES


def test_a_clock_that_went_back_makes_nobody_wait(webhooks, called, store, clock):
    told = webhooks(shop={})
    add(store)
    called.behave = status(500)
    told.work()
    called.behave = status(200)
    clock.move(days=-30)
    told.work()
    assert told.all()[0].state.delivered == 1


def test_a_test_is_about_nothing_and_changes_nothing(webhooks, called, store, clock):
    told = webhooks(shop={"events": []})
    assert told.test("shop").status == 204
    assert called.got[0][1] == {"type": "test", "timestamp": "2026-03-02T09:00:00Z", "data": {}}
    called.behave = status(404)
    assert (told.test("shop").trouble, told.test("shop").status) == ("answered", 404)
    assert told.all()[0].state.trouble == ""


def test_the_owner_switches_it_off(webhooks, called, store, clock):
    told = webhooks(shop={})
    assert told.switch("shop", clock(), off=True)
    assert not told.switch("shop", clock(), off=True)
    add(store)
    told.work()
    assert called.got == []
    told.switch("shop", clock())
    told.work()
    assert called.types == ["ticket.asked"]
    assert [event.who for event in store.events(0)] == ["owner", "owner"]


def test_the_body_is_json_with_a_time_in_utc(webhooks, called, store, clock):
    told = webhooks(shop={})
    add(store)
    told.work()
    body = json.loads(called.raw[0])
    assert sorted(body) == ["data", "timestamp", "type"]
    assert body["timestamp"].endswith("Z")
