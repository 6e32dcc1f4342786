"""What browsers and axe-core complain of on the pages that a customer meets."""

from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page

LANGUAGES = ("en", "zh")
SCHEMES = ("light", "dark")


@dataclass
class Complaints:
    """Each complaint with the place that it was made at."""

    axe: list[str] = field(default_factory=list)
    policy: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)


def complaints(browser: Browser, url: str, step: Callable[[], None]) -> Complaints:
    """Walk through the product in both languages, light and dark."""
    from tests.browser.states import findings, walk

    found = Complaints()
    for lang in LANGUAGES:
        for scheme in SCHEMES:
            context = browser.new_context(base_url=url, color_scheme=scheme)
            page = context.new_page()
            place = [f"{lang}, {scheme}"]
            _listen(page, url, place, found)
            for state in walk(page, lang):
                place[0] = f"{lang}, {scheme}, {state}"
                found.axe += [f"{place[0]}: {each}" for each in findings(page)]
                step()
            context.close()
    return found


def _listen(page: Page, url: str, place: list[str], found: Complaints) -> None:
    def said(text: str) -> None:
        (found.policy if "Content Security Policy" in text else found.console).append(f"{place[0]}: {text}")

    page.on("pageerror", lambda error: said(str(error)))
    page.on("console", lambda message: said(message.text) if message.type == "error" else None)
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((url, "data:", "blob:"))
            else found.outside.append(f"{place[0]}: {request.url}")
        ),
    )
    page.on(
        "response",
        lambda answer: (
            found.policy.append(f"{answer.url} comes without a policy")
            if answer.request.is_navigation_request() and "content-security-policy" not in answer.headers
            else None
        ),
    )
