"""Articles are preferred by what is known of who asks, as far as the owner says, and each reason is told."""

import pytest

from tests.knowledge.library import index_of, read, written
from ticket_api.knowledge.asker import Asker, shares_of
from ticket_api.knowledge.matching import suggest
from ticket_api.knowledge.reasons import in_words, marked_by
from ticket_api.suggestion import Reason

TWINS = {
    "a/a.md": written("Reset the zebra", "Some text.", "plans: [Pro, team]\n"),
    "a/read.md": written("Ponies", "Other things."),
    "b/b.md": written("Reset the zebra", "Some text.", "tags: [herd]\n"),
    "b/read.md": written("Donkeys", "Other things."),
}
INDEX = index_of(TWINS)


def offered(**known):
    return suggest(INDEX, "how to reset a zebra", "en", asker=Asker(**{"weight": 0.1, **known}), least=0)


@pytest.mark.parametrize(
    ("known", "first", "reason"),
    [
        ({"plan": "pro"}, "a/a", Reason("plan", ("pro",), 0.1)),
        ({"plan": "Team"}, "a/a", Reason("plan", ("Team",), 0.1)),
        ({"tags": ("HERD",)}, "b/b", Reason("own_tag", ("herd",), 0.1)),
        ({"articles": ("a/read",)}, "a/a", Reason("asked_before", ("a",), 0.1)),
        ({"articles": ("b/read", "b/b", "a/a", "gone")}, "b/b", Reason("asked_before", ("b",), 0.05)),
    ],
)
def test_what_is_known_breaks_a_tie_and_is_told(known, first, reason):
    found = offered(**known)
    assert (found[0].id, found[0].why[-1]) == (first, reason)
    plain = {each.id: each.score for each in offered(weight=0)}
    assert found[0].score > plain[first]


def test_without_a_weight_nothing_is_preferred():
    everything = {"plan": "pro", "tags": ("herd",), "articles": ("a/read",)}
    assert offered(weight=0, **everything) == suggest(INDEX, "how to reset a zebra", "en", least=0)


def test_what_is_known_marks_no_word():
    assert marked_by("A pro zebra", (Reason("plan", ("pro",), 0.1), Reason("title", ("zebra",), 0.5))) == (
        "A pro ",
        "zebra",
    )


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("part", ["plan", "own_tag", "asked_before"])
def test_reasons_are_told_in_plain_words(part, lang):
    told = in_words(Reason(part, ("pro",), 0.1), "", lang)
    assert "pro" in told
    assert told != in_words(Reason("other", ("pro",), 0.1), "", lang)


def test_shares():
    assert shares_of(["a", "a", "", "b"]) == {"a": 0.5, "b": 0.25}
    assert shares_of([]) == {}


def test_plans_are_read_from_front_matter():
    assert index_of(TWINS).shelves["en"].documents[0].entry.plans == ("Pro", "team")
    (problem,) = read({"a/a.md": written("Title", "Text.", "plans: pro\n")}).problems
    assert problem.message.startswith("plans must be a list of texts")
