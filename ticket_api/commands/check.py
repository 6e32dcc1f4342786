"""The commands that try the articles as they stand, without a build: check, ask."""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from ticket_api.errors import Stop
from ticket_api.knowledge.articles import Library, read_library
from ticket_api.knowledge.checking import OFFERED, Figures, Finding, ask_each, figures, to_ask
from ticket_api.knowledge.checking import check as findings_of
from ticket_api.knowledge.folder import load_library, read_folder, read_index
from ticket_api.knowledge.index import ArticleIndex, build_index
from ticket_api.knowledge.matching import suggest, threshold
from ticket_api.knowledge.reasons import in_words
from ticket_api.knowledge.text import is_han, words
from ticket_api.settings import Settings
from ticket_api.site.build import CONFIG, shows_pages, site_settings
from ticket_api.site.checking import check_site
from ticket_api.suggestion import Suggestion
from ticket_api.terminal import Progress, counted
from ticket_api.words import load

VERSION = 1
"""Of the JSON that is printed; changes when a script that reads it would have to."""


def add_commands(commands: Any) -> None:
    """Tell the parser of the two commands."""
    check_command = commands.add_parser("check", help="try every question of the articles, and tell what to mend")
    check_command.add_argument("--json", action="store_true", help="print one JSON object for scripts")
    check_command.add_argument("--site", type=Path, metavar="FOLDER", help="check a built site instead of the articles")
    check_command.set_defaults(command=check)
    ask_command = commands.add_parser("ask", help="rank the articles for a question, with the reasons")
    ask_command.add_argument("question", metavar="QUESTION", nargs="+", help="what a customer might write")
    ask_command.add_argument("--lang", help="the language it is asked in; by default the one it is written in")
    ask_command.add_argument("--page", metavar="PATH", default="", help="the page that the customer is reading")
    ask_command.add_argument("--limit", type=int, default=10, help="how many articles to tell, 10 by default")
    ask_command.add_argument("--json", action="store_true", help="print one JSON object for scripts")
    ask_command.set_defaults(command=ask)


def check(settings: Settings, given: argparse.Namespace) -> None:
    """Tell everything that is to be mended in the articles, or in a built site. Raises Stop where there are errors."""
    if given.site:
        check_built(settings, given.site, as_json=given.json)
    elif shows_pages(settings):
        raise Stop(
            f"The articles of this site are its pages, as {CONFIG} says, and there is no folder of articles to check:"
            f" run helpleaf build, then helpleaf check --site {settings.site_path}."
        )
    else:
        check_articles(settings, as_json=given.json)


def check_articles(settings: Settings, *, as_json: bool) -> None:
    """Tell everything that is to be mended in the articles. Raises Stop where there are errors."""
    files = read_folder(settings.articles)
    library = read_library(files, settings.languages)
    index = _index(library, settings)
    progress, asked = Progress("Asking", "questions", sys.stderr), []
    total = len(to_ask(library.articles))
    for each in ask_each(library.articles, index):
        asked.append(each)
        progress(len(asked), total)
    today = datetime.now(ZoneInfo(settings.timezone)).date()
    found = [
        _placed(finding, settings.articles) for finding in findings_of(library, files, asked, settings.languages, today)
    ]
    told = figures(library.articles, asked, index, settings.languages)
    errors = sum(finding.level == "error" for finding in found)
    if as_json:
        _print_json(found, told, errors)
    else:
        _print(found, told)
    if errors:
        warned = len(found) - errors
        raise Stop(f"{counted(errors, 'error')} and {counted(warned, 'warning')}: mend the errors, then check again.")
    if not as_json:
        print(f"No errors, {counted(len(found), 'warning')}." if found else "All is well.")


def check_built(settings: Settings, folder: Path, *, as_json: bool) -> None:
    """Tell everything that visitors would meet in a built site and shouldn't. Raises Stop where there is anything."""
    own = folder.resolve() == settings.site_path.resolve()
    progress = Progress("Reading", "pages", sys.stderr)
    pages, faults = check_site(folder, settings.index_path if own else None, progress)
    if as_json:
        whole = {"version": VERSION, "pages": pages, "errors": len(faults), "findings": faults}
        print(json.dumps(msgspec.to_builtins(whole), indent=2))
    else:
        for fault in faults:
            more = f" and {fault.count - 1:,} more" if fault.count > 1 else ""
            print(f"{fault.pages[0]}{more}: {fault.message}")
    if faults:
        raise Stop(f"{counted(len(faults), 'error')} in {counted(pages, 'page')} of {folder}.")
    if not as_json:
        print(f"All is well with {counted(pages, 'page')}.")


def ask(settings: Settings, given: argparse.Namespace) -> None:
    """Tell which articles a question finds, why, and which of them a customer would be offered. Raises Stop."""
    question = " ".join(given.question).strip()
    if not question:
        raise Stop('The question is empty: write it in quotes, as in helpleaf ask "how do I get a refund".')
    built = read_index(settings.index_path) if shows_pages(settings) else None
    settings = site_settings(settings) if built else settings
    lang = given.lang or _language_of(question, settings.languages)
    if lang not in settings.languages:
        raise Stop(f"{lang!r} isn't one of the languages ({', '.join(settings.languages)}): name one of them.")
    if given.page and not given.page.startswith("/"):
        raise Stop(f"--page {given.page}: name a path on the site, such as /billing/charged-twice/.")
    if given.limit < 1:
        raise Stop(f"--limit {given.limit}: name a number of articles, 1 or more.")
    index = _as_set(built, settings) if built else _of_articles(settings)
    ranking = _ranking(index, question, lang, given.page, given.limit)
    if given.json:
        whole = {"version": VERSION, "lang": lang, "suggestions": [_as_fields(each) for each in ranking]}
        print(json.dumps(whole, indent=2))
    else:
        print("\n".join(_ranking_in_words(lang, ranking)))


def _of_articles(settings: Settings) -> ArticleIndex:
    library = load_library(settings.articles, settings.languages)
    if library.errors:
        told = f"{counted(len(library.errors), 'error')} in the articles: helpleaf check tells them."
        print(told, "What can't be read isn't found.", file=sys.stderr)
    return _index(library, settings)


def _index(library: Library, settings: Settings) -> ArticleIndex:
    return _as_set(build_index(library.articles, synonyms=library.synonyms), settings)


def _as_set(index: ArticleIndex, settings: Settings) -> ArticleIndex:
    return index if settings.least is None else index.with_threshold(settings.least)


def _placed(finding: Finding, folder: Path) -> Finding:
    """A finding with paths that an editor opens."""
    path, *others = ((folder / file).as_posix() for file in (finding.path, *finding.others))
    return msgspec.structs.replace(finding, path=path, others=tuple(others))


def _print_json(found: Sequence[Finding], told: Mapping[str, Figures], errors: int) -> None:
    whole = {
        "version": VERSION,
        "errors": errors,
        "warnings": len(found) - errors,
        "findings": found,
        "questions": told,
    }
    print(json.dumps(msgspec.to_builtins(whole), indent=2))  # in ASCII, which every terminal and script can take


def _print(found: Sequence[Finding], told: Mapping[str, Figures]) -> None:
    for finding in found:
        level = "" if finding.level == "error" else "warning: "
        print(f"{finding.path}:{finding.line}: {level}{finding.message}")
    if found:
        print()
    for lang, each in told.items():
        print(_in_words(_language(lang), each))


def _in_words(language: str, told: Figures) -> str:
    """The figures of a language as a few lines."""
    begin = f"{language}: {counted(told.articles, 'article')}"
    if not told.asked:
        advice = "; give each a few under questions:, to see whether customers find it" if told.articles else ""
        return f"{begin}, no questions to try{advice}."
    return (
        f"{begin}, {counted(told.asked, 'question')}, each asked as if its article didn't name it\n"
        f"  {_share(told.first, told)} find their article first, {_share(told.within_three, told)} within three\n"
        f"  {_share(told.offered, told)} would be offered it, with a score of {told.threshold:g} or more\n"
        f"  {_share(told.silent, told)} would be offered nothing if the article weren't there"
    )


def _share(number: int, told: Figures) -> str:
    return f"{number:,} ({100 * number // told.asked} %)"


class _Ranked(NamedTuple):
    """An article that a question finds, the least score that is offered, whether it is sure enough for that, and
    whether a customer would be offered it."""

    article: Suggestion
    threshold: float
    sure: bool
    offered: bool


def _language_of(question: str, languages: Sequence[str]) -> str:
    return "zh" if "zh" in languages and any(is_han(word) for word in words(question)) else languages[0]


def _ranking(index: ArticleIndex, question: str, lang: str, page: str, limit: int) -> list[_Ranked]:
    """What a customer would be offered, then the others, best first."""
    sure = suggest(index, question, lang, page=page, limit=limit)
    there = {(article.id, article.lang) for article in sure}
    found = suggest(index, question, lang, page=page, least=0.0, limit=limit)
    unsure = [article for article in found if (article.id, article.lang) not in there]
    return [
        _Ranked(
            article, threshold(index, article.lang), sure=place < len(sure), offered=place < min(len(sure), OFFERED)
        )
        for place, article in enumerate((*sure, *unsure))
    ][:limit]


def _as_fields(ranked: _Ranked) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(ranked.article)
    return fields | {"threshold": round(ranked.threshold, 4), "offered": ranked.offered}


def _ranking_in_words(lang: str, ranking: Sequence[_Ranked]) -> Iterator[str]:
    """A few lines for each article, and one where the offers end. No columns: Chinese is twice as wide."""
    yield f"Asked in {_language(lang)}."
    if not any(each.offered for each in ranking):
        why = "no article is sure enough" if ranking else "no article has anything in common with it"
        yield f"Nothing would be offered: {why}."
    cut = next((place for place, each in enumerate(ranking) if not each.offered), len(ranking))
    for place, each in enumerate(ranking):
        if place == cut:
            yield "\n---- What follows isn't offered ----"
        yield from _article_in_words(place + 1, each)


def _article_in_words(place: int, ranked: _Ranked) -> Iterator[str]:
    article, least = ranked.article, f"{ranked.threshold:.4f}"
    if ranked.offered:
        state = f"offered, as it reaches {least}"
    elif ranked.sure:
        state = f"it reaches {least}, but no more than {OFFERED} are offered"
    else:
        state = f"not sure enough, as it doesn't reach {least}"
    yield f"\n{place}. {article.title}"
    yield f"   {article.score:.4f}: {state}"
    yield f"   {article.url}"
    if article.section:
        yield f"   section: {article.section}"
    for reason in article.why:
        yield f"   {in_words(reason, article.section, 'en')} ({100 * reason.weight:.0f} %)"


def _language(lang: str) -> str:
    return load("en")["language"].get(lang, lang)
