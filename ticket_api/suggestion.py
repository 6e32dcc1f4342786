"""A suggestion: an article offered for a question, and why."""

from msgspec import Struct


class Reason(Struct, frozen=True, omit_defaults=True):
    """Why an article was suggested: the part that matched, the words that did, and what they weighed (0 to 1).

    `read` are the article's own words, where synonyms of them were typed.
    """

    part: str
    words: tuple[str, ...]
    weight: float
    read: tuple[str, ...] = ()


class Suggestion(Struct, frozen=True):
    """An article offered for a question.

    `url` is a path from the site's root with its anchor, `excerpt` plain text, `section` the heading it stands under or
    "", `score` compares between questions, `why` is never empty.
    """

    id: str
    lang: str
    url: str
    title: str
    excerpt: str
    section: str
    score: float
    why: tuple[Reason, ...]
