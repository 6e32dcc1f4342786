"""Sites built for tests, and their pages read back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from ticket_api.settings import Settings, load_settings

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "mkdocs.yml"


def settings_for(folder: Path, articles: Path, **given: object) -> Settings:
    """Settings of a desk of Alice's whose articles and build lie where they are told to."""
    paths = {"articles": str(articles), "build": str(folder / "build"), "data": str(folder / "data")}
    return load_settings(folder / "helpleaf.toml", {}, paths | given)


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Write articles: the text after the first line is the body, the first line the title."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        title, _, body = text.partition("\n")
        is_article = name.endswith(".md") and not text.startswith("---")
        path.write_text(f"---\ntitle: {title}\n---\n\n{body}\n" if is_article else text, encoding="utf-8")
    return folder


@dataclass
class Tag:
    """An element as it opens, with the text up to its end."""

    name: str
    attributes: dict[str, str]
    inside: list[str]
    text: str = ""

    def __getitem__(self, attribute: str) -> str:
        return self.attributes[attribute]


@dataclass
class Html(HTMLParser):
    """A page: its elements in order, each knowing the classes and names it stands in."""

    tags: list[Tag] = field(default_factory=list)
    _open: list[Tag] = field(default_factory=list)

    VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "path"})

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        inside = [word for one in self._open for word in (one.name, *one.attributes.get("class", "").split())]
        opened = Tag(tag, {name: value or "" for name, value in attrs}, inside)
        self.tags.append(opened)
        if tag not in self.VOID:
            self._open.append(opened)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop().name != tag:
            pass

    def handle_data(self, data: str) -> None:
        for one in self._open:
            one.text += data

    def all(self, name: str, inside: str = "", **wanted: str) -> list[Tag]:
        """The elements of a name, within an element of that name or class, with these attributes (`_` for `-`)."""
        pairs = [(key.rstrip("_").replace("_", "-"), value) for key, value in wanted.items()]
        return [
            tag
            for tag in self.tags
            if tag.name == name
            and (not inside or inside in tag.inside)
            and all(tag.attributes.get(key) == value for key, value in pairs)
        ]

    def one(self, name: str, inside: str = "", **wanted: str) -> Tag:
        """The only element of its kind."""
        found = self.all(name, inside, **wanted)
        assert len(found) == 1, f"{len(found)} <{name}> {wanted}"
        return found[0]


class Site:
    """A built site, read by addresses."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def pages(self) -> Iterator[tuple[str, Html]]:
        """Every page with its address, that for unknown ones as /404.html; pages of former addresses are left out."""
        former = self.redirects()
        for path in sorted(self.folder.rglob("*.html")):
            address = "/" + path.relative_to(self.folder).as_posix().removesuffix("index.html")
            if address not in former:
                yield address, self._read(path)

    def redirects(self) -> dict[str, str]:
        """Where each former address leads."""
        lines = self.text("/_redirects").splitlines() if self.has("/_redirects") else []
        return {unquote(old): unquote(new) for old, new, _ in (line.split() for line in lines)}

    def page(self, address: str) -> Html:
        """The page at an address."""
        return self._read(self.file(address))

    def has(self, address: str) -> bool:
        """Whether anything is published at an address."""
        return self.file(address).is_file()

    def text(self, address: str) -> str:
        """What is published at an address."""
        return self.file(address).read_text(encoding="utf-8")

    def file(self, address: str) -> Path:
        """The file that is published at an address."""
        path = self.folder / unquote(urlsplit(address).path).strip("/")
        return path / "index.html" if path.is_dir() else path

    def _read(self, path: Path) -> Html:
        html = Html()
        html.feed(path.read_text(encoding="utf-8"))
        html.close()
        return html


def target(address: str, link: str) -> str:
    """Where a link on a page leads, as a path from the site's root; whole addresses stay."""
    whole = urljoin(f"http://own.test{address}", link)
    return whole.removeprefix("http://own.test")
