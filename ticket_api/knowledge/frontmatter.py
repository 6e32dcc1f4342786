"""Front matter: the YAML between two lines of `---`, each key with the line that it stands on. And lists in YAML."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import yaml

LIMIT = 20_000
"""The longest YAML text that is read, in characters; an article's front matter has a few hundred."""

DEEPEST = 20
"""Lists and mappings within one another; an article's front matter has two."""

Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's, which reads ten times as fast, where PyYAML was built with it."""

BLOCK = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)


class BadYaml(Exception):
    """YAML that can't be taken; `line` counts from 1 within the text, `message` is a whole sentence."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a mapping with its value; `line` counts from 1 within the text."""

    key: str
    value: object
    line: int


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list: its text as it is written, or its own items; `line` counts from 1 within the text.

    An item that is a mapping has neither.
    """

    line: int
    text: str | None = None
    items: "tuple[Item, ...] | None" = None


def split(text: str) -> tuple[str, str, int] | None:
    """The YAML, the body, and the line that the body begins on; None for a text without front matter."""
    match = BLOCK.match(text)
    if match is None:
        return None
    return match[1], text[match.end() :], match[0].count("\n") + 1


def entries(text: str) -> tuple[Entry, ...]:
    """The entries of a YAML mapping, values made of plain types only.

    Raises BadYaml for what isn't YAML or no mapping, for aliases, for a key that is given twice and for over-long text.
    """
    if len(text) > LIMIT:
        raise BadYaml(1, f"This block is longer than {LIMIT} characters; the text of an article belongs below it.")
    with _told():
        return tuple(_entries(text))


def items(text: str) -> tuple[Item, ...]:
    """The items of a YAML list, none for a text without any YAML. 2026 and yes are texts here like any other.

    Raises BadYaml for what isn't YAML or no list, and for aliases.
    """
    with _told():
        node = _read(Loader(text), text)
    if node is not None and not isinstance(node, yaml.SequenceNode):
        raise BadYaml(_line(node), "This isn't a list; begin each line with a hyphen and a space.")
    return tuple(_item(child) for child in node.value) if node else ()


def _item(node: yaml.Node) -> Item:
    if isinstance(node, yaml.SequenceNode):
        return Item(_line(node), items=tuple(_item(child) for child in node.value))
    return Item(_line(node), text=node.value if isinstance(node, yaml.ScalarNode) else None)


@contextmanager
def _told() -> Iterator[None]:
    """Turn YAML's errors into BadYaml."""
    try:
        yield
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = error.problem or error.context or "unknown fault"
        line = mark.line + 1 if mark else 1
        message = f"This isn't valid YAML ({what}); put a text that holds a colon or a # in quotes."
        raise BadYaml(line, message) from error
    except yaml.YAMLError as error:
        raise BadYaml(1, "This holds a character that YAML doesn't allow; take out control characters.") from error


def _entries(text: str) -> Iterator[Entry]:
    loader = Loader(text)
    node = _read(loader, text)
    if not isinstance(node, yaml.MappingNode):
        raise BadYaml(1, "This isn't a list of `key: value` lines; write one key on each line.")
    _refuse_twins(node)
    for key_node, value_node in node.value:
        yield Entry(str(key_node.value), _value(loader, value_node), _line(key_node))


def _read(loader: yaml.SafeLoader, text: str) -> yaml.Node | None:
    """The one document in a text, None when it holds none. Raises BadYaml for aliases and for what nests too deeply."""
    depth = 0
    for event in yaml.parse(text, Loader=Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:  # each level makes what is below it dearer to read
            raise BadYaml(_line(event), "This is nested too deeply; a list of texts is all that is needed.")
        if isinstance(event, yaml.AliasEvent):
            raise BadYaml(_line(event), "An alias (*name) isn't allowed here; write the value out.")
    return loader.get_single_node()


def _refuse_twins(node: yaml.Node) -> None:
    """Raise BadYaml when a mapping, at any depth, gives a key twice."""
    seen: set[str] = set()
    for child in node.value if isinstance(node, yaml.CollectionNode) else ():
        key_node, value_node = child if isinstance(child, tuple) else (None, child)
        if key_node is not None:
            key = str(key_node.value)
            if key in seen:
                raise BadYaml(_line(key_node), f"{key!r} is given twice; keep one of them.")
            seen.add(key)
        _refuse_twins(value_node)


def _line(place: yaml.Node | yaml.Event) -> int:
    return place.start_mark.line + 1 if place.start_mark else 1


def _value(loader: yaml.SafeLoader, node: yaml.Node) -> object:
    try:
        return loader.construct_object(node, deep=True)
    except (ValueError, OverflowError) as error:
        raise BadYaml(_line(node), f"{node.value!r} is no such date or number; correct it.") from error
