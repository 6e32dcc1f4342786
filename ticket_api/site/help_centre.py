"""Our own help centre: a site of a folder of articles, in our templates. Hooks that hand all to plain functions."""

import re
from dataclasses import replace
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

from jinja2 import BaseLoader, ChoiceLoader, DictLoader, Environment
from jinja2.bccache import Bucket, BytecodeCache
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import get_plugin_logger
from mkdocs.structure.files import Files, InclusionLevel
from mkdocs.structure.pages import Page
from mkdocs.utils.templates import TemplateContext

from ticket_api.knowledge.articles import Article, Library, anchor
from ticket_api.knowledge.folder import load_library, updated_index, write_index
from ticket_api.knowledge.index import ArticleIndex
from ticket_api.settings import Settings
from ticket_api.site.catalogue import Catalogue, make_catalogue
from ticket_api.site.files import fingerprints, make_assets, site_files
from ticket_api.site.hosting import write_headers
from ticket_api.site.kept import key_of, may_keep
from ticket_api.site.linked_data import linked_data
from ticket_api.site.served import served_files
from ticket_api.site.view import View
from ticket_api.site.way import Given, Way

TEMPLATES = Path(__file__).with_name("templates")
ADMONITION = re.compile(
    r'(<(?:div|details) class="(?:admonition )?(\w+)[^>]*>\s*<(?:p class="admonition-title"|summary)>)(\w+)<'
)

LOST = "404.html"
"""The page for addresses that don't exist: here for the first language, in its folder for each other one."""

log = get_plugin_logger("helpleaf")


class Compiled(BytecodeCache):
    """Templates as they were compiled, for a process that builds again; by their place and content."""

    known: ClassVar[dict[tuple[str, str], bytes]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what is known."""
        if code := self.known.get((bucket.key, bucket.checksum)):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Remember it."""
        self.known[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


class HelpCentre(Way):
    """The hooks of one build. What MkDocs alone doesn't know, `build_site` gives."""

    _catalogue: Catalogue
    _index: ArticleIndex
    _assets: dict[str, bytes]
    _versions: dict[str, str]

    def __init__(self, settings: Settings, given: Given) -> None:
        """`given` is what `build_site` knows already."""
        super().__init__()
        self._settings, self._given = settings, given
        self._done = 0

    def on_config(self, config: MkDocsConfig) -> None:
        """Read everything the owner wrote, tell what is wrong in it, and set what the site relies on."""
        settings = self._settings
        library = self._given.library or load_library(Path(config.docs_dir), settings.languages)
        tell_problems(library)
        set_up(config, settings)
        settings = replace(settings, base_url=(config.site_url or "").rstrip("/"))
        self._catalogue = make_catalogue(library, settings, self._given.votes)
        self._index = updated_index(library, settings.index_path)
        self._assets = make_assets(self._catalogue, self._index)
        self._versions = fingerprints(self._assets)

    def on_files(self, files: Files, config: MkDocsConfig) -> Files:
        """Give every page its address, and add ours."""
        served = served_files(self._catalogue, self._versions)
        all_files = site_files(files, self._catalogue, self._assets, config, served)
        self._keep_pages(all_files, config)
        return all_files

    def on_env(self, env: Environment) -> None:
        """Find a template for each language's page for unknown addresses."""
        assert env.loader  # noqa: S101
        env.loader = with_lost_pages(env.loader, self._catalogue.settings)
        env.bytecode_cache = Compiled()

    def on_page_markdown(self, page: Page, config: MkDocsConfig) -> None:
        """Say the links beside the headings in the page's language."""
        config.mdx_configs["toc"]["permalink_title"] = self._view(page).say("site.permalink")

    def on_page_content(self, html: str, page: Page) -> str:
        """Say the titles of admonitions in the page's language."""
        self._tick()
        return admonitions(html, self._view(page))

    def on_page_context(self, context: TemplateContext, page: Page, config: MkDocsConfig) -> None:
        """Hand the template its view."""
        _show(self._view(page), context, config)

    def on_template_context(self, context: TemplateContext, name: str, config: MkDocsConfig) -> None:
        """Hand a page for unknown addresses its view, and whole paths: it may be shown at any depth."""
        lost = lost_pages(self._catalogue.settings)
        if name in lost:
            context["base_url"] = urlsplit(config.site_url or "/").path
        _show(self._view(None, lost.get(name, "")), context, config)

    def on_post_page(self, output: str, page: Page) -> str:
        """Count the page, and remember it for the next build."""
        if self._given.kept:
            self._given.kept.made(page.file.dest_uri, output)
        self._tick()
        return output

    def on_post_build(self, config: MkDocsConfig) -> None:
        """Write the headers that the pages need."""
        self.warnings = write_headers(Path(config.site_dir), self._catalogue.settings, Path(config.docs_dir))
        for warning in self.warnings:
            log.warning(warning)
        if self._given.library is None:  # MkDocs runs alone
            self.finish()

    def finish(self) -> None:
        """Write the article index, of the same articles that the site shows."""
        write_index(self._index, self._settings.index_path)

    def _keep_pages(self, files: Files, config: MkDocsConfig) -> None:
        """Leave out articles whose pages can be kept; links to them still find where they are."""
        kept = self._given.kept
        if kept is None or not may_keep(config):
            return
        for file in files.documentation_pages():
            view = self._view_of(self._catalogue.pages.get(file.src_uri))
            if view.is_article and kept.keep(file.dest_uri, key_of(view), Path(config.site_dir)):
                file.inclusion = InclusionLevel.EXCLUDED
                self._tick(2)

    def _view(self, page: Page | None, lang: str = "") -> View:
        return self._view_of(self._catalogue.pages.get(page.file.src_uri) if page else None, lang)

    def _view_of(self, article: Article | None, lang: str = "") -> View:
        lang = article.lang if article else lang or self._catalogue.settings.languages[0]
        return View(lang, article, self._catalogue, self._versions)

    def _tick(self, steps: int = 1) -> None:
        self._done += steps
        if self._given.progress:
            self._given.progress(self._done, 2 * len(self._catalogue.pages))


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
    config.theme.static_templates.discard("sitemap.xml")  # ours tells the translations too
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
    context["linked_data"] = linked_data(view)  # type: ignore[typeddict-unknown-key]
