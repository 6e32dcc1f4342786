"""The words that a question shares with an excerpt are marked wherever one is shown; and text is never markup."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_ask import ask, field, offer, secret_link
from tests.browser.test_search import first_result
from tests.knowledge.library import read, written
from tests.serving import Server
from ticket_api.knowledge.folder import load_library
from ticket_api.knowledge.index import build_index, to_json

ENGLISH, CHINESE = "foxtrot quickstep", "國標舞報名"
MARKUP = "<img src=x onerror='document.title=1'><script>document.title=2</script>"
CHARGEBACK = "what does a chargeback cost"
HOSTILE = {
    "billing/chargeback.md": written(
        "'Chargeback <script>document.title=3</script>'",
        f"Text.\n\n## Cost of a chargeback `{MARKUP}`\n\nA chargeback `{MARKUP}` costs 5 EUR.",
        f"questions: [{CHARGEBACK}]\n",
    )
}
DANCES = {
    "account/dances.md": written(
        "Foxtrot and quickstep",
        "## Steps\n\nFoxtrots, quickstep or charleston.",
        f"questions: [{ENGLISH}]\n",
    ),
    "account/lessons.zh.md": written("国标舞课程", "参加国标舞的课程，先填报名表。", "questions: [国标舞报名]\n"),
}


@pytest.fixture
def serve(server: Server, tmp_path: Path):
    """Serve these articles beside those of the repository."""

    def serve_also(files: dict[str, str]) -> None:
        server.stop()
        shutil.copytree(server.settings.build, tmp_path / "built")
        server.settings = replace(server.settings, build=tmp_path / "built")
        articles = [*load_library(server.settings.articles, ("en", "zh")).articles, *read(files).articles]
        server.settings.index_path.write_bytes(to_json(build_index(articles)))
        server.start()

    return serve_also


def marked(page: Page, place: str, *words: str) -> None:
    """Expect that these words are marked in a place, in whichever letters."""
    for word in words:
        mark = page.locator(f"{place} mark", has_text=re.compile(f"^{word}$", re.IGNORECASE))
        expect(mark.first).to_be_visible()


def test_while_typing(bob, serve):
    serve(DANCES)
    page = bob("/contact/")
    field(page).fill(ENGLISH)
    marked(page, "[data-hl-typing]", "foxtrots", "quickstep")
    link = page.locator("[data-hl-typing] a")
    expect(link).to_have_attribute("href", re.compile("/account/dances/#steps$"))
    expect(link.locator(".hl-section")).to_have_text("Steps")


def test_marks_follow_what_is_typed_and_the_same_articles_are_told_once(bob, serve):
    serve(DANCES)
    page = bob("/contact/")
    field(page).fill(ENGLISH)
    marked(page, "[data-hl-typing]", "foxtrots", "quickstep")
    told = page.locator("[data-hl-announce]")
    told.evaluate("place => new MutationObserver(() => (place.dataset.again = 1)).observe(place, {childList: true})")
    field(page).fill(f"{ENGLISH} charleston")
    marked(page, "[data-hl-typing]", "charleston")
    expect(told).to_have_text("1 article may answer this. It stands after the form.")
    expect(told).not_to_have_attribute("data-again", "1")


@pytest.mark.parametrize(
    ("start", "question", "button", "held"),
    [
        ("/contact/", ENGLISH, "Send my question", ["foxtrots", "quickstep"]),
        ("/zh/contact/", CHINESE, "发送问题", ["国标舞", "报名"]),
    ],
)
def test_in_the_offer(bob, serve, start, question, button, held):
    serve(DANCES)
    page = bob(start)
    ask(page, question, button)
    marked(page, ".hl-offer", *held)
    page.goto(secret_link(page))
    marked(page, ".offer", *held)


def test_without_javascript(bob, serve):
    serve(DANCES)
    page = bob("/contact/", java_script_enabled=False)
    ask(page, ENGLISH)
    marked(page, ".offer", "foxtrots", "quickstep")
    expect(page.locator(".offer h2 .section")).to_have_text("Steps")


def test_an_offer_of_an_older_server_is_shown_without_marks(bob):
    page = bob("/contact/")
    ask(page)
    offer(page)
    page.evaluate(
        """() => {
            const kept = JSON.parse(sessionStorage.getItem("helpleaf.question"));
            for (const one of kept.ticket.suggestions) delete one.marked;
            sessionStorage.setItem("helpleaf.question", JSON.stringify(kept));
        }"""
    )
    page.reload()
    expect(page.locator(".hl-offer p").first).not_to_be_empty()
    expect(page.locator(".hl-offer mark")).to_have_count(0)


@pytest.mark.parametrize(
    ("start", "typed", "text", "title"),
    [
        ("/", "foxtrots", ["Foxtrots"], ["Foxtrot"]),
        ("/", "foxtrto charles", ["Foxtrots", "charleston"], ["Foxtrot"]),
        ("/zh/", CHINESE, ["国标舞", "报名"], ["国标舞"]),
    ],
)
def test_in_the_search_box_as_the_server_reads_words(bob, serve, start, typed, text, title):
    serve(DANCES)
    page = bob(start)
    first_result(page, typed)
    marked(page, ".hl-found__text", *text)
    marked(page, ".hl-found__title", *title)


def test_in_the_search_box_without_the_api(bob):
    page = bob("/", allow_faults=True)
    page.route("**/api/**", lambda route: route.abort())
    first_result(page, "refund")
    marked(page, ".hl-found__title", "refund")
    marked(page, ".hl-found__text", "refund")


def test_another_language_is_named_in_words(bob, serve):
    serve(DANCES)
    page = bob("/zh/contact/")
    field(page).fill(ENGLISH)
    expect(page.locator("[data-hl-typing] .hl-tag")).to_have_text("英文")
    page.get_by_role("button", name="发送问题", exact=True).click()
    expect(page.locator(".hl-offer .hl-tag")).to_have_text("英文")
    page.goto(secret_link(page))
    expect(page.locator(".offer .other")).to_have_text("英文")
    page.goto("/zh/")
    first_result(page, "foxtrot")
    expect(page.locator(".hl-found__where").first).to_have_text("Steps · 英文")
    page = bob("/contact/")
    field(page).fill(CHINESE)
    expect(page.locator("[data-hl-typing] .hl-tag")).to_have_text("in Chinese")


def test_titles_headings_and_excerpts_are_never_markup(bob, serve):
    serve(HOSTILE)
    page = bob("/contact/")
    field(page).fill(f"{CHARGEBACK} {MARKUP}")
    marked(page, "[data-hl-typing]", "chargeback")
    for place in ("[data-hl-typing] li", ".hl-offer", ".offer"):
        if place == ".hl-offer":
            page.get_by_role("button", name="Send my question", exact=True).click()
        if place == ".offer":
            page.goto(secret_link(page))
        first = page.locator(place).first
        expect(first).to_contain_text("Chargeback <script>document.title=3</script>")
        expect(first).to_contain_text(f"Cost of a chargeback {MARKUP}")
        expect(first).to_contain_text(f"A chargeback {MARKUP} costs 5 EUR.")
        expect(first.locator("img, script")).to_have_count(0)
    page.goto("/")
    found = first_result(page, "cost of a chargeback", "/billing/chargeback/")
    expect(found).to_contain_text(f"A chargeback {MARKUP} costs 5 EUR.")
    expect(found.locator("img, script")).to_have_count(0)
    assert page.title() not in ("1", "2", "3")
