"""What rules may refer to, and the text in which they look for words."""

import unicodedata
from collections.abc import Collection, Mapping

from ticket_api.knowledge.text import every_word, is_han, normalise, stem
from ticket_api.settings import Settings, section
from ticket_api.tickets.pattern import LONGEST
from ticket_api.tickets.promises import ByQuadrant, Targets
from ticket_api.tickets.rule_checks import Known


def known_of(settings: Settings, articles: Collection[str]) -> Known:
    """What rules may refer to, of the settings and of the articles (their ids), unless there are none.

    Raises Stop for a table `targets` that can't be understood.
    """
    ids = frozenset(articles)
    return Known(
        articles=ids or None,
        categories=frozenset(each.rpartition("/")[0] for each in ids if "/" in each) or None,
        plans=_names(settings.sections.get("plans")),
        webhooks=_names(settings.sections.get("webhooks")) or (),
        languages=settings.languages,
        promises=_promises(settings),
    )


def _promises(settings: Settings) -> Collection[str]:
    """The promises of time of which the owner is told; the preferences always promise a first response."""
    targets = section(settings, "targets", Targets)
    if targets is None:
        return ()
    return ("first_response", "resolution") if targets.resolution != ByQuadrant() else ("first_response",)


def _names(table: object) -> Collection[str] | None:
    """The names in a table of helpleaf.toml, whichever way it is laid out; None where there is none."""
    if isinstance(table, Mapping):
        return frozenset(map(str, table))
    if isinstance(table, list):
        return frozenset(str(each.get("name", "")) for each in table if isinstance(each, Mapping))
    return None


def spelled(text: str) -> str:
    """A text in which rules look for words: stems and Han characters, each between spaces."""
    forms: list[str] = []
    plain = unicodedata.normalize("NFKC", text)[:LONGEST]  # a single letter may stand for eighteen
    for word in every_word(normalise(plain)):
        if is_han(word):
            forms += word
        else:
            forms.append(stem(word))
    return f" {' '.join(forms)} "
