"""Any MkDocs Material site: its pages are the articles, its theme stays, and search, form and feedback come to it."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, FileSystemLoader
from jinja2.utils import htmlsafe_json_dumps
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import get_plugin_logger
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page
from mkdocs.utils import write_file
from mkdocs.utils.templates import TemplateContext

from ticket_api.knowledge.articles import Article, Library
from ticket_api.knowledge.folder import updated_index, write_index
from ticket_api.settings import TABLE, Settings
from ticket_api.site.catalogue import make_catalogue
from ticket_api.site.files import ASSETS, NO_SEARCH_INDEX, PUBLIC, fingerprints, language_file
from ticket_api.site.hosting import write_headers
from ticket_api.site.languages import prefixes, short, theme_language
from ticket_api.site.page_article import read_page
from ticket_api.site.search import lunr_script
from ticket_api.site.view import View
from ticket_api.site.way import Given, Way
from ticket_api.tokens import PATH as TOKENS

STYLES = ("form.css", "any-site.css")
SCRIPTS = ("helpleaf.js", "question.js", "ask.js")
SEARCH_SCRIPT = "search.js"
WORKER, OWN_SEARCH = "search-worker.js", "search-index.js"
BELOW = "partials/helpleaf/below.html"
"""What stands below an article."""

TEMPLATES = Path(__file__).with_name("templates")
SEARCH = ("material/search", "search")
OFFLINE = ("material/offline", "offline")
SERVERS = ("api", "ask", "desk", "feedback", "find", "static", "t")
"""Folders that our server has doors at."""

MATERIALS_REM = 0.8
"""Material's rem is 20 pixels where ours is 16."""

CONFIG = re.compile(r"<script\b(?=[^<>]*\bid=[\"']?__config\b)[^<>]*>(?=([^<]*)</script>)")
ARTICLE = re.compile(r"<article\b(?=[^<>]*\bclass=[\"']?md-content__inner\b)")
OWN_FEEDBACK = re.compile(r"<form\b[^<>]*\bclass=[\"']?md-feedback\b")
END = "</article>"
NO_ARTICLES = (
    "No page has an article of Material's on it: neither form nor feedback is shown anywhere. Helpleaf needs the theme"
    " material in mkdocs.yml."
)

log = get_plugin_logger("helpleaf")


class AnySite(Way):
    """The hooks of one build. mkdocs-static-i18n builds once more for each language, within the first build's end."""

    def __init__(self, settings: Settings, given: Given, config: MkDocsConfig, *, indexed: bool) -> None:
        """`indexed`: whether the article index is written, for a server of ours."""
        super().__init__()
        self.settings = of_site(settings, config)
        self.articles: dict[str, Article] = {}
        self._given, self._indexed = given, indexed
        self._folder = config.docs_dir
        self._depth = 0
        self._done = self._total = 0
        self._sections: dict[str, dict[str, str]] = {}
        self._searched = _is_enabled(config, SEARCH) and not _is_enabled(config, OFFLINE)
        self._assets = dict(_assets(self._searched))
        self._versions = fingerprints(self._assets)

    def on_config(self, config: MkDocsConfig) -> None:
        """Put our styles before the site's own, which so have the last word, and our scripts behind the theme's."""
        self._depth += 1
        if self._depth == 1:
            config.extra_css[:0] = map(self._asset, ("tokens.css", *STYLES))
            scripts = (*SCRIPTS, SEARCH_SCRIPT) if self._searched else SCRIPTS
            config.extra_javascript.extend(map(self._asset, scripts))

    def on_nav(self, files: Files, config: MkDocsConfig) -> None:
        """Add ours, and learn which languages there are: after mkdocs-static-i18n, which would lose generated files."""
        for name, content in self._assets.items():
            place = f"{PUBLIC}/{name}"
            files.append(File.generated(config, place, content=content, inclusion=InclusionLevel.INCLUDED))
        pages = files.documentation_pages()
        self._total += len(pages)
        self._prefixes = prefixes(config, [file.url for file in pages])
        self.settings = replace(self.settings, languages=tuple(self._prefixes))
        self._catalogue = make_catalogue(Library((), (), ()), self.settings)

    def on_env(self, env: Environment) -> None:
        """Find our templates behind the site's and the theme's."""
        assert env.loader  # noqa: S101
        self._env = env.overlay(loader=ChoiceLoader([env.loader, FileSystemLoader(TEMPLATES)]))

    def on_page_context(self, _context: TemplateContext, page: Page, _config: MkDocsConfig) -> None:
        """Read the page, while what Material's search leaves out is still marked as such."""
        lang, shown = self._languages(page)
        self._shown = shown
        self._page = read_page(
            page.url, self._prefix(page.url), lang, page.file.src_uri, str(page.title), page.content or "", page.meta
        )

    def on_post_page(self, output: str, page: Page) -> str:
        """Put form and feedback below the article, and our worker behind the search box."""
        article, self._page = self._page, None
        self._tick()
        output = self.with_worker(output, self._shown)
        if article is None or not ARTICLE.search(output):
            return output
        listed = article.lang == self._shown and not _is_excluded(page)
        if listed:
            self.articles[article.url] = article
            self._name_section(article, page)
        elif article.lang != self._shown:  # <html> tells the language of what stands around it
            output = ARTICLE.sub(lambda found: f'{found[0]} lang="{article.lang}"', output, count=1)
        if page.meta.get("helpleaf") is False or "data-hl-ask" in output:
            return output
        voted = listed and not OWN_FEEDBACK.search(output) and "feedback" not in _hidden(page)
        view = View(self._shown, article, self._catalogue, self._versions)
        below = self._env.get_template(BELOW).render(view=view, voted=voted)
        before, end, after = output.rpartition(END)
        return f"{before}{below}{end}{after}"

    def on_post_template(self, output: str, name: str, config: MkDocsConfig) -> str:
        """Put our worker behind the search box of the page for unknown addresses."""
        lang = short(theme_language(config), self.settings.languages)
        return self.with_worker(output, lang) if name.endswith(".html") else output

    def on_post_build(self, config: MkDocsConfig) -> None:
        """Write what the browser searches in, and the index, once all is built and not one language of several."""
        self._depth -= 1
        if self._depth:
            return
        if not self.articles:
            log.warning(NO_ARTICLES)
        index = updated_index(Library(tuple(self.articles.values()), (), ()), self.settings.index_path)
        if self._searched:
            site = Path(config.site_dir)
            write_file(NO_SEARCH_INDEX, str(site / "search" / "search_index.json"))
            for lang in self.settings.languages:
                content = language_file(index, lang, self._sections.get(lang, {}))
                write_file(content, str(site / PUBLIC / f"search-{lang}.json"))
        if self._indexed:
            write_index(index, self.settings.index_path)
        if self._given.settings:  # a server of ours will show it, beside the desk
            told = write_headers(Path(config.site_dir), self.settings, Path(config.docs_dir))
            self.warnings = (*self._hidden_pages(), *told) if self.articles else (NO_ARTICLES, *told)

    def with_worker(self, output: str, lang: str) -> str:
        """A page whose search box asks our worker; as it was where it has no search of Material's."""
        match = CONFIG.search(output) if self._searched else None
        try:
            told = json.loads(match[1]) if match else {}
        except ValueError:
            return output
        if not match or "search" not in told:
            return output
        options = View(lang, None, self._catalogue, self._versions).search_options
        told["search"] = f"{str(told.get('base', '.')).rstrip('/')}/{self._asset(WORKER)}{options}"
        return f"{output[: match.start(1)]}{htmlsafe_json_dumps(told)}{output[match.end(1) :]}"

    @property
    def names(self) -> Mapping[str, object]:
        """The settings that a server reads of the built site."""
        names = {name: getattr(self.settings, name) for name in ("company", "mail", "languages")}
        return names | {"articles": self._folder}

    def _hidden_pages(self) -> Iterable[str]:
        """A sentence for each folder of pages at whose address our server has doors."""
        for name in SERVERS:
            pages = [article.path for article in self.articles.values() if article.url.split("/")[1] == name]
            if pages:
                more = f" and {len(pages) - 1} more" if pages[1:] else ""
                yield (
                    f"{pages[0]}{more}: warning: helpleaf serve needs /{name}/ for itself and doesn't show this page;"
                    " serve the site by another server, or rename the folder."
                )

    def _asset(self, name: str) -> str:
        return f"{PUBLIC}/{name}?v={self._versions[name]}"

    def _prefix(self, address: str) -> str:
        """What its language puts before a page's address; "" for the first language."""
        fitting = (prefix for prefix in self._prefixes.values() if prefix and address.startswith(prefix))
        return max(fitting, key=len, default="")

    def _languages(self, page: Page) -> tuple[str, str]:
        """The language that a page is written in, and the one in which the site shows it."""
        prefix = self._prefix(page.url)
        shown = next(lang for lang, own in self._prefixes.items() if own == prefix)
        written = getattr(page.file, "locale", "")  # mkdocs-static-i18n shows one language in the place of another
        return short(written, self._prefixes) if written else shown, shown

    def _name_section(self, article: Article, page: Page) -> None:
        """Learn what the site's navigation calls an article's folder; a language's own folder is none."""
        titles = [str(section.title) for section in page.ancestors if str(section.title).lower() not in self._prefixes]
        if article.category and titles:
            self._sections.setdefault(article.lang, {}).setdefault(article.category, titles[-1])

    def _tick(self) -> None:
        self._done += 1
        if self._given.progress:
            self._given.progress(self._done, max(self._done, self._total))


def of_site(settings: Settings, config: MkDocsConfig) -> Settings:
    """The settings, with the site's name where no company was set, and without a mail address that nobody set."""
    defaults = {setting.name: setting.default for setting in TABLE}
    company = config.site_name if settings.company == defaults["company"] else settings.company
    mail = "" if settings.mail == defaults["mail"] else settings.mail
    return replace(settings, company=company, mail=mail)


def _is_enabled(config: MkDocsConfig, names: Iterable[str]) -> bool:
    found = (config.plugins[name].config for name in names if name in config.plugins)
    return any(options.get("enabled", True) for options in found)


def _is_excluded(page: Page) -> bool:
    """Whether a page's front matter keeps it out of the search."""
    told = page.meta.get("search")
    return isinstance(told, dict) and bool(told.get("exclude"))


def _hidden(page: Page) -> Iterable[str]:
    """What a page's front matter hides."""
    told = page.meta.get("hide")
    return map(str, told) if isinstance(told, list) else str(told or "").split()


def _assets(searched: bool) -> Iterable[tuple[str, bytes]]:
    """The files under assets/helpleaf by name, their sizes in Material's rem, our form's rules above Material's."""
    for name in ("any-site.css", *SCRIPTS, *((SEARCH_SCRIPT, WORKER, OWN_SEARCH) if searched else ())):
        yield name, (ASSETS / name).read_bytes()
    yield TOKENS.name, in_materials_rem(TOKENS.read_bytes())
    yield "form.css", b"%b {\n%b}\n" % (4 * b".hl-below", in_materials_rem((ASSETS / "form.css").read_bytes()))
    if searched:
        yield "lunr.js", lunr_script()


def in_materials_rem(style: bytes) -> bytes:
    """A style sheet whose sizes are the same beside Material's as they are beside ours."""

    def smaller(match: re.Match[str]) -> str:
        return f"{float(match[1]) * MATERIALS_REM:.4g}rem"

    return re.sub(r"(?<![\w.-])(-?\d*\.?\d+)rem\b", smaller, style.decode()).encode()
