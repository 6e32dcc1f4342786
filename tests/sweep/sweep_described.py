"""Two thousand cases each of made-up and of real links."""

import pytest

from tests.described import check


@pytest.mark.parametrize("real", [False, True], ids=["made-up links", "a real link"])
def test_every_answer_is_as_described(unlimited, server, tmp_path, real):
    count = check(server.url, tmp_path, 300, real=real)
    print(f"schemathesis_cases_{'real' if real else 'made_up'}={count}")
    assert count >= 2000
