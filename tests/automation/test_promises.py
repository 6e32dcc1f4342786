"""The owner is warned of a promise before it is missed, and told when it is: once each, in one mail where it can be."""

from dataclasses import replace
from datetime import timedelta

import pytest
from msgspec import structs

from tests.automation.promising import parts_of
from tests.store.asking import question
from ticket_api.automation import Automation
from ticket_api.errors import Stop
from ticket_api.mail.notices import MOST, read
from ticket_api.outgoing import Outgoing
from ticket_api.priorities import priorities_of
from ticket_api.tickets import handling
from ticket_api.tickets import ticket as tickets
from ticket_api.tickets.event import Act
from ticket_api.tickets.priority import QUADRANTS

TABLE = {"first_response": dict.fromkeys(QUADRANTS, "4h"), "resolution": dict.fromkeys(QUADRANTS, "8h")}


@pytest.fixture
def settings(settings):
    return replace(settings, sections={"targets": TABLE})


@pytest.fixture
def automation(settings, store, clock):
    return Automation(store, parts_of(settings, store), clock)


def ask(store, clock, number=1):
    """A question that nobody has answered: Monday at nine, by default."""
    new = question(
        number,
        uid=f"{number:032x}",
        link=f"l{number}",
        request=f"r{number}",
        status="open",
        created_at=clock(),
        changed_at=clock(),
        first_reply_at=None,
        solved_at=None,
        solved_by="",
        messages=question(number).messages[:1],
    )
    return store.add_ticket(new).id


def told(store, ticket_id):
    return [event.what for event in store.events(ticket_id) if event.who == "system"]


def notices(store):
    return [
        [(each.ticket, each.kind, each.what) for each in read(mail.text).named]
        for mail in store.mails_of(0)
        if mail.kind == "notice"
    ]


def test_nothing_goes_by_itself_without_targets(settings, store):
    assert parts_of(replace(settings, sections={}), store) == []


def test_it_warns_and_then_tells_once_each(automation, store, clock):
    ticket = ask(store, clock)
    automation.work()
    clock.move(hours=2, minutes=59)
    automation.work()
    assert (told(store, ticket), notices(store)) == ([], [])
    clock.move(minutes=1)
    for _ in range(3):
        automation.work()
    assert told(store, ticket) == ["warned"]
    assert notices(store) == [[(ticket, "first_response", "near")]]
    clock.move(hours=1, minutes=1)
    for _ in range(3):
        automation.work()
    assert told(store, ticket) == ["warned", "missed"]
    assert notices(store) == [[(ticket, "first_response", "missed")]]
    stored = store.ticket(ticket)
    assert [each.name for each in stored.ran] == [
        "promise:first_response:near:2026-03-02T13:00Z",
        "promise:first_response:missed:2026-03-02T13:00Z",
    ]
    assert stored.changed_at == stored.created_at


def test_another_server_tells_nothing_twice(automation, settings, store, clock):
    ticket = ask(store, clock)
    clock.move(hours=3)
    automation.work()
    Automation(store, parts_of(settings, store), clock).work()
    assert told(store, ticket) == ["warned"]
    assert len(notices(store)[0]) == 1


def test_an_answer_in_time_ends_it_and_the_next_question_goes_on(automation, store, clock):
    ticket = ask(store, clock)
    automation.work()
    clock.move(hours=2)
    store.change_ticket(ticket, lambda each: tickets.reply(each, "Here.", clock()), Act("owner", "replied", clock()))
    clock.move(days=3)
    automation.work()
    assert told(store, ticket) == []
    store.change_ticket(ticket, lambda each: tickets.write(each, "No.", clock()), Act("requester", "wrote", clock()))
    automation.work()
    clock.move(hours=4)
    automation.work()
    assert told(store, ticket) == ["warned"]  # six hours of eight for the resolution
    assert notices(store) == [[(ticket, "resolution", "near")]]


def test_a_higher_priority_is_another_promise(settings, store, clock):
    sections = {"targets": {"first_response": {**dict.fromkeys(QUADRANTS, "2h"), "now": "1h"}}}
    automation = Automation(store, parts_of(replace(settings, sections=sections), store), clock)
    ticket = ask(store, clock)
    clock.move(hours=1, minutes=45)
    automation.work()
    assert told(store, ticket) == ["warned"]
    store.change_ticket(ticket, lambda each: structs.replace(each, priority=5), Act("owner", "prioritised", clock()))
    automation.work()
    assert told(store, ticket) == ["warned", "missed"]


def test_what_comes_together_is_one_mail(automation, store, clock):
    ids = [ask(store, clock, number) for number in range(1, MOST + 4)]
    clock.move(hours=3)
    automation.work()
    (mail,) = store.mails_of(0)
    found = read(mail.text)
    assert [each.ticket for each in found.named] == ids[:MOST]
    assert (found.more, len(found)) == (3, MOST + 3)
    assert (mail.to, mail.due_at) == ("help@larkbill.example", clock() + timedelta(seconds=30))


def test_a_mail_that_was_tried_takes_nothing_more(automation, store, clock):
    ticket = ask(store, clock)
    clock.move(hours=3)
    automation.work()
    (mail,) = store.mails_of(0)
    store.change_mail(mail.id, lambda each: structs.replace(each, attempts=1))
    store.change_ticket(ticket, lambda each: handling.note(each, "Hm.", clock()), Act("owner", "noted", clock()))
    automation.work()
    assert [len(each) for each in notices(store)] == [1]
    clock.move(hours=2)
    automation.work()
    assert [len(each) for each in notices(store)] == [1, 1]


def test_mail_can_be_switched_off(settings, store, clock):
    ticket = ask(store, clock)
    sections = {"targets": {**TABLE, "mail": False}}
    clock.move(hours=3)
    Automation(store, parts_of(replace(settings, sections=sections), store), clock).work()
    assert told(store, ticket) == ["warned"]
    assert store.mails_of(0) == []


def test_a_notice_of_what_was_answered_or_erased_meanwhile_is_not_sent(automation, settings, store, clock):
    first, second, third = (ask(store, clock, number) for number in (1, 2, 3))
    clock.move(hours=3)
    automation.work()
    store.change_ticket(first, lambda each: tickets.reply(each, "Here.", clock()), Act("owner", "replied", clock()))
    store.erase_tickets([second], Act("owner", "erased", clock()))
    clock.move(seconds=30)
    outgoing = Outgoing(store, settings, b"key")
    (letter,) = outgoing.take(clock(), 5)
    assert [each.ticket for each in letter.notices.named] == [third]
    assert [link.url for link in letter.links] == [f"http://127.0.0.1:8000/desk/tickets/{third}"]


def test_a_notice_of_nothing_is_taken_out(automation, settings, store, clock):
    ticket = ask(store, clock)
    clock.move(hours=3)
    automation.work()
    store.change_ticket(ticket, lambda each: tickets.close(each, clock()), Act("owner", "closed", clock()))
    clock.move(seconds=30)
    assert Outgoing(store, settings, b"key").take(clock(), 5) == []
    assert store.mails_of(0) == []


@pytest.mark.parametrize(
    ("sections", "sentence"),
    [
        (
            {"targets": {"first_response": {"now": "soon"}}},
            "helpleaf.toml: in targets.first_response: the target for now",
        ),
        ({"calendar": {"holidays": ["XX"]}}, "in calendar.holidays: the holidays of “XX” aren't known"),
        ({"calendar": {"holidays": ["DE-XX"]}}, "“DE-XX” names a part that isn't known. Of DE there are BB, BE"),
        ({"calendar": {"holidays": ["DE-"]}}, "“DE-” names a part"),
        ({"calendar": {"closed": ["2026-02-30"]}}, "in calendar.closed"),
        ({"calendar": {"closed": ["2026-12-24"], "open": ["2026-12-24"]}}, "2026-12-24 is closed and open"),
        ({"calendar": {"shut": []}}, "shut"),
    ],
)
def test_a_table_that_cannot_be_understood_stops_the_start(settings, store, sections, sentence):
    with pytest.raises(Stop) as stop:
        priorities_of(replace(settings, sections=sections), store)
    assert sentence in str(stop.value)
