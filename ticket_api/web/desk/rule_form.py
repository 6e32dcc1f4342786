"""One rule as the fields of a form."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from ticket_api.tickets.rule import LONGEST_NAME, Rule, span
from ticket_api.tickets.tag import spelling

RATINGS = ("rating_at_most", "rating_at_least")
OF_TICKET = ("words", "pattern", "category", "lang", "offered", "plan", "channel", "status")
WHEN = (*OF_TICKET, "hours", *RATINGS, "age", "promise")
THEN = ("untag", "priority", "note", "reply", "webhook", "snooze", "quarantine")
MOST_FIELDS = 40

_SEPARATOR = re.compile("[\n,，、;；]+")

Fields = Mapping[str, str]


class Unfit(Exception):
    """A form that is no rule: the field that is wrong, and a sentence of words/ (section `rule_form`)."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(code)
        self.field = field
        self.code = code


def read_rule(fields: Fields, languages: tuple[str, ...]) -> Rule:
    """The rule that a form holds. Raises Unfit."""
    given = {name: value.strip() for name, value in fields.items()}
    _check(given, languages)
    when, then = _when(given), _then(given, languages)
    rule = {
        "name": given.get("name", ""),
        "on": "off" not in given,
        "stop": "stop" in given,
        "when": when,
        "then": then,
    }
    try:
        return msgspec.convert(rule, Rule)
    except msgspec.ValidationError as error:
        place = re.search(r"`\$\.(?:when|then)\.(\w+)", str(error))
        raise Unfit(place[1] if place else "", "wrong_field") from error


def _when(given: Fields) -> dict[str, Any]:
    when: dict[str, Any] = {name: given[name] for name in WHEN if given.get(name)}
    if "words" in when:
        when["words"] = list(filter(None, map(str.strip, _SEPARATOR.split(when["words"]))))
    if given.get("customer_tag"):
        when["tag"] = spelling(given["customer_tag"])
    return when | {name: _number(when[name]) for name in RATINGS if name in when}


def _then(given: Fields, languages: tuple[str, ...]) -> dict[str, Any]:
    then: dict[str, Any] = {name: given[name] for name in THEN if given.get(name)}
    for name, field in (("tag", "add_tag"), ("untag", "untag")):
        if given.get(field):
            then[name] = spelling(given[field])
    if "priority" in then:
        then["priority"] = _number(then["priority"])
    if "quarantine" in then:
        then["quarantine"] = True
    asks = {lang: given[f"ask_{lang}"] for lang in languages if given.get(f"ask_{lang}")}
    return then | ({"ask": asks} if asks else {})


def _number(text: str) -> int:
    return int(text) if text in ("1", "2", "3", "4", "5") else 0


def _check(given: Fields, languages: tuple[str, ...]) -> None:
    """Raise Unfit for the mistakes that a person makes."""
    name = given.get("name", "")
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Unfit("name", "bad_name")
    for field in ("age", "snooze"):
        if given.get(field):
            try:
                span(given[field])
            except ValueError:
                raise Unfit(field, "bad_span") from None
    if (given.get("rating_at_least") or "1") > (given.get("rating_at_most") or "5"):
        raise Unfit("rating_at_least", "bad_ratings")
    asks = any(given.get(f"ask_{lang}") for lang in languages)
    if not asks and not given.get("add_tag") and not any(given.get(each) for each in THEN):
        raise Unfit("add_tag", "no_action")
    if asks and given.get("reply"):
        raise Unfit("reply", "two_messages")
    if given.get("quarantine") and (asks or given.get("reply") or given.get("snooze")):
        raise Unfit("quarantine", "quarantine_alone")


def as_fields(rule: Rule, languages: tuple[str, ...]) -> dict[str, str]:
    """What the form holds of a rule."""
    when, then = rule.when.given(), rule.then.given()
    fields = {name: str(when[name]) for name in WHEN if name in when}
    fields |= {name: str(then[name]) for name in THEN if name in then}
    fields |= {"name": rule.name, "words": "\n".join(rule.when.words)}
    fields |= {"customer_tag": rule.when.tag, "add_tag": rule.then.tag}
    fields |= {f"ask_{lang}": rule.then.asks(lang) for lang in languages}
    fields |= {name: "on" for name, given in (("stop", rule.stop), ("off", not rule.on)) if given}
    return fields
