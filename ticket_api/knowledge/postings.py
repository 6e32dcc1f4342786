"""Postings: where each term stands and how much it says there, packed so that a large help centre stays small."""

import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING
from zlib import crc32

from msgspec import Struct

if TYPE_CHECKING:
    Places = array[int]
else:
    Places = array  # takes no parameter before Python 3.12

PARTS = 256
"""The most parts of an article that a term may stand in, and the steps of an impact."""

PLACE = PARTS * PARTS
"""What an article's place is multiplied by in a posting."""

NOWHERE = Places("I")


def key_of(term: str) -> int:
    """The number that stands for a term. Two terms in some billions share one, which then count as the same."""
    return crc32(term.encode("utf-8", "surrogatepass"))


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
        return self._of(key_of(term))

    def _of(self, key: int) -> Places:
        if key in self._changed:
            return self._changed[key]
        at = bisect_left(self._keys, key)
        if at == len(self._keys) or self._keys[at] != key:
            return NOWHERE
        return self._places[self._starts[at] : self._starts[at + 1]]

    def replaced(self, changes: Mapping[int, tuple[Iterable[int], Mapping[int, Places]]]) -> "Postings":
        """A copy in which the article at a place has other postings; to each place its keys up to now, and the new."""
        changed = dict(self._changed)
        other = Postings.__new__(Postings)
        other._packed, other._changed = self._packed, changed
        other._keys, other._starts, other._places = self._keys, self._starts, self._places
        for place, (old, new) in changes.items():
            for key in {*old, *new}:
                found = other._of(key)
                start, end = bisect_left(found, place * PLACE), bisect_left(found, (place + 1) * PLACE)
                changed[key] = found[:start] + new.get(key, NOWHERE) + found[end:]
        return other

    def packed(self) -> Packed:
        """All of it as bytes."""
        return pack(dict(self._all())) if self._changed else self._packed

    def _all(self) -> Iterator[tuple[int, Places]]:
        for key in sorted({*self._keys, *self._changed}):
            found = self._of(key)
            if found:
                yield key, found


def pack(places: Mapping[int, Places]) -> Packed:
    """Postings by key as bytes."""
    keys, starts, together = Places("I", sorted(places)), Places("I", [0]), Places("I")
    for key in keys:
        together += places[key]
        starts.append(len(together))
    return Packed(_bytes(keys), _bytes(starts), _bytes(together))


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
