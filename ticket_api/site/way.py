"""Way: what the plugin makes of a site, a help centre or one that gains search and form; as hooks that do nothing."""
# ruff: noqa: ARG002 each hook takes what it may need

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from mkdocs.utils.templates import TemplateContext

from ticket_api.knowledge.articles import Library
from ticket_api.settings import Settings
from ticket_api.site.kept import KeptPages


@dataclass(frozen=True, slots=True)
class Given:
    """What `build_site` hands to the plugin; nothing of it where MkDocs runs alone.

    A help centre has a `library`. `progress` is called with the steps done and their number.
    """

    settings: Settings | None = None
    library: Library | None = None
    kept: KeptPages | None = None
    progress: Callable[[int, int], None] | None = None
    votes: Mapping[str, float] | None = None


class Way:
    """MkDocs's events, in the order in which they come. `warnings` are for the owner, a sentence each."""

    def __init__(self) -> None:
        self.warnings: tuple[str, ...] = ()

    def on_config(self, config: MkDocsConfig) -> None:
        """All is read, and nothing done yet."""

    def on_files(self, files: Files, config: MkDocsConfig) -> Files:
        """The files are known."""
        return files

    def on_nav(self, files: Files, config: MkDocsConfig) -> None:
        """Other plugins have had their say on the files."""

    def on_page_markdown(self, page: Page, config: MkDocsConfig) -> None:
        """A page is going to be rendered."""

    def on_page_content(self, html: str, page: Page) -> str:
        """A page was rendered."""
        return html

    def on_env(self, env: Environment) -> None:
        """All pages were rendered."""

    def on_template_context(self, context: TemplateContext, name: str, config: MkDocsConfig) -> None:
        """A page that isn't made from a file is going to be put into its template."""

    def on_post_template(self, output: str, name: str, config: MkDocsConfig) -> str:
        """It is whole."""
        return output

    def on_page_context(self, context: TemplateContext, page: Page, config: MkDocsConfig) -> None:
        """A page is going to be put into its template."""

    def on_post_page(self, output: str, page: Page) -> str:
        """It is whole."""
        return output

    def on_post_build(self, config: MkDocsConfig) -> None:
        """All was written."""

    def finish(self) -> None:
        """The site is in its place: what no page waits for."""
