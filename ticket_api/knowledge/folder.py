"""The articles' folder and the index file: the only I/O of this room."""

from collections.abc import Sequence
from pathlib import Path

from ticket_api.knowledge.articles import Library
from ticket_api.knowledge.index import ArticleIndex


def read_folder(path: Path) -> dict[str, bytes]:
    """All files of a folder by posix path, hidden ones skipped. Raises Stop when it is missing or empty."""
    raise NotImplementedError


def load_library(path: Path, languages: Sequence[str]) -> Library:
    """Read the articles' folder. Raises Stop as `read_folder` does."""
    raise NotImplementedError


def write_index(index: ArticleIndex, path: Path) -> None:
    """Write the index, replacing an older one in one step."""
    raise NotImplementedError


def read_index(path: Path) -> ArticleIndex:
    """Read the index. Raises Stop when it is missing, broken or of another version."""
    raise NotImplementedError
