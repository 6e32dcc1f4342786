"""The sets of questions with known answers that the benchmarks read, from the folder that MATCHING_DATA names."""

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class QuestionSet:
    """Articles {"id", "title", "body", "lang", "asked"?} and questions on them {"id", "text", "lang", "relevant"}."""

    name: str
    articles: list[dict[str, Any]]
    questions: list[dict[str, Any]]

    @property
    def lang(self) -> str:
        """The language, which the name begins with."""
        return self.name[:2]


def sets() -> list[Path]:
    """The folder of each set, sorted; none, and one sentence on standard error, when there is nothing to read."""
    given = os.environ.get("MATCHING_DATA", "")
    folders = sorted(path.parent for path in Path(given).glob("*/dev.jsonl")) if given else []
    if not folders:
        print(
            "Set MATCHING_DATA to a folder of question sets (<set>/articles.jsonl and <set>/dev.jsonl); "
            + (f"{given} has none." if given else "it is not set."),
            file=sys.stderr,
        )
    return folders


def load() -> list[QuestionSet]:
    """Every set; none, and one sentence on standard error, when there is nothing to read."""
    return [QuestionSet(folder.name, read(folder / "articles.jsonl"), read(folder / "dev.jsonl")) for folder in sets()]


def read(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSONL file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]
