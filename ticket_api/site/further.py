"""Further: where a reader of an article may go next, within its category."""

from collections.abc import Mapping
from dataclasses import dataclass

from ticket_api.knowledge.article import Article
from ticket_api.knowledge.related import LIMIT, related

Places = Mapping[tuple[str, str], tuple[Article, ...]]
"""The articles of each category and language."""


@dataclass(frozen=True, slots=True)
class Further:
    """Articles that are like this one, and its neighbours; related ones that its language lacks stand in another."""

    related: tuple[Article, ...] = ()
    previous: Article | None = None
    next: Article | None = None


NOWHERE = Further()


def find_further(by_place: Places, translations: Mapping[str, Mapping[str, Article]]) -> dict[str, Further]:
    """Where each article of a category leads, by its path; `translations` are by id and language."""
    alike = {place: related(articles) for place, articles in by_place.items() if place[0]}
    found: dict[str, Further] = {}
    for (category, lang), ids in alike.items():
        articles = by_place[category, lang]
        for place, article in enumerate(articles):
            others = (alike[category, other][article.id] for other in translations[article.id] if other != lang)
            # what another version leads to is named behind the rest, and only where this language doesn't have it
            lacking = [one for there in others for one in there if lang not in translations[one]]
            near = [_in(lang, translations[one]) for one in dict.fromkeys((*ids[article.id], *lacking))]
            previous = articles[place - 1] if place else None
            following = articles[place + 1] if place + 1 < len(articles) else None
            found[article.path] = Further(tuple(near[:LIMIT]), previous, following)
    return found


def _in(lang: str, versions: Mapping[str, Article]) -> Article:
    return versions.get(lang) or next(iter(versions.values()))
