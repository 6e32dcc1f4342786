"""Which files MkDocs publishes, and where: pages by their language, our own assets, nothing else of ours."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel

from ticket_api import tokens
from ticket_api.knowledge.article import Article
from ticket_api.knowledge.index import ArticleIndex
from ticket_api.site import stylesheet
from ticket_api.site.catalogue import CONTACT, HOME, Catalogue
from ticket_api.site.search import Synonyms, lunr_script, read_terms, search_file

ASSETS = Path(__file__).with_name("assets")

PUBLIC = "assets/helpleaf"
JOINED = {
    "helpleaf.css": ("tokens.css", "form.css", "helpleaf.css"),
    "helpleaf.js": ("helpleaf.js", "search.js", "question.js", "ask.js", "print.js"),
}
"""Files that every page loads: one is less to ask for, and gzip makes it smaller than its parts."""

UNPUBLISHED = {".yml", ".yaml", ".toml"}
UNREAD = {
    ".js": re.compile(rb"^[ ]*(//.*|/\*\*.*\*/)\n|^[ ]+", re.MULTILINE),
    ".css": re.compile(rb"^[ ]*/\*[^*]*\*/\n|^[ ]+", re.MULTILINE),
}
# Material's search waits for this file before it starts its worker. Ours needs nothing that is in it; what marks the
# words on a page that was found needs to know what separates them.
NO_SEARCH_INDEX = json.dumps({"config": {"lang": [], "separator": r"[\s\-]+", "pipeline": []}, "docs": []}).encode()


def site_files(
    found: Iterable[File],
    catalogue: Catalogue,
    assets: Mapping[str, bytes],
    config: MkDocsConfig,
    served: Mapping[str, bytes],
) -> Files:
    """All files of the site: the owner's at their addresses, the generated pages, our assets, and what is `served`.

    Of the last, by their paths, the owner's own win.
    """
    placed = [_place(file, catalogue, config) for file in found if not _hidden(file)]
    pages = [_generated(catalogue.pages[path], config) for path in sorted(catalogue.generated)]
    ours = [_asset(f"{PUBLIC}/{name}", content, config) for name, content in assets.items()]
    own = {file.src_uri for file in placed}
    others = [_asset(path, content, config) for path, content in served.items() if path not in own]
    return Files([*placed, *pages, *ours, *others, _asset("search/search_index.json", NO_SEARCH_INDEX, config)])


def make_assets(catalogue: Catalogue, index: ArticleIndex) -> dict[str, bytes]:
    """The files under assets/helpleaf, by name: ours, and what the search box falls back on."""
    files = [tokens.PATH, *(path for path in sorted(ASSETS.iterdir()) if path.is_file())]
    assets = _joined({path.name: _lean(path) for path in files}) | {"lunr.js": lunr_script()}
    for lang in catalogue.settings.languages:
        categories = {shelf.id: shelf.title for shelf in catalogue.shelves[lang]}
        assets[f"search-{lang}.json"] = language_file(index, lang, categories)
    return assets


def language_file(index: ArticleIndex, lang: str, categories: Mapping[str, str]) -> bytes:
    """What the search box falls back on in one language; `categories` maps an id to its title."""
    synonyms = Synonyms(index.thesaurus)
    there = filter(None, index.shelves[lang].documents if lang in index.shelves else ())
    documents = sorted(there, key=lambda document: document.entry.id)  # an index keeps what is new at its end
    found = [read_terms(document, synonyms) for document in documents]
    return search_file(found, synonyms, categories)


def fingerprints(assets: Mapping[str, bytes]) -> dict[str, str]:
    """A short hash of each file, for its address: a browser may keep it for good."""
    return {name: hashlib.sha256(content).hexdigest()[:10] for name, content in assets.items()}


def _lean(path: Path) -> bytes:
    """A file of ours without what only we read: lines of comments, and indents."""
    pattern = UNREAD.get(path.suffix)
    return pattern.sub(b"", path.read_bytes()) if pattern else path.read_bytes()


def _joined(assets: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files with those of JOINED in the place of their parts."""
    joined = {name: b"".join(assets[part] for part in parts) for name, parts in JOINED.items()}
    parts = {part for parts in JOINED.values() for part in parts}
    return {name: content for name, content in assets.items() if name not in parts} | joined


def _hidden(file: File) -> bool:
    return Path(file.src_uri).suffix in UNPUBLISHED or file.src_uri == "sitemap.xml"  # the theme's; ours is served


def _place(file: File, catalogue: Catalogue, config: MkDocsConfig) -> File:
    if stylesheet.NAME.fullmatch(file.src_uri) and not config.theme.custom_dir:  # its templates may draw on all of it
        return _asset(file.src_uri, stylesheet.without_replaced(file.content_string).encode(), config)
    page = catalogue.pages.get(file.src_uri)
    if page is None or not file.is_documentation_page():
        return file
    # A new File, because the old one may have kept its address already.
    return File(
        file.src_uri,
        config.docs_dir,
        config.site_dir,
        use_directory_urls=True,
        dest_uri=_target(page),
        inclusion=InclusionLevel.NOT_IN_NAV,
    )


def _generated(page: Article, config: MkDocsConfig) -> File:
    meta = {"title": page.title, "description": page.description, "template": _template(page)}
    content = f"---\n{yaml.safe_dump(meta, allow_unicode=True)}---\n"
    file = File.generated(config, page.path, content=content, inclusion=InclusionLevel.NOT_IN_NAV)
    file.dest_uri = _target(page)
    return file


def _asset(path: str, content: bytes, config: MkDocsConfig) -> File:
    return File.generated(config, path, content=content)


def _target(page: Article) -> str:
    return f"{page.url}index.html".lstrip("/")


def _template(page: Article) -> str:
    return {HOME: "home.html", CONTACT: "contact.html"}.get(page.id, "category.html")
