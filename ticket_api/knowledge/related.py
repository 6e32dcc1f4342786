"""Related articles: which ones of a category a reader of one may want next."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import lru_cache

from ticket_api.knowledge.article import REMEMBERED, Article
from ticket_api.knowledge.text import tokens

LIMIT = 3
"""Articles that are named as related to one."""

LEAST = {"zh": 0.01}
"""The least likeness (0 to 1) of two articles that are called related, by language: cut into pairs of characters, an
article has more terms, and the same likeness is spread over them."""

USUAL_LEAST = 0.02

MOST_QUESTIONS = 8
"""Questions of an article that are read: more of them say the same in other words."""

COMMON = 60
"""Articles that share a term from which on it tells them apart no more; it keeps the work of a large category small."""


@lru_cache(REMEMBERED)
def related(articles: tuple[Article, ...]) -> dict[str, tuple[str, ...]]:
    """For each article's id the ids of those most like it, best first; all are of one category and language.

    Likeness is the cosine of the weights of the terms of titles, questions, tags and descriptions, cut as the matcher
    cuts them: weight in the article x log of how rare the term is in the category.
    """
    found = [_terms(article) for article in articles]
    where: dict[str, list[int]] = defaultdict(list)
    for place, terms in enumerate(found):
        for term in terms:
            where[term].append(place)
    rarity = {term: math.log((len(articles) + 1) / len(places)) for term, places in where.items()}
    lengths = [math.hypot(*(weight * rarity[term] for term, weight in terms.items())) or 1.0 for terms in found]
    shared = {term: places for term, places in where.items() if 1 < len(places) <= COMMON}
    alike: list[dict[int, float]] = [defaultdict(float) for _ in articles]
    for term, places in shared.items():
        weights = [(place, found[place][term] * rarity[term] / lengths[place]) for place in places]
        for place, weight in weights:
            for other, others in weights:
                alike[place][other] += weight * others
    return {article.id: _best(articles, place, alike[place]) for place, article in enumerate(articles)}


def _terms(article: Article) -> dict[str, float]:
    """The terms that tell an article, each with its weight: the root of how often it stands; titles count more."""
    counted = Counter(tokens(" \n".join((*article.questions[:MOST_QUESTIONS], *article.tags, article.description))))
    counted.update(dict.fromkeys(tokens(article.title), 4))
    return {term: math.sqrt(number) for term, number in counted.items()}


def _best(articles: Sequence[Article], place: int, alike: dict[int, float]) -> tuple[str, ...]:
    least = LEAST.get(articles[place].lang, USUAL_LEAST)
    others = [(-score, other) for other, score in alike.items() if other != place and score >= least]
    return tuple(articles[other].id for _, other in sorted(others)[:LIMIT])
