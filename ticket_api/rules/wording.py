"""What is said of rules: what is wrong with one, and which of its messages a customer didn't get."""

from ticket_api import words
from ticket_api.tickets.rule_checks import Wrong
from ticket_api.tickets.ticket import Ticket, Unsent


def fault_said(wrong: Wrong, lang: str) -> str:
    """What is wrong with a rule, in a sentence; a language among its values is called by its name."""
    values = dict(wrong.values)
    if "language" in values:
        values["language"] = _named(lang, str(values["language"]))
    return words.say(lang, f"rule_wrong.{wrong.code}", **values)


def unsent_said(unsent: Unsent, ticket: Ticket, lang: str) -> str:
    """Which message of a rule the customer didn't get, and why, in a sentence."""
    message = words.say(lang, f"rule_unsent.{unsent.what}", value=unsent.value)
    return words.say(lang, f"rule_unsent.{unsent.why}", message=message, language=_named(lang, ticket.lang))


def _named(lang: str, other: str) -> str:
    return words.load(lang)["language"].get(other, other)
