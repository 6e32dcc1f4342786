"""Priorities: how much tickets press, by the owner's tables, opening hours and what is known of customers."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

import msgspec

from ticket_api import preferences
from ticket_api.customers import Customers
from ticket_api.preferences import Preferences
from ticket_api.settings import Settings, section
from ticket_api.store import Store
from ticket_api.tickets.customers import NOBODY, Profile
from ticket_api.tickets.priority import Assessment, Facts, Level, Scale, Weights, assess, facts_of, target_of
from ticket_api.tickets.row import Pressing, since, view_of
from ticket_api.tickets.ticket import Ticket
from ticket_api.tickets.timeline import Timeline

FEW = 20
"""So many customers are looked up one by one; of more, all are read at once."""
Deadline = Callable[[Ticket], datetime | None]
"""When a ticket must be answered, where something else says so than the target of the preferences."""


class Priorities:
    """How much tickets press. Times are aware and in UTC; may be used by several threads."""

    def __init__(
        self, store: Store, scale: Scale | None = None, zone: tzinfo | None = None, deadline: Deadline | None = None
    ) -> None:
        self._store = store
        self._customers = Customers(store)
        self._zone = zone or ZoneInfo("UTC")
        self._deadline = deadline or _none
        self._wishes = Preferences()
        self._span = self._wishes.target
        self._timeline = Timeline(self._wishes.hours, self._zone)
        self.scale = scale or Scale()

    def refresh(self) -> str:
        """Read the preferences anew; a mark of all that the order depends on beside tickets and customers.

        Raises StoreUnavailable.
        """
        wishes = preferences.read(self._store)
        if wishes.hours != self._wishes.hours:
            self._timeline = Timeline(wishes.hours, self._zone)
        self._wishes, self._span = wishes, wishes.target
        depends = (self.scale.weights, self.scale.plans, wishes.hours, wishes.target_hours, str(self._zone))
        return hashlib.sha256(msgspec.json.encode(depends)).hexdigest()

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
        target = target_of(self._timeline, began, self._span, self._deadline(ticket))
        return self.again(facts_of(ticket, self.scale, profile, since=began, target=target), now)


def changed(waiting: Iterable[tuple[int, str, Facts]], known: Mapping[str, Profile]) -> list[int]:
    """Those of these tickets (id, requester, what was known) of whose customer something else is known by now."""
    return [
        ticket_id
        for ticket_id, requester, facts in waiting
        if (facts.plan, facts.value) != ((profile := known.get(requester, NOBODY)).plan, profile.value)
    ]


def _none(_: Ticket) -> datetime | None:
    return None


def scale_of(settings: Settings) -> Scale:
    """The tables [priority] and [plans] of helpleaf.toml. Raises Stop with what is wrong in them, and where."""
    weights = section(settings, "priority", Weights)
    return Scale(weights, section(settings, "plans", dict[str, Level]))


def priorities_of(settings: Settings, store: Store) -> Priorities:
    """The priorities of a desk. Raises Stop for tables that can't be understood."""
    return Priorities(store, scale_of(settings), ZoneInfo(settings.timezone))
