"""Readers' votes as the build reads them: by a look that changes nothing, and never at the price of the build."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from tests.commands.test_cli import Serving, desk, run
from tests.store.asking import NOON
from tests.store.postgres import postgres, postgres_url
from ticket_api.store import open_store
from ticket_api.store.records import Feedback
from ticket_api.usefulness import lower_bound, usefulness

__all__ = ["desk", "postgres", "postgres_url"]  # fixtures

CHARGED = "billing/charged-twice"


def vote(store, article: str, *votes: bool) -> None:
    for helpful in votes:
        store.add_feedback(Feedback(article=article, lang="en", helpful=helpful, at=NOON))


@pytest.mark.parametrize(
    ("helpful", "unhelpful", "bound"),
    [(0, 0, 0.0), (0, 9, 0.0), (1, 0, 0.2065), (10, 0, 0.7225), (8, 2, 0.4902), (81, 19, 0.7222), (90, 10, 0.8256)],
)
def test_the_bound_is_wilsons(helpful, unhelpful, bound):
    """As R's `prop.test(..., correct = FALSE)` gives it."""
    assert lower_bound(helpful, unhelpful) == pytest.approx(bound, abs=5e-5)


def folder(path: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in path.iterdir()} if path.exists() else {}


def test_without_a_store_nothing_is_made(settings, capsys):
    assert usefulness(settings) == {}
    assert not settings.data.exists()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("served", [True, False])
def test_the_votes_are_read_beside_a_server_and_without_one(settings, served):
    """Beside one they lie in its log."""
    with closing(open_store(settings.store_url)) as store:
        vote(store, "a/b", True, True, False)
        vote(store, "a/c", False)
        if served:
            assert usefulness(settings) == {"a/b": lower_bound(2, 1), "a/c": 0.0}
            vote(store, "a/c", True)
    before = folder(settings.data)
    assert usefulness(settings) == {"a/b": lower_bound(2, 1), "a/c": lower_bound(int(served), 1)}
    assert folder(settings.data) == before


def test_they_are_read_in_postgresql(settings, postgres_url, capsys):
    there = replace(settings, store=postgres_url)
    assert usefulness(there) == {}
    with psycopg.connect(postgres_url) as connection:
        tables = "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema()"
        assert connection.execute(tables).fetchone() == (0,)
    with closing(open_store(postgres_url)) as store:
        vote(store, "a/b", True)
        assert usefulness(there) == {"a/b": lower_bound(1, 0)}
    assert capsys.readouterr().err == ""


def test_a_file_of_an_older_version_is_left_as_it_is(settings):
    with closing(open_store(settings.store_url)) as store:
        vote(store, "a/b", True)
    for version, found in ((2, {"a/b": lower_bound(1, 0)}), (1, {}), (99, {})):
        with closing(sqlite3.connect(settings.store_url)) as file:
            file.execute(f"PRAGMA user_version = {version}")
            file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        before = folder(settings.data)
        assert usefulness(settings) == found
        assert folder(settings.data) == before


@pytest.mark.parametrize("store", ["postgresql://nobody:hush@127.0.0.1:1/none", "postgresql:none", "kb"])
def test_a_store_that_cannot_be_read_is_told_and_no_more(settings, tmp_path, capsys, store):
    place = store if "postgres" in store else str(tmp_path / store)
    if place != store:
        Path(place).write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    assert usefulness(replace(settings, store=place)) == {}
    told = capsys.readouterr().err
    assert told.startswith("Readers' votes can't be read, so the newest articles stand for the most useful: ")
    assert "hush" not in told
    assert "Traceback" not in told


def test_build_and_serve_name_what_readers_found_useful(desk):
    elsewhere = desk / "elsewhere"
    with closing(open_store(str(elsewhere / "tickets.db"))) as store:
        vote(store, CHARGED, True, True)
    assert run(desk, "build").returncode == 0
    plain = (desk / "build/site/index.html").read_text()
    assert run(desk, "build", HELPLEAF_DATA=str(elsewhere)).returncode == 0
    useful = (desk / "build/site/index.html").read_text()
    assert plain != useful
    assert run(desk, "build", HELPLEAF_DATA=str(desk / "build/site/index.html")).returncode == 0
    assert (desk / "build/site/index.html").read_text() == plain
    serving = Serving(desk, 0, "--data", str(elsewhere))
    try:
        assert serving.get("/") == useful
    finally:
        serving.end()
