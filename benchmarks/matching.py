"""How often the right article is found, and how fast, beside other search libraries.

MATCHING_DATA names a folder with a folder for each set of questions, whose name begins with its language:
`articles.jsonl` holds {"id", "title", "body", "lang"}, `dev.jsonl` {"id", "text", "lang", "relevant": [ids]}. The peers
get Chinese cut into pairs of Han characters, without which most of them find nothing. All systems answer each question
in turn, so that the times compare.
"""

import re
import sqlite3
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import fmean, median
from typing import Any

from benchmarks._questions import read, sets
from ticket_api.knowledge.articles import Article
from ticket_api.knowledge.index import build_index
from ticket_api.knowledge.matching import rank
from ticket_api.knowledge.text import is_han, normalise

Rank = Callable[[str], Sequence[tuple[str, float]]]
Documents = Sequence[Mapping[str, Any]]

SHOWN = 10
TITLE_WEIGHT = 3


def build(articles: Iterable[Mapping[str, Any]]) -> Rank:
    """The product's own matcher over {"id", "title", "body", "lang", "questions"?}."""
    read = [_article(fields) for fields in articles]
    index, lang = build_index(read), read[0].lang
    return lambda text: rank(index, text, lang)


def _article(fields: Mapping[str, Any]) -> Article:
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


def _peer_words(text: str) -> list[str]:
    words: list[str] = []
    for word in re.findall(r"[\u3400-\u9fff]+|[^\W_\u3400-\u9fff]+", normalise(text)):
        words += [word[i : i + 2] for i in range(max(1, len(word) - 1))] if is_han(word) else [word]
    return words


def _peer_text(text: str) -> str:
    return " ".join(_peer_words(text))


def _lunr(articles: Documents) -> Rank:
    from lunr import lunr
    from lunr.builder import Builder
    from lunr.pipeline import Pipeline

    documents = [{"id": a["id"], "title": _peer_text(a["title"]), "body": _peer_text(a["body"])} for a in articles]
    fields = [{"field_name": "title", "boost": TITLE_WEIGHT}, "body"]
    if articles[0]["lang"] == "en":
        index = lunr(ref="id", fields=fields, documents=documents)
    else:
        builder = Builder()  # without its trimmer and stemmer, which take Han characters away
        builder.pipeline, builder.search_pipeline = Pipeline(), Pipeline()
        index = lunr(ref="id", fields=fields, documents=documents, builder=builder)
    return lambda text: [(hit["ref"], hit["score"]) for hit in index.search(_peer_text(text))[:SHOWN]]


def _rapidfuzz(articles: Documents) -> Rank:
    from rapidfuzz import fuzz, process

    texts = {a["id"]: _peer_text(f"{a['title']} {a['body']}") for a in articles}

    def search(text: str) -> list[tuple[str, float]]:
        found = process.extract(_peer_text(text), texts, scorer=fuzz.token_set_ratio, limit=SHOWN)
        return [(key, score) for _, score, key in found]

    return search


def _fts5(articles: Documents) -> Rank:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE a USING fts5(id UNINDEXED, title, body, tokenize='porter unicode61')")
    rows = [(a["id"], _peer_text(a["title"]), _peer_text(a["body"])) for a in articles]
    database.executemany("INSERT INTO a VALUES (?, ?, ?)", rows)
    select = f"SELECT id, -bm25(a, 0, {TITLE_WEIGHT}, 1) AS s FROM a WHERE a MATCH ? ORDER BY s DESC LIMIT {SHOWN}"

    def search(text: str) -> list[tuple[str, float]]:
        words = " OR ".join(f'"{word}"' for word in _peer_words(text))
        return database.execute(select, (words,)).fetchall() if words else []

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
    texts = [_peer_text(f"{a['title']} " * TITLE_WEIGHT + a["body"]) for a in articles]
    retriever = bm25s.BM25()
    retriever.index(bm25s.tokenize(texts, **options), show_progress=False)
    ids = [a["id"] for a in articles]

    def search(text: str) -> list[tuple[str, float]]:
        words = bm25s.tokenize([_peer_text(text)], **options)
        found, scores = retriever.retrieve(words, k=min(SHOWN, len(ids)), show_progress=False)
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
        writer.add_document(tantivy.Document(id=a["id"], title=_peer_text(a["title"]), body=_peer_text(a["body"])))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def search(text: str) -> list[tuple[str, float]]:
        # the query language has words of its own (AND, OR, NOT, IN, TO), in capitals only
        # the title counts no more than the body: more than that makes its results worse
        query = index.parse_query(_peer_text(text), ["title", "body"])
        hits = searcher.search(query, SHOWN).hits
        return [(searcher.doc(address)["id"][0], score) for score, address in hits]

    return search


SYSTEMS: dict[str, Callable[[Documents], Rank]] = {
    "helpleaf": build,
    "lunr": _lunr,
    "rapidfuzz": _rapidfuzz,
    "fts5": _fts5,
    "bm25s": _bm25s,
    "tantivy": _tantivy,
}


class Tally:
    """What one system did on one set: for each question the place of the right article, and the milliseconds."""

    def __init__(self) -> None:
        self.places: list[int] = []
        self.millis: list[float] = []

    def share(self, within: int) -> float:
        """Per cent of the questions whose right article is within the first so many."""
        return 100 * fmean(place < within for place in self.places)


def measure(articles: Documents, questions: Documents, name: str) -> dict[str, Tally]:
    """Put every answerable question of a set to every system, in an order that turns from question to question."""
    systems = {system: make(articles) for system, make in SYSTEMS.items()}
    tallies = {system: Tally() for system in systems}
    answerable = [question for question in questions if question["relevant"]]
    order = list(systems)
    for number, question in enumerate(answerable):
        order = order[1:] + order[:1]
        for system in order:
            started = time.perf_counter()
            found = systems[system](question["text"])
            tallies[system].millis.append(1000 * (time.perf_counter() - started))
            right = (place for place, (key, _) in enumerate(found) if key in question["relevant"])
            tallies[system].places.append(next(right, SHOWN))
        if number % 25 == 0:
            print(f"\r{name}: {number} of {len(answerable)} questions ", end="", file=sys.stderr, flush=True)
    print("\r" + " " * 60 + "\r", end="", file=sys.stderr)
    return tallies


def _print_table(results: Mapping[str, Mapping[str, Tally]]) -> None:
    print("right article first / within the first three, in %; median time of a question in ms")
    print(f"{'set':22}" + "".join(f"{system:>19}" for system in SYSTEMS))
    for name, tallies in results.items():
        cells = (f"{t.share(1):5.1f}/{t.share(3):5.1f} {median(t.millis):6.2f}" for t in tallies.values())
        print(f"{name:22}" + "".join(f"{cell:>19}" for cell in cells))


def _print_values(results: Mapping[str, Mapping[str, Tally]]) -> None:
    """One `name=value` a line: means over the sets of a language, and times as ratios to the peers."""
    for lang in sorted({name[:2] for name in results}):
        sets = [tallies for name, tallies in results.items() if name[:2] == lang]
        for within in (1, 3):
            for system in SYSTEMS:
                suffix = "" if system == "helpleaf" else f"_{system}"
                print(f"s{within}_{lang}{suffix}={fmean(tallies[system].share(within) for tallies in sets):.1f}")
    for peer in SYSTEMS:
        ratios = [median(t["helpleaf"].millis) / median(t[peer].millis) for t in results.values()]
        if peer != "helpleaf":
            print(f"p50_vs_{peer}={median(ratios):.2f}")


def main() -> int:
    """Measure, and print; 2 with one sentence when there is nothing to measure on or a peer isn't installed."""
    folders = sets()
    if not folders:
        return 2
    results = {}
    for folder in folders:
        try:
            results[folder.name] = measure(read(folder / "articles.jsonl"), read(folder / "dev.jsonl"), folder.name)
        except ModuleNotFoundError as error:
            print(f"{error.name} is not installed; `make bench NAME=matching` installs the peers.", file=sys.stderr)
            return 2
    _print_table(results)
    _print_values(results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
