"""What is said of rules: each in words, what is wrong with one, and what it did to a ticket, or didn't, and why."""

from contextlib import suppress
from typing import NamedTuple

from ticket_api import words
from ticket_api.tickets.event import RULE
from ticket_api.tickets.rule import Then, When
from ticket_api.tickets.rule_acts import undoable
from ticket_api.tickets.rule_checks import Wrong
from ticket_api.tickets.ticket import Ran, Ticket, Unsent

Part = tuple[str, str]
"""A condition or an action: what it is called, and its value in words."""


class RuleAct(NamedTuple):
    """What a rule did to a ticket, and why; which message wasn't sent; whether it can be taken back, and wrote."""

    name: str
    ran: Ran
    why: list[Part]
    did: list[Part]
    unsent: str
    may_undo: bool
    wrote: bool


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


def acts_of(ticket: Ticket, lang: str) -> list[RuleAct]:
    """What rules did to a ticket, in the order of time."""
    return [_act(ran, ticket, lang) for ran in ticket.ran or () if ran.name.startswith(RULE)]


def _act(ran: Ran, ticket: Ticket, lang: str) -> RuleAct:
    why = [(words.say(lang, f"rule_when.{name}"), _said(name, value, lang)) for name, value in ran.why or ()]
    kept = [(each.what, "" if each.what == "snooze" else each.value) for each in ran.did or ()]
    did = [(words.say(lang, f"rule_then.{name}"), value) for name, value in kept]
    unsent = unsent_said(ran.unsent, ticket, lang) if ran.unsent else ""
    wrote = any(name in ("reply", "ask") for name, _ in kept) and not unsent
    return RuleAct(ran.name.removeprefix(RULE), ran, why, did, unsent, undoable(ran), wrote)


def in_words(group: When | Then, lang: str) -> list[Part]:
    """The conditions or actions of a rule, as a person reads them."""
    section = "rule_when" if isinstance(group, When) else "rule_then"
    return [(words.say(lang, f"{section}.{name}"), _said(name, value, lang)) for name, value in group.given().items()]


def _said(name: str, value: object, lang: str) -> str:
    """The value of a condition or an action, as a person reads it."""
    comma = words.say(lang, "rules.comma")
    if isinstance(value, tuple):
        return comma.join(map(str, value))
    if isinstance(value, dict):
        return comma.join(map(str, value.values()))
    if isinstance(value, bool):
        return ""
    known = {"status": f"status.{value}", "lang": f"language.{value}", "hours": f"rule_hours.{value}"}
    known["promise"] = f"rule_promise.{value}".replace(":", "_")
    with suppress(KeyError):
        return words.say(lang, known[name])
    return str(value)


def _named(lang: str, other: str) -> str:
    return words.load(lang)["language"].get(other, other)
