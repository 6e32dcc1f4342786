"""Redirects: from the addresses that articles had before to where they are now."""

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from urllib.parse import quote

from ticket_api.knowledge.article import Article
from ticket_api.knowledge.former import file_of, former_path
from ticket_api.site.view import View

NAME = "_redirects"
"""The list as Netlify, Cloudflare Pages and our own server read it: `/old/page /new/page/ 301` on each line."""

PAGE = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>{title}</title>
{canonical}<script src="{script}" data-to="{to}"></script>
<noscript><meta http-equiv="refresh" content="0; url={to}"></noscript>
</head>
<body><p>{moved} <a href="{to}">{title}</a></p></body>
</html>
"""


def redirect_pages(articles: Iterable[Article], views: Mapping[str, View]) -> Iterator[tuple[str, bytes]]:
    """A small page for each former address, by its file, for servers that know of no redirects; views by language."""
    for article in articles:
        for written in article.was:
            file = file_of(former_path(written))
            yield file, _page(article, file, views[article.lang]).encode()


def redirect_list(articles: Iterable[Article]) -> bytes:
    """The list of all former addresses, b"" for none."""
    found = [(quote(f"/{former_path(old)}"), quote(article.url)) for article in articles for old in article.was]
    spelt = [(each, new) for old, new in found for each in (old, *(() if old.endswith(".html") else (f"{old}/",)))]
    return "".join(f"{old} {new} 301\n" for old, new in spelt).encode()


def _page(article: Article, file: str, view: View) -> str:
    def seen(path: str) -> str:
        return quote(posixpath.relpath(path, f"/{posixpath.dirname(file)}"))

    whole = view.whole(article.url)
    return PAGE.format(
        lang=article.lang,
        title=escape(article.title),
        moved=escape(view.say("site.moved")),
        canonical=f'<link rel="canonical" href="{whole}">\n' if whole else "",
        script=seen("/assets/helpleaf/moved.js") + f"?v={view.versions['moved.js']}",
        to=f"{seen(article.url)}/",
    )
