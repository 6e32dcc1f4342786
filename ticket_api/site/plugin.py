"""The MkDocs plugin `helpleaf`: hooks that hand everything to plain functions."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import BaseLoader, ChoiceLoader, DictLoader, Environment
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, get_plugin_logger
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from mkdocs.utils.templates import TemplateContext

from ticket_api.errors import Stop
from ticket_api.knowledge.articles import Library, anchor
from ticket_api.knowledge.folder import load_library, updated_index, write_index
from ticket_api.settings import Settings, load_settings
from ticket_api.site.catalogue import Catalogue, make_catalogue
from ticket_api.site.files import fingerprints, make_assets, site_files
from ticket_api.site.view import View

TEMPLATES = Path(__file__).with_name("templates")
ADMONITION = re.compile(
    r'(<(?:div|details) class="(?:admonition )?(\w+)[^>]*>\s*<(?:p class="admonition-title"|summary)>)(\w+)<'
)

LOST = "404.html"
"""The page for addresses that don't exist: here for the first language, in its folder for each other one."""

log = get_plugin_logger("helpleaf")


class NoOptions(Config):  # type: ignore[no-untyped-call]
    """The plugin has none: what the owner sets stands in helpleaf.toml."""


class HelpleafPlugin(BasePlugin[NoOptions]):  # type: ignore[no-untyped-call]
    """Makes a help site of a folder of articles. `build_site` gives it settings and library; MkDocs alone need not."""

    settings: Settings | None = None
    library: Library | None = None
    progress: Callable[[int, int], None] | None = None
    _catalogue: Catalogue
    _assets: dict[str, bytes]
    _versions: dict[str, str]
    _done: int

    def on_config(self, config: MkDocsConfig) -> None:
        """Read everything the owner wrote, tell what is wrong in it, and set what the site relies on."""
        try:
            settings = self.settings or load_settings(_beside(config, "helpleaf.toml"))
            library = self.library or load_library(Path(config.docs_dir), settings.languages)
        except Stop as error:
            raise PluginError(error.message) from error
        tell_problems(library)
        self._catalogue = make_catalogue(library, settings)
        self._assets = make_assets(self._catalogue)
        self._versions = fingerprints(self._assets)
        self._done = 0
        set_up(config, settings)

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Give every page its address, and add ours."""
        return site_files(files, self._catalogue, self._assets, config)

    def on_env(self, env: Environment, **_: object) -> Environment:
        """Find a template for each language's page for unknown addresses."""
        assert env.loader  # noqa: S101
        env.loader = with_lost_pages(env.loader, self._catalogue.settings)
        return env

    def on_page_markdown(self, _markdown: str, *, page: Page, config: MkDocsConfig, **_: object) -> None:
        """Say the links beside the headings in the page's language."""
        config.mdx_configs["toc"]["permalink_title"] = self._view(page).say("site.permalink")

    def on_page_content(self, html: str, *, page: Page, **_: object) -> str:
        """Say the titles of admonitions in the page's language."""
        self._tick()
        return admonitions(html, self._view(page))

    def on_page_context(self, context: TemplateContext, *, page: Page, config: MkDocsConfig, **_: object) -> None:
        """Hand the template its view."""
        _show(self._view(page), context, config)

    def on_template_context(
        self, context: TemplateContext, *, template_name: str, config: MkDocsConfig, **_: object
    ) -> None:
        """Hand a page for unknown addresses its view, and whole paths: it may be shown at any depth."""
        lost = lost_pages(self._catalogue.settings)
        if template_name in lost:
            context["base_url"] = urlsplit(config.site_url or "/").path
        _show(self._view(None, lost.get(template_name, "")), context, config)

    def on_post_page(self, _output: str, **_: object) -> None:
        """Count the page."""
        self._tick()

    def on_post_build(self, **_: object) -> None:
        """Write the article index: the same articles that the site shows."""
        library, settings = self._catalogue.library, self._catalogue.settings
        write_index(updated_index(library, settings.index_path), settings.index_path)

    def _view(self, page: Page | None, lang: str = "") -> View:
        article = self._catalogue.pages.get(page.file.src_uri) if page else None
        lang = article.lang if article else lang or self._catalogue.settings.languages[0]
        return View(lang, article, self._catalogue, self._versions)

    def _tick(self) -> None:
        self._done += 1
        if self.progress:
            self.progress(self._done, 2 * len(self._catalogue.pages))


def tell_problems(library: Library) -> None:
    """Print every problem. Raises PluginError with their number when there is an error among them."""
    errors = 0
    for problem in library.problems:
        (log.error if problem.error else log.warning)(str(problem))
        errors += problem.error
    if errors:
        raise PluginError(f"{errors} {'problem' if errors == 1 else 'problems'} in the articles: see above.")


def set_up(config: MkDocsConfig, settings: Settings) -> None:
    """Set what the site relies on: folder addresses, our anchors, our templates, and no search index of Material's."""
    config.use_directory_urls = True
    config.site_url = f"{settings.base_url.rstrip('/')}/" if settings.base_url else config.site_url
    config.mdx_configs.setdefault("toc", {}).update(slugify=anchor, permalink="#")
    config.mdx_configs.setdefault("tables", {})["use_align_attribute"] = True  # a page without inline styles
    config.theme.static_templates.update(lost_pages(settings))
    config.theme.dirs.insert(1 if config.theme.custom_dir else 0, str(TEMPLATES))
    if not config.site_url:  # it would hold addresses that begin with "None"
        config.theme.static_templates.discard("sitemap.xml")
    for name in ("search", "material/search"):
        if name in config.plugins and "enabled" in config.plugins[name].config:
            config.plugins[name].config.enabled = False


def lost_pages(settings: Settings) -> dict[str, str]:
    """The pages for addresses that don't exist, each with its language."""
    first, *others = settings.languages
    return {LOST: first} | {f"{lang}/{LOST}": lang for lang in others}


def with_lost_pages(loader: BaseLoader, settings: Settings) -> ChoiceLoader:
    """A loader that finds one template, the owner's or ours, under the name of every such page."""
    same = {name: f'{{% extends "{LOST}" %}}' for name in lost_pages(settings) if name != LOST}
    return ChoiceLoader([loader, DictLoader(same)])


def admonitions(html: str, view: View) -> str:
    """Translate the titles that Markdown makes from an admonition's name."""

    def translated(match: re.Match[str]) -> str:
        opening, kind, title = match.groups()
        own = None if title.lower() != kind.lower() else view.admonition(kind)
        return f"{opening}{own or title}<"

    return ADMONITION.sub(translated, html)


def _show(view: View, context: TemplateContext, config: MkDocsConfig) -> None:
    config.theme["language"] = view.lang  # Material reads the page's language from here
    context["view"] = view  # type: ignore[typeddict-unknown-key]


def _beside(config: MkDocsConfig, name: str) -> Path:
    return Path(config.config_file_path or ".").parent / name
