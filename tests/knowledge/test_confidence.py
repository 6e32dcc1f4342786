"""From which sureness on an article is offered."""

from tests.knowledge.library import read, written
from ticket_api.knowledge.confidence import MOST_ASKED, USUAL, USUAL_ELSEWHERE, WEIGHT_OF_USUAL
from ticket_api.knowledge.index import build_index, from_json, to_json
from ticket_api.knowledge.matching import suggest, threshold

SUBJECTS = ("refund", "password", "invoice", "cookie", "device", "backup", "coupon", "address", "colleague", "printer")


def help_centre(questions, count=10):
    """So many articles, each with its questions about the subject."""
    return {
        f"a/{subject}.md": written(f"About your {subject}", "Some text.", front_of(questions, subject))
        for subject in SUBJECTS[:count]
    }


def front_of(questions, subject):
    return "questions:\n" + "".join(f"  - {question.format(subject)}\n" for question in questions) if questions else ""


def built(files):
    return build_index(read(files).articles)


def test_a_help_centre_without_questions_takes_the_usual_one():
    index = built({"a/a.md": written("Refunds"), "a/a.zh.md": written("退款"), "b/b.md": written("Passwords")})
    assert threshold(index, "en") == USUAL_ELSEWHERE
    assert threshold(index, "zh") == USUAL["zh"]
    assert threshold(index, "fr") == 1.0


def test_a_few_questions_move_it_a_little_and_many_further():
    one, ten = (threshold(built(help_centre(["about your {0}, some text"], count)), "en") for count in (1, 10))
    assert USUAL_ELSEWHERE < one < ten
    assert one - USUAL_ELSEWHERE < 1 / (WEIGHT_OF_USUAL + 1)


def test_questions_that_hardly_match_lower_it():
    hardly = [" ".join(f"{{0}} {{0}}xyzzy{number}{letter}" for letter in "abcdef") for number in range(2)]
    assert threshold(built(help_centre(hardly)), "en") < threshold(built(help_centre(["your {0}", "{0}"])), "en")


def test_each_language_has_its_own():
    files = help_centre(["your {0} please", "about {0} today"])
    both = built({**files, "a/refund.zh.md": written("退款")})
    assert threshold(both, "en") == threshold(built(files), "en") != USUAL_ELSEWHERE
    assert threshold(both, "zh") == USUAL["zh"]


def test_it_lies_in_the_file_and_decides_what_is_offered():
    index = built(help_centre(["your {0} please", "about {0} today"]))
    again = from_json(to_json(index))
    assert threshold(again, "en") == threshold(index, "en")
    (best, *_) = suggest(again, "refund", "en", least=0)
    assert suggest(again.with_threshold(best.score + 0.01), "refund", "en") == ()
    assert suggest(again.with_threshold(best.score - 0.01), "refund", "en")[0].id == best.id


def test_only_so_many_questions_are_tried_however_few_of_them_find_their_article():
    def first_ones_are_nonsense(count):
        questions = "questions: [xyzzy {0}plugh, about the number{0} and some text]\n"
        return {f"a/{n}.md": written(f"About the number{n}", "Some text.", questions.format(n)) for n in range(count)}

    assert threshold(built(first_ones_are_nonsense(MOST_ASKED)), "en") == USUAL_ELSEWHERE
    assert threshold(built(first_ones_are_nonsense(MOST_ASKED - 10)), "en") != USUAL_ELSEWHERE
