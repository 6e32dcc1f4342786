"""Checking a help centre: which questions miss their article, and what is too alike, old or not translated."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct
from rapidfuzz import process
from rapidfuzz.distance import Indel

from ticket_api.knowledge.article import Article
from ticket_api.knowledge.articles import Library, line_of
from ticket_api.knowledge.index import ArticleIndex
from ticket_api.knowledge.matching import rank, threshold
from ticket_api.knowledge.text import grams, is_han, normalise, tokens, words
from ticket_api.words import load

OFFERED = 3
"""How many articles a customer is offered, and so how far down a question may find its own."""

ALIKE = 0.85
"""The least share of words, or of groups of characters, that titles have in common when customers take one for another.

Of pairs of titles in both languages, those that ask the same had 0.86 or more, others at most 0.82.
"""

FEWEST = 2
"""Questions that two articles take from one another before that is told."""

FRESH = timedelta(days=365)
LONGEST = 100
"""Characters of a question that are told."""

Kind = Literal["article", "question", "rivals", "titles", "stale", "undated", "translation"]


class Finding(Struct, frozen=True, omit_defaults=True):
    """One thing to mend. `message` is a whole sentence that says what to do; `line` counts from 1.

    `path`, and `others`, the files of further articles that it is about, are seen from the articles' folder.
    """

    kind: Kind
    level: Literal["error", "warning"]
    path: str
    line: int
    message: str
    questions: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


class Asked(Struct, frozen=True):
    """One of an article's questions, asked as if no article named it.

    `place` is where its article stands, from 1, and 0 when it isn't found; `before` are the ids that stand before it.
    `offered` says whether a customer would be offered the article, `silent` whether nothing without it.
    """

    article: Article
    question: str
    place: int
    before: tuple[str, ...]
    offered: bool
    silent: bool

    @property
    def lost(self) -> bool:
        """Whether its article isn't among those that can be offered."""
        return not 1 <= self.place <= OFFERED


class Figures(Struct, frozen=True):
    """How many of a language's questions were asked, found their article first or within three, and were offered it at
    the threshold; and for how many nothing would be offered if their article weren't there."""

    articles: int
    asked: int
    first: int
    within_three: int
    threshold: float
    offered: int
    silent: int


def to_ask(articles: Iterable[Article]) -> list[tuple[Article, str]]:
    """Every question that can be tried, with its article.

    One in another language than its article's is left out: no other words of the article could find it.
    """
    return [
        (article, question)
        for article in articles
        if article.listed
        for question in article.questions
        if _is_written_in(article.lang, question)
    ]


def ask_each(articles: Sequence[Article], index: ArticleIndex) -> Iterator[Asked]:
    """Ask what `to_ask` gives, one at a time."""
    versions = _versions(articles)
    for article, question in to_ask(articles):
        hits = rank(index, question, article.lang, left_out=question)
        ids = [found for found, _ in hits]
        place = ids.index(article.id) + 1 if article.id in ids else 0
        sure = [found for found, score in hits if score >= threshold(index, _shown_in(article.lang, versions[found]))]
        yield Asked(
            article,
            question,
            place,
            before=tuple(ids[: place - 1] if place else ids),
            offered=article.id in sure[:OFFERED],
            silent=not {*sure} - {article.id},
        )


def _shown_in(lang: str, there: Iterable[str]) -> str:
    """The language that an article is offered in to who asks in `lang`."""
    return lang if lang in there else next(iter(there))


def figures(
    articles: Iterable[Article], asked: Iterable[Asked], index: ArticleIndex, languages: Iterable[str]
) -> dict[str, Figures]:
    """The figures of each language."""
    number = Counter(article.lang for article in articles if article.listed)
    by_lang: dict[str, list[Asked]] = {lang: [] for lang in languages}
    for each in asked:
        by_lang[each.article.lang].append(each)
    return {
        lang: Figures(
            articles=number[lang],
            asked=len(found),
            first=sum(each.place == 1 for each in found),
            within_three=sum(not each.lost for each in found),
            threshold=round(threshold(index, lang), 4),
            offered=sum(each.offered for each in found),
            silent=sum(each.silent for each in found),
        )
        for lang, found in by_lang.items()
    }


def check(
    library: Library, files: Mapping[str, bytes], asked: Sequence[Asked], languages: Sequence[str], today: date
) -> list[Finding]:
    """Everything there is to mend, by path and line: the library's problems, and what its questions and dates show."""
    articles = [article for article in library.articles if article.listed]
    found = [
        Finding("article", "error" if problem.error else "warning", problem.path, problem.line, problem.message)
        for problem in library.problems
    ]
    found += _lost_questions(articles, asked, files)
    found += _rivals(articles, asked, files)
    found += _titles(articles, files)
    found += _stale(articles, files, today)
    found += _untranslated(articles, languages)
    return sorted(found, key=lambda finding: (finding.path, finding.line, finding.level))


def _is_written_in(lang: str, question: str) -> bool:
    """Whether a question may be in a language; a few Latin words, such as names and codes, may stand in Chinese."""
    han = any(is_han(word) for word in words(question))
    return (han or len(question.split()) <= 2) if lang == "zh" else not han


def _lost_questions(
    articles: Sequence[Article], asked: Iterable[Asked], files: Mapping[str, bytes]
) -> Iterator[Finding]:
    versions = _versions(articles)
    for each in asked:
        if not each.lost:
            continue
        article, first = each.article, _first(versions, each)
        instead = f'; {first.path}, "{first.title}", stands first' if first else ", and no other is found"
        message = (
            f"{_quoted(each.question)} is found by nothing but this line: without it the article isn't among the first"
            f" three{instead}. Customers who use other words won't find it: put words of the question into the title or"
            " the text, or add more questions."
        )
        line = line_of(files[article.path], "questions", each.question)
        others = (first.path,) if first else ()
        yield Finding("question", "error", article.path, line, message, (each.question,), others)


def _rivals(articles: Sequence[Article], asked: Iterable[Asked], files: Mapping[str, bytes]) -> Iterator[Finding]:
    """Pairs of articles of which each stands first for a question of the other, or one for two of the other's."""
    versions = _versions(articles)
    taken: dict[tuple[str, str], list[Asked]] = defaultdict(list)
    for each in asked:
        if first := _first(versions, each):
            taken[each.article.path, first.path].append(each)
    for (path, other), lost in taken.items():
        back = taken.get((other, path), [])
        if len(lost) + len(back) < FEWEST or (back and other < path):  # one line for each pair
            continue
        returned = f", and {_finding(back)} this one before {other}" if back else ""
        message = (
            f"{_finding(lost)} {other} before this one{returned}: say in each title what only that article is about,"
            " leave each question with the article that answers it, or make one article of the two."
        )
        line = line_of(files[path], "questions", lost[0].question)
        yield Finding("rivals", "warning", path, line, message, tuple(x.question for x in (*lost, *back)), (other,))


def _first(versions: Mapping[str, Mapping[str, Article]], asked: Asked) -> Article | None:
    """What stands first for a question, in its language if there."""
    if not asked.before:
        return None
    there = versions[asked.before[0]]
    return there.get(asked.article.lang, next(iter(there.values())))


def _versions(articles: Iterable[Article]) -> dict[str, dict[str, Article]]:
    """Each article's id with its versions by language."""
    versions: dict[str, dict[str, Article]] = defaultdict(dict)
    for article in articles:
        versions[article.id][article.lang] = article
    return versions


def _titles(articles: Sequence[Article], files: Mapping[str, bytes]) -> Iterator[Finding]:
    for lang in dict.fromkeys(article.lang for article in articles):
        shelf = [article for article in articles if article.lang == lang]
        for first, second in _alike(shelf):
            if normalise(first.title) == normalise(second.title):  # the library has told it
                continue
            message = (
                f'The title is much like that of {first.path}, "{first.title}": say in each what only that article is'
                " about, or make one article of the two."
            )
            line = line_of(files[second.path], "title")
            yield Finding("titles", "warning", second.path, line, message, others=(first.path,))


def _alike(articles: Sequence[Article]) -> list[tuple[Article, Article]]:
    """Each article with the one before it whose title has most of its words, or characters, in any order, in common.

    One alone: of 600 release notes each is like all the others.
    """
    pairs: set[tuple[int, int]] = set()
    for cut in (tokens, lambda title: grams(words(title))):
        forms = [sorted(cut(article.title)) for article in articles]
        for place, form in enumerate(forms):
            near = process.extract(form, forms[:place], scorer=Indel.normalized_similarity, score_cutoff=ALIKE, limit=1)
            pairs |= {(other, place) for _, _, other in near if form}  # two without a word are wholly alike
    return [(articles[first], articles[second]) for first, second in sorted(pairs)]


def _stale(articles: Sequence[Article], files: Mapping[str, bytes], today: date) -> Iterator[Finding]:
    for article in articles:
        if article.updated and today - article.updated > FRESH:
            message = (
                f"It was last updated on {article.updated}, more than a year ago: read it, correct what has changed,"
                " and set updated: to the day you did."
            )
            yield Finding("stale", "warning", article.path, line_of(files[article.path], "updated"), message)
    undated = [article.path for article in articles if not article.updated]
    if undated:
        others = len(undated) - 1
        more = f" Nor {'does 1 other' if others == 1 else f'do {others} others'}." if others else ""
        message = f"It doesn't say when it was last updated: add a line such as updated: {today}.{more}"
        yield Finding("undated", "warning", undated[0], 1, message, others=tuple(undated[1:]))


def _untranslated(articles: Iterable[Article], languages: Sequence[str]) -> Iterator[Finding]:
    names = load("en")["language"]
    for article_id, there in _versions(articles).items():
        missing = [lang for lang in languages if lang not in there]
        if not missing:
            continue
        article = next(iter(there.values()))
        files = " and ".join(f"{article_id}{'' if lang == languages[0] else f'.{lang}'}.md" for lang in missing)
        message = (
            f"There is no translation into {' and '.join(names.get(lang, lang) for lang in missing)}: write {files}, or"
            " leave it if nobody who reads that language needs it."
        )
        yield Finding("translation", "warning", article.path, 1, message)


def _finding(asked: Sequence[Asked]) -> str:
    """Questions and their verb: "a" finds; "a", "b" find."""
    return f"{', '.join(_quoted(each.question) for each in asked)} find{'s' if len(asked) == 1 else ''}"


def _quoted(question: str) -> str:
    return f'"{question if len(question) <= LONGEST else question[: LONGEST - 2] + " …"}"'
