"""Served files: what stands beside the pages for machines to read, and the pages of former addresses."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from ticket_api.site import feed, redirects, sitemap
from ticket_api.site.catalogue import Catalogue
from ticket_api.site.view import View

ROBOTS = "robots.txt"


def served_files(catalogue: Catalogue, versions: Mapping[str, str]) -> dict[str, bytes]:
    """Feeds, sitemap, robots.txt, the list of redirects and their pages, by path; none that is empty."""
    views = {lang: View(lang, None, catalogue, versions) for lang in catalogue.settings.languages}
    files = {f"{view.home}{feed.NAME}".lstrip("/"): feed.feed(view) for view in views.values()}
    first = views[catalogue.settings.languages[0]]
    files[ROBOTS], files[sitemap.NAME] = _robots(first), sitemap.sitemap(first)
    files[redirects.NAME] = redirects.redirect_list(catalogue.library.articles)
    files |= redirects.redirect_pages(catalogue.library.articles, views)
    return {path: content for path, content in files.items() if content}


def _robots(view: View) -> bytes:
    """It names the sitemap; a site in a folder of another has none, because nobody asks for one there."""
    address = view.whole(f"/{sitemap.NAME}")
    if urlsplit(address).path != f"/{sitemap.NAME}":
        return b""
    return f"User-agent: *\nDisallow:\n\nSitemap: {address}\n".encode()
