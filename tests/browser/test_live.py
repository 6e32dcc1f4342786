"""The owner writes, and looks at the page beside it."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.commands.test_cli import Serving, desk
from tests.serving import free_port, until

__all__ = ["desk"]

ARTICLE = "---\ntitle: Late invoices\n---\n\n## What it costs\n\n{}\n"


@pytest.fixture
def late(desk: Path) -> Path:
    file = desk / "kb_articles" / "invoices" / "late.md"
    file.parent.mkdir(exist_ok=True)
    file.write_text(ARTICLE.format("Nothing at first."))
    return file


def test_an_open_page_shows_what_was_saved(desk, late, browser):
    serving = Serving(desk, HELPLEAF_WATCH="on")
    page = browser.new_page()
    page.goto(f"{serving.url}/invoices/late/")
    expect(page.locator("article")).to_contain_text("Nothing at first.")
    late.write_text(ARTICLE.format("Two euros a week."))
    expect(page.locator("article")).to_contain_text("Two euros a week.")

    late.write_text(ARTICLE.format("A [dead](nowhere.md) link."))  # told on the terminal; the page stays
    late.write_text(ARTICLE.format("Three euros a week."))
    expect(page.locator("article")).to_contain_text("Three euros a week.")

    new = late.with_name("early.md")
    new.write_text(ARTICLE.format("Nothing.").replace("Late", "Early"))
    expect(page.get_by_role("link", name="Early invoices").first).to_be_visible()
    new.unlink()
    expect(page.get_by_role("link", name="Early invoices")).to_have_count(0)
    page.close()
    assert serving.end() == 0


def test_who_serves_it_to_others_gets_no_script(desk, late):
    port = free_port()
    serving = Serving(desk, port, HELPLEAF_WATCH="on", HELPLEAF_BASE_URL="https://help.example.org")
    serving.url = f"http://127.0.0.1:{port}"
    assert "live.js" not in serving.get("/invoices/late/")
    late.write_text(ARTICLE.format("Two euros a week."))
    until(lambda: "Two euros a week." in serving.get("/invoices/late/"))
    assert serving.end() == 0


def test_it_can_be_switched_off(desk, late):
    serving = Serving(desk, HELPLEAF_WATCH="off")
    assert "live.js" not in serving.get("/invoices/late/")
    assert serving.end() == 0
