"""The searches of the default store."""

from collections.abc import Sequence
from datetime import date

from msgspec.structs import replace
from tinydb import where
from tinydb.table import Document

from ticket_api.store.records import Search
from ticket_api.store.tinydb_records import Tables, as_document, decoded, note_erase


def add(tables: Tables, search: Search, most: int) -> None:
    """Count a search, or store it if its day has room. Inside of a transaction."""
    row = tables.searches.whole_row(search.id)
    if row is not None:
        known = decoded(Search, row)
        more = replace(known, count=known.count + search.count)
        tables.searches.put(search.id, as_document(more), as_document(known))
    elif tables.searches.count_by("day").get(search.day.isoformat(), 0) < most:
        tables.searches.insert(Document(as_document(search), search.id))


def drop(tables: Tables, before: date | None) -> None:
    """Forget all searches, or those of the days before one. Inside of a transaction."""
    if before is None:
        tables.searches.truncate()
        return
    for day in tables.searches.count_by("day"):
        if date.fromisoformat(day) < before:
            tables.searches.remove(where("day") == day)


def erase(tables: Tables, ids: Sequence[int]) -> None:
    """Remove searches, and note that `scrub` is due. Inside of a transaction."""
    if tables.searches.remove(doc_ids=ids):
        note_erase(tables)
