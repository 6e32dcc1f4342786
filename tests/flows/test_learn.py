"""Bob confirms an article: the index in force learns his question, and unlearns it."""

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from tests.conftest import ORIGIN
from tests.flows.asking import api_of, ask
from tests.serving import SECRET, until
from ticket_api.app import create_app
from ticket_api.archive.erase import erase_requester
from ticket_api.knowledge.folder import write_index

ARTICLE = {"article": "refunds/get-a-refund"}
QUESTION = "Refund for my xylophone lessons, please?"


@pytest.fixture
def learns(settings, store, index, clock):
    """Make a desk; its client, and whether its index in force has learned anything."""

    def make(learn: bool = True):
        app = create_app(replace(settings, learn=learn, confidence="0"), store, index, SECRET, clock)
        current = app.state.context.helpdesk._current
        return TestClient(app, base_url=ORIGIN), lambda: current.index is not index

    return make


def test_it_works_and_an_undo_ends_it(learns):
    bob, learned = learns()
    with bob:
        ticket = ask(bob, QUESTION)
        bob.post(api_of(ticket, "solved"), json=ARTICLE)
        until(learned)
        assert bob.get("/api/health").json()["articles"] == 10
        bob.post(api_of(ticket, "undo"))
        until(lambda: not learned())


def test_of_what_is_learned_only_the_new_is_read(learns, index, monkeypatch):
    taught, teach = [], type(index).with_confirmed
    monkeypatch.setattr(type(index), "with_confirmed", lambda *given: taught.append(given[0]) or teach(*given))
    bob, _ = learns()
    with bob:
        for question in (QUESTION, "Refund for my trombone lessons, please?"):
            before = len(taught)
            bob.post(api_of(ask(bob, question), "solved"), json=ARTICLE)
            until(lambda before=before: len(taught) > before)
    assert taught[-1] is not index


def test_an_erase_ends_it(learns, store, clock):
    bob, learned = learns()
    with bob:
        bob.post(api_of(ask(bob, QUESTION, email="bob@example.com"), "solved"), json=ARTICLE)
        until(learned)
        erase_requester(store, "bob@example.com", clock())
        until(lambda: not learned())


def test_what_was_confirmed_before_the_start_counts(learns):
    bob, learned = learns()
    bob.post(api_of(ask(bob, QUESTION), "solved"), json=ARTICLE)  # no server runs yet
    assert not learned()
    with bob:
        until(learned)


def test_no_file_ever_holds_the_words(learns, settings, index):
    write_index(index, settings.index_path)
    bob, learned = learns()
    with bob:
        bob.post(api_of(ask(bob, QUESTION), "solved"), json=ARTICLE)
        until(learned)
    files = [path for path in settings.build.rglob("*") if path.is_file()]
    assert settings.index_path in files
    assert all(b"xylophone" not in path.read_bytes() for path in files)


def test_a_fault_leaves_nothing_that_was_learned(learns, store, clock, index, monkeypatch, caplog):
    bob, learned = learns()
    with bob:
        bob.post(api_of(ask(bob, QUESTION, email="bob@example.com"), "solved"), json=ARTICLE)
        until(learned)
        monkeypatch.setattr(type(index), "with_confirmed", lambda *_: 1 / 0)
        erase_requester(store, "bob@example.com", clock())
        until(lambda: not learned())
    assert "Learned questions can't be used" in caplog.text


def test_it_can_be_switched_off(learns):
    bob, learned = learns(learn=False)
    other, learned_there = learns()
    with bob, other:
        bob.post(api_of(ask(bob, QUESTION), "solved"), json=ARTICLE)
        until(learned_there)
        assert not learned()
