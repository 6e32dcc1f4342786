"""How often the right article is found, and how fast, beside other search libraries."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ticket_api.knowledge.articles import Article
from ticket_api.knowledge.index import build_index
from ticket_api.knowledge.matching import rank

Rank = Callable[[str], list[tuple[str, float]]]


def build(articles: Iterable[Mapping[str, Any]]) -> Rank:
    """The product's own matcher over {"id", "title", "body", "lang", "questions"?}."""
    read = [_article(fields) for fields in articles]
    index, lang = build_index(read), read[0].lang
    return lambda text: rank(index, text, lang)


def _article(fields: Mapping[str, Any]) -> Article:
    return Article(
        id=fields["id"], lang=fields["lang"], url=f"/{fields['id']}/", path=f"{fields['id']}.md",
        title=fields["title"], description="", category="", tags=(), questions=tuple(fields.get("questions") or ()),
        updated=None, body=fields["body"], body_line=1,
    )  # fmt: skip
