"""How well articles answer a question, worked out by hand where that can be done."""

from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.knowledge.library import HELP, index_of, written
from ticket_api.knowledge import scoring
from ticket_api.knowledge.asker import Asker
from ticket_api.knowledge.document import BODY, K1, TITLE, impacts
from ticket_api.knowledge.matching import rank, search, suggest
from ticket_api.knowledge.query import read_query
from ticket_api.knowledge.scoring import EACH, ENOUGH, NOT_NAMED, WEIGHTS, Hit, hits, sureness

INDEX = index_of(HELP)


def found_in(index, question, lang="en"):
    shelf = index.shelves[lang]
    return {each.document.entry.id: each for each in hits(shelf, read_query(question, shelf))}


def scores(index, question, lang="en"):
    return {article: each.score for article, each in found_in(index, question, lang).items()}


def test_an_impact_is_bm25f_without_its_idf():
    """tf over length in each field, weighted, summed, saturated: w tf / (1 - b + b len/mean), then x / (k1 + x)."""
    fields = (((3.0, 0.5), ["a", "b"]), ((1.0, 1.0), ["a", "a", "c", "d"]), ((9.0, 0.0), []))
    found = impacts(fields, (1.0, 4.0, 1.0))
    in_first, in_second = 3.0 / (0.5 + 0.5 * 2 / 1), 1.0 / (4 / 4)
    sums = {"a": in_first + 2 * in_second, "b": in_first, "c": in_second, "d": in_second}
    assert dict(found) == {term: round(255 * x / (K1 + x)) for term, x in sums.items()}


def test_an_impact_is_never_nothing_and_never_more_than_all():
    assert dict(impacts((((1e-9, 0.0), ["a"]), ((1e9, 0.0), ["b"])), (1.0, 1.0))) == {"a": 1, "b": 255}


def test_a_score_is_a_weighted_mean_of_covered_shares(monkeypatch):
    """Two articles of one word each; only whole articles count, so sum(idf x impact) / sum(idf) can be worked out."""
    for kind in WEIGHTS:
        monkeypatch.setitem(WEIGHTS, kind, 0.0)
    monkeypatch.setitem(WEIGHTS, "article", 0.5)
    index = index_of({"a/a.md": written("A zebra", "Pony."), "a/b.md": written("A pony", "Zebra.")})
    title, body = (share / (K1 + share) for share in (TITLE[0], BODY[0]))
    known, unknown = log(1 + 0.5 / 2.5), log(1 + 2.5 / 0.5)
    assert scores(index, "zebra") == pytest.approx({"a/a": title, "a/b": body}, abs=0.003)
    both = known * title / (known + unknown), known * body / (known + unknown)
    assert scores(index, "zebra xyzzy") == pytest.approx({"a/a": both[0], "a/b": both[1]}, abs=0.003)


def test_a_part_that_asks_for_nothing_takes_nothing_away():
    """A single word has no pair: its score is a mean over the other parts."""
    index = index_of({"a/a.md": written("Zebra", "Zebra.")})
    assert read_query("zebra", index.shelves["en"]).asked["pairs"] == {}
    assert scores(index, "zebra")["a/a"] > 0.5


words = some.sampled_from(
    [
        "refund",
        "payment",
        "card",
        "password",
        "forgotten",
        "data",
        "vat",
        "e-1042",
        "xyzzy",
        "the",
        "退款",
        "设置",
        "忘记",
    ]
)


@given(some.lists(words, max_size=12), some.sampled_from(["en", "zh"]))
def test_scores_and_sureness_lie_between_0_and_1_and_go_down(question, lang):
    shelf = INDEX.shelves[lang]
    query = read_query(" ".join(question), shelf)
    found = hits(shelf, query)
    for values, least in (([each.score for each in found], 1e-9), (list(sureness(found)), 0)):
        assert values == sorted(values, reverse=True)
        assert all(least <= value <= 1 for value in values)
    assert len({hit.document.entry.id for hit in found}) == len(found)
    assert all(square <= each.score for square, each in zip(squares(found), found, strict=True))


def sure(index, question, lang="en"):
    return rank(index, question, lang)[0][1]


def test_a_question_is_surer_the_more_of_its_words_fit():
    assert sure(INDEX, "forgotten password") < sure(INDEX, "reset forgotten password")
    assert (
        sure(INDEX, "reset forgotten password") > sure(INDEX, "reset forgotten xyzzy") > sure(INDEX, "reset xyzzy quux")
    )


def test_a_rival_makes_it_less_sure():
    alone = {"a/a.md": written("Zebra stripes"), "b/b.md": written("Cookies"), "b/c.md": written("Devices")}
    twin = alone | {"b/c.md": written("Zebra stripes")}
    assert scores(index_of(alone), "zebra stripes").keys() == {"a/a"}
    assert sure(index_of(twin), "zebra stripes") < sure(index_of(alone), "zebra stripes")


def hit(score, held=ENOUGH, named=True):
    return Hit(None, score, None, held, named)


def squares(found):
    return [each**2 for each in sureness(found)]


def test_the_two_next_count_against_the_first_by_half_of_their_mean():
    assert squares([hit(0.8)]) == pytest.approx([0.4])
    assert squares([hit(0.8), hit(0.4)]) == pytest.approx([0.35, 0.175])
    assert squares([hit(0.8), hit(0.4), hit(0.4), hit(0.1)]) == pytest.approx([0.3, 0.15, 0.15, 0.0375])
    assert squares([]) == []


def test_little_is_never_enough_for_the_best_if_no_article_holds_more():
    assert squares([hit(0.8, held=0.0)]) == [0]
    assert squares([hit(0.8, held=0.0), hit(0.0, held=3 * ENOUGH)]) == pytest.approx([0.6, 0])


def test_the_others_hold_enough_themselves_and_none_is_surer_than_one_before_it():
    few = ENOUGH / 4
    assert squares([hit(0.8), hit(0.4, held=few)]) == pytest.approx([0.35, 0.4 * 0.875 / 5])
    assert squares([hit(0.8), hit(0.4, held=few), hit(0.4)])[2] == pytest.approx(0.4 * 0.75 / 5)


def test_another_that_is_called_by_more_of_the_question_makes_it_less_sure():
    assert squares([hit(0.8, named=False)]) == pytest.approx([0.4 * NOT_NAMED])


def test_the_very_words_are_enough_for_the_article_that_has_them_and_for_no_other():
    few = ENOUGH / 4
    assert squares([hit(1.0, held=few), hit(0.2, held=few)]) == pytest.approx([0.95, 0.95 * 0.2 / 5])


def test_what_is_held_is_counted_in_words_of_one_article_alone_and_a_little_for_all_that_is_asked():
    index = index_of({f"a/{word}.md": written(word) for word in ("zebras", "ponies", "donkeys", "camels")})
    one = found_in(index, "zebras")["a/zebras"].held
    assert 0.5 < one - EACH < 1
    two = found_in(index, "zebras and camels")
    assert {article: each.held for article, each in two.items()} == pytest.approx(
        {"a/zebras": one + EACH, "a/camels": one + EACH}
    )


def test_what_a_help_centre_is_about_is_offered_though_it_stands_everywhere(monkeypatch):
    texts = {
        word: f"A plan has {word}." + " Change it." * (place % 3 == 0) for place, word in enumerate("abcdefghijklmnop")
    }
    others = {f"a/{word}.md": written(f"Your plan and {word}", text) for word, text in texts.items()}
    index = index_of(others | {"b/change.md": written("Change your plan", "Choose another plan.")})
    assert [each.id for each in suggest(index, "change my plan", "en")] == ["b/change"]
    monkeypatch.setattr(scoring, "EACH", 0.0)
    assert suggest(index, "change my plan", "en") == ()


def test_where_there_are_too_many_postings_the_rarest_words_decide(monkeypatch):
    index = index_of(
        {f"a/{word}.md": written("Notes", f"Plans and {word}.") for word in ("zebras", "ponies", "camels")}
    )
    assert len(found_in(index, "plans zebras")) == 3
    monkeypatch.setattr(scoring, "MOST_POSTINGS", 1)
    assert found_in(index, "plans zebras").keys() == {"a/zebras"}


def test_the_article_that_is_called_by_most_of_the_question_is_named():
    found = found_in(INDEX, "how do I get a refund?")
    assert [article for article, each in found.items() if each.named] == ["refunds/get-a-refund"]


TWINS = {
    "a/a.md": written("Reset the zebra", "Some text.", "tags: [herd]\n"),
    "b/b.md": written("Reset the zebra", "Some text.", "tags: [zoos]\n"),
    "a/read.md": written("Ponies", "Other things."),
    "b/read.md": written("Donkeys", "Other things."),
    "b/better.md": written("Brush a pony's mane", "Brush the mane of a pony each day."),
    "a/worse.md": written("Feed a pony", "A pony eats oats, and has a mane.", "tags: [herd]\n"),
}


HERDER = Asker(weight=0.1, tags=("herd",))


def test_the_category_of_the_page_that_one_comes_from_breaks_a_tie():
    index = index_of(TWINS)
    for category in ("a", "b"):
        offered = suggest(index, "how to reset a zebra", "en", page=f"/{category}/read/", least=0)
        assert offered[0].id == f"{category}/{category}"


def test_the_requesters_tags_break_a_tie():
    index = index_of(TWINS)
    for tag, article in (("Herd", "a/a"), ("zoos", "b/b")):
        asker = Asker(weight=0.1, tags=(tag, "other"))
        assert suggest(index, "how to reset a zebra", "en", asker=asker, least=0)[0].id == article


def test_neither_lifts_an_article_over_one_that_answers_clearly_better():
    index = index_of(TWINS)
    for question in ("brush the mane of a pony", "brush a pony"):
        offered = suggest(index, question, "en", page="/a/read/", asker=HERDER, least=0)
        assert [each.id for each in offered][:2] == ["b/better", "a/worse"]
        assert all(each.score <= 1 for each in offered)


def test_an_unknown_page_or_tag_changes_nothing():
    plain = suggest(INDEX, "refund", "en")
    for more in (
        {"page": "/nowhere/"},
        {"page": "refunds/get-a-refund"},
        {"asker": Asker(weight=0.5, plan="none", tags=("nobody's",), articles=("nowhere/gone",))},
        {"page": "", "asker": Asker(weight=0)},
    ):
        assert suggest(INDEX, "refund", "en", **more) == plain


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_a_handful_of_articles_answers_and_is_silent_too(count):
    files = {
        "refunds/get-a-refund.md": HELP["refunds/get-a-refund.md"],
        "account/forgotten-password.md": HELP["account/forgotten-password.md"],
        "devices/sync.md": HELP["devices/sync.md"],
        "privacy/cookies.md": HELP["privacy/cookies.md"],
    }
    asked = {
        "refunds/get-a-refund": "how do I get my money back",
        "account/forgotten-password": "I forgot my password",
        "devices/sync": "my devices show different data",
        "privacy/cookies": "cookies",
    }
    index = index_of(dict(list(files.items())[:count]))
    for number, (article, question) in enumerate(asked.items()):
        offered = [each.id for each in suggest(index, question, "en")]
        assert offered[:1] == ([article] if number < count else [])
    for question in ("what is the weather in Lisbon", "asdf qwer", "hello", "", "怎么做红烧肉"):
        assert suggest(index, question, "en") == ()


def test_titles_of_nothing_but_filler_are_found_by_it():
    index = index_of({**HELP, "a/thanks.md": written("Thank you"), "a/about.md": written("About us", "We are two.")})
    assert search(index, "thank you", "en")[0].id == "a/thanks"
    assert search(index, "about us", "en")[0].id == "a/about"


FILLING = "Nothing that anybody asks about stands in this paragraph, and it goes on. " * 6

NEEDED = {
    "section": (
        "brush the mane with oats",
        {
            "a/right.md": written("One", f"{FILLING}\n\n## B\n\nBrush the mane with oats.\n\n## C\n\n{FILLING}"),
            "a/wrong.md": written(
                "Two", f"Brush it.\n\n{FILLING}\n\n## B\n\nA mane mane.\n\n## C\n\nOats oats. {FILLING}"
            ),
        },
    ),
    "article": (
        "brush mane",
        {
            "a/right.md": written("One", "Brush.\n\n## B\n\nMane.\n\n## C\n\nBrush.\n\n## D\n\nMane."),
            "a/wrong.md": written("Two", "Brush and mane." + FILLING * 9),
        },
    ),
    "title": (
        "subscribe",
        {
            "a/right.md": written("Subscriptions", "Text."),
            "a/wrong.md": written("Other", "Text."),
        },
    ),
    "pairs": (
        "from card to bank",
        {
            "a/right.md": written("Moving", "Move money from card to bank."),
            "a/wrong.md": written("Moving", "Move money from bank to card."),
        },
    ),
}
"""For each part of a score a question and two articles that only it tells apart, or tells apart best."""


@pytest.mark.parametrize("part", WEIGHTS)
def test_each_part_tells_something_that_the_others_do_not(part, monkeypatch):
    question, files = NEEDED[part]
    index = index_of({**files, "b/b.md": written("Cookies"), "b/c.md": written("Devices")})

    def lead():
        found = scores(index, question)
        return found.get("a/right", 0.0) - found.get("a/wrong", 0.0)

    with_it = lead()
    monkeypatch.setitem(scoring.WEIGHTS, part, 0.0)
    assert with_it > max(0.0, lead())
