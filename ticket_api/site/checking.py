"""What is wrong with a built site: what a visitor would miss, meet in vain, or be told on by."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from msgspec import Struct

from ticket_api import headers
from ticket_api.errors import Stop
from ticket_api.knowledge.article import RESERVED
from ticket_api.knowledge.folder import read_index
from ticket_api.site.finished import Finished, Page
from ticket_api.site.hosting import told_of
from ticket_api.site.policy import NOTHING, in_style, not_allowed

SiteKind = Literal[
    "plugin", "index", "form", "search", "missing", "link", "outside", "inline", "policy", "lang", "title", "canonical"
]
WORKER = "search-worker.js"
HELP_CENTRES = "assets/helpleaf/early.js"
"""A file that only the plugin's own pages need, and not those of another Material site."""
SHOWN = 100
"""Pages that one finding names."""


class Fault(Struct, frozen=True):
    """One thing to mend: `message` is a whole sentence; `pages` are the paths of the first files that have it, all in
    all `count`."""

    kind: SiteKind
    message: str
    pages: tuple[str, ...]
    count: int


Said = Iterator[tuple[SiteKind, str, str]]
"""Of each fault its kind, the path of the page and the message."""


def check_site(
    folder: Path, index: Path | None = None, progress: Callable[[int, int], None] = lambda _done, _total: None
) -> tuple[int, list[Fault]]:
    """How many pages a built site has, and what is wrong with them; with the article index, whether the two fit.

    Raises Stop where there is no site.
    """
    if not folder.is_dir():
        raise Stop(f"There is no folder {folder}. Name the folder of a built site, such as build/site.")
    site = Finished(folder, progress)
    if not site.pages:
        raise Stop(f"No page lies in {folder}. Name the folder of a built site, such as build/site.")
    checks = [_plugin, _missing, _links, _outside, _inline, _basics, _canonicals]
    if is_ours(site):
        checks[0] = _ours
    faults = [said for each in checks for said in each(site)]
    if index and is_ours(site):
        faults += _index(site, index)
    return len(site.pages), _gathered(faults)


def is_ours(site: Finished) -> bool:
    """Whether the plugin left its mark: its form or its search on any page, or its files."""
    marked = any(page.has_form or WORKER in (page.search or "") for page in site.pages.values())
    return marked or (site.folder / "assets/helpleaf").is_dir()


def _plugin(site: Finished) -> Said:
    maker = next((page.generator for page in site.pages.values() if page.generator), "")
    by = f" It was built by {maker.split(',')[0]}." if maker else ""
    yield (
        "plugin",
        next(iter(site.pages)),
        f"The plugin helpleaf had no part in this site: no page has its question form or its search.{by} Build it with"
        " MkDocs and the plugin, by helpleaf build; some builders, such as Zensical, read mkdocs.yml and pass over its"
        " plugins without a word.",
    )


def _ours(site: Finished) -> Said:
    for page in _shown(site):
        if page.is_article and not page.has_form:
            yield "form", page.path, "The question form is missing; it comes with the template partials/comments.html."
        if page.search is not None and WORKER not in page.search:
            yield "search", page.path, f"The search box asks {page.search or 'nothing'} instead of Helpleaf's search."
        worker = site.target(page, page.search) if page.search else None
        if worker and WORKER in worker[0] and not site.file(worker[0]).is_file():
            yield "search", page.path, f"The search can't start: there is no file {worker[0]}."
    if not any(page.has_form for page in site.pages.values()):
        yield "form", next(iter(site.pages)), "No page of the site has the question form."
    if (site.folder / HELP_CENTRES).is_file() and not (site.folder / headers.NAME).is_file():
        yield "policy", headers.NAME, f"There is no file {headers.NAME}, and so no policy for hosts. Build anew."


def _missing(site: Finished) -> Said:
    for page in site.pages.values():
        for link in sorted(page.files):
            found = site.target(page, link)
            if found and not site.file(found[0]).is_file():
                yield "missing", page.path, f"The file {found[0]} that the page shows or runs isn't there."


def _links(site: Finished) -> Said:
    for page in site.pages.values():
        for link in sorted(page.links):
            found = site.target(page, link)
            if found and (told := _dead(site, *found)):
                yield "link", page.path, told


def _dead(site: Finished, path: str, anchor: str) -> str:
    """What is wrong with a link, "" for a good one. The server answers some paths by itself."""
    file = site.file(path)
    if not file.is_file():
        served = path.partition("/")[0] in RESERVED - {"assets", "search", "contact"}
        return "" if served else f"The link to /{path} is dead: there is no such page."
    there = site.pages.get(file.relative_to(site.folder).as_posix())
    if there is None or anchor in ("", "top", *there.ids) or anchor.startswith(":~:"):
        return ""
    return f"The link to /{path}#{anchor} is dead: that page has no such heading."


def _outside(site: Finished) -> Said:
    servers = {urlsplit(page.asks).netloc for page in site.pages.values()}
    for page in site.pages.values():
        for trouble in sorted(page.held.troubles):
            if trouble.kind == "form" and trouble.name not in servers:
                yield "outside", page.path, f"It {told_of(*trouble)}"
        hosts = {trouble.name for trouble in page.held.troubles if trouble.kind == "outside"}
        named = {word for word in page.files if "mermaid" in word}  # a copy of one's own
        for host in sorted(hosts | (page.fetched_later - ({"unpkg.com"} if named else set()))):
            yield "outside", page.path, f"It {told_of('outside', host)}"
    for path, text in site.style_sheets():
        for host in sorted(in_style(text)):
            yield "outside", path, f"It {told_of('outside', host)}"


def _inline(site: Finished) -> Said:
    policy = _policy(site)
    for page in site.pages.values():
        for trouble in sorted(page.held.troubles):
            if trouble.kind not in ("form", "outside"):
                yield "inline", page.path, f"It {told_of(trouble.kind, trouble.name)}"
        left = not_allowed(page.held, policy) if policy else NOTHING
        for what, texts in (
            ("script", left.scripts),
            ("style sheet", left.styles),
            ("style attribute", left.attributes),
        ):
            if texts:
                yield (
                    "inline",
                    page.path,
                    f"A {what} written into the page isn't allowed by the site's policy. Build anew.",
                )


def _policy(site: Finished) -> str:
    file = site.folder / headers.NAME
    rules = headers.read(file.read_text(encoding="utf-8")) if file.is_file() else ()
    return headers.of(rules, "/").get(headers.POLICY.lower(), "")


def _basics(site: Finished) -> Said:
    for page in _shown(site):
        if not page.lang:
            yield "lang", page.path, "It doesn't say its language: <html> has no lang."
        if not page.title:
            yield "title", page.path, "It has no title."


def _canonicals(site: Finished) -> Said:
    first: dict[str, str] = {}
    for page in _shown(site):
        if page.canonical and first.setdefault(page.canonical, page.path) != page.path:
            told = (
                f"It gives {page.canonical} as its address, as {first[page.canonical]} does: search engines keep one."
            )
            yield "canonical", page.path, told


def _index(site: Finished, index: Path) -> Said:
    try:
        shelves = read_index(index).shelves
    except Stop as stop:
        yield "index", str(index), str(stop)
        return
    for shelf in shelves.values():
        for document in filter(None, shelf.documents):
            if not site.file(document.entry.url.strip("/")).is_file():
                yield (
                    "index",
                    str(index),
                    f"The article {document.entry.url} is offered, and the site has no such page.",
                )


def _shown(site: Finished) -> Iterator[Page]:
    """The pages that people read: not those that lead on to another, nor the one for unknown addresses."""
    return (page for page in site.pages.values() if not page.leads_on and not page.is_lost)


def _gathered(said: Iterable[tuple[SiteKind, str, str]]) -> list[Fault]:
    """One fault for all pages that have the same."""
    pages: dict[tuple[SiteKind, str], list[str]] = {}
    for kind, path, message in said:
        pages.setdefault((kind, message), []).append(path)
    return [Fault(*what, tuple(paths[:SHOWN]), len(paths)) for what, paths in pages.items()]
