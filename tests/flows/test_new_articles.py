"""Alice builds anew while her desk is served: what customers are offered follows, and nobody's request fails."""

import json
import logging
import threading
import urllib.parse

import pytest
from starlette.testclient import TestClient

from tests.commands.test_cli import Serving, desk, run
from tests.conftest import ARTICLES, ORIGIN, article
from tests.flows.asking import REFUND, ask
from tests.serving import SECRET, until
from ticket_api import current
from ticket_api.app import create_app
from ticket_api.knowledge.articles import read_library
from ticket_api.knowledge.folder import write_index
from ticket_api.knowledge.index import build_index

__all__ = ["desk"]  # fixture

ZEBRA = article("Paint a zebra", "Take black and white.", "zebra stripes")
WHAT = "How do I paint a zebra with stripes?"
THREADS = 4


def index_of(**more: bytes):
    return build_index(read_library(ARTICLES | more, ["en", "zh"]).articles)


def test_a_new_article_is_offered_without_a_restart_and_no_request_fails(desk):
    serving = Serving(desk, HELPLEAF_LIMITS="off")
    stop, faults, answered = threading.Event(), [], []

    def offered() -> list[str]:
        found = serving.get(f"/api/suggestions?q={urllib.parse.quote(WHAT)}&lang=en")
        return [each["id"] for each in json.loads(found)["suggestions"]]

    def go_on() -> None:
        while not stop.is_set():
            try:
                offered()
                answered.append(serving.ask(REFUND)["suggestions"][0]["id"])
            except Exception as fault:
                faults.append(fault)

    threads = [threading.Thread(target=go_on, daemon=True) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    count = json.loads(serving.get("/api/health"))["articles"]
    assert "wildlife/zebra" not in offered()
    (desk / "kb_articles/wildlife").mkdir()
    (desk / "kb_articles/wildlife/zebra.md").write_bytes(ZEBRA)
    assert run(desk, "build").returncode == 0
    until(lambda: json.loads(serving.get("/api/health"))["articles"] == count + 1)
    assert offered()[0] == "wildlife/zebra"
    before = len(answered)
    until(lambda: len(answered) >= before + 20)
    stop.set()
    for thread in threads:
        thread.join(20)
    serving.end()
    assert faults == []
    assert set(answered) == {"refunds/get-a-refund"}


@pytest.fixture
def looks(monkeypatch) -> list[object]:
    """The looks at the file, of which there are many."""
    seen, look = [], current._stamp
    monkeypatch.setattr(current, "SECONDS", 0.02)
    monkeypatch.setattr(current, "_stamp", lambda path: seen.append(look(path)) or seen[-1])
    return seen


@pytest.fixture
def bob(settings, store, clock, looks):
    """The customer of a desk whose index lies in its file."""
    index = index_of()
    write_index(index, settings.index_path)
    app = create_app(settings, store, index, SECRET, clock)
    with TestClient(app, base_url=ORIGIN) as client:
        yield client


def articles(bob: TestClient) -> int:
    return bob.get("/api/health").json()["articles"]


@pytest.mark.parametrize("spoiled", [b"", b"{", b"{}", b'{"format": 1, "version": "x", "shelves": {}}', None])
def test_a_broken_or_older_file_is_told_once_and_the_articles_stay(bob, settings, caplog, looks, spoiled):
    count = articles(bob)
    if spoiled is None:
        settings.index_path.unlink()
    else:
        draft = settings.index_path.with_name("draft")  # what is written in its place may be seen half
        draft.write_bytes(spoiled)
        draft.replace(settings.index_path)

    def told() -> list[str]:
        return [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING]

    until(told)
    so_far = len(looks)
    until(lambda: len(looks) > so_far + 3)
    (sentence,) = told()
    assert str(settings.index_path) in sentence
    assert "helpleaf build" in sentence
    assert sentence.endswith("Until then, the articles stay that were read before.")
    assert articles(bob) == count
    assert ask(bob)["suggestions"][0]["id"] == "refunds/get-a-refund"
    write_index(index_of(**{"wildlife/zebra.md": ZEBRA}), settings.index_path)
    until(lambda: articles(bob) == count + 1)


def test_the_thread_ends_with_the_server(settings, store, clock):
    def running() -> bool:
        return "current" in {thread.name for thread in threading.enumerate()}

    with TestClient(create_app(settings, store, index_of(), SECRET, clock)):
        assert running()
    assert not running()
