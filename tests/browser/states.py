"""The states of the product that a customer meets, one after the other, and what axe-core finds wrong in one."""

from collections.abc import Iterator

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

WORDS = {
    "en": ("refund", "I was charged twice this month, why did you take the money two times?"),
    "zh": ("退款", "这个月扣了我两次钱，怎么退？"),
}
SETTLED = """() => Promise.race([
  Promise.all(document.getAnimations().map((one) => one.finished.catch(() => null))),
  new Promise((_, fail) => setTimeout(() => fail(Error("an animation doesn't end")), 60000)),
])"""
"""All that moves has come to rest."""
RESULT = ".md-search-result__link:visible"


def walk(page: Page, lang: str) -> Iterator[str]:
    """Bring a page that knows its base address to each state; the name of the state that it is in."""
    prefix = "" if lang == "en" else f"/{lang}"
    searched, question = WORDS[lang]
    for name, path in (("home", "/"), ("category", "/billing/"), ("article", "/billing/charged-twice/")):
        page.goto(prefix + path)
        yield name
    page.keyboard.press("/")
    page.keyboard.type(searched)
    expect(page.locator(RESULT).first).to_be_visible()
    yield "search"
    page.goto(f"{prefix}/contact/")
    yield "contact"
    page.locator("textarea[name=message]").fill(question)
    with page.expect_response(lambda answer: answer.url.endswith("/api/tickets")) as answered:
        page.locator("[data-hl-send]").click()
    expect(page.locator("[data-hl-after]")).to_be_visible()
    yield "offer"
    page.goto(answered.value.json()["link"])
    yield "ticket"


def findings(page: Page, *rules: str) -> list[str]:
    """What axe-core finds wrong, by these rules or by all: the rule, the element and what to change."""
    page.evaluate(SETTLED)
    options = {"resultTypes": ["violations"]} | ({"runOnly": list(rules)} if rules else {})
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{rule['id']} at {node['target'][0]}: {node['failureSummary']}" for rule in found for node in rule["nodes"]
    ]
