"""What each part of a score is worth: what is lost when it is left out."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from statistics import fmean

from benchmarks._matching_articles import article
from benchmarks._matching_quality import Tally, ask_all
from benchmarks._measure import Progress
from benchmarks._questions import QuestionSet
from ticket_api.knowledge.index import ArticleIndex, build_index
from ticket_api.knowledge.matching import rank
from ticket_api.knowledge.scoring import WEIGHTS


def without_each(sets: Sequence[QuestionSet]) -> dict[str, dict[str, Tally]]:
    """For each part of a score and each set what is found without the part."""
    progress = Progress("without each part", len(WEIGHTS) * sum(len(each.questions) for each in sets))
    found: dict[str, dict[str, Tally]] = {part: {} for part in WEIGHTS}
    for each in sets:
        index = build_index(article(fields) for fields in each.articles)
        for part in WEIGHTS:
            with _without(part):
                found[part][each.name] = _ask(index, each, progress)
    return found


def means(tallies: Mapping[str, Tally], lang: str) -> tuple[float, float]:
    """s1 and s3, each the mean over the sets of a language."""
    of_lang = [tally for name, tally in tallies.items() if name.startswith(lang)]
    return fmean(tally.share(1) for tally in of_lang), fmean(tally.share(3) for tally in of_lang)


def _ask(index: ArticleIndex, given: QuestionSet, progress: Progress) -> Tally:
    return ask_all({"helpleaf": lambda text: rank(index, text, given.lang)}, given.questions, progress)["helpleaf"]


@contextmanager
def _without(part: str) -> Iterator[None]:
    weight = WEIGHTS[part]
    WEIGHTS[part] = 0.0
    try:
        yield
    finally:
        WEIGHTS[part] = weight
