"""What is said of rules: what is wrong with one."""

from ticket_api import words
from ticket_api.tickets.rule_checks import Wrong


def fault_said(wrong: Wrong, lang: str) -> str:
    """What is wrong with a rule, in a sentence."""
    return words.say(lang, f"rule_wrong.{wrong.code}", **wrong.values)
