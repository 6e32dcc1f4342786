"""Which languages an MkDocs Material site has, and where the pages of each stand."""

import posixpath
from collections.abc import Iterable
from urllib.parse import urlsplit

from mkdocs.config.defaults import MkDocsConfig


def prefixes(config: MkDocsConfig, addresses: Iterable[str]) -> dict[str, str]:
    """The languages of a site, its first one before the others, each with what stands before its pages' addresses.

    They are those of mkdocs-static-i18n, or else of those of `extra.alternate` under which there are pages.
    """
    first = theme_language(config)
    if i18n := config.plugins.get("i18n"):
        others = [each.locale for each in i18n.config.languages if each.build and not each.default]
        first = next((each.locale for each in i18n.config.languages if each.default), first)
        found = {lang: f"{lang}/" for lang in others if lang != "null"}
    else:
        found = {lang: prefix for lang, prefix in _alternates(config) if any(a.startswith(prefix) for a in addresses)}
    names = [first, *(lang for lang in found if lang != first)]
    return {short(lang, names): found.get(lang, "") if lang != first else "" for lang in names}


def _alternates(config: MkDocsConfig) -> Iterable[tuple[str, str]]:
    """The languages of `extra.alternate` that have a folder within the site, with that folder."""
    alternates = config.extra.get("alternate")
    site = urlsplit(config.site_url or "/")
    for each in alternates if isinstance(alternates, list) else ():
        link = urlsplit(str(each.get("link", "")))
        folder = posixpath.join("/", link.path)
        folder = "/" + folder.removeprefix(site.path) if site.path.strip("/") else folder
        if folder.strip("/.") and link.netloc in ("", site.netloc) and each.get("lang"):
            yield str(each["lang"]), f"{folder.strip('./')}/"


def short(lang: str, languages: Iterable[str]) -> str:
    """A language as our words and the index name it: `zh` for `zh-Hans`, unless the site has another Chinese too."""
    alike = {each for each in languages if _first_part(each) == _first_part(lang)}
    return _first_part(lang) if len(alike) <= 1 else lang


def _first_part(lang: str) -> str:
    return lang.replace("_", "-").split("-")[0].lower()


def theme_language(config: MkDocsConfig) -> str:
    """The language that Material speaks at this moment: mkdocs-static-i18n changes it."""
    return str(config.theme.get("language", "en"))
