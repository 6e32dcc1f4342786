"""Former addresses: the paths that an article had before, here or on another site, and that still lead to it."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from urllib.parse import unquote

from ticket_api.knowledge.article import RESERVED, Article

LONGEST_PART = 200
"""Bytes of a part of a path; a file's name may have 255."""

OWN_FILES = frozenset({"404.html", "_headers", "_redirects", "feed.xml", "robots.txt", "sitemap.xml", "sitemap.xml.gz"})
"""Files that the site itself has at its root, and some in a language's folder too."""

UNCLEAN = re.compile(r"[\x00-\x1f\x7f\\\ufffd\ud800-\udfff]|(?:^|/)\.{1,2}(?:/|$)|[^/]//")
INDEX = re.compile(r"(?:^|/)index\.html?$")


def former_path(written: str) -> str:
    """A former address as a path from the site's root, unquoted, without slashes around it and without index.html."""
    return INDEX.sub("", unquote(written).strip("/"))


def file_of(path: str) -> str:
    """The file that answers to a former path: itself if it is a page's, else the one in the folder of that name."""
    return path if path.endswith((".html", ".htm")) else f"{path}/index.html"


def unclean(written: str) -> str:
    """What keeps a text from being a former address, and what to do; "" when nothing does."""
    path = former_path(written)
    if re.match(r"[a-z][a-z0-9+.-]*:|//", written, re.IGNORECASE):
        return "write only what follows the name of the site, such as old/page."
    if "?" in written or "#" in written:
        return "what stands behind ? or # can't be led elsewhere; write the path alone."
    if UNCLEAN.search(unquote(written)):
        return "write a plain path such as old/page, without .., // and \\."
    if not path:
        return "that is the home page; take it out."
    if any(len(part.encode()) > LONGEST_PART for part in path.split("/")):
        return f"a part of it is longer than {LONGEST_PART} bytes; take it out."
    return ""


def clashes(
    articles: Sequence[Article], pages: Mapping[str, str], files: Collection[str], languages: Sequence[str]
) -> Iterator[tuple[Article, str, str]]:
    """Former addresses that can't lead anywhere: the article, the text, and what is wrong with it.

    `pages` are the site's pages, by address, each with the file that it is made of or "".
    """
    standing = {_standing(url): path for url, path in pages.items()} | {name.casefold(): name for name in files}
    folders = {folder for file in standing for folder in _folders(file)}
    claimed: dict[str, Article] = {}
    for article in articles:
        for written in article.was:
            path = former_path(written)
            file = file_of(path).casefold()
            fault = (
                unclean(written)
                or _reserved(path, languages)
                or _taken(article, file, standing)
                or _claimed(article, file, claimed)
            )
            if not fault and (file in folders or any(one in standing or one in claimed for one in _folders(file))):
                fault = "a part of it is a file, which can't hold another; take it out."
            claimed.setdefault(file, article)
            folders.update(_folders(file))
            if fault:
                yield article, written, fault


def _folders(file: str) -> list[str]:
    parts = file.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts))]


def _standing(url: str) -> str:
    return f"{url.strip('/')}/index.html".lstrip("/").casefold()


def _reserved(path: str, languages: Sequence[str]) -> str:
    first, _, rest = path.partition("/")
    own = path in OWN_FILES or (first in languages and rest in OWN_FILES)
    needed = own or first in RESERVED - {"contact"}
    return "that address is needed by the site itself; take it out." if needed else ""


def _taken(article: Article, file: str, standing: Mapping[str, str]) -> str:
    if file not in standing:
        return ""
    if standing[file] == article.path:
        return "that is the article's own address, which would lead to itself; take it out."
    return f"{standing[file] or 'a page of the site'} stands there; take it out, or rename what stands there."


def _claimed(article: Article, file: str, claimed: Mapping[str, Article]) -> str:
    if file not in claimed:
        return ""
    if claimed[file] is article:
        return "it stands there twice; keep one of the two."
    return f"{claimed[file].path} names it as well; leave it with the article that took its place."
