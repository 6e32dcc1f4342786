"""The search libraries that matching is measured beside, each with its parameters as they come.

They get Chinese cut into pairs of Han characters, without which most of them find nothing, and a title that counts
three times where they can weigh one, without which they find less.
"""

import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ticket_api.knowledge.text import is_han, normalise

Rank = Callable[[str], Sequence[tuple[str, float]]]
Documents = Sequence[Mapping[str, Any]]

SHOWN = 10
TITLE_WEIGHT = 3


def words(text: str) -> list[str]:
    """A text as peers get it: words, and Han characters in pairs, without punctuation that a query language reads."""
    found: list[str] = []
    for word in re.findall(r"[\u3400-\u9fff]+|[^\W_\u3400-\u9fff]+", normalise(text)):
        found += [word[i : i + 2] for i in range(max(1, len(word) - 1))] if is_han(word) else [word]
    return found


def spaced(text: str) -> str:
    """The words with spaces between them."""
    return " ".join(words(text))


def lunr_documents(articles: Documents) -> list[dict[str, str]]:
    """The articles as lunr.py is given them."""
    return [{"id": a["id"], "title": spaced(a["title"]), "body": spaced(a["body"])} for a in articles]


def lunr_index(documents: list[dict[str, str]], lang: str) -> Any:
    """lunr.py's index."""
    from lunr import lunr
    from lunr.builder import Builder
    from lunr.pipeline import Pipeline

    fields = [{"field_name": "title", "boost": TITLE_WEIGHT}, "body"]
    if lang == "en":
        return lunr(ref="id", fields=fields, documents=documents)
    builder = Builder()  # without its trimmer and stemmer, which take Han characters away
    builder.pipeline, builder.search_pipeline = Pipeline(), Pipeline()
    return lunr(ref="id", fields=fields, documents=documents, builder=builder)


def lunr_rank(index: Any) -> Rank:
    """How lunr.py's index ranks."""
    return lambda text: [(hit["ref"], hit["score"]) for hit in index.search(spaced(text))[:SHOWN]]


def _lunr(articles: Documents) -> Rank:
    return lunr_rank(lunr_index(lunr_documents(articles), articles[0]["lang"]))


def _rapidfuzz(articles: Documents) -> Rank:
    from rapidfuzz import fuzz, process

    texts = {a["id"]: spaced(f"{a['title']} {a['body']}") for a in articles}

    def search(text: str) -> list[tuple[str, float]]:
        found = process.extract(spaced(text), texts, scorer=fuzz.token_set_ratio, limit=SHOWN)
        return [(key, score) for _, score, key in found]

    return search


def _fts5(articles: Documents) -> Rank:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE a USING fts5(id UNINDEXED, title, body, tokenize='porter unicode61')")
    rows = [(a["id"], spaced(a["title"]), spaced(a["body"])) for a in articles]
    database.executemany("INSERT INTO a VALUES (?, ?, ?)", rows)
    select = f"SELECT id, -bm25(a, 0, {TITLE_WEIGHT}, 1) AS s FROM a WHERE a MATCH ? ORDER BY s DESC LIMIT {SHOWN}"

    def search(text: str) -> list[tuple[str, float]]:
        asked = " OR ".join(f'"{word}"' for word in words(text))
        return database.execute(select, (asked,)).fetchall() if asked else []

    return search


def _bm25s(articles: Documents) -> Rank:
    import bm25s
    import Stemmer

    english = articles[0]["lang"] == "en"
    options = {
        "stopwords": "en" if english else None,
        "stemmer": Stemmer.Stemmer("english") if english else None,
        "show_progress": False,
    }
    texts = [spaced(f"{a['title']} " * TITLE_WEIGHT + a["body"]) for a in articles]
    retriever = bm25s.BM25()
    retriever.index(bm25s.tokenize(texts, **options), show_progress=False)
    ids = [a["id"] for a in articles]

    def search(text: str) -> list[tuple[str, float]]:
        asked = bm25s.tokenize([spaced(text)], **options)
        found, scores = retriever.retrieve(asked, k=min(SHOWN, len(ids)), show_progress=False)
        return [(ids[place], float(score)) for place, score in zip(found[0], scores[0], strict=True) if score > 0]

    return search


def _tantivy(articles: Documents) -> Rank:
    import tantivy

    tokenizer = "en_stem" if articles[0]["lang"] == "en" else "whitespace"
    schema = tantivy.SchemaBuilder()
    schema.add_text_field("id", stored=True, tokenizer_name="raw")
    for name in ("title", "body"):
        schema.add_text_field(name, tokenizer_name=tokenizer)
    index = tantivy.Index(schema.build())
    writer = index.writer(num_threads=1)
    for a in articles:
        writer.add_document(tantivy.Document(id=a["id"], title=spaced(a["title"]), body=spaced(a["body"])))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def search(text: str) -> list[tuple[str, float]]:
        # the query language has words of its own (AND, OR, NOT, IN, TO), in capitals only
        # the title counts no more than the body: more than that makes its results worse
        query = index.parse_query(spaced(text), ["title", "body"])
        hits = searcher.search(query, SHOWN).hits
        return [(searcher.doc(address)["id"][0], score) for score, address in hits]

    return search


PEERS: dict[str, Callable[[Documents], Rank]] = {
    "lunr": _lunr,
    "rapidfuzz": _rapidfuzz,
    "fts5": _fts5,
    "bm25s": _bm25s,
    "tantivy": _tantivy,
}
