"""A1 with its full list: each of more than 300 payloads in every field."""

from tests.attacks.conftest import browser, desk, open_page
from tests.attacks.payloads import PAYLOADS
from tests.attacks.test_a01_script import look
from tests.attacks.written import fill_in, server, work

__all__ = ["browser", "desk", "open_page", "server"]  # fixtures
TOGETHER = 50


def test_nothing_runs_on_any_page(desk, server, clock):
    found = []
    for start in range(0, len(PAYLOADS), TOGETHER):
        payloads = PAYLOADS[start : start + TOGETHER]
        first = fill_in(server, payloads)
        work(server, desk, payloads)
        clock.move(minutes=1)
        found += look(desk, server, first["link"])
    print(f"payloads={len(PAYLOADS)} found={len(found)}")
    assert found == []
