"""What stands beside the pages for machines: feed, sitemap, robots.txt, linked data, and former addresses."""

import json
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from starlette.testclient import TestClient

from tests.site.built import CONFIG, Site, settings_for, target, write
from ticket_api.site.build import build_site, is_fresh
from ticket_api.web.help_site import HelpSite

OWN = "https://help.example"
ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"


def article(title: str, body: str = "Text.", **keys: str) -> str:
    lines = "".join(f"{key}: {value}\n" for key, value in {"title": title, **keys}.items())
    return f"---\n{lines}---\n\n{body}\n"


EVIL = '"</script><script>alert(1)</script><!-- & \'"'
FILES = {
    "billing/refund.md": article("Refunds", updated="2026-03-02", was="[old/page.html, /help/money-back/]"),
    "billing/refund.zh.md": article("退款", updated="2026-04-05", was="[旧/退款]"),
    "billing/发票.zh.md": article("发票", updated="2025-01-01"),
    "billing/evil.md": article(EVIL, description=EVIL),
    "billing/faq.md": article(
        "Asked often",
        "First.\n\n## Can I pay by card?\n\nYes, by any.\n\n### Which?\n\nVisa.\n\n## And by cheque?\n\nNo.",
        questions="[not shown on the page?]",
    ),
}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("served")
    made = settings_for(folder, write(folder / "articles", FILES), base_url=OWN, company="Alice & Co")
    build_site(made)
    return made


@pytest.fixture(scope="module")
def site(settings) -> Site:
    return Site(settings.site_path)


def things(site: Site, address: str) -> dict[str, dict]:
    (script,) = site.page(address).all("script", type="application/ld+json")
    return {thing["@type"]: thing for thing in json.loads(script.text)["@graph"]}


class TestFeed:
    def test_what_changed_last_comes_first(self, site):
        feed = ElementTree.fromstring(site.text("/zh/feed.xml"))
        assert feed.findtext(f"{ATOM}updated") == "2026-04-05T00:00:00Z"
        assert [each.findtext(f"{ATOM}title") for each in feed.iter(f"{ATOM}entry")] == ["退款", "发票"]
        invoice = [*feed.iter(f"{ATOM}entry")][1]
        assert invoice.find(f"{ATOM}link").get("href") == f"{OWN}/zh/billing/{quote('发票')}/"
        assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Alice & Co"
        assert feed.find(f"{ATOM}link[@rel='self']").get("href") == f"{OWN}/zh/feed.xml"

    def test_an_article_without_a_date_isnt_in_it(self, site):
        assert "script" not in site.text("/feed.xml")

    def test_characters_that_xml_has_no_place_for_are_left_out(self, build):
        odd = article("Refunds", updated="2026-03-02", description='"red \\x1b[31m and \\uFFFF"')
        feed = ElementTree.fromstring(build({"billing/refund.md": odd}, base_url=OWN).text("/feed.xml"))
        assert feed.findtext(f"{ATOM}entry/{ATOM}summary") == "red [31m and "

    def test_every_page_leads_to_the_one_of_its_language(self, site):
        (link,) = site.page("/zh/billing/refund/").all("link", type="application/atom+xml")
        assert link["href"] == "../../feed.xml"
        assert len(site.page("/contact/").all("link", type="application/atom+xml")) == 1

    def test_no_feed_without_addresses_or_dates(self, build):
        site = build(FILES)
        assert not site.has("/feed.xml")
        assert not site.page("/").all("link", type="application/atom+xml")
        site = build({"billing/refund.md": article("Refunds")}, base_url=OWN)
        assert not site.page("/").all("link", type="application/atom+xml")


class TestSitemap:
    def test_every_page_with_its_translations_and_its_day(self, site):
        urls = [*ElementTree.fromstring(site.text("/sitemap.xml")).iter(f"{SITEMAP}url")]
        found = {url.findtext(f"{SITEMAP}loc"): url for url in urls}
        assert len(found) == len(urls)
        assert {address.removeprefix(OWN) for address in found} == {
            quote(address) for address, _ in site.pages() if "404" not in address
        }
        refund = found[f"{OWN}/zh/billing/refund/"]
        assert refund.findtext(f"{SITEMAP}lastmod") == "2026-04-05"
        links = {link.get("hreflang"): link.get("href") for link in refund.iter(f"{XHTML}link")}
        usual = f"{OWN}/billing/refund/"
        assert links == {"en": usual, "zh": f"{OWN}/zh/billing/refund/", "x-default": usual}

    def test_robots_txt_names_it(self, site):
        assert f"Sitemap: {OWN}/sitemap.xml\n" in site.text("/robots.txt")

    def test_a_site_in_a_folder_that_mkdocs_yml_names(self, build, tmp_path):
        config = tmp_path / "mkdocs.yml"
        config.write_text(f"site_url: https://example.org/help/\n{CONFIG.read_text()}")
        site = build(FILES, config_file=config)
        assert "<loc>https://example.org/help/zh/billing/refund/</loc>" in site.text("/sitemap.xml")
        assert not site.has("/robots.txt")
        page = site.page("/zh/billing/refund/")
        assert page.one("link", rel="canonical")["href"] == "https://example.org/help/zh/billing/refund/"

    def test_the_owners_robots_txt_wins(self, build):
        site = build({**FILES, "robots.txt": "User-agent: *\nDisallow: /\n"}, base_url=OWN)
        assert "Sitemap" not in site.text("/robots.txt")


class TestLinkedData:
    def test_home_and_its_search(self, site):
        home = things(site, "/zh/")["WebSite"]
        assert (home["url"], home["inLanguage"]) == (f"{OWN}/zh/", "zh")
        assert home["potentialAction"]["target"]["urlTemplate"] == f"{OWN}/zh/?q={{search_term_string}}"

    def test_an_article_and_where_it_stands(self, site):
        found = things(site, "/zh/billing/refund/")
        told = found["Article"]
        assert (told["headline"], told["dateModified"], told["inLanguage"]) == ("退款", "2026-04-05", "zh")
        assert told["mainEntityOfPage"] == f"{OWN}/zh/billing/refund/"
        steps = [(step["position"], step["item"]) for step in found["BreadcrumbList"]["itemListElement"]]
        assert steps == [(1, f"{OWN}/zh/"), (2, f"{OWN}/zh/billing/"), (3, f"{OWN}/zh/billing/refund/")]

    def test_an_article_of_questions(self, site):
        faq = things(site, "/billing/faq/")["FAQPage"]
        answers = {asked["name"]: asked["acceptedAnswer"]["text"] for asked in faq["mainEntity"]}
        assert answers == {"Can I pay by card?": "Yes, by any. Visa.", "And by cheque?": "No."}
        assert "not shown" not in site.text("/billing/faq/")

    def test_one_part_that_isnt_a_question_makes_it_an_article(self, build):
        body = "## Can I?\n\nYes.\n\n## May I?\n\nNo.\n\n## Prices\n\nHigh."
        assert "Article" in things(build({"a.md": article("A", body)}), "/a/")

    def test_no_title_breaks_out(self, site):
        assert things(site, "/billing/evil/")["Article"]["headline"] == EVIL.strip('"')
        page = site.page("/billing/evil/")
        assert page.one("h1").text == EVIL.strip('"')
        assert not [
            script for script in page.all("script") if "alert" in script.text and "type" not in script.attributes
        ]

    def test_a_site_that_doesnt_know_its_address_tells_it_as_seen_from_the_page(self, build):
        site = build(FILES)
        steps = things(site, "/zh/billing/refund/")["BreadcrumbList"]["itemListElement"]
        assert [step["item"] for step in steps] == ["../../", "../", "./"]
        assert "potentialAction" not in things(site, "/")["WebSite"]

    def test_the_page_for_unknown_addresses_has_none(self, site):
        assert not site.page("/404.html").all("script", type="application/ld+json")


class TestFormerAddresses:
    def test_a_page_leads_on(self, site):
        for address, new, lang in (
            ("/old/page.html", "/billing/refund/", "en"),
            ("/help/money-back/", "/billing/refund/", "en"),
            ("/旧/退款/", "/zh/billing/refund/", "zh"),
        ):
            page = site.page(address)
            assert page.one("html")["lang"] == lang
            assert page.one("meta", name_="robots")["content"] == "noindex"
            assert page.one("link", rel="canonical")["href"] == OWN + new
            to = page.one("a")["href"]
            assert target(address, to) == quote(new)
            assert site.has(target(address, page.one("script")["src"]))
            assert page.one("meta", http_equiv="refresh")["content"] == f"0; url={to}"
            assert page.one("script")["data-to"] == to

    def test_our_own_server_redirects_for_good(self, settings):
        client = TestClient(HelpSite(settings.site_path, settings.languages), follow_redirects=False)
        for asked in ("/old/page.html", "/help/money-back", "/help/money-back/"):
            answer = client.get(asked)
            assert (answer.status_code, answer.headers["location"]) == (301, "/billing/refund/"), asked
        assert client.get("/旧/退款").headers["location"] == "/zh/billing/refund/"
        assert client.get("/billing/refund/").status_code == 200
        assert client.get("/old/").status_code == 404

    def test_a_new_list_is_read_while_the_server_runs(self, tmp_path):
        client = TestClient(HelpSite(tmp_path, ("en",)), follow_redirects=False)
        (tmp_path / "404.html").write_text("lost")
        assert client.get("/old").status_code == 404
        (tmp_path / "_redirects").write_text("/old /new/ 301\n/* /index.html 200\nwhatever\n")
        assert client.get("/old").headers["location"] == "/new/"
        (tmp_path / "_redirects").unlink()
        assert client.get("/old").status_code == 404

    def test_no_list_without_any(self, build):
        assert not build({"a.md": article("A")}).has("/_redirects")


class TestVotes:
    FILES = {f"billing/a{n}.md": article(f"Article {n}", updated=f"2026-01-{n + 10}") for n in range(9)}

    def test_the_most_useful_come_first_and_then_the_newest(self, tmp_path):
        settings = settings_for(tmp_path, write(tmp_path / "articles", self.FILES))
        votes = {"billing/a1": 0.5, "billing/a3": 0.9, "billing/a8": -1.0, "billing/gone": 2.0}
        build_site(settings, votes=votes)
        page = Site(settings.site_path).page("/")
        shown = [line.text.split()[1] for line in page.all("a", class_="hl-line")]
        assert shown == ["3", "1", "8", "7", "6", "5"]
        assert page.one("h2", id="hl-useful").text == "Most useful articles"
        assert is_fresh(settings, votes=votes)
        assert is_fresh(settings, votes={"billing/a1": 0.6, "billing/a3": 0.7, "billing/gone": 0.1})
        assert not is_fresh(settings, votes={"billing/a1": 0.7, "billing/a3": 0.6})
        assert not is_fresh(settings, votes={"billing/a1": 0.7, "billing/a3": 0.7})
        assert not is_fresh(settings, votes=votes | {"billing/a2": 0.1})
        assert not is_fresh(settings)

    def test_votes_for_what_isnt_shown_build_nothing(self, tmp_path):
        settings = settings_for(tmp_path, write(tmp_path / "articles", self.FILES))
        votes = {f"billing/a{n}": 9.0 - n for n in range(6)}
        build_site(settings, votes=votes)
        assert is_fresh(settings, votes=votes | {"billing/a7": 0.5})
        assert not is_fresh(settings, votes=votes | {"billing/a7": 20.0})

    def test_without_votes_it_says_what_they_are(self, build):
        assert build({"a/b.md": article("B")}).page("/").one("h2", id="hl-useful").text == "Articles"
        assert build(self.FILES).page("/").one("h2", id="hl-useful").text == "Recently updated"


class TestFurther:
    FILES = {
        "billing/a-card.md": article("Change a card", questions="[my card is old]"),
        "billing/b-refund.md": article("Get a refund", questions="[money back]"),
        "billing/c-late.md": article("Refund is late", questions="[refund money]"),
        "billing/a-card.zh.md": article("更换银行卡"),
        "billing/b-refund.zh.md": article("怎么申请退款"),
        "loose.md": article("Loose"),
    }

    def test_what_comes_before_and_after(self, build):
        site = build(self.FILES)
        turns = {
            address: {link["rel"]: (link["href"], link.text.split("\n")) for link in page.all("a", inside="hl-turn")}
            for address, page in site.pages()
        }
        assert {rel: href for rel, (href, _) in turns["/billing/b-refund/"].items()} == {
            "prev": "../a-card/",
            "next": "../c-late/",
        }
        assert set(turns["/billing/a-card/"]) == {"next"}
        assert set(turns["/zh/billing/b-refund/"]) == {"prev"}
        assert not turns["/loose/"]
        assert not turns["/billing/"]

    def test_what_is_like_it(self, build):
        site = build(self.FILES)
        links = site.page("/billing/b-refund/").all("a", inside="hl-further")
        assert [link["href"] for link in links] == ["../c-late/"]
        (link,) = site.page("/zh/billing/b-refund/").all("a", inside="hl-further")
        assert link["href"] == "../../../billing/c-late/"
        assert "英文" in link.text

    def test_the_home_page_tells_what_stands_only_in_another_language(self, build):
        site = build(self.FILES)
        card = site.page("/zh/").one("a", class_="hl-card")
        assert "2 篇文章 · 1 篇文章只有英文" in card.text
        assert [row.text.split()[0] for row in site.page("/zh/").all("a", class_="hl-row")] == ["Loose"]

    def test_one_article_is_no_articles(self, build):
        lead = build({"a/b.md": article("B")}).page("/").one("p", class_="hl-hero__lead hl-scripted")
        assert lead.text.startswith("Search 1 article, ")


class TestEmpty:
    def test_a_language_without_articles(self, build):
        site = build({"billing/refund.md": article("Refunds")})
        home = site.page("/zh/")
        assert "这里还没有中文文章" in home.one("body").text
        assert "0 篇" not in home.one("body").text
        assert "1 篇文章只有英文" in home.one("a", class_="hl-card").text
        category = site.page("/zh/billing/")
        assert not category.all("ul", class_="hl-rows", inside="hl-nothing")
        assert [row["href"] for row in category.all("a", class_="hl-row")] == ["../../billing/refund/"]

    def test_a_help_centre_of_one_page(self, build):
        site = build({"index.md": article("Welcome", "Soon.")}, languages=("en",))
        assert "Soon." in site.page("/").one("body").text
        assert site.page("/contact/").one("form", action="/ask")
