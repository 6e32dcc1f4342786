"""The votes in a file of tickets, read without opening it as a desk does: a build changes nothing of it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from ticket_api.errors import StoreUnavailable
from ticket_api.store.migrations import CHAINED
from ticket_api.store.records import Votes
from ticket_api.store.sqlite_file import APPLICATION_ID, FORMAT, connect
from ticket_api.store.sqlite_log import require_whole_log
from ticket_api.store.sqlite_rows import tally_sql

OURS = "SELECT application_id, user_version FROM pragma_application_id, pragma_user_version"


def votes_in(path: Path) -> dict[str, Votes]:
    """How many found each article helpful, and how many didn't; none without a file, or in one of another format.

    Raises StoreUnavailable when it can't be read, and Stop when its log is damaged.
    """
    try:
        if not path.is_file():
            return {}
        require_whole_log(path)  # before SQLite makes a new index of it
        with closing(connect(path, mode=_mode(path))) as file:
            application, found = file.execute(OURS).fetchone()
            if application != APPLICATION_ID or not CHAINED <= found <= FORMAT:
                return {}
            rows = file.execute(tally_sql("feedback", "article", "helpful", "follows"))
            return {article: Votes(yes, no) for article, yes, no in rows}
    except (OSError, sqlite3.Error) as error:
        raise StoreUnavailable("store_unavailable") from error


def _mode(path: Path) -> str:
    """Without a log, all is in the file, and SQLite needs no index beside it."""
    log = path.with_name(f"{path.name}-wal")
    return "ro" if log.exists() and log.stat().st_size else "ro&immutable=1"
