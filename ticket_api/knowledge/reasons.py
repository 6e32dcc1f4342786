"""Why an article was suggested, and the words of it that show it."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import groupby, pairwise
from math import log

from ticket_api.knowledge.asker import PARTS
from ticket_api.knowledge.document import Document, terms_of
from ticket_api.knowledge.query import Query
from ticket_api.knowledge.sections import Section
from ticket_api.knowledge.shelf import Shelf
from ticket_api.knowledge.text import (
    APOSTROPHE,
    HAN,
    PART,
    STOP_WORDS,
    every_word,
    grams,
    is_han,
    normalise,
    split,
    stem,
    tokens,
    words,
)
from ticket_api.knowledge.thesaurus import Thesaurus, lexicon
from ticket_api.suggestion import Reason
from ticket_api.words import load, say

LENGTH = 160
"""About how many characters an excerpt has; Chinese says as much in half of them."""

MOST_WORDS = 8
"""The most words of a question that are told of one reason."""

LEAST = 0.001
"""The weight of a reason that can't be reckoned in words of the question."""

HAN_SIGN = re.compile(f"[{HAN}]")
BORDER = re.compile(r"(?<=[.!?])\s+|(?<=[。！？；])")
ONE_FOR_ONE = r" -~\u2018-\u201d\u3001\u3002\u4e00-\u9fff\uff01-\uff5e"
COMBINING = r"\u0300-\u036f\u1160-\u11ff\u3099\u309a"
SIGN = re.compile(rf"[{ONE_FOR_ONE}]+(?![{COMBINING}])|.[{COMBINING}]*", re.DOTALL)
"""What is normalised by itself: characters that stay as many, or one with those after it that become one with it."""


def reasons(
    document: Document, section: Section | None, query: Query, shelf: Shelf, synonyms: Thesaurus
) -> tuple[Reason, ...]:
    """The parts of an article that hold words of the question, with those words and their share of the question.

    `synonyms` are the owner's.
    """
    entry = document.entry
    parts = {
        "title": (entry.title,),
        "question": document.questions,
        "confirmed": document.confirmed,
        "section": (section.whole,) if section else (),
        "tags": ("\n".join(entry.tags),),
        "synonym": ("\n".join((*document.synonyms, *document.related)),),
    }
    idf = _idf(query, shelf)
    slips = {term: word for word, right in query.mended.items() for term in split(right)}
    found, told = [], set[str]()
    for part, texts in parts.items():
        matched = [term for term in _best(texts, idf) if part != "synonym" or term not in told]
        told.update(matched)
        as_typed = [term for term in matched if term not in slips]
        if as_typed:
            read = _read(document, query, synonyms) if part == "synonym" else ()
            found.append(Reason(part, _as_typed(as_typed, query), _share(as_typed, idf), read))
    for term in idf:
        if term in told and term in slips:
            found.append(Reason("corrected", (slips[term], query.mended[slips[term]]), _share([term], idf)))
    return tuple(found) or (_alike(entry.title, query),)


def in_words(reason: Reason, section: str, lang: str) -> str:
    """What a reason says: words of the question, and where in the article they stand; `section` is a heading or ""."""
    part = "text" if reason.part == "section" and not section else reason.part
    part = part if part in load(lang)["parts"] else "other"  # what a later version stored
    shown = [say(lang, "page.quoted", text=text) for text in reason.words[:MOST_WORDS]]
    together = say(lang, "page.comma").join(shown) + (" …" if len(reason.words) > MOST_WORDS else "")
    return say(lang, f"parts.{part}", words=together, section=section, typed=shown[0], read=shown[-1])


def _idf(query: Query, shelf: Shelf) -> dict[str, float]:
    """How much each term of the question tells, but for Han characters that stand in a pair of them already."""
    postings = shelf.postings["article"]
    told = [term for term in query.terms if len(term) > 1 or len(query.words.get(term, term)) == 1]
    return {term: log(1 + len(shelf) / (1 + len(postings.of(term)))) for term in told}


def _share(terms: Iterable[str], idf: Mapping[str, float]) -> float:
    return round(min(1.0, sum(idf[term] for term in terms) / (sum(idf.values()) or 1.0)), 3)


def _best(texts: Iterable[str], idf: Mapping[str, float]) -> list[str]:
    """The terms of the question in that one of the texts which holds most of them, in the question's order."""
    return max(
        ([term for term in idf if term in terms] for terms in map(terms_of, texts)),
        key=lambda matched: sum(idf[term] for term in matched),
        default=[],
    )


def _read(document: Document, query: Query, synonyms: Thesaurus) -> tuple[str, ...]:
    """The words of an article's title and questions that mean the same as words of the question."""
    held = frozenset[str]().union(*map(terms_of, (document.entry.title, *document.questions)))
    return tuple(member for member in _meant(query.text, synonyms) if held.issuperset(tokens(member)))


@lru_cache(maxsize=1)
def _meant(question: str, synonyms: Thesaurus) -> Mapping[str, None]:
    """What else the things are called that stand in a question; the same for all articles that it finds."""
    return dict.fromkeys((*synonyms.meant(question), *lexicon().meant(question)))


def _as_typed(terms: Iterable[str], query: Query) -> tuple[str, ...]:
    """Terms as the customer typed them; pairs of Han characters that follow one another become one word again."""
    found: list[str] = []
    for term in terms:
        if is_han(term) and found and found[-1][-1] == term[0] and len(term) > 1:
            found[-1] += term[1:]
        else:
            found.append(term if is_han(term) else query.words[term])
    return tuple(dict.fromkeys(query.as_typed(word) for word in found))


def _alike(title: str, query: Query) -> Reason:
    """Words of the question that are only like those of the title, or stand elsewhere in the article."""
    held = set(grams(words(title)))
    asked = tuple(dict.fromkeys(query.words.values()))
    alike = tuple(word for word in asked if held & set(grams([word])))
    share = len(held & query.asked["title"].keys()) / (len(query.asked["title"]) or 1)
    return Reason("fuzzy", tuple(map(query.as_typed, alike or asked[:1])), round(max(share, LEAST), 3))


def excerpt(text: str, query: Query) -> str:
    """A stretch of plain text around the words of the question, cut at sentences or words, with … where it was cut."""
    is_chinese = len(HAN_SIGN.findall(text)) * 3 > len(text)
    length, space = (LENGTH // 2, "") if is_chinese else (LENGTH, " ")
    if len(text) <= length * 1.25:
        return text
    start = _start(text, query, length)
    end = _end(text, start, length)
    return (f"…{space}" if start else "") + text[start:end].strip() + (f"{space}…" if end < len(text) else "")


def _start(text: str, query: Query, length: int) -> int:
    """Where a sentence begins after which most of the question's words follow."""
    starts = [0, *(match.end() for match in BORDER.finditer(text))]
    return max(starts, key=lambda start: (_held(text[start : start + length], query), -start))


def _held(text: str, query: Query) -> int:
    return len({term for word in words(text) for term in split(word)} & query.terms.keys())


def _end(text: str, start: int, length: int) -> int:
    if len(text) - start <= length:
        return len(text)
    borders = [match.start() for match in BORDER.finditer(text, start + length // 2, start + length)]
    if borders:
        return borders[-1]
    at = text.rfind(" ", start + length // 2, start + length)
    return at if at > 0 else start + length


def marked_by(text: str, why: Iterable[Reason]) -> tuple[str, ...]:
    """The title or excerpt of a suggestion as `marked` cuts it, by the words of its reasons.

    Of a Chinese word with a slip in it, the characters count that are right.
    """
    words = [word for reason in why if reason.part not in PARTS for word in (*reason.words, *reason.read)]
    signs = [sign for reason in why if reason.part == "fuzzy" for sign in HAN_SIGN.findall("".join(reason.words))]
    return marked(text, words + signs)


def marked(text: str, words: Iterable[str]) -> tuple[str, ...]:
    """The text in pieces that together are the text: every second one has a term in common with one of `words`.

    So places 1, 3, 5, ... are to be marked. The first piece is "" when the text begins with such a word.
    """
    normal, starts, ends = _located(text)
    shown: set[int] = set()
    for start, end in _common(normal, words):
        shown.update(range(starts[start], ends[end - 1]))
    runs = [[*run] for _, run in groupby(range(len(text)), shown.__contains__)]
    pieces = tuple(text[run[0] : run[-1] + 1] for run in runs)
    return ("", *pieces) if 0 in shown else pieces


def _located(text: str) -> tuple[str, list[int], list[int]]:
    """The text as words are found in it, and where each character of that begins and ends in the text itself."""
    normal, starts, ends = "", list[int](), list[int]()
    for sign in SIGN.finditer(text):
        one = normalise(sign[0])
        alike = len(one) == len(sign[0])
        normal += one
        starts += range(sign.start(), sign.end()) if alike else [sign.start()] * len(one)
        ends += range(sign.start() + 1, sign.end() + 1) if alike else [sign.end()] * len(one)
    gone = {match.start() for match in APOSTROPHE.finditer(normal)}
    kept = [at for at in range(len(normal)) if at not in gone]
    return "".join([normal[at] for at in kept]), [starts[at] for at in kept], [ends[at] for at in kept]


def _common(normal: str, words: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Where in a normalised text words stand that have a term in common with one of `words`, pair by pair of Han.

    Filler is passed over on both sides: "on" has the stem of "one".
    """
    typed = {part for word in words for part in every_word(normalise(word))}
    wanted = {token for word in typed - STOP_WORDS for token in split(word)}
    found = [*PART.finditer(normal)]
    for match in found:
        if is_han(match[0]):
            yield from _common_han(match, wanted)
        elif match[0] not in STOP_WORDS and stem(match[0]) in wanted:
            yield match.span()
    for name, number in pairwise(found):
        if number[0].isdigit() and name[0] + number[0] in wanted:  # iOS 18 where ios18 was typed
            yield name.start(), number.end()


def _common_han(run: re.Match[str], wanted: Container[str]) -> Iterator[tuple[int, int]]:
    for size in (1, 2):  # one is wanted only where it was typed alone
        for start in range(run.start(), run.end() - size + 1):
            if run.string[start : start + size] in wanted:
                yield start, start + size
