"""An owner at work, in a process of its own: page after page without a pause, one at a time.

It reads `PORT COOKIE`, then the addresses as JSON, then `go` and `stop` in turn, and answers each `stop` with the
number of pages that came since.
"""

import json
import select
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import cycle

from benchmarks._site_builds import ROOT


class Owner:
    """Starts and stops the owner."""

    def __init__(self, port: int, cookie: str, paths: Iterable[str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks._desk_owner"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._say(f"{port} {cookie}\n{json.dumps(list(paths))}")
        self.pages = 0
        """How many were read so far."""

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """While the owner reads."""
        assert self._process.stdout
        self._say("go")
        yield
        self._say("stop")
        self.pages += int(self._process.stdout.readline())

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()

    def _say(self, line: str) -> None:
        assert self._process.stdin
        print(line, file=self._process.stdin, flush=True)


def main() -> None:
    """Read until there is nothing more to do."""
    from benchmarks._desk_serving import Client

    port, cookie = sys.stdin.readline().split(maxsplit=1)
    client = Client(int(port), cookie.strip())
    paths = cycle(json.loads(sys.stdin.readline()))
    while sys.stdin.readline().strip() == "go":
        pages = 0
        while not select.select([sys.stdin], [], [], 0)[0]:
            client.get(next(paths))
            pages += 1
        sys.stdin.readline()
        print(pages, flush=True)


if __name__ == "__main__":
    main()
