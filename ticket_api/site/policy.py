"""What the pages hold inline or fetch from elsewhere, and the one policy under which all of them run.

A site has thousands of pages and few different tags. So each tag is judged once, however many pages it stands on.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from typing import Literal, NamedTuple

TAG = re.compile(r"<[a-zA-Z][^>]*>")
WHOLE_TAG = re.compile(r"""<[a-zA-Z](?:[^>"']|"[^"]*"|'[^']*'){0,2000}+>""")
"""As TAG, three times as slow, and right where a value holds `>`; bounded, for quotes that are never closed."""
BLOCK = re.compile(r"<(script|style)\b([^>]*)>", re.IGNORECASE)
BLOCK_END = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in ("script", "style")}
BLOCK_TAG = re.compile(r"<(?:script|style)\b", re.IGNORECASE)
SUSPECT = re.compile(
    r"""[\s"'/](?:style|on[a-z]+)\s*=|script:|^<(?:i?frame|object|embed|base)\b|^<(?!a\b|area\b|meta\b)[^>]*//""",
    re.IGNORECASE,
)
OUTSIDE = re.compile(r"\s*(?:https?:)?//([^/?#\s\"')]+)", re.IGNORECASE)
IN_STYLE = re.compile(r"(?:url\(|@import)\s*(?:[\"']\s*)?(?:https?:)?//([^/?#\s\"')]+)", re.IGNORECASE)
RUNS = re.compile(
    r"(?:(?:text|application)/(?:x-)?(?:java|ecma)script|module|importmap|speculationrules)?", re.IGNORECASE
)
"""The types of scripts that a browser runs or obeys; any other is data."""

FETCHED_LINKS = frozenset(
    {"stylesheet", "icon", "preload", "modulepreload", "manifest", "apple-touch-icon", "prefetch"}
)
FETCHED = {
    "img": ("src", "srcset"), "source": ("src", "srcset"), "script": ("src",), "video": ("src", "poster"),
    "audio": ("src",), "track": ("src",), "input": ("src",), "body": ("background",), "image": ("href", "xlink:href"),
    "use": ("href", "xlink:href"), "feimage": ("href",),
}  # fmt: skip
"""Which attributes of which tags a browser fetches."""
SENDS = {"form": "action", "button": "formaction", "input": "formaction"}
"""Which attributes say where a browser sends what was typed."""
NEVER = frozenset({"iframe", "frame", "object", "embed", "base"})
"""Tags that the policy allows to nobody."""

Kind = Literal["form", "handler", "link", "outside", "tag"]


class Trouble(NamedTuple):
    """Something on a page that the policy keeps from working: of which kind, and its name there.

    A form is none where its host is that of the server.
    """

    kind: Kind
    name: str


@dataclass(frozen=True, slots=True)
class Found:
    """What must be named in a policy, as its hashes; and what none of ours allows."""

    scripts: frozenset[str] = frozenset()
    styles: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()
    troubles: frozenset[Trouble] = frozenset()

    def __or__(self, other: "Found") -> "Found":
        return Found(
            self.scripts | other.scripts,
            self.styles | other.styles,
            self.attributes | other.attributes,
            self.troubles | other.troubles,
        )


NOTHING = Found()


@dataclass
class Inline:
    """Collects over all pages of a site, each by its address, what the policy must name."""

    found: Found = NOTHING
    troubles: dict[Trouble, list[str]] = field(default_factory=dict)
    _tags: dict[str, Found] = field(default_factory=dict)
    _blocks: set[str] = field(default_factory=set)
    _known: set[str] = field(default_factory=set)

    def add(self, address: str, found: Found) -> None:
        """Add what `look` found on one page."""
        if found is NOTHING:
            return
        self.found |= found
        for trouble in sorted(found.troubles):
            self.troubles.setdefault(trouble, []).append(address)

    def look(self, html: str) -> Found:
        """What one page holds; NOTHING itself for most pages."""
        html = html[: html.rfind(">") + 1]  # no tag is whole behind it, however many begin there
        tags = set(TAG.findall(html))
        if any(tag.count('"') % 2 or "='" in tag for tag in tags - self._known):
            tags = set(WHOLE_TAG.findall(html))
        for tag in tags - self._known:
            if (found := in_tag(tag)) is not NOTHING:
                self._tags[tag] = found
            if opens_block(tag):
                self._blocks.add(tag)
        self._known |= tags
        held = [self._tags[tag] for tag in tags & self._tags.keys()]
        return _sum([*held, *(in_blocks(html) if tags & self._blocks else ())])


def policy(found: Found, api: str = "") -> str:
    """The policy of a site whose pages hold this; `api` is the address of the server if it stands elsewhere."""
    own = f"'self' {api.rstrip('/')}".strip()
    attributes = ["'unsafe-hashes'", *sorted(found.attributes)] if found.attributes else []
    directives = {
        "default-src": "'none'",
        "script-src": " ".join(("'self'", *sorted(found.scripts))),
        "style-src": " ".join(("'self'", *sorted(found.styles), *attributes)),
        "img-src": "'self' data:",  # Material's style sheets draw their icons from data: addresses
        "font-src": "'self'",
        "media-src": "'self'",
        "connect-src": own,
        "form-action": own,
        "worker-src": "'self'",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "object-src": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def not_allowed(found: Found, policy_text: str) -> Found:
    """What a page holds inline that a policy doesn't name."""
    named = {
        directive: frozenset(values)
        for directive, *values in (part.split() for part in policy_text.split(";") if part.strip())
    }
    scripts, styles = (named.get(name, named.get("default-src", frozenset())) for name in ("script-src", "style-src"))
    attributes = styles if "'unsafe-hashes'" in styles else frozenset()
    return Found(found.scripts - scripts, found.styles - styles, found.attributes - attributes)


def in_tag(tag: str) -> Found:
    """What one opening tag holds."""
    if not SUSPECT.search(tag):
        return NOTHING
    name, attributes = _read(tag)
    styles = [attributes["style"]] if attributes.get("style") else []
    troubles = {*_codes(attributes), *_outside(name, attributes), *_in_styles(styles)}
    troubles |= {Trouble("tag", name)} if name in NEVER else set()
    return Found(attributes=frozenset(map(hash_of, styles)), troubles=frozenset(troubles))


def opens_block(tag: str) -> bool:
    """Whether a style sheet or a script that runs is written behind a tag."""
    if not BLOCK_TAG.match(tag):
        return False
    name, attributes = _read(tag)
    return name == "style" or ("src" not in attributes and bool(RUNS.fullmatch(attributes.get("type", "").strip())))


def in_blocks(html: str) -> Iterator[Found]:
    """What the scripts and style sheets written into a page hold."""
    for name, opening, text in _blocks(html):
        if not opens_block(f"<{name}{opening}>"):
            continue
        if name.lower() == "style":
            yield Found(styles=frozenset({hash_of(text)}), troubles=frozenset(_in_styles([text])))
        else:
            yield Found(scripts=frozenset({hash_of(text)}))


def _blocks(html: str) -> Iterator[tuple[str, str, str]]:
    """The name, the attributes and the text of each; one that is never closed takes the rest along and does nothing."""
    place = 0
    while opening := BLOCK.search(html, place):
        end = BLOCK_END[opening[1].lower()].search(html, opening.end())
        if not end:
            return
        yield opening[1], opening[2], html[opening.end() : end.start()]
        place = end.end()


def hash_of(text: str) -> str:
    """How a policy names a text: the SHA-256 of its bytes."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")  # as browsers read a page
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def in_style(text: str) -> set[str]:
    """The hosts that a style sheet fetches from."""
    return set(IN_STYLE.findall(text))


class _Reader(HTMLParser):
    name: str = ""
    attributes: Mapping[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self.name:
            self.name, self.attributes = tag, {name: value or "" for name, value in reversed(attrs)}


@lru_cache(maxsize=4096)
def _read(tag: str) -> tuple[str, Mapping[str, str]]:
    """The name of a tag and its attributes, the first one of a name as browsers do."""
    reader = _Reader()
    reader.feed(tag)
    return reader.name, reader.attributes


def _codes(attributes: Mapping[str, str]) -> Iterator[Trouble]:
    for name, value in attributes.items():
        if name.startswith("on"):
            yield Trouble("handler", name)
        elif re.match(r"\s*javascript:", value, re.IGNORECASE):
            yield Trouble("link", value.strip()[:40])


def _outside(name: str, attributes: Mapping[str, str]) -> Iterator[Trouble]:
    if target := OUTSIDE.match(attributes.get(SENDS.get(name, ""), "")):
        yield Trouble("form", target[1])
    wanted = FETCHED.get(name, ())
    if name == "link" and FETCHED_LINKS & set(attributes.get("rel", "").lower().split()):
        wanted = ("href",)
    for attribute in wanted:
        value = attributes.get(attribute, "")
        for each in value.split(",") if attribute == "srcset" else (value,):
            if host := OUTSIDE.match(each):
                yield Trouble("outside", host[1])


def _in_styles(texts: Iterable[str]) -> Iterator[Trouble]:
    return (Trouble("outside", host) for text in texts for host in in_style(text))


def _sum(held: Iterable[Found]) -> Found:
    whole = NOTHING
    for found in held:
        whole = found if whole is NOTHING else whole | found
    return whole
