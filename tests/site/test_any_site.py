"""Any MkDocs Material site, as its owner builds it: `pip install helpleaf` and two words in mkdocs.yml."""

import json
import re
from pathlib import Path

import pytest

from tests.site.built import Site, settings_for
from tests.site.installed import Installed
from tests.site.sites import ODD, PLAIN, SUFFIXES, TWO_LANGUAGES
from ticket_api.errors import Stop
from ticket_api.knowledge.folder import read_index
from ticket_api.knowledge.index import ArticleIndex
from ticket_api.knowledge.matching import suggest
from ticket_api.settings import Settings
from ticket_api.site.any_site import ARTICLE, CONFIG, OWN_FEEDBACK, in_materials_rem
from ticket_api.site.build import build_site, is_fresh, site_settings

WORKER = "assets/helpleaf/search-worker.js"


@pytest.fixture(scope="module")
def plain(installed: Installed, tmp_path_factory) -> Site:
    return installed.build(tmp_path_factory.mktemp("plain"), PLAIN)


@pytest.fixture(scope="module")
def odd(installed: Installed, tmp_path_factory) -> Site:
    return installed.build(tmp_path_factory.mktemp("odd"), ODD)


@pytest.fixture(scope="module")
def both(installed: Installed, tmp_path_factory) -> Site:
    return installed.build(tmp_path_factory.mktemp("both"), TWO_LANGUAGES)


@pytest.fixture(scope="module")
def suffixes(installed: Installed, tmp_path_factory) -> Site:
    return installed.build(tmp_path_factory.mktemp("suffixes"), SUFFIXES)


@pytest.fixture(scope="module")
def summary(installed: Installed, plain: Site) -> str:
    """What `helpleaf build` says of the plain site."""
    return installed.run(plain.folder.parent, "ticket_api", "build")


@pytest.fixture
def served(plain: Site, summary: str) -> Settings:
    """The plain site as `helpleaf build` leaves it."""
    folder = plain.folder.parent
    return site_settings(settings_for(folder, folder / "kb_articles"))


def told(site: Site, address: str) -> dict:
    """What the page tells Material."""
    return json.loads(re.search(r"<script id=\"?__config[^>]*>(.*?)</script>", site.text(address), re.DOTALL)[1])


def found(site: Site, lang: str) -> dict[str, str]:
    """What the search without the API knows: titles by address."""
    articles = json.loads(site.text(f"/assets/helpleaf/search-{lang}.json"))["articles"]
    return {address: title for address, title, *_ in articles}


def forms(site: Site, address: str) -> tuple[int, int]:
    """How many forms and how many "Was this helpful?" a page has."""
    html = site.page(address)
    return len(html.all("section", data_hl_ask="")), len(html.all("section", data_hl_feedback=""))


def answers(index: ArticleIndex, question: str) -> list[str]:
    return [article.url for article in suggest(index, question, "en", least=0.0, limit=3)]


@pytest.mark.parametrize("pattern", [ARTICLE, CONFIG, OWN_FEEDBACK])
@pytest.mark.parametrize("end", ["", ">", "</script>"])
def test_a_sign_that_is_repeated_on_a_page_is_looked_at_once(pattern, end):
    signs = ("<article ", "<script ", "<form ", "<script id=__config>", "<article class=", "<form class=")
    for sign in signs:  # from each anew, it would take many minutes
        pattern.search(sign * 300_000 + end)
    pattern.search("<script" + " id=__config" * 300_000 + end)


def test_the_wheel_holds_everything(installed):
    parts = ("site/templates/partials/helpleaf/below.html", "site/assets/any-site.css", "tokens/tokens.css")
    more = ("words/en.toml", "words/zh.toml", "web/templates/ask.html")
    assert {f"ticket_api/{name}" for name in (*parts, *more)} <= set(installed.names)
    source = {path.relative_to("ticket_api").as_posix() for path in Path("ticket_api").rglob("*") if path.is_file()}
    source = {name for name in source if "__pycache__" not in name}
    assert {name.removeprefix("ticket_api/") for name in installed.names if name.startswith("ticket_api/")} == source


class TestArticles:
    def test_every_page_is_found_but_those_kept_out(self, plain):
        assert found(plain, "en") == {
            "/": "Welcome",
            "/billing/refunds/": "Refunds",
            "/billing/invoices/": "Invoices",
            "/api/keys/": "API keys",
            "/imprint/": "Imprint",
            "/quiet/": "Quiet",
        }

    def test_addresses_are_as_they_are(self, odd, both):
        assert set(found(odd, "en")) == {"/widgets/index.html", "/widgets/prices.html"}
        post = "/blog/2026/01/05/%E6%96%B0%E5%BA%97%E5%BC%80%E5%BC%A0/"
        assert set(found(both, "zh")) == {"/", "/billing/refunds/", post}
        assert set(found(both, "en")) == {"/en/", "/en/billing/refunds/"}
        for site, lang in ((odd, "en"), (both, "zh"), (both, "en")):
            assert all(site.has(address) for address in found(site, lang))

    @pytest.mark.parametrize(
        ("question", "address"),
        [
            ("fourteen working days for a refund", "/billing/refunds/#how-long-it-takes"),  # from a snippet
            ("wire_fee in the bill", "/billing/refunds/#what-it-costs"),  # in a tab
            ("quokka", "/billing/invoices/"),  # in code
            ("zanzibar", "/billing/refunds/#what-it-costs"),  # in raw HTML
            ("can you pay me back", "/billing/refunds/"),  # a question of its front matter
            ("how larkbill & co work", "/"),
        ],
    )
    def test_the_server_finds_what_was_rendered_in_its_section(self, served, question, address):
        assert answers(read_index(served.index_path), question)[0] == address

    def test_the_server_finds_nothing_that_is_kept_out(self, served):
        index = read_index(served.index_path)
        assert answers(index, "zebrafish") == []
        assert len(index) == 6

    def test_whatever_else_stands_in_front_matter_is_taken(self, served):
        index = read_index(served.index_path)
        [article] = [one.entry for one in index.shelves["en"].documents if one.entry.id == "billing/refunds"]
        assert (article.title, article.tags, article.category) == ("Refunds", ("money", "2026"), "billing")

    def test_a_section_has_its_name_in_the_navigation_and_a_language_is_none(self, plain, both):
        def sections(site: Site, lang: str) -> set[str]:
            articles = json.loads(site.text(f"/assets/helpleaf/search-{lang}.json"))["articles"]
            return {section for _, _, _, section, *_ in articles}

        assert sections(plain, "en") == {"", "Billing"}
        assert sections(both, "en") == {"", "Billing"}

    def test_a_hook_has_its_say(self, odd):
        assert " crown " in odd.text("/assets/helpleaf/search-en.json")

    def test_languages_keep_one_id_for_a_page_and_its_translation(self, both):
        pages = {address: both.page(address) for address in ("/billing/refunds/", "/en/billing/refunds/")}
        hidden = [{tag["name"]: tag["value"] for tag in html.all("input", type="hidden")} for html in pages.values()]
        assert [fields["article"] for fields in hidden] == ["billing/refunds", "billing/refunds"]
        assert [fields["lang"] for fields in hidden] == ["zh", "en"]
        assert [fields["page"] for fields in hidden] == list(pages)


class TestBelow:
    @pytest.mark.parametrize(
        ("address", "wanted"),
        [
            ("/", (1, 1)),
            ("/billing/refunds/", (1, 1)),
            ("/quiet/", (1, 0)),  # hide: [feedback]
            ("/secret/", (1, 0)),  # the server doesn't know it
            ("/imprint/", (0, 0)),  # helpleaf: false
            ("/404.html", (0, 0)),
        ],
    )
    def test_articles_have_form_and_feedback(self, plain, address, wanted):
        assert forms(plain, address) == wanted

    def test_only_articles_have_them(self, odd, both):
        assert forms(odd, "/widgets/prices.html") == (1, 0)  # it asks already, in Material's own way
        for site, address in ((odd, "/index.html"), (odd, "/tags.html"), (odd, "/raw.html"), (odd, "/404.html")):
            assert forms(site, address) == (0, 0), address
        for address in ("/blog/", "/blog/archive/2026/", "/blog/category/news/", "/raw.html"):
            assert forms(both, address) == (0, 0), address
        assert forms(both, "/blog/2026/01/05/%E6%96%B0%E5%BA%97%E5%BC%80%E5%BC%A0/") == (1, 1)

    def test_they_stand_within_the_article_below_what_the_site_put_there(self, odd):
        [box] = odd.page("/widgets/prices.html").all("section", "md-content__inner", data_hl_ask="")
        assert box
        text = odd.text("/widgets/prices.html")
        assert text.index("What others say") < text.index("data-hl-ask") < text.rindex("</article>")

    def test_the_page_speaks_its_language(self, both):
        assert "还是没有解决" in both.page("/billing/refunds/").one("h2", id="hl-ask-title").text
        assert "Still need help" in both.page("/en/billing/refunds/").one("h2", id="hl-ask-title").text

    def test_the_company_is_the_sites_and_mail_only_what_was_set(self, plain, odd, both):
        assert "help@larkbill.example" not in plain.text("/billing/refunds/")
        assert "help@yunque.example" in both.text("/")
        words = [site.text(page) for site, page in ((plain, "/"), (odd, "/widgets/prices.html"), (both, "/"))]
        for text, name in zip(words, ("Larkbill handbook", r"Odd \u0026 Sons", "云雀手册"), strict=True):
            assert name in text or json.dumps(name)[1:-1] in text

    def test_the_theme_stays_and_ours_comes_before_the_sites_own_style(self, plain):
        page = plain.page("/billing/refunds/")
        assert page.all("nav", class_="md-nav md-nav--primary")
        styles = [link["href"].partition("?")[0] for link in page.all("link", rel="stylesheet")]
        names = ("tokens", "form", "any-site")
        assert styles[-4:] == [*(f"../../assets/helpleaf/{name}.css" for name in names), "../../own.css"]
        assert not plain.has("/assets/helpleaf/helpleaf.css")

    def test_sizes_are_the_same_beside_materials(self):
        ours = b"a { margin: -0.75rem 1rem 2px; width: clamp(2rem, 1.4rem + 2.8vw, 3rem); --rem-1rem: 0 }"
        theirs = b"a { margin: -0.6rem 0.8rem 2px; width: clamp(1.6rem, 1.12rem + 2.8vw, 2.4rem); --rem-1rem: 0 }"
        assert in_materials_rem(ours) == theirs

    def test_no_code_of_ours_stands_in_a_page(self, plain):
        def inline(text: str) -> list[str]:
            return re.findall(r"<script>.*?</script>|<style.*?>|\sstyle=|\son\w+=", text, re.DOTALL)

        assert inline(plain.text("/quiet/")) == inline(plain.text("/imprint/"))


class TestStaticI18n:
    @pytest.mark.parametrize(
        ("address", "page", "article", "form"),
        [
            ("/billing/refunds/", "en", None, "en"),
            ("/zh/billing/refunds/", "zh", None, "zh"),
            ("/zh/billing/fees/", "zh", "en", "zh"),  # not translated
            ("/fr/", "fr", None, "en"),  # we have no French
            ("/fr/billing/fees/", "fr", "en", "en"),
        ],
    )
    def test_page_article_and_form_tell_their_language(self, suffixes, address, page, article, form):
        html = suffixes.page(address)
        assert html.one("html")["lang"] == page
        assert html.one("article", class_="md-content__inner md-typeset").attributes.get("lang") == article
        assert html.one("div", class_="hl-below")["lang"] == form
        told = {"en": "Still need help?", "zh": "还是没有解决"}[form]
        assert told in html.one("h2", id="hl-ask-title").text
        assert len(html.all("section", data_hl_ask="")) == 1

    def test_each_article_is_searched_in_its_own_language_alone(self, suffixes):
        assert set(found(suffixes, "en")) == {"/", "/billing/refunds/", "/billing/fees/"}
        assert set(found(suffixes, "zh")) == {"/zh/", "/zh/billing/refunds/"}
        assert found(suffixes, "fr") == {"/fr/": "Bienvenue"}
        index = read_index(suffixes.folder.parent / "build" / "index" / "articles.json")
        entries = [one.entry for shelf in index.shelves.values() for one in shelf.documents if one]
        assert sorted((each.id, each.lang) for each in entries) == [
            ("billing/fees", "en"),
            ("billing/refunds", "en"),
            ("billing/refunds", "zh"),
            ("index", "en"),
            ("index", "fr"),
            ("index", "zh"),
        ]

    def test_the_language_switch_stays(self, suffixes):
        for address in ("/billing/refunds/", "/zh/billing/fees/", "/fr/"):
            links = suffixes.page(address).all("a", class_="md-select__link")
            assert [link["hreflang"] for link in links] == ["en", "zh", "fr"]

    def test_a_question_can_be_tried_there_and_the_articles_by_their_pages(self, installed, suffixes):
        folder = suffixes.folder.parent
        with pytest.raises(AssertionError, match="run helpleaf build, then helpleaf check --site build/site"):
            installed.run(folder, "ticket_api", "check")
        assert "6 articles (en, zh, fr)" in installed.run(folder, "ticket_api", "build")
        assert "/zh/billing/refunds/" in installed.run(folder, "ticket_api", "ask", "怎么申请退款")
        assert "Asked in fr" in installed.run(folder, "ticket_api", "ask", "lampes", "--lang", "fr")
        assert "All is well" in installed.run(folder, "ticket_api", "check", "--site", "build/site")


class TestSearch:
    @pytest.mark.parametrize("address", ["/", "/billing/refunds/", "/imprint/", "/404.html"])
    def test_our_worker_stands_behind_the_themes_box(self, plain, address):
        asked = told(plain, address)
        base = {"/": ".", "/404.html": "/handbook"}.get(address, "../.." if address.count("/") == 3 else "..")
        assert asked["search"].startswith(f"{base}/{WORKER}?")
        assert "lang=en" in asked["search"]
        assert {"base", "features", "translations", "tags", "version"} <= set(asked)
        assert "md-search__input" in plain.text(address)

    def test_other_ways_to_set_it_up(self, odd, both):
        assert f"../{WORKER}" in told(odd, "/widgets/prices.html")["search"]
        assert "lang=zh" in told(both, "/billing/refunds/")["search"]
        assert "lang=en" in told(both, "/en/billing/refunds/")["search"]

    def test_nothing_is_fetched_early(self, plain, odd, both):
        for site in (plain, odd, both):
            assert json.loads(site.text("/search/search_index.json"))["docs"] == []

    @pytest.mark.parametrize(
        "plugins", ["[helpleaf]", "[search, offline, helpleaf]", "[helpleaf, search: {enabled: false}]"]
    )
    def test_without_a_search_and_offline_nothing_of_it_is_touched(self, installed, tmp_path, plugins):
        config = f"site_name: Small\ntheme: {{name: material, font: false}}\nplugins: {plugins}\n"
        site = installed.build(tmp_path, {"mkdocs.yml": config, "docs/index.md": "# One\n\nText of the walrus.\n"})
        assert "assets/javascripts/workers/search" in told(site, "/")["search"]
        assert not site.has(f"/{WORKER}")
        assert ("walrus" in site.text("/search/search_index.json")) if "offline" in plugins else True
        assert "data-hl-ask" in site.text("/")


class TestBuild:
    def test_mkdocs_alone_writes_no_index_where_no_server_is_meant(self, odd, both):
        assert not (odd.folder.parent / "build").exists()
        assert (both.folder.parent / "build" / "index" / "articles.json").is_file()  # helpleaf.toml is there

    def test_helpleaf_build_makes_site_and_index(self, installed, both):
        folder = both.folder.parent
        said = installed.run(folder, "ticket_api", "build")
        assert "5 articles (zh, en)" in said
        assert Site(folder / "build" / "site").has("/en/billing/refunds/")
        settings = site_settings(settings_for(folder, folder / "kb_articles"))
        assert (settings.company, settings.mail) == ("云雀手册", "help@yunque.example")
        assert settings.languages == ("zh", "en")

    def test_it_is_built_anew_each_time(self, served):
        assert not is_fresh(served, config_file=served.build.parent / "mkdocs.yml")

    def test_pages_that_our_server_would_hide_are_told(self, summary):
        [told] = [line for line in summary.splitlines() if "warning:" in line]
        assert told.startswith("api/keys.md: warning: helpleaf serve needs /api/ for itself")
        assert "Built 6 articles (en, 1 warning)" in summary

    def test_a_theme_that_has_no_place_for_a_form_is_told(self, tmp_path):
        (tmp_path / "docs").mkdir()
        (tmp_path / "docs" / "index.md").write_text("# One\n\nText.\n")
        (tmp_path / "mkdocs.yml").write_text("site_name: Small\ntheme: mkdocs\nplugins: [search, helpleaf]\n")
        settings = settings_for(tmp_path, tmp_path / "kb_articles")
        warnings = build_site(settings, config_file=tmp_path / "mkdocs.yml").warnings
        assert "No page has an article of Material's on it" in warnings[0]

    def test_a_wrong_address_of_the_server_is_told(self, tmp_path):
        (tmp_path / "docs").mkdir()
        (tmp_path / "docs" / "index.md").write_text("# One\n\nText.\n")
        options = "plugins: [{helpleaf: {api: desk.example}}]"
        (tmp_path / "mkdocs.yml").write_text(f"site_name: Small\ntheme: {{name: material}}\n{options}\n")
        settings = settings_for(tmp_path, tmp_path / "kb_articles")
        with pytest.raises(Stop, match="the option api of helpleaf must be an address without a path"):
            build_site(settings, config_file=tmp_path / "mkdocs.yml")
