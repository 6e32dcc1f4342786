"""Ten bugs and more, planted into the store one at a time: the tests catch each."""

from tests.faults.seeded import BUGS, caught, failing


def test_the_tests_catch_every_seeded_bug():
    assert failing("") == []
    found = caught()
    for name, tests in found.items():
        print(f"{BUGS[name].told}: {', '.join(tests) or 'NOT CAUGHT'}")
    print(f"seeded_bugs={len(found)} caught={sum(map(bool, found.values()))}")
    assert len(found) >= 10
    assert all(found.values())
