"""A sample of what `make sweep` runs in full."""

import pytest

from tests.described import check


@pytest.mark.parametrize("real", [False, True], ids=["made-up links", "a real link"])
def test_every_answer_is_as_described(unlimited, server, tmp_path, real):
    assert check(server.url, tmp_path, 15, real=real) > 100
    assert server.store.count_tickets()
