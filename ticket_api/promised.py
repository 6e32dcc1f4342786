"""What is promised about a ticket by the settings and the preferences in force, and how it stands with that."""

from collections.abc import Callable
from datetime import datetime

from ticket_api import preferences
from ticket_api.days_off import calendar_of, days_off_of
from ticket_api.errors import Invalid
from ticket_api.preferences import Preferences
from ticket_api.settings import Settings, section
from ticket_api.store import Store
from ticket_api.tickets.hours import Hours
from ticket_api.tickets.priority import Quadrant
from ticket_api.tickets.promises import Promise, Targets, Terms, promises
from ticket_api.tickets.ticket import Ticket

QuadrantOf = Callable[[Ticket, datetime], Quadrant]
"""Which quadrant a ticket is in at an instant."""


class Promised:
    """The promises over one store. Raises Stop for tables of helpleaf.toml that can't be understood."""

    def __init__(self, store: Store, settings: Settings, quadrant: QuadrantOf) -> None:
        given = section(settings, "targets", Targets)
        self.is_set = given is not None
        self.targets = given or Targets()
        self.days = days_off_of(settings)
        self._store = store
        self._settings = settings
        self._quadrant = quadrant

    def terms(self, wishes: Preferences | None = None) -> Terms:
        """What is promised with these preferences, or with those in force. Raises StoreUnavailable."""
        wishes = wishes or preferences.read(self._store)
        return Terms(self.targets, wishes.target, calendar_of(self._settings, wishes.hours, self.days))

    def check_hours(self, hours: Hours, now: datetime) -> None:
        """Raise Invalid for opening hours of which the days off leave nothing."""
        if not calendar_of(self._settings, hours, self.days).opens(now):
            raise Invalid("never_open", field="hours", path=self._settings.file)

    def of(self, ticket: Ticket, now: datetime) -> list[Promise]:
        """How it stands with the promises about a ticket. Raises StoreUnavailable."""
        return promises(ticket, self.terms(), self._quadrant(ticket, now), now, self._store.events(ticket.id))
