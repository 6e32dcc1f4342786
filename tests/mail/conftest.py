"""A mail server beside each desk, which looks at its outbox often."""

from collections.abc import Iterator

import pytest

from tests.mail.postbox import Postbox, mailing, postbox
from ticket_api import app
from ticket_api.mail import outbox
from ticket_api.settings import Settings


@pytest.fixture
def box() -> Iterator[Postbox]:
    with postbox() as running:
        yield running


@pytest.fixture
def settings(settings: Settings, box: Postbox, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(outbox, "EVERY", 0.05)
    monkeypatch.setattr(app, "PARTING_SECONDS", 0.1)
    return mailing(settings, box)
