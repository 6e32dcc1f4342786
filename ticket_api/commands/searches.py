"""The command that tells what visitors searched for in vain: searches."""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from ticket_api.archive.erase import SEARCH_DAYS
from ticket_api.archive.opening import opened
from ticket_api.errors import Stop
from ticket_api.searches import Count, Report, reports
from ticket_api.settings import Settings
from ticket_api.words import load

VERSION = 1
"""Of the JSON that is printed; changes when a script that reads it would have to."""


def add_commands(commands: Any) -> None:
    """Tell the parser of the command."""
    command = commands.add_parser("searches", help="tell what visitors searched for, and found or opened nothing")
    command.add_argument("--days", type=int, default=30, help="how many days back, today among them; 30 by default")
    command.add_argument("--limit", type=int, default=20, help="how many words of each kind, 20 by default")
    command.add_argument("--json", action="store_true", help="print one JSON object for scripts")
    command.add_argument("--data", help="the folder of tickets and secrets")
    command.set_defaults(command=searches)


def searches(settings: Settings, given: argparse.Namespace) -> None:
    """Tell which words found nothing, and after which nothing was opened, by language. Raises Stop."""
    if not 1 <= given.days <= SEARCH_DAYS:
        raise Stop(f"--days {given.days}: name a number of days between 1 and {SEARCH_DAYS}, as long as they are kept.")
    if given.limit < 1:
        raise Stop(f"--limit {given.limit}: name a number of words, 1 or more.")
    today = datetime.now(UTC).date()
    since = today - timedelta(days=given.days - 1)
    with opened(settings) as store, store.snapshot() as snapshot:
        found = reports((each for each in snapshot.searches() if since <= each.day <= today), given.limit)
    if given.json:
        _print_json(found, since, given.days)
    else:
        print("\n".join(_in_words(found, since, counts=settings.searches)))


def _print_json(found: Mapping[str, Report], since: date, days: int) -> None:
    whole = {"version": VERSION, "days": days, "since": since, "languages": found}
    print(json.dumps(msgspec.to_builtins(whole), indent=2))  # in ASCII, which every terminal and script can take


def _in_words(found: Mapping[str, Report], since: date, *, counts: bool) -> Iterator[str]:
    if not counts:
        yield "The setting searches is off: nothing is counted at the moment."
    if not found:
        yield f"Nothing was searched for since {since}."
    for lang, told in found.items():
        language = load("en")["language"].get(lang, lang)
        yield f"{language}: {told.searches:,} {'search' if told.searches == 1 else 'searches'} since {since}"
        yield from _most("found no article", told.without_result, told.searches, told.most_without_result)
        yield from _most("found some, and opened none", told.nothing_opened, told.searches, told.most_nothing_opened)
        yield ""
    if found:
        yield "That an article was opened doesn't say that it helped."


def _most(what: str, number: int, of: int, most: Sequence[Count]) -> Iterator[str]:
    """How many did that, and with which words. The number comes first, because Chinese is twice as wide."""
    yield f"\n  {number:,} ({100 * number // of} %) {what}"
    for each in most:
        yield f"  {each.times:7,}  {each.q}"
