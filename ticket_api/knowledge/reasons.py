"""Why an article was suggested, and the words of it that show it."""

import re
from collections.abc import Iterable, Mapping
from math import log

from ticket_api.knowledge.index import Entry, Shelf
from ticket_api.knowledge.query import Query
from ticket_api.knowledge.sections import Section
from ticket_api.knowledge.text import HAN, grams, is_han, split, tokens, words
from ticket_api.suggestion import Reason

LENGTH = 160
"""About how many characters an excerpt has; Chinese says as much in half of them."""

BORDER = re.compile(r"(?<=[.!?])\s+|(?<=[。！？；])")


def reasons(entry: Entry, section: Section | None, query: Query, shelf: Shelf) -> tuple[Reason, ...]:
    """The parts of an article that hold words of the question, with those words and their share of the question."""
    section_texts = (section.heading, section.text) if section else ()
    parts = {
        "title": (entry.title,),
        "question": entry.questions,
        "section": (" ".join(section_texts),),
        "tags": ("\n".join(entry.tags),),
    }
    idf = {term: log(1 + len(shelf.entries) / (1 + len(shelf.by_article.get(term, ())))) for term in query.terms}
    mass = sum(idf.values()) or 1.0
    found = []
    for part, texts in parts.items():
        matched = _best(texts, {term: idf[term] for term in idf if term not in query.mended.values()})
        if matched:
            found.append(Reason(part, _as_typed(matched, query), _share(matched, idf, mass)))
    corrected = _best(("\n".join(text for texts in parts.values() for text in texts),), idf) if query.mended else []
    corrected = [term for term in corrected if term in query.mended.values()]
    if corrected:
        found.append(Reason("fuzzy", _as_typed(corrected, query), _share(corrected, idf, mass)))
    return tuple(found) or (_alike(entry, query),)


def _share(terms: Iterable[str], idf: Mapping[str, float], mass: float) -> float:
    return round(min(1.0, sum(idf[term] for term in terms) / mass), 3)


def _best(texts: Iterable[str], idf: Mapping[str, float]) -> list[str]:
    """The terms of the question in that one of the texts which holds most of them, in the question's order."""
    held = [set(tokens(text)) for text in texts]
    return max(
        ([term for term in idf if term in terms] for terms in held),
        key=lambda matched: sum(idf[term] for term in matched),
        default=[],
    )


def _as_typed(terms: Iterable[str], query: Query) -> tuple[str, ...]:
    """Terms as the customer typed them; pairs of Han characters that follow one another become one word again."""
    typed: list[str] = []
    for term in terms:
        if is_han(term) and typed and typed[-1][-1] == term[0] and len(term) > 1:
            typed[-1] += term[1:]
        else:
            typed.append(term if is_han(term) else query.words[term])
    return tuple(dict.fromkeys(typed))


def _alike(entry: Entry, query: Query) -> Reason:
    """Words of the question that are only like those of the title, or stand elsewhere in the article."""
    title = set(grams(entry.title))
    typed = tuple(dict.fromkeys(query.words.values()))
    alike = tuple(word for word in typed if title & set(grams(word)))
    share = len(title & query.grams.keys()) / (len(query.grams) or 1)
    return Reason("fuzzy", alike or typed[:1], round(share, 3))


def excerpt(text: str, query: Query) -> str:
    """A stretch of plain text around the words of the question, cut at sentences or words, with … where it was cut."""
    length = LENGTH // 2 if len(re.findall(f"[{HAN}]", text)) * 3 > len(text) else LENGTH
    if len(text) <= length * 1.25:
        return text
    start = _start(text, query, length)
    end = _end(text, start, length)
    return ("… " if start else "") + text[start:end].strip() + (" …" if end < len(text) else "")


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
