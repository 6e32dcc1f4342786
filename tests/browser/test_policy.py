"""Everything works under the strict policy, nothing comes from elsewhere, and nothing is left behind."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config
from playwright.sync_api import Browser, expect

from tests.browser.test_search import first_result
from tests.test_manual import MANUAL, named
from ticket_api import headers
from ticket_api.settings import load_settings
from ticket_api.site.hosting import write_headers

QUESTION = {"": "I was charged twice this month, why?", "/zh": "这个月扣了我两次钱，怎么退？"}
WORDS = {"": "charged twice", "/zh": "重复扣款"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("prefix", ["", "/zh"])
def test_a_whole_visit(bob, prefix, scheme):
    page = bob(f"{prefix}/", color_scheme=scheme, allow_faults=True)  # the 404 is told as one
    said = []
    page.on("console", lambda told: said.append(told.text) if told.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    policies = []
    page.on("response", lambda answer: policies.append(answer.headers.get("content-security-policy", "")))
    for path in ("/", "/billing/", "/billing/charged-twice/", "/contact/"):
        page.goto(f"{prefix}{path}")
        expect(page.locator("main h1").first).to_be_visible()
    page.locator("[data-hl-theme]").click()
    page.goto(f"{prefix}/")
    first_result(page, WORDS[prefix], f"{prefix}/billing/charged-twice/").click()
    page.wait_for_url("**/billing/charged-twice/**")
    page.goto(f"{prefix}/contact/")
    page.locator("textarea[name=message]").fill(QUESTION[prefix])
    page.locator("[data-hl-typing] a").first.wait_for()
    page.locator("[data-hl-send]").click()
    page.locator(".hl-offer").first.wait_for()
    page.locator("[data-hl-after] .hl-actions button").last.press("Enter")
    page.goto(page.locator(".hl-link a").get_attribute("href"))
    expect(page.locator("h1").first).to_be_visible()
    assert said == []
    assert page.goto(f"{prefix}/nowhere/").status == 404
    page.keyboard.press("/")
    expect(page.locator(".hl-search__input")).to_be_focused()
    assert all("Failed to load resource: the server responded with a status of 404" in each for each in said)
    assert all(policy.startswith("default-src 'none'") for policy in policies)
    assert page.context.cookies() == []
    kept = page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]")
    assert all(key.split(":")[0] in KEPT for key in kept), kept


KEPT = named(MANUAL["docs/privacy.md"], "Kept as")

PLAIN = """
site_name: Plain
site_url: http://plain.localhost/
theme:
  name: material
  font: false
  palette:
    - {scheme: default, toggle: {icon: material/brightness-7, name: Dark}}
    - {scheme: slate, toggle: {icon: material/brightness-4, name: Light}}
  features:
    - announce.dismiss
    - content.code.annotate
    - content.code.copy
    - content.tabs.link
    - content.tooltips
    - navigation.footer
    - navigation.instant
    - navigation.instant.progress
    - navigation.tabs
    - navigation.top
    - search.highlight
    - search.suggest
plugins: [search]
markdown_extensions:
  - attr_list
  - admonition
  - pymdownx.details
  - pymdownx.highlight: {anchor_linenums: true}
  - pymdownx.superfences
  - pymdownx.tabbed: {alternate_style: true}
"""
PAGE = """# First

[Second](second.md){ title="A tooltip" }

| Left | Right |
|:-----|------:|
| a    | b     |

=== "One"

    Text of one.

=== "Two"

    Text of two.

``` py linenums="1"
print("x")  # (1)!
```

1. A note.
"""


@pytest.fixture
def material(tmp_path: Path, monkeypatch) -> Path:
    """A site of Material's with all that its script can do, and without us but for the headers."""
    monkeypatch.setenv("NO_MKDOCS_2_WARNING", "1")
    (tmp_path / "mkdocs.yml").write_text(PLAIN)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.md").write_text(PAGE)
    (tmp_path / "docs/second.md").write_text("# Second\n\nAnother page.\n")
    mkdocs_build(load_config(str(tmp_path / "mkdocs.yml")))
    assert write_headers(tmp_path / "site", load_settings(tmp_path / "none.toml", {}), tmp_path / "docs") == ()
    return tmp_path / "site"


def test_a_site_of_materials_own_runs_under_its_policy(browser: Browser, material: Path):
    rules = headers.read((material / headers.NAME).read_text())
    context = browser.new_context(base_url="http://plain.localhost")
    said = []

    def answer(route) -> None:
        path = urlsplit(route.request.url).path
        file = material / path.lstrip("/")
        file = file / "index.html" if file.is_dir() else file
        if not route.request.url.startswith("http://plain.localhost/") or not file.is_file():
            said.append(route.request.url)
            return route.abort()
        return route.fulfill(path=file, headers=headers.of(rules, path))

    context.route("**/*", answer)
    page = context.new_page()
    page.on("console", lambda told: said.append(told.text) if told.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.add_init_script("addEventListener('securitypolicyviolation', (e) => console.error(e.violatedDirective))")
    page.goto("/")
    page.get_by_text("Two", exact=True).click()
    expect(page.get_by_text("Text of two.")).to_be_visible()
    page.get_by_role("link", name="Second").first.hover()
    page.locator(".md-clipboard, .md-code__button").first.click()
    page.locator(".md-annotation__index").first.focus()  # it pulses, and never stands still for a click
    page.locator("label[for=__palette_1]:visible, form.md-header__option label:visible").first.click()
    assert "text-align: right" in (page.locator("td[style]").last.get_attribute("style") or "")
    assert page.locator("td[style]").last.evaluate("(cell) => getComputedStyle(cell).textAlign") == "right"
    page.locator("[data-md-component=search-query]").click()
    page.keyboard.type("another")
    expect(page.locator(".md-search-result__link").first).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Second").first.click()
    expect(page.locator(".md-content h1")).to_have_text("Second")
    context.close()
    assert said == []
