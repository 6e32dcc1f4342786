"""The MkDocs plugin `helpleaf`: it chooses the way, and hands every event to it."""

from dataclasses import replace
from pathlib import Path

from jinja2 import Environment
from mkdocs.config.base import Config
from mkdocs.config.config_options import Type
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils.templates import TemplateContext

from ticket_api.address import origin
from ticket_api.errors import Stop
from ticket_api.settings import RULES, Settings, load_settings
from ticket_api.site.any_site import AnySite
from ticket_api.site.help_centre import HelpCentre
from ticket_api.site.way import Given, Way

ARTICLES = "kb_articles"
"""The folder of articles of a help centre that names no other."""

FIRST = 100
"""Before all other plugins: Material's search takes its marks away, and others make pages smaller."""

LAST = -110
"""Behind all other plugins: what they do to the pages decides the policy, and mkdocs-static-i18n builds languages."""


class Options(Config):  # type: ignore[no-untyped-call]
    """What a site may tell in its mkdocs.yml; all else that the owner sets stands in helpleaf.toml."""

    api = Type(str, default="")


class HelpleafPlugin(BasePlugin[Options]):  # type: ignore[no-untyped-call]
    """Makes a help centre of a folder of articles, or brings search and form to any other site of Material's."""

    given = Given()
    way = Way()
    page = ""
    """The file of the page that is being made."""

    def on_config(self, config: MkDocsConfig) -> None:
        """Choose the way; mkdocs-static-i18n calls this once more for each language."""
        try:
            if type(self.way) is Way:
                self.way = self._choose(config)
            self.way.on_config(config)
        except Stop as error:
            raise PluginError(error.message) from error

    def _choose(self, config: MkDocsConfig) -> Way:
        folder = Path(config.config_file_path or ".").parent
        toml = folder / "helpleaf.toml"
        settings = with_api(self.given.settings or load_settings(toml), self.config.api)
        if self.given.library or (
            not self.given.settings and is_help_centre(Path(config.docs_dir), settings.articles, folder)
        ):
            return HelpCentre(settings, self.given)
        return AnySite(settings, self.given, config, indexed=bool(self.given.settings) or toml.is_file())

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """The files are known."""
        return self.way.on_files(files, config)

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        """Other plugins have had their say on the files."""
        self.way.on_nav(files, config)
        return nav

    def on_page_markdown(self, markdown: str, *, page: Page, config: MkDocsConfig, **_: object) -> str:
        """A page is going to be rendered."""
        self.page = page.file.src_uri
        self.way.on_page_markdown(page, config)
        return markdown

    def on_page_content(self, html: str, *, page: Page, **_: object) -> str:
        """A page was rendered."""
        return self.way.on_page_content(html, page)

    def on_env(self, env: Environment, **_: object) -> Environment:
        """All pages were rendered."""
        self.page = ""
        self.way.on_env(env)
        return env

    def on_template_context(
        self, context: TemplateContext, *, template_name: str, config: MkDocsConfig, **_: object
    ) -> None:
        """A page that isn't made from a file is going to be put into its template."""
        self.way.on_template_context(context, template_name, config)

    @event_priority(FIRST)
    def on_post_template(self, output: str, *, template_name: str, config: MkDocsConfig) -> str:
        """It is whole."""
        return self.way.on_post_template(output, template_name, config)

    @event_priority(FIRST)
    def on_page_context(self, context: TemplateContext, *, page: Page, config: MkDocsConfig, **_: object) -> None:
        """A page is going to be put into its template."""
        self.page = page.file.src_uri
        self.way.on_page_context(context, page, config)

    @event_priority(FIRST)
    def on_post_page(self, output: str, *, page: Page, **_: object) -> str:
        """It is whole."""
        self.page = ""
        return self.way.on_post_page(output, page)

    @event_priority(LAST)
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """All was written."""
        try:
            self.way.on_post_build(config)
        except Stop as error:
            raise PluginError(error.message) from error


def is_help_centre(docs_dir: Path, articles: Path, folder: Path) -> bool:
    """Whether MkDocs's folder is the one of articles: that of the setting, or the one that has that name by default.

    Both are told from the folder of mkdocs.yml. Where only the articles are there, only they can be meant.
    """
    there, wanted = (folder / docs_dir).resolve(), (folder / articles).resolve()
    return there in (wanted, (folder / ARTICLES).resolve()) or (wanted.is_dir() and not there.is_dir())


def with_api(settings: Settings, address: str) -> Settings:
    """The settings with the server's address from mkdocs.yml, if it has one. Raises Stop."""
    wanted, fits = RULES["api"]
    if not fits(address):
        raise Stop(f"mkdocs.yml: the option api of helpleaf must be {wanted}.")
    return replace(settings, api=origin(address)) if address else settings
