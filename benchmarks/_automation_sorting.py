"""What questions are about, by naive Bayes as the product does it, and by the matcher's own neighbours.

Categories are articles themselves (intents), and groups of them as a help centre's folders are. Known questions are
four fifths of those that a set names for its articles, drawn anew for each round; its other questions are the test.
"""

import random
import re
import time
import tracemalloc
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Any

from benchmarks._matching_articles import article, pool, sample
from benchmarks._measure import Figure, Progress, print_table
from benchmarks._questions import QuestionSet, load
from ticket_api.knowledge.index import build_index
from ticket_api.knowledge.matching import rank
from ticket_api.knowledge.sorting import Example, Sorter, terms_of

ROUNDS = 5
SHARE = 0.8
"""Of the known questions are drawn, and of the questions with an answer are sorted at `at80`."""
VOTERS = 3
ARTICLES, KNOWN, KINDS = 1_000, 3_000, 10
"""Sizes at which times are taken: as many known tickets as the product learns from at most."""
TIMED = 300

GROUPS = {
    "en_banking77": ("top", "transfer|receiv", "cash", "exchange|currenc", "card|visa", "refund|payment|charge"),
    "zh_bq": ("电话", "验证码|身份|登", "息", "到账|到帐", "还款|扣款|还清|账单|帐单", "卡|绑定", "额度", "借|贷"),
}
"""The sets whose articles are sorted, and by what their ids and titles hold into groups, the first that fits; the last
group is all others."""

FIGURES = ("right", "at80", "false80", "ms")
TIMES = ("sorting_ms", "sorting_vs_match1000", "sorting_learn_ms", "sorting_mb")

Judge = Callable[[str], tuple[str, float]]
"""A text's category and how sure that is; the numbers compare between texts."""


@dataclass(frozen=True)
class Material:
    """Known questions and articles with their categories, and questions with those that are right: none, if unknown."""

    lang: str
    articles: Sequence[Mapping[str, Any]]
    category: Mapping[str, str]
    known: Sequence[tuple[str, str]]
    asked: Sequence[tuple[str, frozenset[str]]]


def measure() -> dict[str, Figure]:
    """Every figure by its name; none, and one sentence on standard error, without sets of questions."""
    sets = load()
    having = [each for each in sets if each.name in GROUPS]
    values: dict[str, list[float]] = defaultdict(list)
    progress = Progress("Sorting questions", 2 * ROUNDS * len(having))
    for each in having:
        for level in ("intents", "groups"):
            for turn in range(ROUNDS):
                _compare(values, material(each, level, turn), f"{level}_{each.name}")
                progress.step()
    if having:
        values |= times([each for each in sets if each.lang == "en"])
    figures = {name: Figure.of(found) for name, found in values.items()}
    _print(figures)
    return figures


def material(given: QuestionSet, level: str, turn: int) -> Material:
    """What one round learns and is asked; the same for the same turn."""
    category = {
        fields["id"]: fields["id"] if level == "intents" else group(fields, given.name) for fields in given.articles
    }
    known = [(text, fields["id"]) for fields in given.articles for text in fields.get("asked") or ()]
    random.Random(turn).shuffle(known)
    asked = [(each["text"], frozenset(category[right] for right in each["relevant"])) for each in given.questions]
    return Material(given.lang, given.articles, category, known[: int(SHARE * len(known))], asked)


def group(fields: Mapping[str, Any], name: str) -> str:
    """The group of an article of a set."""
    called = f"{fields['id']} {fields['title']}".lower()
    return next((each for each in GROUPS[name] if re.search(each, called)), "other")


def bayes(given: Material, *, articles: bool = True) -> Sorter:
    """The product's sorter."""
    known = [Example(terms_of(text), given.category[right]) for text, right in given.known]
    texts = ((f"{each['title']}\n{each['body']}", given.category[each["id"]]) for each in given.articles)
    return Sorter(known, [Example(terms_of(text), category) for text, category in texts] if articles else ())


def neighbours(given: Material) -> Judge:
    """The matcher's nearest articles vote with their sureness; they name the known questions, which weighs the most."""
    named: dict[str, list[str]] = defaultdict(list)
    for text, right in given.known:
        named[right].append(text)
    index = build_index(article({**each, "questions": named[each["id"]]}) for each in given.articles)

    def judge(text: str) -> tuple[str, float]:
        votes: dict[str, float] = defaultdict(float)
        for found, sure in rank(index, text, given.lang)[:VOTERS]:
            votes[given.category[found]] += sure
        return max(votes.items(), key=lambda vote: vote[1]) if votes else ("", 0.0)

    return judge


def quality(judge: Judge, asked: Iterable[tuple[str, frozenset[str]]]) -> dict[str, float]:
    """In %: `right` of all with an answer; `at80` of the surest four fifths of them; `false80` of the questions that
    nothing answers, as sure as those; and the `ms` of CPU of a question."""
    sure: list[tuple[float, bool]] = []
    unknown: list[float] = []
    started, count = time.process_time(), 0
    for text, right in asked:
        category, score = judge(text)
        count += 1
        if right:
            sure.append((score, category in right))
        else:
            unknown.append(score)
    millis = 1000 * (time.process_time() - started) / count
    sure.sort(key=lambda each: -each[0])
    surest = sure[: int(SHARE * len(sure))]
    return {
        "right": 100 * fmean(right for _, right in sure),
        "at80": 100 * fmean(right for _, right in surest),
        "false80": 100 * fmean(score >= surest[-1][0] for score in unknown),
        "ms": millis,
    }


def own(sorter: Sorter, asked: Iterable[tuple[str, frozenset[str]]]) -> dict[str, float]:
    """In %, by the threshold that it found from the known questions alone: how many questions with an answer it
    `sorted`, how many of these `sorted_right`, and how many it sorted that nothing answers."""
    judged = [(sorter.judge(text), right) for text, right in asked]
    hits = [(verdict.category in right) for verdict, right in judged if right and verdict and verdict.sure]
    unknown = [bool(verdict and verdict.sure) for verdict, right in judged if not right]
    return {
        "sorted": 100 * len(hits) / (len(judged) - len(unknown)),
        "sorted_right": 100 * fmean(hits) if hits else 100.0,
        "sorted_unknown": 100 * fmean(unknown),
    }


def _compare(values: dict[str, list[float]], given: Material, name: str) -> None:
    sorter, bare = bayes(given), bayes(given, articles=False)
    for system, judge in (("nb", _best(sorter)), ("nb_bare", _best(bare)), ("neighbours", neighbours(given))):
        for figure, value in quality(judge, given.asked).items():
            values[f"sorting_{system}_{name}_{figure}"].append(value)
    for figure, value in own(sorter, given.asked).items():
        values[f"sorting_nb_{name}_{figure}"].append(value)


def _best(sorter: Sorter) -> Judge:
    return lambda text: sorter.best(terms_of(text)) or ("", 0.0)


def times(sets: Sequence[QuestionSet]) -> dict[str, list[float]]:
    """A question's time beside one to the matcher, in turns; what learning takes, and what it keeps in memory."""
    articles, texts = pool(sets, "en", ARTICLES), sample(sets, "en", KNOWN)
    index = build_index(article(each) for each in articles)
    choose = random.Random(0)
    known = [(terms_of(text), f"kind {choose.randrange(KINDS)}") for text in (texts * KNOWN)[:KNOWN]]
    named = [(terms_of(each["title"]), f"kind {choose.randrange(KINDS)}") for each in articles]
    examples, cold = [Example(*each) for each in known], [Example(*each) for each in named]
    values: dict[str, list[float]] = defaultdict(list)
    for _ in range(ROUNDS):
        started = time.process_time()
        sorter = Sorter(examples, cold)
        values["sorting_learn_ms"].append(1000 * (time.process_time() - started))
        ours, theirs = _in_turns((sorter.judge, lambda text: rank(index, text, "en")), texts[:TIMED])
        values["sorting_ms"].append(1000 * median(ours))
        values["sorting_vs_match1000"].append(median(ours) / median(theirs))
    values["sorting_mb"].append(_kept(texts))
    return values


def _kept(texts: Sequence[str]) -> float:
    """MB of as many known questions as count, and of what is learned of them."""
    tracemalloc.start()
    known = [Example(terms_of(text), f"kind {place % KINDS}") for place, text in enumerate((texts * KNOWN)[:KNOWN])]
    kept = known, Sorter(known)
    megabytes = tracemalloc.get_traced_memory()[0] / 1e6
    tracemalloc.stop()
    return megabytes if kept else 0.0


def _in_turns(systems: Sequence[Callable[[str], object]], texts: Sequence[str]) -> list[list[float]]:
    """Seconds of CPU of each text by each system, which of them first turns from text to text."""
    seconds: list[list[float]] = [[] for _ in systems]
    order = list(range(len(systems)))
    for text in texts:
        order.reverse()
        for place in order:
            started = time.process_time()
            systems[place](text)
            seconds[place].append(time.process_time() - started)
    return seconds


def _print(figures: Mapping[str, Figure]) -> None:
    for level in ("intents", "groups"):
        rows = []
        for name in GROUPS:
            for system in ("nb", "nb_bare", "neighbours"):
                begins = f"sorting_{system}_{level}_{name}_"
                if f"{begins}right" in figures:
                    rows.append((f"{name}, {system}", [figures[begins + each].told() for each in FIGURES]))
        if rows:
            print_table(f"{level}, in %", list(FIGURES), rows)
    for name in (name for name in figures if "_sorted" in name or name in TIMES):
        print(f"{name}: {figures[name].told()}")
