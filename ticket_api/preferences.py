"""Preferences: what an owner changes often, kept with the tickets; all else stands in helpleaf.toml."""

import hashlib
import re
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from time import monotonic
from typing import Annotated

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from ticket_api.errors import Broken, Conflict, Invalid, NotFound, StoreUnavailable
from ticket_api.keys import fingerprint
from ticket_api.store import Store
from ticket_api.tickets.event import Act
from ticket_api.tickets.hours import Opening

NAME = "preferences"
LOGO = "logo"
"""The names of the papers."""
FRESH_SECONDS = 5.0
VARIABLES = ("name", "article", "number", "company")
"""What a saved reply may hold in braces."""
MOST_REPLIES = 200
LONGEST_TITLE = 100
LONGEST_REPLY = 10_000
MOST_HOURS = 1000.0
LARGEST_LOGO = 100_000
"""In bytes."""

_MAGIC = {
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
}

_VARIABLE = re.compile(r"(?P<space> *)\{(?P<name>" + "|".join(VARIABLES) + r")\}")
_LEFT_OVER = re.compile(r"^[ ,，、:：]+")

WORKING_WEEK = tuple(Opening(day, 9 * 60, 17 * 60) for day in range(5))
"""Monday to Friday, 9:00 to 17:00."""


class SavedReply(Struct, frozen=True, forbid_unknown_fields=True):
    """A reply that is written again and again. `text` is Markdown, in which `fill` puts in the variables."""

    title: Annotated[str, Meta(min_length=1, max_length=LONGEST_TITLE)]
    lang: str
    text: Annotated[str, Meta(min_length=1, max_length=LONGEST_REPLY)]

    @property
    def mark(self) -> str:
        """What tells it from every other one, and from itself once it was changed."""
        return fingerprint(self.lang, self.title, self.text)[:16]


class Preferences(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the owner prefers. `version` counts the changes; 0 as long as there was none.

    `hours` are in the time zone of the settings, none at all being around the clock; `target_hours` is how many of them
    the first answer may take. `name` is what customers read of the company, "" for the one in the settings; `logo` is
    the name of the picture that they see, "" for none.
    """

    version: Annotated[int, Meta(ge=0)] = 0
    hours: tuple[Opening, ...] = WORKING_WEEK
    target_hours: Annotated[float, Meta(gt=0, le=MOST_HOURS)] = 8
    name: Annotated[str, Meta(max_length=LONGEST_TITLE)] = ""
    logo: str = ""
    replies: Annotated[tuple[SavedReply, ...], Meta(max_length=MOST_REPLIES)] = ()

    def __post_init__(self) -> None:
        """Raise ValueError for two openings on one day."""
        if len({opening.day for opening in self.hours}) < len(self.hours):
            raise ValueError("A day opens once")

    @property
    def target(self) -> timedelta:
        """How much opening time the first answer may take."""
        return timedelta(hours=self.target_hours)

    def replies_in(self, lang: str) -> tuple[SavedReply, ...]:
        """The saved replies in a language, in the owner's order."""
        return tuple(reply for reply in self.replies if reply.lang == lang)


class Logo(Struct, frozen=True):
    """A picture that customers see beside the name. `kind` is its media type."""

    kind: str
    data: bytes

    @property
    def name(self) -> str:
        """Its name in its public address, another one for each picture, so that browsers may keep it."""
        return f"{hashlib.sha256(self.data).hexdigest()[:16]}.{self.kind.partition('/')[2]}"


def logo_of(data: bytes) -> Logo:
    """A picture as a logo, its kind by its first bytes, whatever it is called. Raises Invalid."""
    if len(data) > LARGEST_LOGO:
        raise Invalid("large_logo", field="logo", limit=LARGEST_LOGO // 1000, size=-(-len(data) // 1000))
    kind = next((kind for kind, begins in _MAGIC.items() if begins.match(data)), "")
    if not kind:
        raise Invalid("bad_logo", field="logo")
    return Logo(kind, data)


class CurrentPreferences:
    """The preferences in force, at hand without waiting for the store; and every change of them.

    They are read again every few seconds, in the background, because another server on the same store may change them.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept = Preferences()
        self._read_at = monotonic()
        self._reading = threading.Lock()
        with suppress(StoreUnavailable):
            self._kept = read(store)

    @property
    def now(self) -> Preferences:
        """The preferences in force, those of some seconds ago where another server has changed them."""
        if monotonic() - self._read_at > FRESH_SECONDS and self._reading.acquire(blocking=False):
            self._read_at = monotonic()
            threading.Thread(target=self._read_again, name="preferences", daemon=True).start()
        return self._kept

    def stored(self) -> Preferences:
        """The preferences as they are stored. Raises StoreUnavailable."""
        return self._take(read(self._store))

    def save(self, wanted: Preferences, now: datetime, logo: Logo | None = None) -> Preferences:
        """Store preferences in place of those with the same version, their saved replies left as they are.

        With a `logo`, that takes the place of any other one. Raises Conflict when others were stored meanwhile.
        """

        def alter(present: Preferences) -> Preferences:
            kept = replace(wanted, replies=present.replies, logo=logo.name if logo else wanted.logo)
            if replace(kept, version=present.version) != present and present.version != wanted.version:
                raise Conflict("preferences_meanwhile")
            return kept

        if logo:
            self._store.change_paper(LOGO, lambda _: msgspec.json.encode(logo).decode())
        elif not wanted.logo:
            self._store.change_paper(LOGO, lambda _: "")
        return self._change(alter, now)

    def put_reply(self, reply: SavedReply, mark: str, now: datetime) -> None:
        """Store a saved reply in place of the one with this mark, or as a new one where the mark is "".

        Raises Conflict when there is none with that mark any more, Invalid when another has its title.
        """

        def alter(present: Preferences) -> Preferences:
            others = _without(present.replies, mark)
            if any((each.lang, each.title) == (reply.lang, reply.title) for each in others):
                raise Invalid("title_taken", field="title", title=reply.title)
            if len(others) >= MOST_REPLIES:
                raise Invalid("many_replies", field="title", limit=MOST_REPLIES)
            return replace(present, replies=tuple(sorted((*others, reply), key=_by_title)))

        self._change(alter, now)

    def drop_reply(self, mark: str, now: datetime) -> None:
        """Remove the saved reply with this mark. Raises Conflict when there is none any more."""
        self._change(lambda present: replace(present, replies=_without(present.replies, mark)), now)

    def logo(self, name: str) -> Logo:
        """The logo with this name. Raises NotFound."""
        content = self._store.paper(LOGO)
        found = msgspec.json.decode(content, type=Logo) if content else None
        if found is None or found.name != name:
            raise NotFound("not_found")
        return found

    def _change(self, alter: Callable[[Preferences], Preferences], now: datetime) -> Preferences:
        """Store what `alter` makes of the preferences, with a new version, and note it; what is the same isn't stored.

        To be called within a job of the store, so that all of it is stored or nothing.
        """
        present = read(self._store)
        wanted = replace(alter(present), version=present.version)
        if wanted == present:
            return present
        stored = replace(wanted, version=present.version + 1)
        self._store.change_paper(NAME, lambda _: msgspec.json.encode(stored).decode())
        self._store.record(Act("owner", "preferences_changed", now))
        return stored

    def _take(self, found: Preferences) -> Preferences:
        if found.version >= self._kept.version:  # what was read before a change of ours comes too late
            self._kept = found
        return found

    def _read_again(self) -> None:
        try:
            with suppress(StoreUnavailable):
                self.stored()
        finally:
            self._reading.release()


def read(store: Store) -> Preferences:
    """The preferences in force. Raises Broken when they aren't what was written, and StoreUnavailable."""
    content = store.paper(NAME)
    try:
        return msgspec.json.decode(content, type=Preferences) if content else Preferences()
    except msgspec.DecodeError as error:
        raise Broken("damaged", table="papers", id=NAME) from error


def _without(replies: tuple[SavedReply, ...], mark: str) -> tuple[SavedReply, ...]:
    others = tuple(each for each in replies if each.mark != mark)
    if mark and len(others) == len(replies):
        raise Conflict("reply_meanwhile")
    return others


def _by_title(reply: SavedReply) -> tuple[str, str]:
    return reply.lang, reply.title.casefold()


def fill(text: str, **values: str) -> str:
    """A saved reply with its variables put in, each on one line: `fill(text, name="Bob", number="12")`.

    A variable that isn't among the values stays, so that the owner sees it. An empty value goes together with the
    spaces before it, and at the beginning of a line with the comma behind it: "Hello {name}," becomes "Hello,".
    """
    return "\n".join(_filled(line, values) for line in text.split("\n"))


def _filled(line: str, values: dict[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        known = values.get(found["name"])
        if known is None:
            return found[0]
        shown = " ".join(known.split())
        return found["space"] + shown if shown else ""

    done = _VARIABLE.sub(value, line)
    begins_empty = (found := _VARIABLE.match(line)) and not values.get(found["name"], "?").strip()
    return _LEFT_OVER.sub("", done) if begins_empty else done
