"""A built site, checked as a visitor would get it: each thing that can be wrong is told, and nothing else."""

import json
import shutil
from pathlib import Path

import pytest
from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config

from tests.site.built import CONFIG, settings_for, write
from ticket_api.cli import main
from ticket_api.errors import Stop
from ticket_api.site.build import build_site
from ticket_api.site.checking import check_site

SMALL = {
    "billing/refund.md": "Refunds\nAsk [here](../account/password.md#forgotten).",
    "billing/refund.zh.md": "退款\n可以申请。",
    "account/password.md": "Password\n## Forgotten\nReset it.",
}
REFUND = "billing/refund/index.html"
PASSWORD = "account/password/index.html"


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Path:
    """A folder whose site is built, below an address of its own."""
    folder = tmp_path_factory.mktemp("desk")
    settings = settings_for(folder, write(folder / "articles", SMALL), base_url="https://help.example")
    build_site(settings, config_file=CONFIG)
    return folder


@pytest.fixture
def site(desk, tmp_path) -> Path:
    """A copy of that site, to be spoilt."""
    return Path(shutil.copytree(desk / "build/site", tmp_path / "site"))


def change(site: Path, path: str, old: str, new: str) -> None:
    text = (site / path).read_text(encoding="utf-8")
    assert old in text
    (site / path).write_text(text.replace(old, new), encoding="utf-8")


def told(site: Path, index: Path | None = None) -> list[tuple[str, str]]:
    return [(fault.kind, page) for fault in check_site(site, index)[1] for page in fault.pages]


def test_nothing_is_wrong_with_our_own(own, desk):
    assert check_site(own.folder, own.folder.parent / "index/articles.json")[1] == []
    assert check_site(desk / "build/site", desk / "build/index/articles.json") == (13, [])


@pytest.mark.parametrize(
    ("path", "old", "new", "fault"),
    [
        (REFUND, "data-hl-ask ", "", ("form", REFUND)),
        (REFUND, "search-worker.js", "other-worker.js", ("search", REFUND)),
        (REFUND, "<html lang=", "<html data-lang=", ("lang", REFUND)),
        (REFUND, "<title>Refunds · Larkbill help</title>", "", ("title", REFUND)),
        (REFUND, '"https://help.example/billing/refund/"', '"https://help.example/"', ("canonical", "index.html")),
        (REFUND, "account/password/#forgotten", "account/gone/", ("link", REFUND)),
        (REFUND, "account/password/#forgotten", "account/password/#gone", ("link", REFUND)),
        (PASSWORD, 'id="forgotten"', 'id="renamed"', ("link", REFUND)),
        (REFUND, "</article>", '<img src="gone.png"></article>', ("missing", REFUND)),
        (REFUND, "</article>", "<script>a()</script></article>", ("inline", REFUND)),
        (REFUND, "</article>", "<p style='color: red'></article>", ("inline", REFUND)),
        (REFUND, "</article>", "<p onclick='a()'></article>", ("inline", REFUND)),
        (REFUND, "</article>", '<img src="https://cdn.example/a.png"></article>', ("outside", REFUND)),
        (REFUND, "</article>", "<form action='https://collect.example/x'></form></article>", ("outside", REFUND)),
        (REFUND, "</article>", "<button formaction=//collect.example>x</button></article>", ("outside", REFUND)),
        (REFUND, "</article>", '<pre class="mermaid">a</pre></article>', ("outside", REFUND)),
        (
            "assets/helpleaf/helpleaf.css",
            "",
            "@import 'https://cdn.example/a.css';\n",
            ("outside", "assets/helpleaf/helpleaf.css"),
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_page(site, path, old, new, fault):
    change(site, path, old, new)
    assert fault in told(site)
    assert {kind for kind, _ in told(site)} == {fault[0]}


def test_what_is_missing_is_told(site, desk):
    (site / "assets/helpleaf/search-worker.js").unlink()
    (site / "_headers").unlink()
    shutil.rmtree(site / "account")
    kinds = {kind for kind, _ in told(site, desk / "build/index/articles.json")}
    assert kinds == {"search", "policy", "link", "index"}
    assert ("index", str(desk / "no.json")) in told(site, desk / "no.json")


def test_another_material_site_with_the_plugin_is_as_good(tmp_path, monkeypatch):
    monkeypatch.setenv("NO_MKDOCS_2_WARNING", "1")
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: Any\ntheme: {name: material, font: false}\nplugins: [search, helpleaf]\n"
    )
    write(tmp_path / "docs", {"index.md": "Home\nSee [b](b.md#more).", "b.md": "B\n## More\nText."})
    mkdocs_build(load_config(str(tmp_path / "mkdocs.yml")))
    assert told(tmp_path / "site") == []
    change(tmp_path / "site", "b/index.html", "data-hl-ask", "data-x")
    assert told(tmp_path / "site") == [("form", "b/index.html")]


def test_a_form_that_asks_our_server_elsewhere_is_good(tmp_path):
    given = {"base_url": "https://help.example", "api": "https://desk.example:8443"}
    settings = settings_for(tmp_path, write(tmp_path / "articles", {"a.md": "A\nText."}), **given)
    assert build_site(settings, config_file=CONFIG).warnings == ()
    assert told(settings.site_path) == []


def test_one_finding_for_all_pages_that_have_it(site):
    (site / "assets/helpleaf/helpleaf.css").unlink()
    (fault,) = check_site(site)[1]
    assert (fault.kind, fault.count, len(fault.pages)) == ("missing", 13, 13)


@pytest.mark.parametrize("make", [False, True])
def test_without_a_site_it_says_so(tmp_path, make):
    (tmp_path / "site").mkdir() if make else None
    with pytest.raises(Stop, match="Name the folder of a built site"):
        check_site(tmp_path / "site")


class TestBuiltWithoutThePlugin:
    """A builder that passes over plugins leaves a site like MkDocs's without ours."""

    @pytest.fixture
    def plain(self, tmp_path, monkeypatch) -> Path:
        monkeypatch.setenv("NO_MKDOCS_2_WARNING", "1")
        config = CONFIG.read_text().replace("  - helpleaf\n", "").replace("  favicon: assets/helpleaf/leaf.svg\n", "")
        (tmp_path / "mkdocs.yml").write_text(config)
        write(tmp_path / "kb_articles", {"index.md": "Home\nHello.", "a.md": "A\n[Home](index.md)"})
        mkdocs_build(load_config(str(tmp_path / "mkdocs.yml")))
        return tmp_path / "build/site"

    def test_it_is_told_in_one_sentence(self, plain, monkeypatch, capsys):
        monkeypatch.chdir(plain.parents[1])
        assert main(["check", "--site", str(plain)]) == 1
        printed = capsys.readouterr()
        (line,) = printed.out.splitlines()
        assert "The plugin helpleaf had no part in this site" in line
        assert "It was built by mkdocs-1." in line
        assert "helpleaf build" in line
        assert printed.err.splitlines()[-1] == f"helpleaf: 1 error in 3 pages of {plain}."

    def test_and_for_scripts(self, plain, monkeypatch, capsys):
        monkeypatch.chdir(plain.parents[1])
        assert main(["check", "--json", "--site", str(plain)]) == 1
        told = json.loads(capsys.readouterr().out)
        assert (told["version"], told["pages"], told["errors"]) == (1, 3, 1)
        (fault,) = told["findings"]
        assert (fault["kind"], fault["pages"], fault["count"]) == ("plugin", ["404.html"], 1)


def test_a_good_site_is_told_to_be_good(desk, monkeypatch, capsys):
    monkeypatch.chdir(desk)
    assert main(["check", "--site", "build/site"]) == 0
    assert capsys.readouterr().out == "All is well with 13 pages.\n"


def test_a_site_in_a_folder_of_its_address(site):
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        text = text.replace("https://help.example/", "https://example.org/docs/")
        text = text.replace('href="/', 'href="/docs/').replace('src="/', 'src="/docs/')
        page.write_text(text, encoding="utf-8")
    assert told(site) == []
