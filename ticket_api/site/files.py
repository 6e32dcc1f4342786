"""Which files MkDocs publishes, and where: pages by their language, our own assets, nothing else of ours."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel

from ticket_api import tokens
from ticket_api.knowledge.article import Article
from ticket_api.site.catalogue import CONTACT, HOME, Catalogue
from ticket_api.site.search import lunr_script, search_file

ASSETS = Path(__file__).with_name("assets")

PUBLIC = "assets/helpleaf"
UNPUBLISHED = {".yml", ".yaml", ".toml"}
# Material's search waits for this file before it starts its worker; ours needs nothing that is in it.
NO_SEARCH_INDEX = json.dumps({"config": {"lang": [], "separator": "", "pipeline": []}, "docs": []}).encode()


def site_files(found: Iterable[File], catalogue: Catalogue, assets: Mapping[str, bytes], config: MkDocsConfig) -> Files:
    """All files of the site: the owner's at their addresses, the generated pages, our assets."""
    placed = [_place(file, catalogue, config) for file in found if not _hidden(file, config)]
    pages = [_generated(catalogue.pages[path], config) for path in sorted(catalogue.generated)]
    ours = [_asset(f"{PUBLIC}/{name}", content, config) for name, content in assets.items()]
    return Files([*placed, *pages, *ours, _asset("search/search_index.json", NO_SEARCH_INDEX, config)])


def make_assets(catalogue: Catalogue) -> dict[str, bytes]:
    """The files under assets/helpleaf, by name: those as they are, and search indexes made from the articles."""
    assets = {path.name: path.read_bytes() for path in sorted(ASSETS.iterdir()) if path.is_file()}
    assets |= {tokens.PATH.name: tokens.PATH.read_bytes(), "lunr.js": lunr_script()}
    for lang in catalogue.settings.languages:
        sections = {shelf.id: shelf.title for shelf in catalogue.shelves[lang]}
        assets[f"search-{lang}.json"] = search_file(catalogue.articles(lang), sections)
    return assets


def fingerprints(assets: Mapping[str, bytes]) -> dict[str, str]:
    """A short hash of each file, for its address: a browser may keep it for good."""
    return {name: hashlib.sha256(content).hexdigest()[:10] for name, content in assets.items()}


def _hidden(file: File, config: MkDocsConfig) -> bool:
    # Material's sitemap would hold addresses that begin with "None" on a site that doesn't know its own.
    return Path(file.src_uri).suffix in UNPUBLISHED or (file.src_uri == "sitemap.xml" and not config.site_url)


def _place(file: File, catalogue: Catalogue, config: MkDocsConfig) -> File:
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
