"""Hooks and webhooks over a real store."""

from dataclasses import replace

import pytest

from tests.channels.receiver import Receiver, receiver
from tests.serving import SECRET
from ticket_api.calling import Caller
from ticket_api.channels import webhooks_of
from ticket_api.webhooks import Webhooks

KEY = "a key that both of them know"


@pytest.fixture
def called():
    with receiver() as there:
        yield there


@pytest.fixture
def webhooks(store, settings, clock, called: Receiver):
    """Webhooks with these settings, which call `called`; by their names."""

    def make(caller: Caller | None = None, **tables: dict) -> Webhooks:
        defaults = {"url": called.url, "inside": True}
        listed = [{"name": name, **defaults, **table} for name, table in tables.items()]
        signing = {f"webhook:{name}": KEY for name in tables}
        own = replace(settings, sections={"webhooks": listed}, signing=signing)
        made = Webhooks(store, webhooks_of(own), SECRET, clock, caller)
        made.work()  # from now on
        return made

    return make
