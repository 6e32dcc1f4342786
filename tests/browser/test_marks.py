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

REFUNDS = "My client wants a refund, when does the money arrive on his cards?"
MARKUP = "<img src=x onerror='document.title=1'><script>document.title=2</script>"
CHARGEBACK = "what does a chargeback cost"
HOSTILE = {
    "billing/chargeback.md": written(
        "'Chargeback <script>document.title=3</script>'",
        f"Text.\n\n## Cost of a chargeback `{MARKUP}`\n\nA chargeback `{MARKUP}` costs 5 EUR.",
        f"questions: [{CHARGEBACK}]\n",
    )
}
ONLY_IN_ENGLISH = {
    "invoices/zugferd.md": written(
        "ZUGFeRD invoices", "## Two forms\n\nZUGFeRD comes as PDF and XML.", "questions: [怎么开 ZUGFeRD 发票]\n"
    )
}

DANCES = {
    "account/dances.md": written(
        "Foxtrot and quickstep", "Foxtrot, quickstep or charleston.", "questions: [foxtrot quickstep]\n"
    )
}


@pytest.fixture
def serve(server: Server, built: Path, tmp_path: Path):
    """Serve these articles beside those of the repository."""

    def serve_also(files: dict[str, str]) -> None:
        server.stop()
        shutil.copytree(built, tmp_path / "built")
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


def test_while_typing(bob):
    page = bob("/contact/")
    field(page).fill(REFUNDS)
    marked(page, "[data-hl-typing]", "refund", "refunded", "card", "money")
    first = page.locator("[data-hl-typing] a").first
    heading = first.locator(".hl-section").inner_text()
    first.click(position={"x": 5, "y": 5})
    page.wait_for_url("**#*")
    assert heading in page.locator(":target").inner_text()


def test_marks_follow_what_is_typed_and_the_same_articles_are_told_once(bob, serve):
    serve(DANCES)
    page = bob("/contact/")
    field(page).fill("foxtrot quickstep")
    marked(page, "[data-hl-typing]", "foxtrot", "quickstep")
    told = page.locator("[data-hl-announce]")
    told.evaluate("place => new MutationObserver(() => (place.dataset.again = 1)).observe(place, {childList: true})")
    field(page).fill("foxtrot quickstep charleston")
    marked(page, "[data-hl-typing]", "charleston")
    expect(told).to_have_text("1 article may answer this. It stands below the field.")
    expect(told).not_to_have_attribute("data-again", "1")


@pytest.mark.parametrize(
    ("start", "question", "button", "held"),
    [
        ("/contact/", REFUNDS, "Send my question", ["refund", "money", "card"]),
        ("/zh/contact/", "申請退款以後錢多久到賬？", "发送问题", ["退款多久到账"]),
    ],
)
def test_in_the_offer(bob, start, question, button, held):
    page = bob(start)
    ask(page, question, button)
    marked(page, ".hl-offer", *held)
    page.goto(secret_link(page))
    marked(page, ".offer", *held)


def test_without_javascript(bob):
    page = bob("/contact/", java_script_enabled=False)
    ask(page, REFUNDS)
    marked(page, ".offer", "refund", "refunded", "card", "money")
    expect(page.locator(".offer h2 .section").first).to_be_visible()


def test_an_offer_of_an_older_server_is_shown_without_marks(bob):
    page = bob("/contact/")
    ask(page, REFUNDS)
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
        ("/", "refunds arrive", ["refund", "refunded", "arrived"], ["refund", "arrived", "arrives"]),
        ("/", "refnud", ["refund", "refunded"], ["refund"]),
        ("/zh/", "退款到賬", ["退款", "到账"], ["退款", "到账"]),
    ],
)
def test_in_the_search_box_as_the_server_reads_words(bob, start, typed, text, title):
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
    serve(ONLY_IN_ENGLISH)
    page = bob("/zh/contact/")
    field(page).fill("怎么开 ZUGFeRD 发票？")
    expect(page.locator("[data-hl-typing] .hl-tag").first).to_have_text("英文")
    page.get_by_role("button", name="发送问题", exact=True).click()
    expect(page.locator(".hl-offer .hl-tag").first).to_have_text("英文")
    page.goto(secret_link(page))
    expect(page.locator(".offer .other").first).to_have_text("英文")
    page.goto("/zh/")
    first_result(page, "ZUGFeRD")
    expect(page.locator(".hl-found__where").first).to_have_text("Two forms · 英文")


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
    found = first_result(page, "chargeback", "/billing/chargeback/")
    expect(found).to_contain_text(f"A chargeback {MARKUP} costs 5 EUR.")
    expect(found.locator("img, script")).to_have_count(0)
    assert page.title() not in ("1", "2", "3")
