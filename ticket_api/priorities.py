"""Priorities: how much tickets press, by the owner's tables, opening hours and what is known of customers."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from ticket_api import preferences
from ticket_api.customers import Customers
from ticket_api.preferences import Preferences
from ticket_api.promised import Promised
from ticket_api.settings import Settings, section
from ticket_api.store import Store
from ticket_api.tickets.customers import NOBODY, Profile
from ticket_api.tickets.hours import Calendar
from ticket_api.tickets.priority import Assessment, Facts, Level, Quadrant, Scale, Weights, assess, facts_of, target_of
from ticket_api.tickets.promises import Targets, Terms
from ticket_api.tickets.row import Pressing, since, view_of
from ticket_api.tickets.ticket import Ticket
from ticket_api.tickets.timeline import Timeline

FEW = 20
"""So many customers are looked up one by one; of more, all are read at once."""
TermsOf = Callable[[Preferences], Terms]
"""What is promised with these preferences."""


def usual(wishes: Preferences) -> Terms:
    """What is promised where no table of targets or days off says more."""
    return Terms(Targets(), wishes.target, Calendar(wishes.hours, ZoneInfo("UTC")))


LEAST: Quadrant = "whenever"
"""The quadrant whose target the urgency goes by. The own one would be computed of itself."""


class Priorities:
    """How much tickets press. Times are aware and in UTC; may be used by several threads."""

    def __init__(self, store: Store, scale: Scale | None = None, terms: TermsOf = usual, mark: str = "") -> None:
        self._store = store
        self._customers = Customers(store)
        self._terms = terms
        self._mark = mark
        self.scale = scale or Scale()
        self._timeline = Timeline(Calendar((), ZoneInfo("UTC")))
        self._take(Preferences())

    def refresh(self) -> str:
        """Read the preferences anew; a mark of all that the order depends on beside tickets and customers.

        Raises StoreUnavailable.
        """
        wishes = preferences.read(self._store)
        self._take(wishes)
        scale = self.scale
        depends = (scale.weights, scale.plans, wishes.hours, self._span.total_seconds(), self._mark)
        return hashlib.sha256(msgspec.json.encode(depends)).hexdigest()

    def terms(self) -> Terms:
        """What is promised by the preferences in force. Raises StoreUnavailable."""
        return self._terms(preferences.read(self._store))

    def _take(self, wishes: Preferences) -> None:
        terms = self._terms(wishes)
        self._span = terms.span("first_response", LEAST) or wishes.target
        if self._timeline.calendar != terms.calendar:
            self._timeline = Timeline(terms.calendar)

    def explain(self, ticket: Ticket, now: datetime) -> Assessment:
        """How much a ticket presses by now, by what is stored by now. Raises StoreUnavailable."""
        self.refresh()
        return self._pressing(ticket, self._customers.profile(ticket.requester), now).found

    def profiles(self) -> Mapping[str, Profile]:
        """All customers of whom anything is known. Raises StoreUnavailable."""
        return self._customers.profiles()

    def press(
        self, tickets: Sequence[Ticket], now: datetime, known: Mapping[str, Profile] | None = None
    ) -> dict[int, Pressing]:
        """How much those of these tickets press that are to be answered, by their ids. Raises StoreUnavailable."""
        waiting = [ticket for ticket in tickets if view_of(ticket) == "open"]
        if known is None:
            known = self._known({ticket.requester for ticket in waiting})
        return {each.id: self._pressing(each, known.get(each.requester, NOBODY), now) for each in waiting}

    def again(self, facts: Facts, now: datetime) -> Pressing:
        """How much a ticket presses of which the same is known, at another time."""
        return Pressing(facts, assess(facts, self.scale.weights, now))

    def _known(self, requesters: set[str]) -> Mapping[str, Profile]:
        if len(requesters) > FEW:
            return self.profiles()
        return {each: self._customers.profile(each) for each in requesters}

    def _pressing(self, ticket: Ticket, profile: Profile, now: datetime) -> Pressing:
        began = since(ticket)
        target = target_of(self._timeline, began, self._span)
        return self.again(facts_of(ticket, self.scale, profile, since=began, target=target), now)


def changed(waiting: Iterable[tuple[int, str, Facts]], known: Mapping[str, Profile]) -> list[int]:
    """Those of these tickets (id, requester, what was known) of whose customer something else is known by now."""
    return [
        ticket_id
        for ticket_id, requester, facts in waiting
        if (facts.plan, facts.value) != ((profile := known.get(requester, NOBODY)).plan, profile.value)
    ]


def scale_of(settings: Settings) -> Scale:
    """The tables [priority] and [plans] of helpleaf.toml. Raises Stop with what is wrong in them, and where."""
    weights = section(settings, "priority", Weights)
    return Scale(weights, section(settings, "plans", dict[str, Level]))


def priorities_of(settings: Settings, store: Store) -> tuple[Priorities, Promised]:
    """How much the tickets of a desk press, and what is promised about them by that. Raises Stop for bad tables."""
    promised = Promised(store, settings, lambda ticket, now: priorities.explain(ticket, now).quadrant)
    tables = (settings.timezone, *(str(settings.sections.get(name)) for name in ("calendar", "targets")))
    priorities = Priorities(store, scale_of(settings), promised.terms, "\n".join(tables))
    return priorities, promised
