"""Former addresses: `was` in the front matter."""

import pytest

from ticket_api.knowledge.articles import read_library
from ticket_api.knowledge.former import file_of, former_path, unclean

LANGUAGES = ("en", "zh")


def article(*was: str, title: str = "Refunds") -> bytes:
    """An article that names each former address on a line of its own; the first stands on line 4."""
    lines = "".join(f"\n  - '{one}'" for one in was)
    return f"---\ntitle: {title}\nwas:{lines}\n---\n\nText.\n".encode()


def told(files: dict[str, bytes]) -> list[str]:
    return [str(problem) for problem in read_library(files, LANGUAGES).problems]


@pytest.mark.parametrize(
    ("written", "path", "file"),
    [
        ("old/page", "old/page", "old/page/index.html"),
        ("/old/page/", "old/page", "old/page/index.html"),
        ("/old/page.html", "old/page.html", "old/page.html"),
        ("old/index.html", "old", "old/index.html"),
        ("hc/en-us/articles/360001-Refunds", "hc/en-us/articles/360001-Refunds", None),
        ("old.php", "old.php", "old.php/index.html"),
        ("%E9%80%80%E6%AC%BE", "退款", "退款/index.html"),
    ],
)
def test_an_address_is_taken_however_it_is_written(written, path, file):
    assert former_path(written) == path
    assert file_of(path) == (file or f"{path}/index.html")
    assert told({"billing/refund.md": article(written)}) == []


def test_half_a_character_is_no_path():
    assert "write a plain path" in unclean("old/\ud83d")


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("https://old.example/page", "write only what follows the name of the site"),
        ("//old.example/page", "write only what follows the name of the site"),
        ("old?id=3", "can't be led elsewhere"),
        ("old#there", "can't be led elsewhere"),
        ("../old", "write a plain path"),
        ("old//page", "write a plain path"),
        ("old/%2e%2e/page", "write a plain path"),
        ("old\\page", "write a plain path"),
        ("old/%00", "write a plain path"),
        ("old/%ff", "write a plain path"),
        ("old/%ED%A0%80", "write a plain path"),
        ("/", "that is the home page"),
        ("index.html", "that is the home page"),
        ("x" * 201, "longer than 200 bytes"),
        ("api/tickets", "needed by the site itself"),
        ("feed.xml", "needed by the site itself"),
        ("zh/404.html", "needed by the site itself"),
        ("billing/refund", "the article's own address"),
        ("Billing/Refund/index.html", "the article's own address"),
        ("billing/card", "billing/card.md stands there"),
        ("billing", "a page of the site stands there"),
        ("zh/contact", "a page of the site stands there"),
        ("billing/picture.html", "billing/picture.html stands there"),
        ("billing/picture.html/more", "a part of it is a file"),
    ],
)
def test_a_faulty_address_is_told_with_its_line(written, reason):
    files = {
        "billing/refund.md": article("fine/one", written),
        "billing/card.md": b"---\ntitle: Card\n---\n\nText.\n",
        "billing/picture.html": b"",
    }
    (problem,) = told(files)
    assert problem.startswith("billing/refund.md:5: The old address ")
    assert reason in problem


def test_two_articles_cant_have_had_one_address():
    files = {"billing/a.md": article("old"), "billing/b.md": article("/old/", title="Second")}
    (problem,) = told(files)
    assert problem.startswith("billing/b.md:4: ")
    assert "billing/a.md names it as well" in problem


def test_one_article_cant_name_an_address_twice():
    (problem,) = told({"billing/a.md": article("old", "old/")})
    assert "it stands there twice" in problem


def test_a_file_cant_be_a_folder_too():
    (problem,) = told({"billing/a.md": article("old.html"), "billing/b.md": article("old.html/x", title="Second")})
    assert "a part of it is a file" in problem


@pytest.mark.parametrize("value", ["old/page", "[3]", "{a: b}"])
def test_it_is_a_list_of_texts(value):
    (problem,) = told({"billing/a.md": f"---\ntitle: A\nwas: {value}\n---\n\nText.\n".encode()})
    assert "was must be a list of texts" in problem
