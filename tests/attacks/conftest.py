"""The application under other settings and other names, and the real browser."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from tests.browser.conftest import alice as desk
from tests.browser.conftest import browser, open_page
from tests.serving import SECRET
from ticket_api.app import create_app

__all__ = ["browser", "desk", "open_page"]  # fixtures


@pytest.fixture
def over(settings, store, index, clock) -> Iterator[Callable[..., TestClient]]:
    """A client of the application that reaches it under an address, with these settings."""
    with ExitStack() as running:

        def make(origin: str, /, **changes: object) -> TestClient:
            app = create_app(replace(settings, **changes), store, index, SECRET, clock)
            running.enter_context(TestClient(app, base_url=origin))
            return TestClient(app, base_url=origin, follow_redirects=False, headers={"origin": origin})

        yield make
