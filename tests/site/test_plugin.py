"""The plugin under MkDocs alone, without build_site around it."""

import logging

import pytest
from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort

from tests.site.built import CONFIG, write


@pytest.fixture
def mkdocs(tmp_path, monkeypatch, caplog):
    """Build with MkDocs as `mkdocs build` does; gives back what was told."""
    monkeypatch.setenv("NO_MKDOCS_2_WARNING", "1")
    monkeypatch.chdir(tmp_path)
    config = tmp_path / "mkdocs.yml"
    config.write_text(CONFIG.read_text())
    caplog.set_level(logging.WARNING, "mkdocs")

    def run(files):
        write(tmp_path / "kb_articles", files)
        mkdocs_build(load_config(str(config)))

    return run


def test_it_builds_site_and_index(mkdocs, tmp_path):
    mkdocs({"billing/refund.md": "Refunds\nAsk."})
    assert (tmp_path / "build" / "site" / "billing" / "refund" / "index.html").is_file()
    assert (tmp_path / "build" / "index" / "articles.json").is_file()


def test_every_problem_is_told_and_fails_the_build(mkdocs, caplog):
    with pytest.raises(Abort):
        mkdocs({"billing/dead.md": "Dead\nSee [this](nowhere.md).", "a.md": "---\ncolour: red\n---\n\nText.\n"})
    assert "billing/dead.md:5:" in caplog.text
    assert "a.md:" in caplog.text
    assert "problems in the articles" in caplog.text


def test_the_settings_beside_mkdocs_yml_count(mkdocs, tmp_path):
    (tmp_path / "helpleaf.toml").write_text('company = "Acme"\nlanguages = ["en"]\n')
    mkdocs({"billing/refund.md": "Refunds\nAsk."})
    assert "Acme" in (tmp_path / "build" / "site" / "index.html").read_text()
    assert not (tmp_path / "build" / "site" / "zh").exists()


def test_a_bad_setting_is_told(mkdocs, tmp_path, caplog):
    (tmp_path / "helpleaf.toml").write_text('colour = "red"\n')
    with pytest.raises(Abort):
        mkdocs({"billing/refund.md": "Refunds\nAsk."})
    assert "there is no setting 'colour'" in caplog.text


def test_mkdocs_has_nothing_to_complain_about(mkdocs, caplog):
    mkdocs(
        {
            "billing/refund.zh.md": "退款\n见[密码](../account/password.md)和[下面](#怎么做)。\n\n## 怎么做\n\n申请。",
            "account/password.md": "Password\nSee [refunds](../billing/refund.zh.md).",
        }
    )
    assert caplog.records == []
