"""Whatever is done to a store in whatever order, it answers as a plain dictionary would."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from msgspec.structs import replace

from tests.store.asking import NOON, mail, question
from ticket_api.errors import HelpleafError, NotFound
from ticket_api.mailbox import address_key
from ticket_api.store import open_store
from ticket_api.store.records import Feedback, Paper, Search, Session
from ticket_api.tickets import ticket as tickets
from ticket_api.tickets.event import Act, verify
from ticket_api.tickets.ticket import MOVES

ADDRESSES = ("", "bob@customer.example", " Bob@Customer.example", "小明@客户.example", "mallory@x.example")
CHANGES = {
    "sent": lambda ticket: tickets.send(ticket, NOON),
    "solved": lambda ticket: tickets.solve(ticket, "billing/refunds", NOON),
    "undone": lambda ticket: tickets.undo(ticket, NOON),
    "wrote": lambda ticket: tickets.write(ticket, "Again\n再来 😀", NOON),
    "replied": lambda ticket: tickets.reply(ticket, "é" * 5000, NOON),
    "closed": lambda ticket: tickets.close(ticket, NOON),
    "reopened": lambda ticket: tickets.reopen(ticket, NOON),
    "opened": lambda ticket: replace(ticket, email="", lang="en"),
    "moved": lambda ticket: replace(ticket, email="mallory@x.example"),
}
WHO = {"replied": "owner", "closed": "owner", "reopened": "owner", "opened": "system", "moved": "owner"}
STATES = ("waiting", "sending", "sent", "failed")
IDS = st.integers(0, 12)


class Model:
    """What a store is to answer, in dictionaries."""

    def __init__(self):
        self.tickets, self.events, self.feedback, self.searches, self.sessions, self.given = {}, [], [], {}, {}, 0
        self.mails, self.papers, self.sent = {}, {}, 0

    def add(self, ticket):
        known = [each for each in self.tickets.values() if ticket.request and each.request == ticket.request]
        if known:
            return known[0]
        self.given += 1
        stored = replace(ticket, id=self.given, requester=self.requester(ticket.email) or ticket.requester)
        self.tickets[stored.id] = stored
        self.events.append((stored.id, stored.requester, "asked", stored.status))
        return stored

    def requester(self, email):
        key = address_key(email)
        same = [each for _, each in sorted(self.tickets.items()) if key and address_key(each.email) == key]
        return same[0].requester if same else ""

    def change(self, ticket_id, name, ours):
        """`ours` tells the random id that somebody new was given."""
        if ticket_id not in self.tickets:
            raise NotFound("not_found")
        before = self.tickets[ticket_id]
        after = CHANGES[name](before)
        if after == before:
            return before
        requester = before.requester
        if address_key(after.email) != address_key(before.email):
            requester = self.requester(after.email) or ours.requester
            assert requester != before.requester
        after = replace(after, version=before.version + 1, requester=requester)
        self.tickets[ticket_id] = after
        self.events.append((ticket_id, WHO.get(name, after.requester), name, after.status))
        return after

    def erase(self, ids):
        there = [each for each in dict.fromkeys(ids) if each in self.tickets]
        for each in there:
            self.events.append((each, "owner", "erased", self.tickets.pop(each).status))
            self.mails = {key: mail for key, mail in self.mails.items() if mail.ticket != each}
            self.papers.pop(f"draft:{each}", None)
        return there


def outcome(do):
    """What a call returns, or the code of its refusal."""
    try:
        return do()
    except HelpleafError as refusal:
        return refusal.code


class Machine(RuleBasedStateMachine):
    url = ""

    def __init__(self):
        super().__init__()
        self.store = open_store(self.url)
        self.model = Model()

    def teardown(self):
        self.store.verify()
        self.store.close()

    @rule(number=st.integers(1, 30), address=st.sampled_from(ADDRESSES), status=st.sampled_from(sorted(MOVES)))
    def add(self, number, address, status):
        ticket = question(number, email=address, status=status, requester=f"requester-{number}")
        assert self.store.add_ticket(ticket) == self.model.add(ticket)

    @rule(ticket_id=IDS, name=st.sampled_from(sorted(CHANGES)))
    def change(self, ticket_id, name):
        act = Act(WHO.get(name, "requester"), name, NOON)
        ours = outcome(lambda: self.store.change_ticket(ticket_id, CHANGES[name], act))
        assert ours == outcome(lambda: self.model.change(ticket_id, name, ours))

    @rule(ids=st.lists(IDS, max_size=3))
    def erase(self, ids):
        assert self.store.erase_tickets(ids, Act("owner", "erased", NOON)) == self.model.erase(ids)

    @rule(numbers=st.lists(st.integers(31, 60), min_size=1, max_size=4), failing=st.integers(0, 4))
    def together(self, numbers, failing):
        def job(place, number):
            stored = self.store.add_ticket(question(number, request="", requester=f"requester-{number}"))
            if place == failing:
                raise NotFound("unknown_link")
            return stored

        outcomes = self.store.together([lambda each=each: job(*each) for each in enumerate(numbers)])
        for place, (number, found) in enumerate(zip(numbers, outcomes, strict=True)):
            if place == failing:
                assert isinstance(found, NotFound)
            else:
                assert found == self.model.add(question(number, request="", requester=f"requester-{number}"))

    @rule(article=st.sampled_from(["a/b", "a/c"]), helpful=st.booleans())
    def vote(self, article, helpful):
        given = Feedback(article=article, lang="zh", helpful=helpful, comment="没用", at=NOON)
        self.store.add_feedback(given)
        self.model.feedback.append(replace(given, id=len(self.model.feedback) + 1))

    @rule(q=st.sampled_from(["a", "b", "退款"]), day=st.integers(1, 3))
    def search(self, q, day):
        given = Search(q=q, lang="zh", results=1, day=date(2026, 3, day))
        self.store.add_search(given, most=2)
        known = self.model.searches.get(given.id)
        if known or sum(each.day == given.day for each in self.model.searches.values()) < 2:
            self.model.searches[given.id] = replace(given, count=known.count + 1 if known else 1)

    @rule(day=st.integers(1, 4))
    def forget_searches(self, day):
        self.store.drop_searches(before=date(2026, 3, day))
        kept = {key: each for key, each in self.model.searches.items() if each.day >= date(2026, 3, day)}
        self.model.searches = kept

    @rule(name=st.sampled_from("abc"), account=st.sampled_from("xy"))
    def sign_in(self, name, account):
        session = Session(name, account, NOON, NOON)
        self.store.put_session(session)
        self.model.sessions[name] = session

    @rule(name=st.sampled_from("abc"))
    def sign_out(self, name):
        self.store.drop_sessions(session_id=name)
        self.model.sessions.pop(name, None)

    @rule(ticket=IDS, state=st.sampled_from(STATES), error=st.sampled_from(["", "refused"]), due=st.integers(0, 3))
    def mail(self, ticket, state, error, due):
        given = mail(due, ticket=ticket, state=state, error=error)
        self.model.sent += 1
        self.model.mails[self.model.sent] = stored = replace(given, id=self.model.sent)
        assert self.store.add_mail(given) == stored

    @rule(mail_id=IDS, state=st.sampled_from(STATES), due=st.integers(0, 3))
    def post(self, mail_id, state, due):
        """Those that were sent are taken out, at times."""

        def change(each):
            return None if each.state == state == "sent" else replace(each, state=state, due_at=mail(due).due_at)

        found = outcome(lambda: self.store.change_mail(mail_id, change))
        if mail_id not in self.model.mails:
            assert found == "not_found"
        elif (after := change(self.model.mails.pop(mail_id))) == found and after:
            self.model.mails[mail_id] = after
        else:
            assert found is after is None

    @rule(name=st.sampled_from(["draft:1", "draft:2", "other"]), more=st.sampled_from(["", "草稿"]))
    def draft(self, name, more):
        self.model.papers[name] = (self.model.papers.get(name, "") + more) if more else ""
        content = self.store.change_paper(name, lambda before: before + more if more else "")
        assert content == self.model.papers[name]
        self.model.papers = {name: content for name, content in self.model.papers.items() if content}

    @rule()
    def sign_in_is_recorded(self):
        self.store.record(Act("owner", "signed_in", NOON))
        self.model.events.append((0, "owner", "signed_in", ""))

    @rule()
    def open_again(self):
        self.store.close()
        self.store = open_store(self.url)

    @rule()
    def scrub(self):
        self.store.scrub()

    @rule(
        statuses=st.lists(st.sampled_from(sorted(MOVES)), max_size=4),
        limit=st.integers(0, 5),
        after=IDS,
        newest_first=st.booleans(),
    )
    def page(self, statuses, limit, after, newest_first):
        found = [each for each in self.model.tickets.values() if each.status in statuses]
        found.sort(key=lambda ticket: ticket.id, reverse=newest_first)
        beyond = [each for each in found if not after or (each.id < after if newest_first else each.id > after)]
        page = self.store.tickets(statuses, limit=limit, after=after, newest_first=newest_first)
        assert page == beyond[:limit]

    @rule(address=st.sampled_from(ADDRESSES[1:]))
    def tickets_of(self, address):
        key = address_key(address)
        wanted = [each for _, each in sorted(self.model.tickets.items()) if address_key(each.email) == key]
        assert self.store.tickets_of(address) == wanted

    @invariant()
    def everything_is_the_same(self):
        model = self.model
        with self.store.snapshot() as snapshot:
            assert list(snapshot.tickets()) == [ticket for _, ticket in sorted(model.tickets.items())]
            events = list(snapshot.events())
            assert list(snapshot.feedback()) == model.feedback
            assert list(snapshot.searches()) == [search for _, search in sorted(model.searches.items())]
            assert list(snapshot.sessions()) == [session for _, session in sorted(model.sessions.items())]
            assert list(snapshot.mails()) == [mail for _, mail in sorted(model.mails.items())]
            assert list(snapshot.papers()) == [Paper(*paper) for paper in sorted(model.papers.items())]
        self.mails_are_found(model)
        assert [(each.ticket, each.who, each.what, each.status) for each in events] == model.events
        verify(events)
        assert self.store.count_tickets() == Counter(ticket.status for ticket in model.tickets.values())
        for ticket in model.tickets.values():
            assert self.store.ticket(ticket.id) == ticket
            assert self.store.ticket_by_request(ticket.request) == (ticket if ticket.request else None)
        for ticket_id in range(14):
            wanted = [each for each in events if each.ticket == ticket_id]
            assert self.store.events(ticket_id) == wanted

    def mails_are_found(self, model):
        mails = sorted(model.mails.values(), key=lambda mail: (mail.due_at, mail.id))
        now = mail(2).due_at
        assert self.store.mails_due(now, limit=99) == [each for each in mails if each.pending and each.due_at <= now]
        troubled = [each.id for each in mails if each.troubled]
        assert [each.id for each in self.store.mails_failed(limit=99)] == sorted(troubled, reverse=True)
        assert self.store.mails_of(1) == sorted((each for each in mails if each.ticket == 1), key=lambda mail: mail.id)


@pytest.mark.parametrize("kind", ["tinydb", "postgres"])
def test_a_store_answers_as_a_dictionary_would(kind, tmp_path, request):
    """Each run begins with a new store."""
    runs = iter(range(10**6))
    postgres = request.getfixturevalue("postgres") if kind == "postgres" else None

    class Fresh(Machine):
        def __init__(self):
            self.url = postgres.new_database() if postgres else str(tmp_path / str(next(runs)) / "tickets.db")
            super().__init__()

        def teardown(self):
            super().teardown()
            if postgres:
                postgres.drop_database(self.url)

    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        Fresh, settings=settings(max_examples=30, stateful_step_count=25, deadline=None, suppress_health_check=checks)
    )
