"""Thesaurus: synonyms, the owner's or those of any company, looked up in what an article is called."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files

from ticket_api.knowledge.article import REMEMBERED
from ticket_api.knowledge.synonyms import Group, read_synonyms
from ticket_api.knowledge.text import every_word, is_han, normalise, split


class Thesaurus:
    """Groups of words and phrases that mean the same."""

    def __init__(self, groups: Sequence[Group]) -> None:
        self._groups = groups
        self._beginnings: dict[str, list[tuple[tuple[str, ...], int]]] = defaultdict(list)
        for number, group in enumerate(groups):
            for member in group:
                sequence = _sequence(member)
                self._beginnings[sequence[0]].append((sequence, number))

    def also(self, *texts: str) -> tuple[str, ...]:
        """What else the things are called that stand in the texts, word for word, in the order of the groups."""
        return tuple(member for number in self.numbers(*texts) for member in self._groups[number])

    def meant(self, question: str) -> tuple[str, ...]:
        """What else the things are called that stand in a question; no trace of it stays in memory."""
        return tuple(member for number in sorted({*self._found(_cut(question))}) for member in self._groups[number])

    def numbers(self, *texts: str) -> list[int]:
        """The groups that have a member in the texts, by their places in the list."""
        return sorted({number for text in texts for number in self._found(_sequence(text))})

    def members(self) -> Iterator[tuple[tuple[str, ...], int]]:
        """Each word or phrase as it is looked up, stems and single Han characters, with the place of its group."""
        for found in self._beginnings.values():
            yield from found

    def _found(self, text: tuple[str, ...]) -> Iterator[int]:
        for place, beginning in enumerate(text):
            for sequence, number in self._beginnings.get(beginning, ()):
                if text[place : place + len(sequence)] == sequence:
                    yield number


@cache
def lexicon() -> Thesaurus:
    """What customers of any company call the same thing."""
    groups, _ = read_synonyms(files("ticket_api.knowledge").joinpath("lexicon.yml").read_bytes())
    return Thesaurus(groups)


@lru_cache(REMEMBERED)
def _sequence(text: str) -> tuple[str, ...]:
    """A text of an article, cut once."""
    return _cut(text)


def _cut(text: str) -> tuple[str, ...]:
    """Stems and single Han characters in their order, filler included: "sign in" is more than "sign"."""
    words = every_word(normalise(text))
    return tuple(each for word in words for each in (word if is_han(word) else split(word)))
