"""The owner's rules over one store: those of helpleaf.toml and those of the desk, and what they would have done."""

from ticket_api.rules.book import Rules
from ticket_api.rules.kept import Listed, Present, Slow
from ticket_api.rules.known import known_of, spelled
from ticket_api.rules.trial import Trials
from ticket_api.rules.wording import Part, RuleAct, acts_of, fault_said, in_words, unsent_said

__all__ = [
    "Listed",
    "Part",
    "Present",
    "RuleAct",
    "Rules",
    "Slow",
    "Trials",
    "acts_of",
    "fault_said",
    "in_words",
    "known_of",
    "spelled",
    "unsent_said",
]
