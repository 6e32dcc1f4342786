"""Postings: where each term stands and how much it says there, packed so that a large help centre stays small."""

import sys
from array import array
from bisect import bisect_left
from collections.abc import Mapping
from typing import TYPE_CHECKING
from zlib import crc32

from msgspec import Struct

if TYPE_CHECKING:
    Places = array[int]
    Bag = array[int]
else:
    Places = Bag = array  # takes no parameter before Python 3.12

PARTS = 256
"""The most parts of an article that a term may stand in, and the steps of an impact."""

PLACE = PARTS * PARTS
"""What an article's place is multiplied by in a posting."""

NOWHERE = Places("I")


def key_of(term: str) -> int:
    """The number that stands for a term. Two terms in some billions share one, which then count as the same."""
    return crc32(term.encode("utf-8", "surrogatepass"))


def new_bag() -> Bag:
    """Postings in any order, each behind its key in one number of 64 bits: quick to fill and to sort."""
    return Bag("Q")


def put(bag: Bag, start: int, impacts: Mapping[str, int]) -> None:
    """Add the postings of one part of an article: `start` is its number x 256, `impacts` are 1 to 255."""
    bag.fromlist([key_of(term) << 32 | start + impact for term, impact in impacts.items()])


class Packed(Struct, frozen=True):
    """Postings as bytes, unsigned 32-bit little-endian: the keys, where the places of each begin, the places."""

    keys: bytes
    starts: bytes
    places: bytes


class Postings:
    """Key of a term -> its postings in order, each (an article's place x 256 + the part of it) x 256 + the impact.

    Never changed: `replaced` gives a copy that shares what is the same.
    """

    def __init__(self, packed: Packed, changed: Mapping[int, Places] | None = None) -> None:
        self._packed = packed
        self._keys, self._starts, self._places = map(_numbers, (packed.keys, packed.starts, packed.places))
        self._changed = changed or {}

    def of(self, term: str) -> Places:
        """The postings of a term; none when it stands nowhere."""
        return self._of(key_of(term), self._changed)

    def _of(self, key: int, changed: Mapping[int, Places]) -> Places:
        if key in changed:
            return changed[key]
        keys = self._keys
        at = bisect_left(keys, key)
        if at == len(keys) or keys[at] != key:
            return NOWHERE
        return self._places[self._starts[at] : self._starts[at + 1]]

    def fit(self, places: int) -> bool:
        """Whether all that is packed can be looked up, and stands in one of so many places."""
        return len(self._starts) == len(self._keys) + 1 and max(self._places, default=0) < max(1, places) * PLACE

    def replaced(self, changes: Mapping[int, tuple[Bag, Bag]]) -> "Postings":
        """A copy in which the article at a place has other postings; to each place those up to now, and the new.

        What is as it was packed leaves no trace, so that no chain of copies grows by what is gone again.
        """
        changed = dict(self._changed)
        other = Postings.__new__(Postings)
        other._packed, other._changed = self._packed, changed
        other._keys, other._starts, other._places = self._keys, self._starts, self._places
        for place, (old, new) in changes.items():
            by_key = _by_key(new)
            for key in {each >> 32 for each in {*old} ^ {*new}}:
                found = other._of(key, changed)
                start, end = bisect_left(found, place * PLACE), bisect_left(found, (place + 1) * PLACE)
                changed[key] = found[:start] + by_key.get(key, NOWHERE) + found[end:]
                if changed[key] == self._of(key, {}):
                    del changed[key]
        return other

    def packed(self) -> Packed:
        """All of it as bytes."""
        if not self._changed:
            return self._packed
        keys, starts, places = Places("I"), Places("I"), Places("I")

        def copy(first: int, end: int) -> None:
            """Take over a stretch of keys that are as they were packed."""
            begin, moved = self._starts[first], len(places) - self._starts[first]
            keys.extend(self._keys[first:end])
            starts.extend([start + moved for start in self._starts[first:end]])
            places.extend(self._places[begin : self._starts[end]])

        done = 0
        for key in sorted(self._changed):
            at = bisect_left(self._keys, key)
            copy(done, at)
            done = at + (at < len(self._keys) and self._keys[at] == key)
            if self._changed[key]:
                keys.append(key)
                starts.append(len(places))
                places.extend(self._changed[key])
        copy(done, len(self._keys))
        starts.append(len(places))
        return Packed(_bytes(keys), _bytes(starts), _bytes(places))


def pack(bag: Bag) -> Packed:
    """Postings as bytes."""
    ordered = sorted(bag)
    keys, starts = Places("I"), Places("I")
    before = -1
    for number, each in enumerate(ordered):
        key = each >> 32
        if key != before:
            keys.append(key)
            starts.append(number)
            before = key
    starts.append(len(ordered))
    places = Places("I", [each & 0xFFFFFFFF for each in ordered])
    return Packed(_bytes(keys), _bytes(starts), _bytes(places))


def _by_key(bag: Bag) -> dict[int, Places]:
    found: dict[int, Places] = {}
    for each in sorted(bag):
        found.setdefault(each >> 32, Places("I")).append(each & 0xFFFFFFFF)
    return found


def _bytes(numbers: Places) -> bytes:
    return _turned(numbers).tobytes()


def _numbers(data: bytes) -> Places:
    return _turned(Places("I", data))


def _turned(numbers: Places) -> Places:
    if sys.byteorder == "little":
        return numbers
    turned = numbers[:]
    turned.byteswap()
    return turned
