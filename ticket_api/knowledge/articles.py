"""All articles and categories together: files -> Library, with every problem in them."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from ticket_api.knowledge.article import Article, decode, read_article
from ticket_api.knowledge.categories import FILE, Category, read_categories
from ticket_api.knowledge.former import clashes
from ticket_api.knowledge.links import Site
from ticket_api.knowledge.markdown import Heading, anchor, headings
from ticket_api.knowledge.problem import Problem
from ticket_api.knowledge.synonyms import FILE as SYNONYMS
from ticket_api.knowledge.synonyms import Group, read_synonyms
from ticket_api.knowledge.text import normalise

__all__ = ["Article", "Category", "Heading", "Library", "Problem", "anchor", "headings", "read_library"]

OTHER_MARKDOWN = (".markdown", ".mdown", ".mkdn", ".mkd")
BULLET = " -'\""
"""What may stand around an item of a list in YAML."""


@dataclass(frozen=True, slots=True)
class Library:
    """Everything the owner wrote: articles by path, categories in page order, problems by path and line, synonyms."""

    articles: tuple[Article, ...]
    categories: tuple[Category, ...]
    problems: tuple[Problem, ...]
    synonyms: tuple[Group, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that fail the build."""
        return tuple(problem for problem in self.problems if problem.error)


def read_library(files: Mapping[str, bytes], languages: Sequence[str]) -> Library:
    """Read all files (posix paths, relative to the articles' folder). The first of `languages` is the default."""
    articles: list[Article] = []
    problems = list(_misnamed(files))
    for path in sorted(files):
        if path.endswith(".md"):
            article, told = read_article(path, files[path], tuple(languages))
            articles += [article] if article else []
            problems += told
    folders = {article.category for article in articles if article.category}
    # billing.md beside the folder billing/ is that category's own page.
    articles = [replace(article, category=article.id) if article.id in folders else article for article in articles]
    categories, faults = read_categories(files.get(FILE), folders, languages)
    problems += faults
    synonyms, faults = read_synonyms(files.get(SYNONYMS))
    problems += faults
    site = Site(files, articles, folders, languages)
    problems += (fault for article in articles for fault in site.dead_links(article))
    problems += _same_address(articles)
    problems += _former_addresses(articles, files, site, languages)
    problems += _same_title(articles, files)
    problems += _same_question(articles, files)
    return Library(tuple(articles), categories, tuple(sorted(problems)), synonyms)


def _misnamed(files: Iterable[str]) -> Iterator[Problem]:
    for path in files:
        if path.lower().endswith((".md", *OTHER_MARKDOWN)) and not path.endswith(".md"):
            yield Problem(path, 1, "Only files that end in .md are read as articles; rename it.")


def _same_address(articles: Sequence[Article]) -> Iterator[Problem]:
    for first, second in _twins(articles, lambda article: [article.url]):
        yield Problem(second.path, 1, f"It has the same address as {first.path}; rename or remove one of the two.")


def _former_addresses(
    articles: Sequence[Article], files: Mapping[str, bytes], site: Site, languages: Sequence[str]
) -> Iterator[Problem]:
    pages = dict.fromkeys(site.added_urls, "") | {article.url: article.path for article in articles}
    others = [path for path in files if not path.endswith(".md")]
    for article, written, fault in clashes(articles, pages, others, languages):
        line = line_of(files[article.path], "was", written)
        yield Problem(article.path, line, f"The old address {written!r} can't be used: {fault}")


def _same_title(articles: Sequence[Article], files: Mapping[str, bytes]) -> Iterator[Problem]:
    for first, second in _twins(articles, lambda article: [(article.lang, normalise(article.title))]):
        alike = first.category == second.category
        message = f"{first.path} has the same title; give each one of its own, so that customers can tell them apart."
        yield Problem(second.path, line_of(files[second.path], "title"), message, error=alike)


def _same_question(articles: Sequence[Article], files: Mapping[str, bytes]) -> Iterator[Problem]:
    def wordings(article: Article) -> list[Hashable]:
        return [(article.lang, normalise(question)) for question in article.questions]

    for first, second in _twins(articles, wordings):
        message = f"{first.path} names one of the same questions; leave each with the article that answers it."
        yield Problem(second.path, line_of(files[second.path], "questions"), message, error=False)


def _twins(
    articles: Iterable[Article], keys: Callable[[Article], Iterable[Hashable]]
) -> Iterator[tuple[Article, Article]]:
    """Pairs of articles that share a key: for each article the first one that had it."""
    first: dict[Hashable, Article] = {}
    for article in articles:
        for key in dict.fromkeys(keys(article)):
            if key in first:
                yield first[key], article
            else:
                first[key] = article


def line_of(data: bytes, key: str, item: str = "") -> int:
    """The line of a key in a file's front matter, or of an item of its list; where that isn't written plainly, of the
    key, or 1."""
    lines = decode(data).split("\n")
    at = next((number for number, line in enumerate(lines, 1) if line.startswith(f"{key}:")), 1)
    below = takewhile(lambda each: each[1].rstrip() != "---", enumerate(lines[at:], at + 1))
    return next((number for number, line in below if item and line.strip(BULLET) == item.strip(BULLET)), at)
