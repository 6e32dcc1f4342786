"""Saved segments: those of helpleaf.toml, and those that were saved on the page, in one paper of the store."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

import msgspec
from msgspec import Struct

from ticket_api.errors import Broken, Conflict, Invalid, NotFound, Stop
from ticket_api.settings import Settings, section
from ticket_api.store import Store, at_once
from ticket_api.tickets.event import Act
from ticket_api.tickets.segments import MOST_SEGMENTS, NONE, check_name, mentions, named, read_segment
from ticket_api.words import say

PAPER = "segments"


class Saved(Struct, frozen=True):
    """Segments as they were saved on the page, each filter by its name. `version` counts the changes."""

    version: int = 0
    filters: dict[str, str] = {}


class Listed(Struct, frozen=True):
    """A segment as it stands above the list. `hidden`: one of the same name in helpleaf.toml counts instead.

    `number`: how many customers are in it, None where that wasn't counted.
    """

    name: str
    filter: str
    in_file: bool
    hidden: bool = False
    number: int | None = None


class Wish(NamedTuple):
    """A segment to be saved: the name and the filter as they were typed, and the version that the page was made of."""

    name: str
    filter: str
    version: int


class Segments:
    """The segments of one store. May be used by several threads."""

    def __init__(self, store: Store, of_file: Mapping[str, str] = NONE) -> None:
        self._store = store
        self.of_file = of_file

    def all(self) -> Mapping[str, str]:
        """All filters by name, that of helpleaf.toml where both have one. Raises StoreUnavailable."""
        return {**self._saved().filters, **self.of_file}

    def listed(self) -> tuple[int, list[Listed]]:
        """The version, and all segments: those of helpleaf.toml first, then by name. Raises StoreUnavailable."""
        saved = self._saved()
        own = sorted(saved.filters.items(), key=lambda pair: pair[0].casefold())
        return saved.version, [
            *(Listed(name, typed, in_file=True) for name, typed in self.of_file.items()),
            *(Listed(name, typed, in_file=False, hidden=name in self.of_file) for name, typed in own),
        ]

    def save(self, wish: Wish, now: datetime) -> None:
        """Save a filter under a name; the same again changes nothing.

        Raises Invalid for a filter that can't be understood or names itself, for a name that is taken, and for one
        segment too many; Conflict when others were saved meanwhile, and StoreUnavailable.
        """
        name, typed = (" ".join(text.split()) for text in wish[:2])

        def alter(saved: Saved) -> dict[str, str]:
            if saved.filters.get(name) == typed:
                return saved.filters
            self._check(name, typed, saved)
            _check_version(saved, wish.version)
            return {**saved.filters, name: typed}

        self._change(alter, now)

    def drop(self, name: str, version: int, now: datetime) -> None:
        """Remove a segment that was saved on the page.

        Raises NotFound, Invalid where another one names it, Conflict when others were saved meanwhile, and
        StoreUnavailable.
        """

        def alter(saved: Saved) -> dict[str, str]:
            if name not in saved.filters:
                raise NotFound("not_found")
            left = {each: typed for each, typed in saved.filters.items() if each != name}
            other = next((each for each, typed in left.items() if mentions(typed, name)), "")
            if other and name not in self.of_file:
                raise Invalid("segment_in_use", field="name", name=name, other=other)
            _check_version(saved, version)
            return left

        self._change(alter, now)

    def _check(self, name: str, typed: str, saved: Saved) -> None:
        check_name(name)
        taken = next((each for each in (*self.of_file, *saved.filters) if each.casefold() == name.casefold()), "")
        if taken:
            raise Invalid("segment_taken_file" if taken in self.of_file else "segment_taken", field="name", name=taken)
        if not typed:
            raise Invalid("empty_filter", field="q")
        read_segment(named(name), {**saved.filters, **self.of_file, name: typed})
        if len(saved.filters) >= MOST_SEGMENTS:
            raise Invalid("many_segments", field="name", limit=MOST_SEGMENTS)

    def _change(self, alter: Callable[[Saved], dict[str, str]], now: datetime) -> None:
        def job() -> None:
            saved = self._saved()
            filters = alter(saved)
            if filters != saved.filters:
                content = msgspec.json.encode(Saved(saved.version + 1, filters)).decode()
                self._store.change_paper(PAPER, lambda _: content)
                self._store.record(Act("owner", "segments_changed", now))

        at_once(self._store, job)

    def _saved(self) -> Saved:
        paper = self._store.paper(PAPER)
        try:
            return msgspec.json.decode(paper, type=Saved) if paper else Saved()
        except msgspec.DecodeError as error:
            raise Broken("damaged", table="papers", id=PAPER) from error


def _check_version(saved: Saved, version: int) -> None:
    if saved.version != version:
        raise Conflict("segments_meanwhile")


def segments_of(settings: Settings) -> Mapping[str, str]:
    """The filters of the table [segments], by name. Raises Stop for one that can't be understood."""
    found = section(settings, "segments", dict[str, str]) or {}
    for name in found:
        try:
            check_name(name)
            read_segment(named(name), found)
        except Invalid as error:
            told = say("en", f"errors.{error.code}", **error.values)
            raise Stop(f"{settings.file}: in segments.{name}: {told}") from error
    return found
