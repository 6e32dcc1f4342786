"""The articles that matching is measured on: those of the question sets, and more of their kind."""

import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from benchmarks._questions import QuestionSet
from ticket_api.knowledge.article import Article

SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])\s*")


def article(fields: Mapping[str, Any]) -> Article:
    """The product's article of {"id", "title", "body", "lang", "questions"?}."""
    return Article(
        id=fields["id"],
        lang=fields["lang"],
        url=f"/{fields['id']}/",
        path=f"{fields['id']}.md",
        title=fields["title"],
        description="",
        category="",
        tags=(),
        questions=tuple(fields.get("questions") or ()),
        updated=None,
        body=fields["body"],
        body_line=1,
    )


def pool(sets: Iterable[QuestionSet], lang: str, count: int) -> list[dict[str, Any]]:
    """So many articles of a language: those of all its sets, shuffled, then new ones mixed of them; always the same."""
    chosen = [each for each in sets if each.lang == lang]
    real = [{**fields, "id": f"{each.name}-{fields['id']}"} for each in chosen for fields in each.articles]
    random.Random(lang).shuffle(real)
    return [*real[:count], *_mixed(real, lang, count - len(real))]


def sample(sets: Iterable[QuestionSet], lang: str, count: int) -> list[str]:
    """At most so many questions of a language, from all its sets; always the same."""
    texts = [question["text"] for each in sets if each.lang == lang for question in each.questions]
    random.Random(lang).shuffle(texts)
    return texts[:count]


def _mixed(real: Sequence[Mapping[str, Any]], lang: str, count: int) -> Iterator[dict[str, Any]]:
    """As many sentences as a real article has, from anywhere; half a title before half of another."""
    choose = random.Random(f"{lang} mixed")
    bodies = [SENTENCE_END.split(fields["body"]) for fields in real]
    sentences = [sentence for body in bodies for sentence in body]
    titles = [list(fields["title"]) if lang == "zh" else fields["title"].split() for fields in real]
    for number in range(count):
        one, other = choose.sample(titles, 2)
        title = one[: (len(one) + 1) // 2] + other[len(other) // 2 :]
        yield {
            "id": f"mixed-{number:05}",
            "lang": lang,
            "title": ("" if lang == "zh" else " ").join(title),
            "body": " ".join(choose.choices(sentences, k=len(bodies[number % len(bodies)]))),
        }
