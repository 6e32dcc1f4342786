"""What stands on the pages of the site."""

import gzip
import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.site.built import CONFIG, ROOT, Site, target
from ticket_api.knowledge.articles import headings
from ticket_api.knowledge.folder import load_library
from ticket_api.settings import load_settings
from ticket_api.site.stylesheet import REPLACED

SMALL = {
    "billing/refund.md": "Refunds\nAsk [here](../account/password.md).\n\n!!! note\n    One thing.",
    "billing/refund.zh.md": '退款\n可以申请。\n\n!!! warning\n    先看这里。\n\n!!! tip "自己的标题"\n    内容。',
    "billing/invoice.zh.md": "发票\n见[密码](../account/password.md)（英文）。\n\n## 怎么开票\n\n内容。",
    "account/password.md": "Forgotten password\nReset it.",
    "categories.yml": "billing:\n  icon: material/credit-card-outline\n  en: {title: Billing}\n  zh: {title: 账单}\n",
}

LOST = {"/404.html", "/zh/404.html"}
DATA = {"application/json", "application/ld+json"}
OWN = "https://help.example"


@pytest.fixture(scope="module")
def library():
    return load_library(ROOT / "kb_articles", ("en", "zh"))


def in_sidebar(page) -> list[str]:
    return [link.text for link in page.all("a", inside="hl-sidebar")]


class TestEveryPage:
    def test_every_article_and_every_generated_page_is_there(self, own, library):
        wanted = {article.url for article in library.articles}
        wanted |= {f"{prefix}/{page}" for prefix in ("", "/zh") for page in ("", "contact/")}
        wanted |= {f"{prefix}/{c.id}/" for prefix in ("", "/zh") for c in library.categories}
        assert {address for address, _ in own.pages()} == wanted | LOST

    def test_its_language_is_told(self, own):
        for address, page in own.pages():
            assert page.one("html")["lang"] == ("zh" if address.startswith("/zh/") else "en"), address

    def test_every_link_leads_somewhere(self, own):
        for address, page in own.pages():
            links = [tag[key] for tag in page.tags for key in ("href", "src") if tag.attributes.get(key)]
            assert links
            for link in links:
                path = target(address, link)
                place, _, anchor = path.partition("#")
                assert own.has(place), (address, link)
                if anchor and place.endswith("/"):
                    assert page_has_id(own, place, anchor), (address, link)

    def test_nothing_comes_from_or_goes_elsewhere(self, own):
        for address, page in own.pages():
            for tag in page.tags:
                for key in ("href", "src", "action", "srcset", "data", "poster"):
                    assert not re.match(r"(?:[a-z]+:)?//", tag.attributes.get(key, "")), (address, tag)

    def test_style_sheets_ask_for_nothing_elsewhere(self, own):
        sheets = [*own.folder.glob("assets/helpleaf/*.css"), *own.folder.glob("assets/stylesheets/*.css")]
        assert len(sheets) >= 3
        for sheet in sheets:
            assert not re.search(r"url\([\"']?(?:https?:)?//|@import", sheet.read_text(encoding="utf-8")), sheet

    def test_no_inline_code_or_style(self, own):
        for address, page in own.pages():
            for script in page.all("script"):
                assert "src" in script.attributes or script["type"] in DATA, address
            assert not page.all("style"), address
            for tag in page.tags:
                assert not any(name.startswith("on") or name == "style" for name in tag.attributes), (address, tag)

    def test_one_first_heading_a_title_and_a_description(self, own):
        for address, page in own.pages():
            assert len(page.all("h1")) == 1, address
            assert page.one("title").text.strip(), address
            if address not in LOST:
                assert page.one("meta", name_="description")["content"], address

    def test_it_doesnt_say_what_made_it(self, own):
        for address, page in own.pages():
            assert not page.all("meta", name_="generator"), address
            assert "mkdocs" not in page.one("body").text.lower(), address

    def test_no_two_landmarks_share_a_name(self, own):
        for address, page in own.pages():
            names = [nav.attributes.get("aria-label") or nav["aria-labelledby"] for nav in page.all("nav")]
            assert len(names) == len(set(names)), (address, names)

    def test_no_two_elements_share_an_id(self, own):
        for address, page in own.pages():
            ids = [tag["id"] for tag in page.tags if "id" in tag.attributes]
            assert len(ids) == len(set(ids)), (address, sorted(ids))

    def test_both_forms_work_without_code(self, own, library):
        articles = {article.url: article for article in library.articles}
        for address, page in own.pages():
            forms = page.all("form", action="/ask")
            assert len(forms) == (address in articles or address.endswith("/contact/")), address
            for form in forms:
                assert form["method"] == "post"
                fields = {
                    tag["name"]: tag
                    for tag in page.tags
                    if tag.name in ("input", "textarea") and "hl-form" in tag.inside
                }
                assert set(fields) == {"message", "name", "email", "lang", "page", "topic"}
                assert fields["page"]["value"] == address
                assert fields["lang"]["value"] == page.one("html")["lang"]
                assert "required" in fields["message"].attributes
                limits = {name: field.attributes.get("maxlength") for name, field in fields.items()}
                assert (limits["name"], limits["email"], limits["message"]) == ("200", "254", None)
            voting = page.all("form", action="/feedback")
            assert len(voting) == (address in articles), address
            if voting:
                assert page.one("input", name_="article")["value"] == articles[address].id
                assert [button["value"] for button in page.all("button", name_="helpful")] == ["yes", "no"]

    def test_a_page_names_the_articles_of_its_own_category_only(self, own, library):
        for article in library.articles:
            here = in_sidebar(own.page(article.url))
            for other in library.articles:
                if other.lang == article.lang:
                    assert (other.title in here) == (other.category == article.category), (article.path, other.path)

    def test_headings_have_the_ids_that_suggestions_lead_to(self, own, library):
        for article in library.articles:
            page = own.page(article.url)
            ids = {tag["id"] for tag in page.tags if tag.name in ("h2", "h3") and "id" in tag.attributes}
            assert {heading.anchor for heading in headings(article.body)} <= ids, article.path


def page_has_id(site: Site, address: str, anchor: str) -> bool:
    return any(tag.attributes.get("id") == unquote(anchor) for tag in site.page(address).tags)


class TestLanguages:
    def alternates(self, page) -> dict[str, str]:
        links = [link for link in page.all("link") if "hreflang" in link.attributes]
        assert all("alternate" in link["rel"].split() for link in links)
        return {link["hreflang"]: link["href"].removeprefix(OWN) for link in links}

    def test_translations_name_each_other(self, build):
        site = build(SMALL, base_url=OWN)
        there = {"en": "/billing/refund/", "zh": "/zh/billing/refund/", "x-default": "/billing/refund/"}
        assert self.alternates(site.page("/billing/refund/")) == there
        assert self.alternates(site.page("/zh/billing/refund/")) == there

    def test_no_address_is_half_told(self, build):
        page = build(SMALL).page("/billing/refund/")
        assert self.alternates(page) == {}
        assert not page.all("link", rel="canonical")

    def test_the_switch_stays_on_the_article(self, build):
        page = build(SMALL).page("/billing/refund/")
        switch = page.one("a", inside="hl-header__tools", hreflang="zh")
        assert (switch.text, target("/billing/refund/", switch["href"])) == ("中文", "/zh/billing/refund/")

    def test_a_missing_translation_isnt_pretended(self, build):
        page = build(SMALL, base_url=OWN).page("/account/password/")
        assert self.alternates(page) == {}
        switch = page.one("a", inside="hl-header__tools", hreflang="zh")
        assert (switch.text, target("/account/password/", switch["href"])) == ("中文首页", "/zh/")

    def test_a_chinese_article_of_its_own(self, build):
        site = build(SMALL)
        page = site.page("/zh/billing/invoice/")
        assert page.one("html")["lang"] == "zh"
        assert page.one("h2", id="怎么开票")
        assert not site.has("/billing/invoice/")
        assert "发票" in [link.text for link in site.page("/zh/billing/").all("strong", inside="hl-rows")]

    def test_a_link_may_lead_into_the_other_language(self, build):
        page = build(SMALL).page("/zh/billing/invoice/")
        links = [target("/zh/billing/invoice/", link["href"]) for link in page.all("a", inside="md-typeset")]
        assert "/account/password/" in links

    def test_a_category_names_what_only_the_other_language_has(self, build):
        site = build(SMALL)
        page = site.page("/zh/account/")
        assert page.all("h2", inside="hl-category")[0].text == "只有英文"
        assert page.one("a", inside="hl-rows", lang="en")["href"]

    def test_a_language_that_we_have_no_words_for_still_builds(self, build):
        site = build({"billing/a.de.md": "Rechnung\nText.", "billing/b.md": "Bill\nText."}, languages=("en", "de"))
        assert site.page("/de/billing/a/").one("html")["lang"] == "de"
        assert "Only in de" in site.page("/billing/").one("body").text

    def test_admonitions_without_a_title_speak_the_pages_language(self, build):
        site = build(SMALL)
        titles = [title.text for title in site.page("/zh/billing/refund/").all("p", class_="admonition-title")]
        assert titles == ["请留意", "自己的标题"]
        assert site.page("/billing/refund/").one("p", class_="admonition-title").text == "Note"

    def test_one_language_alone_has_no_switch(self, build):
        site = build({"billing/refund.md": "Refunds\nAsk."}, languages=("en",))
        assert not site.has("/zh/")
        assert not [link for link in site.page("/billing/refund/").all("a") if "hreflang" in link.attributes]

    def test_whole_addresses_where_the_site_knows_its_own(self, build):
        site = build(SMALL, base_url="https://help.example/")
        page = site.page("/billing/refund/")
        assert page.one("link", hreflang="zh")["href"] == "https://help.example/zh/billing/refund/"
        assert page.one("link", rel="canonical")["href"] == "https://help.example/billing/refund/"
        assert "https://help.example/zh/billing/refund/" in site.text("/sitemap.xml")

    def test_no_sitemap_without_an_address(self, build):
        assert not build(SMALL).has("/sitemap.xml")


class TestGenerated:
    def test_home_leads_to_every_category_and_counts_its_articles(self, own, library):
        page = own.page("/")
        cards = page.all("a", class_="hl-card")
        assert [target("/", card["href"]) for card in cards] == [f"/{c.id}/" for c in library.categories]
        assert all(re.search(r"\b\d+ articles?\b", card.text) for card in cards)

    def test_home_names_the_articles_updated_last(self, own, library):
        lines = own.page("/zh/").all("a", class_="hl-line")
        chinese = sorted((a for a in library.articles if a.lang == "zh"), key=lambda a: a.updated, reverse=True)
        assert len(lines) == 6
        assert chinese[0].title in lines[0].text

    def test_articles_outside_a_category_stand_on_the_home_page(self, build):
        site = build({**SMALL, "faq.md": "Everything else\nText."})
        assert "Everything else" in [title.text for title in site.page("/").all("strong", inside="hl-rows")]

    def test_the_owners_own_pages_win(self, build):
        site = build(
            {
                **SMALL,
                "index.md": "Welcome\nAlice wrote this home page.",
                "contact.md": "Write to Alice\nBy letter.",
                "billing/index.zh.md": "关于账单\n自己写的。",
            }
        )
        assert "Alice wrote this" in site.page("/").one("article").text
        assert site.page("/").one("h1").text == "Welcome"
        assert site.page("/contact/").one("h1").text == "Write to Alice"
        assert site.page("/contact/").one("form", action="/ask")
        assert site.page("/zh/billing/").one("h1").text == "关于账单"
        assert site.page("/zh/").all("a", class_="hl-card")

    def test_an_article_beside_a_folder_of_its_name_leads_that_category(self, build):
        site = build({"billing.md": "All about billing\nOf money.", "billing/card.md": "Change a card\nHow to."})
        page = site.page("/billing/")
        assert page.one("h1").text == "All about billing"
        assert [row["href"] for row in page.all("a", class_="hl-row")] == ["card/"]
        assert page.one("form", action="/ask")

    def test_an_icon_that_doesnt_exist_is_replaced(self, build):
        unknown = "billing:\n  icon: material/no-such-icon\n  en: {title: Billing}\n  zh: {title: 账单}\n"
        site = build({**SMALL, "categories.yml": unknown})
        assert site.page("/billing/").all("svg", inside="hl-card__icon")

    @pytest.mark.parametrize(
        ("address", "title", "links", "other"),
        [
            ("/404.html", "This page isn’t here", ["/", "/contact/"], "/zh/"),
            ("/zh/404.html", "这里没有这一页", ["/zh/", "/zh/contact/"], "/"),
        ],
    )
    def test_unknown_addresses_are_answered_in_each_language(self, own, library, address, title, links, other):
        page = own.page(address)
        assert page.one("h1").text == title
        assert page.one("title").text.strip().startswith(f"{title} · ")
        topics = [f"{links[0]}{category.id}/" for category in library.categories]
        assert [link["href"] for link in page.all("a", inside="hl-lost")] == [*links, *topics]
        assert [a["href"] for a in page.all("a", inside="hl-header__tools") if "hreflang" in a.attributes] == [other]
        assert page.one("form", name_="search")

    def test_the_pages_for_unknown_addresses_may_be_shown_at_any_depth(self, own):
        for address in LOST:
            for tag in own.page(address).tags:
                for key in ("href", "src"):
                    assert tag.attributes.get(key, "/").startswith(("/", "#")), (address, tag)

    def test_the_owners_page_for_unknown_addresses_wins_in_each_language(self, build, tmp_path: Path):
        (tmp_path / "overrides").mkdir()
        (tmp_path / "overrides" / "404.html").write_text("<p lang='{{ view.lang }}'>Gone</p>")
        config = tmp_path / "mkdocs.yml"
        config.write_text(CONFIG.read_text().replace("  font: false", "  font: false\n  custom_dir: overrides"))
        site = build(SMALL, config_file=config)
        assert [site.page(address).one("p")["lang"] for address in sorted(LOST)] == ["en", "zh"]

    def test_the_date_of_an_article_is_shown(self, own):
        page = own.page("/billing/charged-twice/")
        assert re.search(r"Updated \d+ \w+ 2026", page.all("time")[0].text)
        assert re.search(r"更新于 2026 年 \d+ 月 \d+ 日", own.page("/zh/billing/charged-twice/").all("time")[0].text)

    def test_a_long_category_is_not_named_whole_on_every_page(self, build):
        many = {f"billing/a{n:03}.md": f"Article {n}\nText." for n in range(90)}
        site = build(many, languages=("en",))
        page = site.page("/billing/a050/")
        assert "Article 50" in in_sidebar(page)
        assert len(in_sidebar(page)) == 22
        assert in_sidebar(page)[-1] == "All 90 articles"
        assert len(site.page("/billing/").all("a", class_="hl-row")) == 90


class TestFiles:
    def test_what_isnt_for_visitors_is_not_published(self, build):
        files = {"plan.yaml": "a: 1", ".hidden/x.md": "Hidden\nText.", "synonyms.yml": "- [refund, moneyback]\n"}
        site = build(SMALL | files)
        published = {path.name for path in site.folder.rglob("*")}
        assert not published & {"categories.yml", "synonyms.yml", "plan.yaml", ".hidden", "x.md"}
        telling = [path for path in site.folder.rglob("*") if path.is_file() and b"moneyback" in path.read_bytes()]
        assert [path.name for path in telling] == ["search-en.json"]  # the search box looks them up

    def test_an_image_is_published(self, build):
        site = build({**SMALL, "billing/picture.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>"})
        assert site.has("/billing/picture.svg")

    def test_material_gets_no_index_of_its_own(self, own):
        assert len(own.text("/search/search_index.json")) < 200

    def test_texts_of_the_owner_are_text(self, build):
        site = build(
            {
                "billing/a.md": "---\ntitle: 'Less < more & \"quoted\"'\ndescription: '<b>bold</b>'\n---\n\nText.\n",
                "billing/b.md": "Second\nSee [first](a.md).",
            },
            company="<i>Larkbill</i>",
        )
        for _, page in site.pages():
            assert not page.all("i")
            assert not page.all("b")
        assert site.page("/billing/a/").one("h1").text == 'Less < more & "quoted"'

    def test_templates_of_the_owner_win(self, build, tmp_path: Path):
        overrides = tmp_path / "overrides" / "partials"
        overrides.mkdir(parents=True)
        (overrides / "comments.html").write_text("<p id=mine>Alice's own</p>")
        config = tmp_path / "mkdocs.yml"
        config.write_text(CONFIG.read_text().replace("  font: false", "  font: false\n  custom_dir: overrides"))
        page = build(SMALL, config_file=config).page("/billing/refund/")
        assert page.one("p", id="mine")
        assert not page.all("form", action="/ask")

    def test_folders_and_chinese_names(self, build):
        site = build({"billing/退款.zh.md": "退款\n见[下面](#多久)。\n\n## 多久\n\n三天。"})
        assert site.page("/zh/billing/退款/").one("h1").text == "退款"
        link = site.page("/zh/billing/").one("a", class_="hl-row")["href"]
        assert site.has(target("/zh/billing/", link))


def test_words_for_the_browser_are_those_of_the_page(own):
    settings = load_settings(ROOT / "helpleaf.toml", {})
    words = json.loads(own.page("/zh/contact/").one("template", data_hl_words="").text)
    assert words["lang"] == "zh"
    assert words["errors_missing"] == "请先写下你的问题。"
    assert (words["company"], words["mail_address"], words["minutes"]) == (
        settings.company,
        settings.mail,
        settings.offer_minutes,
    )
    for address in ("/zh/", "/zh/billing/", "/zh/404.html"):  # no form stands there
        words = json.loads(own.page(address).one("template", data_hl_words="").text)
        assert set(words) == {"api", "in_language", "lang", "search_ask", "searches"}


def test_the_chinese_invitation_reads_well(own):
    for address in ("/zh/contact/", "/zh/billing/charged-twice/"):
        said = own.page(address).one("body").text
        assert "都没有帮助的话，再点一下就能发给我们" in said
        assert "照样" not in said


def test_a_first_visit_is_light_and_carries_nothing_that_only_we_read(own):
    addresses = {"/search/search_index.json"}  # of a visit: to the home page, and to an article
    for address in ("/", "/billing/charged-twice/"):
        page = own.page(address)
        links = [tag["src"] for tag in page.all("script") if "src" in tag.attributes]
        links += [tag["href"] for tag in page.all("link") if tag["rel"] in ("stylesheet", "icon")]
        worker = json.loads(page.one("script", id="__config").text)["search"]
        addresses |= {address, *(target(address, link) for link in [*links, worker])}
    assert sum(len(gzip.compress(own.file(each).read_bytes())) for each in addresses) <= 82_000
    for each in addresses:
        if "/helpleaf/" in each and not each.endswith(".svg"):
            assert not re.search(r"^\s*(//|/\*)", own.text(each), re.MULTILINE), each


def test_no_page_has_what_was_taken_out_of_materials_stylesheet(own):
    sheet = next(path for path in own.folder.glob("assets/stylesheets/main.*.css"))
    css = sheet.read_text(encoding="utf-8")
    assert not REPLACED.search(css)
    assert set(re.findall(r"(--md-[\w-]+):url", css)) <= set(re.findall(r"var\((--[\w-]+)", css))
    assert css.count("--md-admonition-icon--note:url") == 1
    assert all(
        name in css for name in (".md-typeset", ".md-clipboard", ".md-search-result", ".md-nav__link", "@charset")
    )
    assert css.count("{") == css.count("}")
    used = {name for _, page in own.pages() for tag in page.tags for name in tag.attributes.get("class", "").split()}
    assert [name for name in sorted(used) if REPLACED.search(f".{name}")] == []
