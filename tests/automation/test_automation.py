"""What goes by itself: after each event, at its time, across restarts, and by one server alone."""

from datetime import timedelta

import pytest

from tests.serving import until
from tests.store.asking import question
from ticket_api.automation import Automation, automation
from ticket_api.automation.agenda import Agenda
from ticket_api.automation.follower import Follower
from ticket_api.errors import Conflict, StoreUnavailable
from ticket_api.tickets.event import Act


class Noting:
    """A part that notes which tickets it looked at, and wants to see each again after a while."""

    def __init__(self, after: timedelta | None = None) -> None:
        self.seen, self.after = [], after

    def look(self, ticket, now):
        self.seen.append(ticket.id)
        return now + self.after if self.after else None


class Failing(Noting):
    def __init__(self, fault: Exception) -> None:
        super().__init__()
        self.fault = fault

    def look(self, ticket, now):
        super().look(ticket, now)
        raise self.fault


def add(store, number: int):
    return store.add_ticket(question(number, request=f"r{number}", link=f"l{number}", uid=f"{number:032x}"))


def test_tickets_are_looked_at_when_something_happens_and_when_their_time_has_come(store, clock):
    part = Noting(timedelta(hours=1))
    automation = Automation(store, [part], clock)
    add(store, 1)
    automation.work()
    assert part.seen == [1]  # it was there already
    add(store, 2)
    automation.work()
    assert part.seen == [1, 2]
    clock.move(minutes=59)
    automation.work()
    assert part.seen == [1, 2]
    clock.move(minutes=1)
    automation.work()
    assert part.seen == [1, 2, 1, 2]


@pytest.mark.parametrize("fault", [ValueError("a fault of ours"), Conflict("changed_meanwhile")], ids=repr)
def test_a_fault_in_one_part_costs_the_others_nothing(store, clock, caplog, fault):
    failing, part = Failing(fault), Noting()
    add(store, 1)
    Automation(store, [failing, part], clock).work()
    assert failing.seen == part.seen == [1]
    assert "Failing failed at ticket 1" in caplog.text


def test_what_a_failing_store_held_up_is_done_later(store, clock):
    class HeldUp(Noting):
        fails = True

        def look(self, ticket, now):
            if self.fails:
                raise StoreUnavailable("unavailable")
            return super().look(ticket, now)

    part = HeldUp()
    for number in (1, 2):
        add(store, number)
    automation = Automation(store, [part], clock)
    with pytest.raises(StoreUnavailable):
        automation.work()
    part.fails = False
    automation.work()
    assert part.seen == [1, 2]


def test_trouble_that_nobody_thought_of_doesnt_end_it_for_good(store, clock, caplog, monkeypatch):
    monkeypatch.setattr(automation, "PAUSE", 0.01)
    add(store, 1)
    store.change_paper("follows:automation", lambda _: "what another version wrote")
    part = Noting()
    running = Automation(store, [part], clock)
    running.start()
    until(lambda: "What goes by itself can't go on" in caplog.text)
    store.change_paper("follows:automation", lambda _: "")
    until(lambda: part.seen == [1])
    running.close()


def test_an_erased_ticket_is_left_alone(store, clock):
    part = Noting()
    automation = Automation(store, [part], clock)
    automation.work()
    add(store, 1)
    store.erase_tickets([1], Act("owner", "erased", clock()))
    automation.work()
    assert part.seen == []


def test_a_restart_goes_on_where_it_was(store, clock):
    first, second = Noting(), Noting()
    Automation(store, [first], clock).work()
    add(store, 1)
    store.change_ticket(1, lambda ticket: ticket, Act("owner", "noted", clock()))
    clock.move(minutes=3)  # the first one's lease ended with it
    again = Automation(store, [second], clock)
    again._filled = True
    again.work()
    assert second.seen == [1]


def test_one_of_two_servers_follows_and_the_other_takes_over(store, clock):
    got = {"one": [], "two": []}
    one = Follower(store, "test", lambda events, now: got["one"].extend(event.seq for event in events))
    two = Follower(store, "test", lambda events, now: got["two"].extend(event.seq for event in events))
    one.begin()
    two.begin()
    add(store, 1)
    assert one.follow(clock())
    add(store, 2)
    assert not two.follow(clock())
    assert one.follow(clock())
    add(store, 3)
    clock.move(minutes=3)
    assert two.follow(clock())
    assert not one.follow(clock())
    assert got == {"one": [1, 2], "two": [3]}


def test_what_failed_is_handed_out_again(store, clock):
    got = []

    def handle(events, now):
        got.append([event.seq for event in events])
        if len(got) == 1:
            raise StoreUnavailable("unavailable")

    follower = Follower(store, "test", handle)
    follower.begin()
    add(store, 1)
    with pytest.raises(StoreUnavailable):
        follower.follow(clock())
    follower.follow(clock())
    assert got == [[1], [1]]


def test_the_agenda_keeps_one_time_for_each_ticket(clock):
    agenda = Agenda()
    for ticket_id, minutes in ((1, 5), (2, 3), (1, 10), (3, 4)):
        agenda.put(ticket_id, clock() + timedelta(minutes=minutes))
    agenda.put(3, None)
    assert agenda.take(clock() + timedelta(minutes=5)) == [2]
    assert agenda.take(clock() + timedelta(minutes=10)) == [1]
    assert agenda.take(clock() + timedelta(days=1)) == []
