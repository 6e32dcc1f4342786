"""The command that tries the rules on stored tickets and changes nothing: rules test."""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from ticket_api.archive.opening import opened
from ticket_api.commands.columns import in_one_line
from ticket_api.errors import Stop
from ticket_api.knowledge.folder import read_index
from ticket_api.rules import Rules, fault_said, known_of
from ticket_api.rules.newest import newest
from ticket_api.rules.trial import trial
from ticket_api.settings import Settings
from ticket_api.store import Store
from ticket_api.terminal import Progress, counted
from ticket_api.tickets.rule import Rule
from ticket_api.tickets.rules import Held
from ticket_api.tickets.ticket import Ticket

LAST = 1000
WIDEST = 28
"""Characters of a rule's name in the table."""


def add_commands(commands: Any) -> None:
    """Tell the parser of the command."""
    command = commands.add_parser("rules", help="try the rules on stored tickets; nothing is changed")
    parts = command.add_subparsers(required=True, metavar="WHAT")
    test = parts.add_parser("test", help="show what each rule would have done to the last tickets, and why")
    test.add_argument("--last", type=int, default=LAST, help=f"how many tickets, the newest; {LAST} by default")
    test.add_argument("--rule", help="only the rule with this name")
    test.add_argument("--data", help="the folder of tickets and secrets")
    test.set_defaults(command=try_rules)


def try_rules(settings: Settings, given: argparse.Namespace) -> None:
    """Show what each rule would have done to the last tickets. Raises Stop."""
    if given.last < 1:
        raise Stop(f"--last {given.last}: name a number of tickets, 1 or more.")
    with opened(settings) as store:
        book = Rules(store, settings, known=lambda: known_of(settings, _articles(settings)))
        rules = _chosen(book, given.rule)
        book.require_right()
        for wrong in book.wrongs():
            print(f"Note: {fault_said(wrong, 'en')}")
        _test(store, book, rules, given.last)


def _articles(settings: Settings) -> Sequence[str]:
    """The ids of the articles that were built; none before the first build."""
    return sorted(read_index(settings.index_path).ids) if settings.index_path.exists() else ()


def _chosen(book: Rules, name: str | None) -> list[Rule]:
    """The rules to be tried: all, or the one with this name, as if it were on. Raises Stop."""
    rules = [replace(each.rule, on=each.on) for each in book.present().listed]
    if not rules:
        raise Stop("There are no rules yet. Write some into helpleaf.toml as [[rules]], or make them at the desk.")
    if name is None:
        return rules
    found = [replace(each, on=True) for each in rules if each.name == name]
    if not found:
        raise Stop(f'--rule "{name}": there is none of this name. There are {", ".join(each.name for each in rules)}.')
    return found


def _test(store: Store, book: Rules, rules: Sequence[Rule], last: int) -> None:
    now, hold = datetime.now(UTC), trial(rules, book)
    total = min(last, sum(store.count_tickets().values()))
    progress = Progress("Trying", "tickets", sys.stderr)
    times, touched = dict.fromkeys((each.name for each in rules), 0), 0
    for done, ticket in enumerate(newest(store, total), 1):
        held = hold(ticket, now)
        for each in held:
            times[each.rule.name] += 1
            print(_line(ticket, each))
        touched += bool(held)
        progress(done, total)
    print(f"\nOf {counted(total, 'ticket')}, rules hold of {touched:,}. Nothing was changed.")
    for rule in rules:
        print(f"{times[rule.name]:7,}  {_short(rule.name)}{'' if rule.on else '  (switched off)'}")


def _line(ticket: Ticket, held: Held) -> str:
    """A row of the table: the ticket, the rule, what it would have done, and why."""
    then = ", ".join(f"{name} {_said(value)}".strip() for name, value in held.rule.then.given().items())
    why = in_one_line(", ".join(f"{name} {value}" for name, value in held.why)) or "every ticket"
    return f"#{ticket.id:<7} {_short(held.rule.name):{WIDEST}} {then}  [{why}]"


def _short(name: str) -> str:
    return name if len(name) <= WIDEST else f"{name[: WIDEST - 1]}…"


def _said(value: object) -> str:
    if value is True:
        return ""
    if isinstance(value, dict):
        return ", ".join(map(str, value.values()))
    text = " ".join(str(value).split())
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"
