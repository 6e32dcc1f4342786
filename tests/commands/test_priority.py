"""Weights that agree with what the owner said of priorities: fitted, proposed, and nothing changed."""

from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from tests.commands.test_cli import desk, run
from tests.store.asking import question
from ticket_api.store import open_store
from ticket_api.tickets.fitting import agreement, fit
from ticket_api.tickets.priority import PARTS, Weights
from ticket_api.tickets.ticket import Correction

__all__ = ["desk"]  # fixture

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
WORLDS = (
    (("plan", 2.0),),
    (("words", 2.0),),
    (("plan", -2.0), ("words", 2.0)),
    (("target", 2.0),),
    (),
    (("plan", 1.0), ("target", 1.0)),
    (("words", -1.0),),
)


EXACT = ((("plan", 1.0),), (("plan", -1.0),), (("plan", 1.0), ("words", 2.0)))
"""By the weights that are there without any, these have whole priorities."""


def said(number: int, weights: Weights, worlds=WORLDS) -> Correction:
    """What an owner says who weighs so, rounded to a priority: of each world in turn."""
    parts = worlds[number % len(worlds)]
    points = sum(getattr(weights, name) * value / 2 for name, value in parts)
    return Correction(round(min(max(2.5 + points, 1), 5)), parts, NOW + timedelta(days=number))


def corrections(count: int, **weights: float) -> list[Correction]:
    return [said(number, Weights(**weights)) for number in range(count)]


def test_weights_come_near_to_those_that_the_owner_goes_by():
    found = fit(corrections(60, plan=2.5, words=0, target=1), Weights())
    share = found.weights.importance / (found.weights.importance + found.weights.urgency)
    assert found.weights.plan * share > 0.8  # 0.5 in force, and 1.25 by the owner
    assert found.weights.words * (1 - share) < 0.2
    assert found.weights.value == Weights().value  # nothing was said of it
    assert found.after.difference <= found.tested.difference < found.before.difference


def test_the_least_squares_are_where_no_other_weight_does_better():
    """Held against trying: moving any weight by a little makes the sum, with its ridge, no less."""
    given, present = corrections(40, plan=1.7, words=0.3), Weights()

    def loss(weights: Weights) -> float:
        a, b = weights.importance, weights.urgency
        shares = {name: (a if name in ("plan", "value", "category") else b) / (a + b) for name in PARTS}
        usual = (3 * a + 2 * b) / (a + b)
        off = [
            each.priority - usual - sum(getattr(weights, name) * points * shares[name] for name, points in each.parts)
            for each in given
        ]
        return sum(each**2 for each in off) + sum((getattr(weights, n) - getattr(present, n)) ** 2 for n in PARTS)

    best = fit(given, present).weights
    for name in PARTS:
        for step in (-0.02, 0.02):
            value = getattr(best, name) + step
            if value >= 0:
                assert loss(replace(best, **{name: value})) > loss(best) - 1e-9


def test_no_weight_is_below_zero():
    against = [Correction(1, (("words", 2.0),), NOW)] * 30
    assert fit(against, Weights()).weights.words == 0


def test_agreement_is_a_difference_and_a_share():
    given = [Correction(5, (("plan", 2.0), ("words", 2.0)), NOW), Correction(4, (), NOW)]
    found = agreement(given, lambda _: Weights())
    assert (found.difference, found.same) == ((0.5 + 1.5) / 2, 0.5)


@pytest.fixture
def corrected(desk):
    """A desk of so many tickets, all corrected by an owner who weighs so."""

    def made(count: int, worlds=WORLDS, **weights: float):
        with closing(open_store(str(desk / "data" / "tickets.db"))) as store:
            for number in range(count):
                word = said(number, Weights(**weights), worlds)
                store.add_ticket(question(number, corrected=word, priority=3, request=f"r{number}"))
        return desk

    return made


def test_it_proposes_lines_to_paste_and_changes_nothing(corrected):
    folder = corrected(40, plan=2.5, words=0)
    (folder / "helpleaf.toml").write_text("[priority]\nvalue = 0.7\n")
    done = run(folder, "priority", "fit")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "40 tickets have a priority of yours, given from 2026-03-02 to 2026-04-10."
    assert [line.split("  ")[0] for line in lines[3:6]] == [
        "weights in force",
        "proposed",
        "proposed, on tickets they weren't made of",
    ]
    pasted = lines[lines.index("[priority]") :]
    (folder / "helpleaf.toml").write_text("\n".join(pasted))
    assert "value = 0.7" in pasted
    assert any(line.startswith("words = 0") and "# now 1" in line for line in pasted)
    again = run(folder, "priority", "fit").stdout.splitlines()
    assert again[3].split()[-2:] == lines[4].split()[-2:]  # what is pasted agrees as was told
    with closing(open_store(str(folder / "data" / "tickets.db"))) as store:
        assert {ticket.priority for ticket in store.tickets(("offered",), limit=99)} == {3}


def test_too_few_corrections_are_told(corrected):
    told = run(corrected(9), "priority", "fit").stdout
    assert told.startswith("9 tickets have a priority of yours")
    assert "too few to propose other weights; 10 are enough" in told
    assert "[priority]" not in told


def test_weights_that_are_right_are_kept(corrected):
    told = run(corrected(40, EXACT), "priority", "fit").stdout
    assert "keep those in force" in told


def test_no_corrections_and_no_desk(desk):
    open_store(str(desk / "data" / "tickets.db")).close()
    assert "nothing to learn from" in run(desk, "priority", "fit").stdout
    assert "There is no desk in nowhere" in run(desk, "priority", "fit", "--data", "nowhere").stderr
