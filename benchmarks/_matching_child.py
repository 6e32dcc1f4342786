"""One system in a process of its own: `python -m benchmarks._matching_child TASK SYSTEM FOLDER` prints one JSON object.

So that nothing is warm that wouldn't be, and memory is that of one system alone, each task imports what it needs and no
more. FOLDER holds articles.jsonl, questions.json, and for those that keep one the index file `SYSTEM.json`.
"""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
STATUS = Path("/proc/self/status")

Figures = dict[str, float]
Search = Callable[[str], Any]
Load = Callable[[], Search]


def run(task: str, system: str, folder: Path) -> Figures:
    """Run one task and read its figures."""
    command = [sys.executable, "-m", __name__, task, system, str(folder)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    figures: Figures = json.loads(done.stdout)
    return figures


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    started = time.process_time()
    made = work()
    return made, time.process_time() - started


def _articles(folder: Path) -> list[dict[str, Any]]:
    from benchmarks._questions import read

    return read(folder / "articles.jsonl")


def _build(system: str, folder: Path) -> Figures:
    """Seconds to build the index of all articles, and bytes of its file, which is left in the folder."""
    fields = _articles(folder)
    if system == "lunr":
        from benchmarks._matching_peers import lunr_documents, lunr_index

        documents = lunr_documents(fields)
        index, seconds = _timed(lambda: lunr_index(documents, fields[0]["lang"]))
        data = json.dumps(index.serialize()).encode()
    else:
        from benchmarks._matching_articles import article
        from ticket_api.knowledge.index import build_index, to_json

        articles = [article(each) for each in fields]
        index, seconds = _timed(lambda: build_index(articles))
        data = to_json(index)
    (folder / f"{system}.json").write_bytes(data)
    return {"seconds": seconds, "bytes": len(data)}


def _update(_: str, folder: Path) -> Figures:
    """Seconds to build our index again after one article has changed, with the file of the index before."""
    from inspect import signature

    from benchmarks._matching_articles import article
    from ticket_api.knowledge.index import build_index, from_json

    fields = _articles(folder)
    middle = len(fields) // 2
    fields[middle]["body"] += " " + fields[0]["body"][:200]
    articles = [article(each) for each in fields]
    options: dict[str, Any] = {}
    if "previous" in signature(build_index).parameters:
        options["previous"] = from_json((folder / "helpleaf.json").read_bytes())
    return {"seconds": _timed(lambda: build_index(articles, **options))[1]}


def _serve(system: str, folder: Path) -> Figures:
    """Milliseconds to load an index, and the memory in MB after all questions: now, and at the most."""
    load = LOADERS.get(system, _peer)(system, folder)
    ask, seconds = _timed(load)
    for question in json.loads((folder / "questions.json").read_text(encoding="utf-8")):
        ask(question)
    status = STATUS.read_text(encoding="utf-8") if STATUS.exists() else ""
    found = {key: int(kib) * 1024 / 1e6 for key, kib in re.findall(r"(VmRSS|VmHWM):\s+(\d+) kB", status)}
    return {"load_ms": 1000 * seconds, "rss": found.get("VmRSS", 0.0), "peak": found.get("VmHWM", 0.0)}


def _helpleaf(system: str, folder: Path) -> Load:
    from ticket_api.knowledge.index import from_json
    from ticket_api.knowledge.matching import suggest

    def load() -> Search:
        index = from_json((folder / f"{system}.json").read_bytes())
        return lambda text: suggest(index, text, "en")

    return load


def _lunr(system: str, folder: Path) -> Load:
    from lunr.index import Index

    from benchmarks._matching_peers import lunr_rank

    return lambda: lunr_rank(Index.load((folder / f"{system}.json").read_text(encoding="utf-8")))


def _peer(system: str, folder: Path) -> Load:
    """Those without an index file of their own build it from the articles."""
    from benchmarks._matching_peers import PEERS

    fields = _articles(folder)
    return lambda: PEERS[system](fields)


LOADERS = {"helpleaf": _helpleaf, "lunr": _lunr}
TASKS = {"build": _build, "update": _update, "serve": _serve}

if __name__ == "__main__":
    print(json.dumps(TASKS[sys.argv[1]](sys.argv[2], Path(sys.argv[3]))))
