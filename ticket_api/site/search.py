"""What the search box falls back on when the API can't be reached: one small lunr index a language."""

import json
from collections.abc import Collection, Iterable, Mapping
from importlib.resources import files

from lunr.builder import Builder

from ticket_api.knowledge.articles import Article
from ticket_api.knowledge.markdown import plain_text
from ticket_api.knowledge.simplified import changes
from ticket_api.knowledge.text import STOP_WORDS, tokens

EXCERPT = 160
TITLE_WEIGHT = 4
QUESTIONS_WEIGHT = 2


def lunr_script() -> bytes:
    """lunr.js as MkDocs ships it: the half of lunr.py that runs in a browser."""
    return files("mkdocs").joinpath("contrib/search/templates/search/lunr.js").read_bytes()


def search_file(articles: Iterable[Article], sections: Mapping[str, str]) -> bytes:
    """The articles of one language as JSON for search-worker.js; `sections` maps a category's id to its title.

    Words are cut by our own tokeniser, so lunr's is given lists; the worker cuts the question the same way.
    """
    builder = Builder()
    builder.ref("place")
    builder.field("title", boost=TITLE_WEIGHT)
    builder.field("questions", boost=QUESTIONS_WEIGHT)
    builder.field("text")
    shown = []
    for place, article in enumerate(articles):
        body = plain_text(article.body)
        builder.add(
            {
                "place": place,
                "title": tokens(article.title),
                "questions": tokens(" ".join((*article.questions, *article.tags))),
                "text": tokens(f"{article.description} {body}"),
            }
        )
        shown.append(_shown(article, body, sections.get(article.category, "")))
    index = builder.build().serialize() if shown else None  # lunr can't count over no articles
    signs = set("".join((*STOP_WORDS, *builder.inverted_index)))
    content = {"articles": shown, "stop_words": sorted(STOP_WORDS), "simplified": _simplified(signs), "index": index}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _simplified(signs: Collection[str]) -> dict[str, str]:
    """The traditional characters that can find something, because what they become stands in the index."""
    return {chr(number): sign for number, sign in changes().items() if sign in signs}


def _shown(article: Article, body: str, section: str) -> dict[str, str]:
    excerpt = article.description or " ".join(body.split())[:EXCERPT]
    return {"url": article.url, "title": article.title, "excerpt": excerpt, "section": section, "lang": article.lang}
