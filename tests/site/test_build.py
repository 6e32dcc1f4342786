"""Building: all or nothing, every problem told, and not again when nothing changed."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from tests.site.built import CONFIG, Site, settings_for, write
from tests.waiting import PATIENCE
from ticket_api.errors import Stop
from ticket_api.knowledge.folder import read_index
from ticket_api.settings import Settings
from ticket_api.site.build import build_site, is_fresh

TWO = {"billing/refund.md": "Refunds\nAsk for one.", "billing/refund.zh.md": "退款\n可以申请。"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path, write(tmp_path / "articles", TWO))


def make(settings: Settings, **options):
    return build_site(settings, config_file=CONFIG, **options)


def fresh(settings: Settings) -> bool:
    return is_fresh(settings, config_file=CONFIG)


def test_it_counts_what_it_made(settings):
    summary = make(settings)
    assert (summary.articles, summary.languages, summary.warnings) == (2, ("en", "zh"), ())
    assert summary.seconds > 0


def test_the_index_holds_the_articles_and_no_other_page(settings):
    write(settings.articles, {"index.md": "Welcome\nHello.", "contact.md": "Write to Alice\nHere."})
    make(settings)
    index = read_index(settings.index_path)
    assert index.has("billing/refund")
    assert not index.has("index")
    assert not index.has("contact")


def test_progress_grows_to_its_end(settings):
    told = []
    make(settings, progress=lambda done, total: told.append((done, total)))
    assert [done for done, _ in told] == list(range(1, len(told) + 1))
    assert {total for _, total in told} == {len(told)}


def test_every_problem_is_told_at_once_and_the_old_site_stays(settings):
    make(settings)
    before = Site(settings.site_path).text("/billing/refund/")
    write(
        settings.articles,
        {
            "billing/refund.md": "Refunds\nChanged.",
            "billing/dead.md": "Dead\nSee [this](nowhere.md).",
            "account/none.md": "---\ntags: [a]\n---\n\nNo title.\n",
        },
    )
    with pytest.raises(Stop) as stop:
        make(settings)
    lines = str(stop.value).splitlines()
    assert any(line.startswith(f"{settings.articles}/billing/dead.md:5: ") for line in lines)
    assert any(line.startswith(f"{settings.articles}/account/none.md:") for line in lines)
    assert "2 problems" in lines[-1]
    assert Site(settings.site_path).text("/billing/refund/") == before


def test_warnings_are_told_and_build(settings):
    write(settings.articles, {"account/refund.md": "Refunds\nThe same title elsewhere."})
    summary = make(settings)
    assert any("account/refund.md" in warning for warning in summary.warnings)
    assert Site(settings.site_path).has("/account/refund/")


def test_a_removed_article_is_gone_and_nothing_is_left_behind(settings):
    write(settings.articles, {"billing/old.md": "Old\nGoes."})
    make(settings)
    assert Site(settings.site_path).has("/billing/old/")
    (settings.articles / "billing" / "old.md").unlink()
    make(settings)
    assert not Site(settings.site_path).has("/billing/old/")
    assert sorted(path.name for path in settings.build.iterdir()) == ["index", "site"]


def test_nothing_is_left_behind_when_it_fails(settings):
    (settings.articles / "billing" / "bad.md").write_text("no front matter")
    with pytest.raises(Stop):
        make(settings)
    assert not settings.site_path.exists()


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ("page_content(html, page, **_)", "billing/refund.md makes the site builder fail with"),
        ("page_context(context, page, **_)", "billing/refund.md makes the site builder fail with"),
        ("env(env, **_)", "the site builder fails with"),
    ],
)
def test_a_fault_of_another_program_is_told_with_its_page(settings, tmp_path, event, told):
    only = "'refund.md' in page.file.src_uri" if "page" in event else "True"
    (tmp_path / "odd.py").write_text(f"def on_{event}:\n    if {only}:\n        raise KeyError('x')\n")
    (tmp_path / "mkdocs.yml").write_text(f"{CONFIG.read_text()}\nhooks: [odd.py]\n")
    with pytest.raises(Stop, match=rf"{told} KeyError: 'x'\. Undo what was changed last"):
        build_site(settings, config_file=tmp_path / "mkdocs.yml")
    assert not settings.site_path.exists()


def test_a_visitor_finds_a_page_at_every_moment(settings):
    make(settings)
    page, seen, ended = settings.site_path / "billing" / "refund" / "index.html", [], threading.Event()

    def look() -> None:
        while not ended.is_set():
            seen.append(page.is_file())

    visitor = threading.Thread(target=look, daemon=True)
    visitor.start()
    for number in range(5):
        write(settings.articles, {"billing/refund.md": f"Refunds\nAsk for {number}."})
        make(settings)
    ended.set()
    visitor.join(PATIENCE)
    assert len(seen) > 100
    assert all(seen)


def test_other_users_may_read_the_site(settings):
    make(settings)
    assert settings.site_path.stat().st_mode & 0o755 == 0o755


def test_without_mkdocs_yml(settings, tmp_path):
    with pytest.raises(Stop, match=r"There is no .*mkdocs\.yml here"):
        build_site(settings, config_file=tmp_path / "mkdocs.yml")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("site_name: Help\ntheme: material\nplugins: [search]\n", "doesn't name the plugin helpleaf"),
        ("site_name: Help\ntheme: nowhere\nplugins: [helpleaf]\n", "can't be used: .*nowhere"),
        ("site_name: [\n", "can't be used"),
    ],
)
def test_a_faulty_mkdocs_yml(settings, tmp_path, text, sentence):
    (tmp_path / "mkdocs.yml").write_text(text)
    with pytest.raises(Stop, match=sentence):
        build_site(settings, config_file=tmp_path / "mkdocs.yml")


class TestFresh:
    def test_only_after_a_build(self, settings):
        assert not fresh(settings)
        make(settings)
        assert fresh(settings)

    def test_a_changed_a_new_and_a_removed_article(self, settings):
        make(settings)
        write(settings.articles, {"billing/new.md": "New\nText."})
        assert not fresh(settings)
        (settings.articles / "billing" / "new.md").unlink()
        assert fresh(settings)
        write(settings.articles, {"billing/refund.md": "Refunds\nAsk for two."})
        assert not fresh(settings)

    def test_the_owners_synonyms(self, settings):
        make(settings)
        write(settings.articles, {"synonyms.yml": "- [refund, money back]\n"})
        assert not fresh(settings)
        make(settings)
        assert fresh(settings)
        write(settings.articles, {"synonyms.yml": "- [refund, money back, 退钱]\n"})
        assert not fresh(settings)

    def test_a_renamed_article(self, settings):
        make(settings)
        (settings.articles / "billing" / "refund.md").rename(settings.articles / "billing" / "refunds.md")
        assert not fresh(settings)

    def test_a_setting_that_pages_show(self, settings):
        make(settings)
        assert not fresh(replace(settings, company="Other"))
        assert not fresh(replace(settings, languages=("en",)))
        assert fresh(replace(settings, port=9999))

    def test_mkdocs_yml(self, settings, tmp_path):
        config = tmp_path / "mkdocs.yml"
        config.write_text(CONFIG.read_text())
        build_site(settings, config_file=config)
        assert is_fresh(settings, config_file=config)
        config.write_text(CONFIG.read_text() + "copyright: Alice\n")
        assert not is_fresh(settings, config_file=config)

    @pytest.mark.parametrize("lost", ["index", "site"])
    def test_what_was_built_is_gone(self, settings, lost):
        make(settings)
        (settings.build / lost).rename(settings.build / "elsewhere")
        assert not fresh(settings)
