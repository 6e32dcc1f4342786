"""The command that proposes weights of priorities from the owner's corrections: priority fit."""

import argparse
from collections.abc import Iterator, Sequence
from typing import Any

from ticket_api.archive.opening import opened
from ticket_api.priorities import scale_of
from ticket_api.settings import Settings
from ticket_api.tickets.fitting import ENOUGH, Agreement, Fit, agreement, fit
from ticket_api.tickets.priority import PARTS, Weights
from ticket_api.tickets.ticket import Correction


def add_commands(commands: Any) -> None:
    """Tell the parser of the command."""
    command = commands.add_parser("priority", help="propose weights of priorities from what you said of tickets")
    actions = command.add_subparsers(required=True, metavar="ACTION")
    fitting = actions.add_parser("fit", help="print weights that agree better with your corrections; changes nothing")
    fitting.add_argument("--data", help="the folder of tickets and secrets")
    fitting.set_defaults(command=fit_weights)


def fit_weights(settings: Settings, _: argparse.Namespace) -> None:
    """Print how well the weights in force agree with the owner's corrections, and which agree better. Raises Stop."""
    weights = scale_of(settings).weights
    with opened(settings) as store, store.snapshot() as snapshot:
        found = [ticket.corrected for ticket in snapshot.tickets() if ticket.corrected]
    corrections = sorted(found, key=lambda each: each.at)
    print("\n".join(_in_words(corrections, weights)))


def _in_words(corrections: Sequence[Correction], weights: Weights) -> Iterator[str]:
    number = len(corrections)
    if not number:
        yield "You have given no ticket another priority yet, so there is nothing to learn from."
        return
    first, last = corrections[0].at.date(), corrections[-1].at.date()
    said = "1 ticket has" if number == 1 else f"{number:,} tickets have"
    yield f"{said} a priority of yours, given from {first} to {last}.\n"
    if number < ENOUGH:
        yield from _table([("weights in force", agreement(corrections, lambda _: weights))])
        yield f"\nThat is too few to propose other weights; {ENOUGH} are enough."
        return
    yield from _proposal(fit(corrections, weights), weights)


def _proposal(found: Fit, weights: Weights) -> Iterator[str]:
    named = [("weights in force", found.before), ("proposed", found.after)]
    yield from _table([*named, ("proposed, on tickets they weren't made of", found.tested)])
    if found.weights == weights or found.tested.difference >= found.before.difference:
        yield "\nOther weights wouldn't agree better with tickets to come: keep those in force."
        return
    yield "\nNothing was changed. To weigh so, put these lines into helpleaf.toml in place of those with the same names"
    yield "and start the server anew:\n\n[priority]"
    for name in ("importance", "urgency", *PARTS):
        value, present = getattr(found.weights, name), getattr(weights, name)
        yield f"{name} = {value:g}" + (f"  # now {present:g}" if value != present else "")


def _table(rows: Sequence[tuple[str, Agreement]]) -> Iterator[str]:
    wide = max(len(name) for name, _ in rows)
    yield f"{'':{wide}}  difference  same quadrant"
    for name, found in rows:
        yield f"{name:{wide}}  {found.difference:10.2f}  {found.same:11.0%}"
