"""Stylesheet: Material's, without the rules for those parts of a page that our templates replace."""

import re
from collections.abc import Iterator

NAME = re.compile(r"assets/stylesheets/main\.\w+\.min\.css")
REPLACED = re.compile(
    r"\.md-(?:header|nav(?!__link)|footer|sidebar|source|path|feedback|version|social|select|copyright|logo|post|author"
    r"|pagination|profile|meta|hero|tabs|banner|content|status|pin|search(?!-))(?![a-z])"
)
"""Classes that no page of ours has. What a feature of Material's may still put on a page stays."""
GROUPS = ("@media", "@supports", "@container")
SELECTORS = re.compile(r",(?![^(]*\))")
PICTURE = re.compile(r"(--md-[\w-]+):url\((?:'[^']*'|\"[^\"]*\"|[^'\")]*)\);?")
"""A picture under a name."""
USED = re.compile(r"var\((--[\w-]+)")


def without_replaced(css: str) -> str:
    """A minified stylesheet without what REPLACED names, and its pictures; as it was, if it can't be read."""
    try:
        kept = "".join(_kept(css))
    except ValueError:
        return css
    used = set(USED.findall(kept))
    return PICTURE.sub(lambda picture: picture[0] if picture[1] in used else "", kept)


def _kept(css: str) -> Iterator[str]:
    for head, body in _rules(css):
        statement, semicolon, head = head.rpartition(";")  # such as @charset
        yield statement + semicolon
        if head.startswith(GROUPS):
            inner = "".join(_kept(body))
            if inner:
                yield f"{head}{{{inner}}}"
        elif selectors := [one for one in SELECTORS.split(head) if not REPLACED.search(one)]:
            yield f"{','.join(selectors)}{{{body}}}"


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """The rules of a stylesheet, each with what stands between its braces. Raises ValueError at anything else."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL).strip()
    place = 0
    while place < len(css):
        opening = css.index("{", place)
        end = _closing(css, opening)
        yield css[place:opening], css[opening + 1 : end]
        place = end + 1


def _closing(css: str, opening: int) -> int:
    """Where the brace that opens there is closed."""
    depth = 0
    for brace in re.finditer(r"[{}]", css[opening:]):
        depth += 1 if brace[0] == "{" else -1
        if not depth:
            return opening + brace.start()
    raise ValueError(css[opening : opening + 50])
