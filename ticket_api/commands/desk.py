"""The desk as a command in a terminal has it: the same use cases over the same store, with or without a server."""

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ticket_api import preferences, words
from ticket_api.archive.opening import opened, own_key
from ticket_api.current import CurrentIndex
from ticket_api.desk import Desk
from ticket_api.errors import HelpleafError, Invalid, NotFound, Stop, StoreUnavailable
from ticket_api.helpdesk import Helpdesk
from ticket_api.keys import key_mark
from ticket_api.knowledge.folder import read_index
from ticket_api.knowledge.index import build_index
from ticket_api.knowledge.synonyms import Group
from ticket_api.outgoing import Outgoing
from ticket_api.priorities import priorities_of
from ticket_api.queue import Queue
from ticket_api.saved_replies import SavedReplies
from ticket_api.settings import Settings
from ticket_api.store.queue_file import QueueFile
from ticket_api.tickets.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Here:
    """The use cases that a command works with, and when it does."""

    desk: Desk
    helpdesk: Helpdesk
    queue: Queue
    saved_replies: SavedReplies
    now: datetime

    def ticket(self, ticket_id: int) -> Ticket:
        """A ticket as it is by now; what silence has opened is stored. Raises Invalid for one that isn't there."""
        try:
            ticket = self.desk.ticket(ticket_id)
        except NotFound as error:
            raise Invalid("unknown_ticket", id=ticket_id) from error
        if self.helpdesk.settled(ticket, self.now) is ticket:
            return ticket
        with suppress(StoreUnavailable):
            self.helpdesk.open_silent([ticket_id], self.now)
        return self.helpdesk.settled(self.desk.ticket(ticket_id), self.now)


@contextmanager
def at_desk(settings: Settings) -> Iterator[Here]:
    """The use cases over the desk's store, whether or not a server runs. Raises Stop for whatever goes wrong."""
    silence = timedelta(minutes=settings.offer_minutes)
    with opened(settings) as store, _told():
        with store.snapshot() as snapshot:
            key = own_key(settings, snapshot)
        nothing = CurrentIndex(build_index(()), settings.index_path)
        outgoing = Outgoing(store, settings, key)
        helpdesk = Helpdesk(store, nothing, key, outgoing, silence=silence, message_limit=settings.message_limit)
        file, now = QueueFile(settings.queue_path), datetime.now(UTC)
        priorities, _ = priorities_of(settings, store)
        queue = Queue(store, helpdesk, file, key_mark(key), priorities, lambda: now, silence=silence)
        desk = Desk(store, helpdesk, priorities, message_limit=settings.message_limit)
        saved_replies = SavedReplies(lambda: preferences.read(store).replies, lambda: _synonyms(settings))
        with closing(queue):
            yield Here(desk, helpdesk, queue, saved_replies, now)


def _synonyms(settings: Settings) -> tuple[Group, ...]:
    """Those of the articles, none where the help site wasn't built here."""
    try:
        return read_index(settings.index_path).synonyms
    except Stop:
        return ()


@contextmanager
def _told() -> Iterator[None]:
    """Errors that have a sentence become it; troubles of the store are told by whoever opened that."""
    try:
        yield
    except (Stop, StoreUnavailable):
        raise
    except HelpleafError as error:
        raise Stop(words.say_error("en", error.code, error.values)) from error
