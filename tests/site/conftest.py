from pathlib import Path

import pytest

from tests.site.built import CONFIG, ROOT, Site, settings_for, write
from tests.site.installed import installed
from ticket_api.site.build import build_site

__all__ = ["installed"]  # a fixture


@pytest.fixture(scope="session")
def own(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The repository's own help site, built once."""
    settings = settings_for(tmp_path_factory.mktemp("own"), ROOT / "kb_articles")
    build_site(settings, config_file=CONFIG)
    return Site(settings.site_path)


@pytest.fixture
def build(tmp_path: Path):
    """Build a small folder of articles of Alice's."""

    def make(files: dict[str, str], *, config_file: Path = CONFIG, **given: object) -> Site:
        settings = settings_for(tmp_path, write(tmp_path / "articles", files), **given)
        build_site(settings, config_file=config_file)
        return Site(settings.site_path)

    return make
