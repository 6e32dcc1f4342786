"""Where articles are that had another address before."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

NAME = "_redirects"


def new_address(folder: Path, asked: str) -> str:
    """The address of what stood at a path of the site in a folder, or "".

    Each build writes a list anew, with lines such as `/old/page /new/page/ 301`, as hosts of static sites read it;
    other lines are passed over.
    """
    file = folder / NAME
    try:
        found = file.stat()
        return _read(file, (found.st_mtime_ns, found.st_ino)).get(quote(asked), "")
    except OSError:
        return ""


@lru_cache(maxsize=2)
def _read(file: Path, _changed: tuple[int, int]) -> Mapping[str, str]:
    lines = (line.split() for line in file.read_text(encoding="utf-8").splitlines())
    return {line[0]: line[1] for line in lines if len(line) == 3 and line[2] == "301"}
