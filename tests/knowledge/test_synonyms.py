"""The owner's synonyms, and every problem in their file."""

from pathlib import Path

import pytest

from tests.knowledge.library import HELP, read, told, written
from ticket_api.knowledge.folder import load_library
from ticket_api.knowledge.synonyms import LONGEST, MOST_GROUPS, MOST_MEMBERS, read_synonyms

OWN = Path(__file__).parents[2] / "kb_articles"

GROUPS = """# money
- [Refund, money back, 退款, 退錢]

- - two-step verification
  - 2FA
  - "两步验证"
- [2026, yes, 'a, b']
"""


def problems(text: str | bytes) -> list[str]:
    return [str(problem) for problem in read_synonyms(text.encode() if isinstance(text, str) else text)[1]]


def test_groups_come_as_they_are_written_in_whichever_way_yaml_writes_lists():
    assert read_synonyms(GROUPS.encode()) == (
        (
            ("Refund", "money back", "退款", "退錢"),
            ("two-step verification", "2FA", "两步验证"),
            ("2026", "yes", "a, b"),
        ),
        [],
    )


@pytest.mark.parametrize("data", [None, b"", b"\n", b"# nothing yet\n", b"[]\n", b"\xef\xbb\xbf# marked\r\n"])
def test_there_may_be_none(data):
    assert read_synonyms(data) == ((), [])


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (b"- [refund, 2FA]\n- [caf\xe9, coffee]\n", 2, "UTF-8"),
        ("- [refund, money back\n- [a]\n", 2, "isn't valid YAML"),
        ("- &a [refund, money back]\n- *a\n", 2, "alias"),
        ("- " + "[" * 30 + "\n", 1, "nested too deeply"),
        ("\nrefund: [money back]\n", 2, "isn't a list; begin each line with a hyphen"),
        ("refund, money back\n", 1, "A group looks like this: - [refund, money back]"),
        ("- [log in, sign in]\n- refund, money back\n", 2, "isn't a group; put its words in brackets"),
        ("- refund: money back\n", 1, "isn't a group"),
        ("- [log in, sign in]\n-\n", 2, "isn't a group"),
        ("- - refund\n  - money back\n  - [退款]\n", 3, "words and phrases alone"),
        ("- [refund, money back, {en: charge}]\n", 1, "words and phrases alone"),
        ("- - refund\n  - money back\n  - how do I\n", 3, "'how do I' holds no word that is looked up"),
        ("- [refund, money back, '?!']\n", 1, "'?!' holds no word"),
        ("- [refund, money back, '']\n", 1, "holds no word"),
        ("- [退款，退钱]\n", 1, "put a plain comma (,) between"),
        ("- [refund, money back, 退款、退钱]\n", 1, "'退款、退钱' is one phrase"),
        ("- [log in, sign in]\n- [refund]\n", 2, "needs two different"),
        ("- []\n", 1, "needs two different"),
        ("- [Refund, refunds]\n", 1, "needs two different"),
        ("- [帳戶, 账户]\n", 1, "needs two different"),
        (f"- - refund\n  - money back\n  - {'a' * (LONGEST + 1)}\n", 3, f"longer than {LONGEST} characters"),
    ],
)
def test_a_fault_is_told_with_its_line_and_what_to_do(text, line, words):
    first = problems(text)[0]
    assert first.startswith(f"synonyms.yml:{line}: ")
    assert words in first


def test_one_fault_is_one_problem():
    assert len(problems("- [refund, how]\n")) == 1
    assert len(problems("- [refund]\n- refund\n- [2FA, two-step]\n")) == 2


def test_what_is_good_counts_beside_what_is_not():
    groups, _ = read_synonyms(b"- [refund, money back, how]\n- nonsense\n- [only]\n- [2FA, two-step]\n")
    assert groups == (("refund", "money back"), ("2FA", "two-step"))


def test_what_is_the_same_to_a_customer_is_one():
    assert read_synonyms(b"- [refund, Refunds,  money   back]\n") == ((("refund", "money back"),), [])


def test_a_word_in_two_groups_is_a_warning_with_both_lines():
    groups, (problem,) = read_synonyms(b"- [refund, money back]\n- [2FA, two-step]\n- [chargeback, Refunds]\n")
    assert len(groups) == 3
    assert (problem.line, problem.error) == (3, False)
    assert "'Refunds' is in the group on line 1 too" in problem.message


def test_there_is_an_end_to_groups_and_to_members():
    many = [f"- [word{number}, 词{number}]\n" for number in range(MOST_GROUPS + 5)]
    groups, (problem,) = read_synonyms("".join(many).encode())
    assert (len(groups), problem.line) == (MOST_GROUPS, MOST_GROUPS + 1)
    assert "more than 1,000 groups" in problem.message
    members = ", ".join(f"word{number}" for number in range(MOST_MEMBERS + 5))
    groups, (problem,) = read_synonyms(f"- [{members}]\n".encode())
    assert len(groups[0]) == MOST_MEMBERS
    assert "more than 20 words in this group" in problem.message


def test_a_library_brings_them_and_their_problems():
    library = read({**HELP, "synonyms.yml": GROUPS, "billing/synonyms.yml": "- [not, this]\n"})
    assert [group[0] for group in library.synonyms] == ["Refund", "two-step verification", "2026"]
    assert read(HELP).synonyms == ()
    files = {"a/a.md": written("A"), "synonyms.yml": "- refund\n- [refund, money back]\n- [refund, 退款]\n"}
    (error,), (warning,) = told(files), told(files, error=False)
    assert error.startswith("synonyms.yml:1: ")
    assert warning.startswith("synonyms.yml:3: ")


def test_those_of_the_sample_help_centre_are_right():
    library = load_library(OWN, ("en", "zh"))
    assert 10 <= len(library.synonyms) <= 20
    assert [str(problem) for problem in library.problems if problem.path == "synonyms.yml"] == []
