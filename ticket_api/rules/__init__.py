"""The owner's rules over one store: those of helpleaf.toml and those of the desk, and what they would have done."""

from ticket_api.rules.book import MOST_SLOW, Listed, Present, Rules, known_of, spelled
from ticket_api.rules.trial import Trials

__all__ = ["MOST_SLOW", "Listed", "Present", "Rules", "Trials", "known_of", "spelled"]
