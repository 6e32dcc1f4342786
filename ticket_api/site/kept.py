"""Kept pages: pages of articles that a build would make again just as they stand on the site that is there."""

import hashlib
import os
import shutil
from contextlib import suppress
from pathlib import Path

import msgspec
from mkdocs.config.defaults import MkDocsConfig
from msgspec import Struct

from ticket_api.site.view import View

PLUGINS = {"search", "material/search", "helpleaf"}
"""Plugins that a page doesn't change by."""

EXTENSIONS = {
    *("abbr", "admonition", "attr_list", "codehilite", "def_list", "fenced_code", "footnotes", "md_in_html", "meta"),
    *("nl2br", "sane_lists", "smarty", "tables", "toc", "wikilinks"),
    *("pymdownx.arithmatex", "pymdownx.betterem", "pymdownx.caret", "pymdownx.critic", "pymdownx.details"),
    *("pymdownx.emoji", "pymdownx.escapeall", "pymdownx.highlight", "pymdownx.inlinehilite", "pymdownx.keys"),
    *("pymdownx.magiclink", "pymdownx.mark", "pymdownx.progressbar", "pymdownx.saneheaders", "pymdownx.smartsymbols"),
    *("pymdownx.striphtml", "pymdownx.superfences", "pymdownx.tabbed", "pymdownx.tasklist", "pymdownx.tilde"),
}
"""Extensions of Markdown that draw from the text alone, unlike those that read other files."""


class Made(Struct, frozen=True):
    """What a page was made from, as a hash, and the hash of what was written."""

    key: str
    digest: str


class _File(Struct):
    common: str
    pages: dict[str, Made]


def may_keep(config: MkDocsConfig) -> bool:
    """Whether pages are made from nothing but what `key_of` knows: no templates, plugins or extensions of others."""
    extensions = {name.removeprefix("markdown.extensions.") for name in config.markdown_extensions}
    return not (config.theme.custom_dir or config.hooks or set(config.plugins) - PLUGINS or extensions - EXTENSIONS)


def key_of(view: View) -> str:
    """A hash over all that the page of an article is made from, beside what is common to all pages.

    What its links lead to isn't in it: a link follows from the path that it names, and a dead one ends the build.
    """
    article, shelf, further = view.page, view.shelf, view.further
    assert article  # noqa: S101
    drawn = (
        article,
        [(one.id, one.title, one.url) for one in view.shelves],
        shelf and len(shelf.articles),
        [(one.id, one.title, one.url) for one in view.beside],
        [(one.title, one.url, one.description, one.lang) for one in view.introduced],
        [(one and (one.title, one.url, one.lang)) for one in (*further.related, further.previous, further.next)],
        [(lang, one.url) for lang, one in view.translations.items()],
        view.switches,
        view.has_feed,
    )
    return _hash(repr(drawn).encode())


class KeptPages:
    """The pages of the site that stands at `site`, if it was built alike, unless all are to be made `anew`; and then
    those of the next one."""

    def __init__(self, site: Path, record: Path, common: str, *, anew: bool = False) -> None:
        self._site = site
        self._record = record
        self._before = {} if anew else _read(record, common)
        self._keys: dict[str, str] = {}
        self._now = _File(common, {})
        self.count = 0
        """Pages that were kept."""

    def keep(self, address: str, key: str, folder: Path) -> bool:
        """Put a page of the standing site into the folder if it was made from the same; else wait for `made`.

        `address` is the page's path within the site.
        """
        self._keys[address] = key
        before = self._before.get(address)
        if before is None or before.key != key or _digest_of(self._site / address) != before.digest:
            return False
        _link(self._site / address, folder / address)
        self._now.pages[address] = before
        self.count += 1
        return True

    def made(self, address: str, output: str) -> None:
        """Remember a page that was made; one that `keep` wasn't asked for isn't kept the next time."""
        if address in self._keys:
            written = output.encode(errors="xmlcharrefreplace")  # as MkDocs writes it
            self._now.pages[address] = Made(self._keys[address], _hash(written))

    def write(self) -> None:
        """Write down what was made, for the next build."""
        self._record.write_bytes(msgspec.json.encode(self._now))


def _read(record: Path, common: str) -> dict[str, Made]:
    with suppress(OSError, msgspec.MsgspecError):
        file = msgspec.json.decode(record.read_bytes(), type=_File)
        return file.pages if file.common == common else {}
    return {}


def _digest_of(file: Path) -> str:
    try:
        return _hash(file.read_bytes())
    except OSError:
        return ""


def _link(old: Path, new: Path) -> None:
    new.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(old, new)
    except OSError:  # not every file system can
        shutil.copy2(old, new)


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
