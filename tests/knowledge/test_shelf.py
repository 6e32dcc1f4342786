"""A shelf of which only what changed is read anew, and the index built so.

Promised is: the same articles are found, in the order and with the scores that fields' usual lengths of the last whole
build give. So where lengths stay as they are, all is equal to a whole build; else what is found is, not the scores.
"""

import sys
from dataclasses import replace

import pytest

from tests.knowledge.library import HELP, read, written
from ticket_api.knowledge.index import build_index, from_json, to_json
from ticket_api.knowledge.matching import rank, search, suggest, threshold

SUBJECTS = [
    "refund",
    "password",
    "invoice",
    "cookie",
    "device",
    "backup",
    "coupon",
    "address",
    "colleague",
    "printer",
    "calendar",
    "camera",
    "discount",
    "export",
    "folder",
    "keyboard",
    "scanner",
    "signature",
    "speaker",
    "timer",
]
"""Fewer than the articles whose sections are read, so that none is passed over for another that is as good."""

LIBRARY = {
    f"a/{name}.md": written(f"About the {name}", f"Here a {name} works.", f"questions: [my {name} broke]\n")
    for name in SUBJECTS
}
QUESTIONS = [
    *SUBJECTS,
    "my refund and the printer",
    "zebra",
    "giraffe",
    "donkey",
    "it broke",
    "about the timer",
    "works here",
]


def articles_of(files):
    return read(files).articles


def ids(found):
    return {each.id for each in found}


def found(index):
    """What each question finds, however it is sorted."""
    return {question: ids(search(index, question, "en", limit=99)) for question in QUESTIONS}


def answers(index):
    return [(rank(index, question, "en"), suggest(index, question, "en")) for question in QUESTIONS]


def changed(changes):
    """The library with articles in which one word takes another's place."""
    texts = {f"a/{old}.md": LIBRARY[f"a/{old}.md"].replace(old, new) for old, new in changes.items()}
    return LIBRARY | texts


def test_nothing_changed_is_the_same_file():
    before = build_index(articles_of(HELP), synonyms=[("refund", "退款")])
    for previous in (before, from_json(to_json(before))):
        again = build_index(reversed(articles_of(HELP)), synonyms=[("refund", "退款")], previous=previous)
        assert to_json(again) == to_json(before)


@pytest.mark.parametrize("changes", [{"camera": "donkey"}, {"timer": "zebra", "speaker": "giraffe"}])
def test_changed_articles_of_the_same_length_are_found_as_if_all_were_built_anew(changes):
    previous = build_index(articles_of(LIBRARY))
    files = changed(changes)
    again, whole = build_index(articles_of(files), previous=previous), build_index(articles_of(files))
    whole = whole.with_threshold(threshold(previous, "en"))
    assert answers(again) == answers(whole) != answers(previous)
    assert found(again) == found(whole)
    assert answers(from_json(to_json(again))) == answers(again)


def test_new_and_gone_articles_are_found_and_missed():
    previous = build_index(articles_of(LIBRARY))
    files = {path: text for path, text in LIBRARY.items() if path != "a/camera.md"}
    files["a/zebra.md"] = written("A zebra has stripes", "And much more can be said of it, at any length. " * 30)
    again = build_index(articles_of(files), previous=previous)
    assert found(again) == found(build_index(articles_of(files)))
    assert (len(again), again.has("a/zebra"), again.has("a/camera")) == (len(LIBRARY), True, False)
    assert suggest(again, "zebra stripes", "en")[0].id == suggest(again, "zebra strpies", "en")[0].id == "a/zebra"
    assert search(again, "strip", "en")[0].id == "a/zebra"
    assert "a/camera" not in ids(search(again, "camera", "en"))


def test_an_article_that_comes_back_is_found_once():
    whole = build_index(articles_of(LIBRARY))
    without = build_index(articles_of({p: t for p, t in LIBRARY.items() if p != "a/camera.md"}), previous=whole)
    back = build_index(articles_of(LIBRARY), previous=from_json(to_json(without)))
    assert answers(back) == answers(whole)
    assert len(back) == len(LIBRARY)


def test_many_small_changes_add_up_until_all_is_built_anew():
    names = [(name, name[::-1] + "ic") for name in SUBJECTS[:12]]
    index = from_json(to_json(build_index(articles_of(LIBRARY))))
    anew = []
    for number in range(1, len(names) + 1):
        files = changed(dict(names[:number]))
        index = from_json(to_json(build_index(articles_of(files), previous=index)))
        whole = build_index(articles_of(files))
        assert found(index) == found(whole)
        assert search(index, names[number - 1][1], "en")[0].id == f"a/{names[number - 1][0]}"
        anew += [number] if to_json(index) == to_json(whole) else []
    assert anew == [3, 6, 9, 12]


def test_a_help_centre_written_article_by_article_is_as_one_built_at_once():
    index = build_index([])
    for number in range(1, 9):
        files = dict(list(LIBRARY.items())[:number])
        index = build_index(articles_of(files), previous=index)
        whole = build_index(articles_of(files))
        assert found(index) == found(whole)
        assert to_json(index) == to_json(whole) or number in (2, 4, 6, 8)


def test_more_than_a_tenth_is_built_anew():
    previous = build_index(articles_of(LIBRARY))
    files = changed({name: name + "ish" for name in SUBJECTS[:4]})
    assert to_json(build_index(articles_of(files), previous=previous)) == to_json(build_index(articles_of(files)))
    few = {path: text for path, text in LIBRARY.items() if path > "a/d"}
    assert to_json(build_index(articles_of(few), previous=previous)) == to_json(build_index(articles_of(few)))
    more = LIBRARY | {f"b/{number}.md": written(f"Number {number}") for number in range(4)}
    assert to_json(build_index(articles_of(more), previous=previous)) == to_json(build_index(articles_of(more)))


def test_other_synonyms_build_all_anew():
    previous = build_index(articles_of(LIBRARY), synonyms=[("refund", "restitution")])
    for synonyms in ((), [("timer", "stopwatch")]):
        again = build_index(articles_of(LIBRARY), synonyms=synonyms, previous=previous)
        assert to_json(again) == to_json(build_index(articles_of(LIBRARY), synonyms=synonyms))
    assert search(again, "stopwatch", "en")[0].id == "a/timer"
    assert "a/refund" not in ids(search(again, "restitution", "en"))


def test_a_changed_article_takes_its_synonyms_with_it():
    synonyms = [("refund", "restitution"), ("zebra", "quagga")]
    previous = build_index(articles_of(LIBRARY), synonyms=synonyms)
    files = changed({"refund": "zebra"})
    again = build_index(articles_of(files), synonyms=synonyms, previous=previous)
    assert search(again, "quagga", "en")[0].id == "a/refund"
    assert "a/refund" not in ids(search(again, "restitution", "en"))


def test_a_language_comes_and_goes():
    both = LIBRARY | {"a/refund.zh.md": written("申请退款")}
    english, two = (build_index(articles_of(files)) for files in (LIBRARY, both))
    assert to_json(build_index(articles_of(both), previous=english)) == to_json(two)
    assert to_json(build_index(articles_of(LIBRARY), previous=two)) == to_json(english)
    assert len(build_index([], previous=two)) == 0


def test_the_previous_index_stays_as_it_was():
    previous = build_index(articles_of(LIBRARY))
    before = to_json(previous), answers(previous)
    build_index(articles_of(changed({"refund": "zebra"})), previous=previous)
    assert (to_json(previous), answers(previous)) == before


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Another"},
        {"questions": ("other",)},
        {"tags": ("other",)},
        {"description": "Other."},
        {"url": "/other/"},
        {"category": "b"},
        {"body": "Other."},
    ],
)
def test_whatever_changes_in_an_article_is_taken_in(change):
    articles = list(articles_of(LIBRARY))
    previous = build_index(articles)
    articles[0] = replace(articles[0], **change)
    again = build_index(articles, previous=previous)
    assert again.version != previous.version
    assert again.shelves["en"].documents == build_index(articles).shelves["en"].documents


def steps(index):
    """How many functions are entered, generators at each of their items, to find what has nothing to do with most."""
    entered = 0

    def count(_frame, event, _argument):
        nonlocal entered
        entered += event == "call"

    suggest(index, "the xylophone broke", "en", least=0.0)  # what is made once is there
    sys.setprofile(count)
    try:
        assert suggest(index, "the xylophone broke", "en", least=0.0)
    finally:
        sys.setprofile(None)
    return entered


def test_articles_that_share_no_word_with_a_question_cost_it_nothing():
    few = {"a/xylophone.md": written("About the xylophone", "It broke.")}
    many = few | {f"b/{name}{n}.md": written(f"{name}{n}", "Text.") for name in SUBJECTS for n in range(10)}
    assert steps(build_index(articles_of(many))) < 2 * steps(build_index(articles_of(few)))
