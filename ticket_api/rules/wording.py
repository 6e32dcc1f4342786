"""What is said of rules: what is wrong with one."""

from ticket_api import words
from ticket_api.tickets.rule_checks import Wrong


def fault_said(wrong: Wrong, lang: str) -> str:
    """What is wrong with a rule, in a sentence; a language among its values is called by its name."""
    values = dict(wrong.values)
    if "language" in values:
        values["language"] = _named(lang, str(values["language"]))
    return words.say(lang, f"rule_wrong.{wrong.code}", **values)


def _named(lang: str, other: str) -> str:
    return words.load(lang)["language"].get(other, other)
