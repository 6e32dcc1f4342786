"""Searches: what of a visitor's words may be stored, and what the owner learns from it."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from msgspec import Struct

from ticket_api.store.records import Search

LONGEST = 200
"""Characters that are kept of a search."""
MOST_A_DAY = 1_000
"""Different searches that a day has room for: what anybody can send must not fill the disk."""

ADDRESS, NUMBER = "[email]", "[number]"
_AT = "[@＠]"
_ATOM = r"[A-Za-z0-9._%+'-]"
_HIDDEN = (
    # Plain letters first: in Chinese the words of the question stand close to the address.
    (re.compile(rf"(?<!{_ATOM}){_ATOM}+{_AT}[A-Za-z0-9.-]+"), ADDRESS),
    (re.compile(rf"(?<![^\s@＠])[^\s@＠]+{_AT}[^\s@＠]+"), ADDRESS),
    # People write the numbers of cards and telephones in groups.
    (re.compile(r"\d(?:[\s./()-]{0,2}\d){5,}"), NUMBER),
)


def search_of(q: str, lang: str, results: int, opened: str, day: date) -> Search | None:
    """What is stored of a search, or None for one without words. `opened` is an article's id or ""."""
    words = tidied(q)
    return Search(q=words, lang=lang, results=results, opened=opened, day=day) if words else None


def tidied(q: str) -> str:
    """The words of a search without addresses, long numbers and characters that nobody sees, cut at LONGEST."""
    seen = "".join(_seen(letter) for letter in q)
    for pattern, placeholder in _HIDDEN:
        seen = pattern.sub(placeholder, seen)
    return " ".join(seen.split())[:LONGEST].rstrip()


def _seen(letter: str) -> str:
    """White space as a space; controls, marks that only direct the writing and halves of letters not at all."""
    if letter.isspace():
        return " "
    return "" if unicodedata.category(letter) in ("Cc", "Cf", "Cn", "Co", "Cs") else letter


class Count(Struct, frozen=True):
    """How often the same words were searched for, whatever their case."""

    q: str
    times: int


class Report(Struct, frozen=True):
    """What was searched for in one language: how often in all, how often no article was found, and how often articles
    were found and none was opened; and the words of both, the most frequent first.

    That one was opened doesn't say that it helped, so nothing here is called solved.
    """

    searches: int
    without_result: int
    nothing_opened: int
    most_without_result: Sequence[Count]
    most_nothing_opened: Sequence[Count]


def reports(found: Iterable[Search], most: int) -> dict[str, Report]:
    """What is to be learned of searches, by language; at most so many words of each kind."""
    by_language: dict[str, list[Search]] = {}
    for search in found:
        by_language.setdefault(search.lang, []).append(search)
    return {lang: _report(by_language[lang], most) for lang in sorted(by_language)}


def _report(found: Sequence[Search], most: int) -> Report:
    unopened = [search for search in found if not search.opened]
    failed = _counted(search for search in unopened if not search.results)
    passed_by = _counted(search for search in unopened if search.results)
    return Report(
        searches=sum(search.count for search in found),
        without_result=sum(each.times for each in failed),
        nothing_opened=sum(each.times for each in passed_by),
        most_without_result=failed[:most],
        most_nothing_opened=passed_by[:most],
    )


def _counted(found: Iterable[Search]) -> list[Count]:
    """The words with how often they were searched for, written as most often; the most frequent first."""
    written: dict[str, Counter[str]] = {}
    for search in found:
        written.setdefault(search.q.casefold(), Counter())[search.q] += search.count
    counts = [Count(max(sorted(ways), key=ways.__getitem__), ways.total()) for ways in written.values()]
    return sorted(counts, key=lambda each: (-each.times, each.q))
