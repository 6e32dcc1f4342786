"""What PostgreSQL does for a statement: it looks into an index, and reads no more than it gives."""

import psycopg
import pytest

from tests.store.asking import NOON
from ticket_api.store import open_store, postgres_desk, postgres_mails, postgres_store


@pytest.mark.parametrize(
    ("sql", "values", "index"),
    [
        (postgres_mails.DUE, (NOON, 9), "mails_due"),
        (postgres_mails.TROUBLED, (9,), "mails_troubled"),
        (postgres_mails.OF_TICKET, (1,), "mails_ticket"),
        (postgres_store.AFTER, (3, 9), "events_pkey"),
        (postgres_store.BEFORE, (3, 9), "events_pkey"),
        (postgres_store.THOSE, ([1, 2],), "tickets_pkey"),
        (postgres_desk.PAPERS, ("draft:", "draft;"), "papers_pkey"),
    ],
)
def test_an_index_answers_and_nothing_is_sorted(postgres_url, sql, values, index):
    open_store(postgres_url).close()
    with psycopg.connect(postgres_url) as connection:
        connection.execute("SET enable_seqscan = off")  # which it would prefer for tables as small as these
        connection.execute("SET enable_bitmapscan = off")
        plan = "\n".join(row for (row,) in connection.execute(f"EXPLAIN {sql}", values))
    assert f"using {index}" in plan
    assert "Sort" not in plan
