"""Several servers on one PostgreSQL share the work, and count together."""

from contextlib import ExitStack, closing

import pytest
from starlette.testclient import TestClient

from tests.conftest import ORIGIN, SECRET
from tests.flows.asking import UNKNOWN, ask
from tests.mail.postbox import until
from tests.store.postgres import postgres, postgres_url
from ticket_api.app import create_app
from ticket_api.store import open_store

__all__ = ["postgres", "postgres_url"]  # fixtures


@pytest.fixture
def servers(settings, index, clock, postgres_url):
    """Two servers, each with connections of its own, and a third store to look in."""
    with ExitStack() as stack:
        stores = [stack.enter_context(closing(open_store(postgres_url))) for _ in range(3)]
        apps = [create_app(settings, each, index, SECRET, clock) for each in stores[:2]]
        yield *(stack.enter_context(TestClient(app, ORIGIN)) for app in apps), stores[2]


def test_each_mail_is_sent_by_one_of_them(servers, box):
    *clients, store = servers
    tickets = [ask(clients[number % 2], UNKNOWN, email=f"bob{number}@example.org") for number in range(12)]
    until(lambda: all(store.mails_of(each["id"])[0].state == "sent" for each in tickets))
    assert sorted(to for each in box.envelopes for to in each.rcpt_tos) == sorted(
        f"bob{number}@example.org" for number in range(12)
    )


def test_they_count_together(servers, box):
    *clients, store = servers
    tickets = [ask(clients[number % 2], UNKNOWN, email="bob@example.org") for number in range(6)]
    assert [len(store.mails_of(each["id"])) for each in tickets] == [1, 0, 0, 0, 0, 0]
