"""A question made ready to be looked up."""

from tests.knowledge.library import HELP, index_of, read, written
from ticket_api.knowledge.index import build_index
from ticket_api.knowledge.matching import search, suggest
from ticket_api.knowledge.query import read_query


def shelf_with(files, lang="en"):
    return index_of({**HELP, **files}).shelves[lang]


def test_a_word_that_stands_only_in_tags_or_the_description_is_no_mistake():
    front = "tags: [chargeback]\ndescription: Ask the ombudsman.\n"
    index = index_of({**HELP, "a/dispute.md": written("Dispute", "Ask your bank.", front)})
    assert read_query("chargeback ombudsman", index.shelves["en"]).mended == {}
    assert read_query("chargebak", index.shelves["en"]).mended == {"chargebak": "chargeback"}
    assert [why.part for why in search(index, "chargeback", "en")[0].why] == ["tags"]


def test_a_word_that_stands_nowhere_any_more_is_not_what_another_is_read_as():
    articles = read({**HELP, "a/zither.md": written("Zithers")}).articles
    before = build_index(articles)
    now = build_index([each for each in articles if each.id != "a/zither"], previous=before)
    assert read_query("zithars", before.shelves["en"]).mended == {"zithars": "zithers"}
    assert read_query("zithars zithers", now.shelves["en"]).mended == {}


def test_an_error_code_is_not_read_as_another():
    shelf = shelf_with({})
    for code in ("E-1043", "E-10422", "10001 99999", "2FAs12"):
        assert read_query(code, shelf).mended == {}
    assert suggest(index_of(HELP), "E-1043", "en") == ()


def test_filler_is_asked_for_only_where_a_title_is_made_of_it():
    files = {"a/needs.md": written("Special needs", "Frequent questions, and thanks."), "a/xie.zh.md": written("谢谢")}
    index = index_of({**HELP, **files})
    assert read_query("I need help with a question, thank you", index.shelves["en"]).words == {}
    assert "谢谢" in read_query("谢谢", index.shelves["zh"]).words
    thanks = index_of({**HELP, "a/thanks.md": written("Thank you")})
    assert read_query("I need help, thank you", thanks.shelves["en"]).words == {"thank": "thank", "you": "you"}
    assert [each.id for each in suggest(thanks, "thank you", "en")] == ["a/thanks"]


def test_the_last_word_is_completed_beside_a_title_of_filler_too():
    index = index_of({**HELP, "a/thanks.md": written("Thank you")})
    for question in ("forgotten passwo", "Thank you, I have forgotten my passwo"):
        assert "password" in read_query(question, index.shelves["en"], typing=True).asked["article"]


def test_quoted_lines_are_passed_over_unless_all_that_is_asked_stands_there():
    shelf = index_of(HELP).shelves["en"]
    assert "cookies" not in read_query("Where is my refund?\n> About the cookies,\n > you asked", shelf).words.values()
    assert "cookies" in read_query("> what about the cookies", shelf).words.values()
    assert "cookies" in read_query("Please help me with this:\n> cookies\nThanks!", shelf).words.values()
