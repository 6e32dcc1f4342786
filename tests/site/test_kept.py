"""Pages that didn't change are kept, and nobody could tell: a build of every page anew comes out the same."""

import shutil
from pathlib import Path

import pytest

from tests.site.built import CONFIG, settings_for, write
from ticket_api.settings import Settings
from ticket_api.site.build import Summary, build_site

ARTICLES = {
    "billing/refund.md": "Refunds\n## Fees\n\nAsk for one, see [invoices](../invoices/pay.md#cards).",
    "billing/refund.zh.md": "退款\n可以申请。",
    "billing/twice.md": "Charged twice\nIt happens.",
    "billing/third.md": "Third\nA [picture](leaf.png) and a <b>word</b>.",
    "billing/leaf.png": "not really",
    "invoices/pay.md": "Pay an invoice\n## Cards\n\nBy card.",
    "invoices/pay.zh.md": "支付发票\n用银行卡。",
    "invoices/late.md": "Late\nPay later.",
    "first-steps.md": "First steps\nBegin.",
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path, write(tmp_path / "articles", ARTICLES))


def build(settings: Settings, config_file: Path = CONFIG, **options) -> Summary:
    return build_site(settings, config_file=config_file, **options)


def tree(settings: Settings) -> dict[str, bytes]:
    files = [file for file in settings.build.rglob("*") if file.is_file() and file.name not in ("pages.json",)]
    return {file.relative_to(settings.build).as_posix(): file.read_bytes() for file in files}


def same_as_anew(settings: Settings) -> bool:
    """Whether what stands is what a build of every page anew makes; the index may differ, whose weights are kept."""
    stands = tree(settings)
    shutil.rmtree(settings.build)
    build(settings)
    whole = tree(settings)
    differ = {path for path in stands | whole if stands.get(path) != whole.get(path)}
    assert differ <= {"index/articles.json"}, differ
    return True


CHANGES = {
    "nothing": {},
    "a text": {"billing/twice.md": "Charged twice\nIt happens often."},
    "a title": {"billing/twice.md": "Paid twice\nIt happens."},
    "a description": {"invoices/late.md": "---\ntitle: Late\ndescription: When it is late\n---\n\nPay later.\n"},
    "a date": {"invoices/late.md": "---\ntitle: Late\nupdated: 2026-10-02\n---\n\nPay later.\n"},
    "questions": {"invoices/late.md": "---\ntitle: Late\nquestions: [What if I am late?]\n---\n\nPay later.\n"},
    "what is like it": {"billing/third.md": "---\ntitle: Third\nquestions: [Was I charged twice?]\n---\n\nA word.\n"},
    "a new article": {"billing/a-new-one.md": "A new one\nText."},
    "a new category": {"account/sign-in.md": "Sign in\nWith a password."},
    "a new translation": {"billing/twice.zh.md": "重复扣款\n有时会发生。"},
    "an article in Chinese alone": {"billing/alone.zh.md": "只有中文\n正文。"},
    "a category's own page": {"billing.md": "All about bills\nRead on."},
    "the home page": {"index.md": "Welcome\nHello."},
    "categories": {"categories.yml": "invoices:\n  en: {title: Papers}\nbilling:\n  zh: {title: 账单}\n"},
    "synonyms": {"synonyms.yml": "- [refund, money back]\n"},
    "a picture": {"billing/leaf.png": "another"},
}


@pytest.mark.parametrize("change", CHANGES)
def test_after_a_change_the_site_is_that_of_a_whole_build(settings, change):
    build(settings)
    write(settings.articles, CHANGES[change])
    summary = build(settings)
    every_page_names_them = change in ("a new category", "categories")
    assert (summary.kept == 0) == every_page_names_them
    assert same_as_anew(settings)


def test_after_a_removal_and_a_move(settings):
    build(settings)
    (settings.articles / "billing/refund.zh.md").unlink()
    assert build(settings).kept > 0
    assert same_as_anew(settings)
    for old, new in (("pay.md", "pay-a-bill.md"), ("pay.zh.md", "pay-a-bill.zh.md")):
        (settings.articles / "invoices" / old).rename(settings.articles / "invoices" / new)
    write(settings.articles, {"billing/refund.md": "Refunds\nSee [invoices](../invoices/pay-a-bill.md#cards)."})
    assert build(settings).kept > 0
    assert same_as_anew(settings)


def test_only_what_changed_is_made(settings):
    assert build(settings).kept == 0
    articles = sum(path.suffix == ".md" for path in settings.articles.rglob("*"))
    assert build(settings).kept == articles
    write(settings.articles, {"invoices/late.md": "Late\nPay much later."})
    assert build(settings).kept == articles - 1
    for _ in range(2):
        assert build(settings, anew=True).kept == 0
    assert build(settings).kept == len(list(settings.articles.rglob("*.md")))


def test_a_page_that_somebody_changed_by_hand_is_made_anew(settings):
    build(settings)
    page = settings.site_path / "invoices/late/index.html"
    good = page.read_bytes()
    page.write_bytes(b"something else")
    build(settings)
    assert page.read_bytes() == good


def test_a_setting_that_pages_show_changes_all(settings, tmp_path):
    build(settings)
    other = settings_for(tmp_path, settings.articles, company="Elsewhere")
    assert build(other).kept == 0
    assert "Elsewhere" in (other.site_path / "invoices/late/index.html").read_text()


def test_a_broken_record_costs_nothing_but_time(settings):
    build(settings)
    (settings.build / "index" / "pages.json").write_text("{")
    assert build(settings).kept == 0


def mkdocs_yml(folder: Path, more: str) -> Path:
    path = folder / "mkdocs.yml"
    path.write_text(f"site_name: Help\ntheme: {{name: material{more}\n")
    return path


@pytest.mark.parametrize(
    "more",
    [
        ", custom_dir: own}\nplugins: [helpleaf]",
        "}\nplugins: [helpleaf, tags]",
        "}\nplugins: [helpleaf]\nmarkdown_extensions: [pymdownx.snippets]",
    ],
    ids=["templates", "plugin", "extension"],
)
def test_pages_that_others_may_change_are_never_kept(settings, tmp_path, more):
    (tmp_path / "own").mkdir()
    config = mkdocs_yml(tmp_path, more)
    build(settings, config)
    assert build(settings, config).kept == 0
