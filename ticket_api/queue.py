"""The queue: what waits for the owner, in the order to answer it, and everything else to be found again."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from msgspec import UNSET, Struct
from msgspec.structs import replace

from ticket_api.errors import HelpleafError, StoreUnavailable
from ticket_api.helpdesk import Helpdesk
from ticket_api.priorities import LEAST, Priorities, changed
from ticket_api.store import Store
from ticket_api.store.queue_file import Place, QueueFile
from ticket_api.store.queue_query import cursor, query_of
from ticket_api.tickets.customers import Profile
from ticket_api.tickets.event import Act
from ticket_api.tickets.filter import Filter
from ticket_api.tickets.hours import Calendar, Counted
from ticket_api.tickets.priority import Quadrant
from ticket_api.tickets.promises import Terms
from ticket_api.tickets.row import Pressing, Row, View, milliseconds
from ticket_api.tickets.ticket import MOVES, Status, Ticket

PAGE_LENGTH = 50
"""Tickets on one page of the queue."""
BATCH = 200
"""Events that are followed at once, and tickets that are put in, or put elsewhere, at once."""
AT_ONCE = 1_000
"""Events or tickets that a page takes in itself: half a second of work. More of them are left to the thread."""
CLOCK_WENT_BACK = timedelta(minutes=1)
"""From here on, what was ranked by the time before isn't believed."""
FOLLOWED = ("customer_changed", "orders_imported", "preferences_changed")
"""Events after which the order depends on something else."""
PATIENCE = 2.0
"""Seconds that a page waits for another that follows the events; then it shows what is there."""
PAUSE = 1.0
"""Seconds between two looks for new events."""
STATUSES: tuple[Status, ...] = tuple(MOVES)

log = logging.getLogger(__name__)


class Due(Struct, frozen=True):
    """The tickets that silence has opened by now, and those that were put off till now."""

    silent: Sequence[int] = ()
    asleep: Sequence[int] = ()

    def __bool__(self) -> bool:
        return bool(self.silent or self.asleep)


class QueuePage(Struct, frozen=True):
    """One page of the queue. `after` leads to the next, "" on the last; `behind`: it is being made, and not whole yet.

    `left`: for each row, how much opening time its answer may still take, less than none when it is late; None where
    nobody waits for one. `counts`: how many tickets stand in each view, `quadrants`: in each quadrant of those to be
    answered. `seq`: the number of the last event it knows, `moves`: how many were put elsewhere since the server
    started because of the time. `due`: what is to be woken, and the page to be asked for again.
    """

    rows: list[Row]
    left: list[timedelta | None]
    after: str
    counts: dict[View, int]
    behind: bool
    seq: int
    moves: int
    quadrants: dict[Quadrant, int]
    due: Due = Due()


class Queue:
    """The queue over one store. `now` is always an aware UTC time, read at the door; days are those of `zone`."""

    def __init__(
        self,
        store: Store,
        helpdesk: Helpdesk,
        file: QueueFile,
        mark: str,
        priorities: Priorities,
        clock: Callable[[], datetime],
        *,
        silence: timedelta,
    ) -> None:
        self._store = store
        self._helpdesk = helpdesk
        self._file = file
        self._mark = mark
        self._priorities = priorities
        self._clock = clock
        self._silence = silence
        self._turn = threading.Lock()
        self._behind = False
        self._scrub = False
        self._seq = 0
        self._moves = 0
        self._ranked_at: datetime | None = None
        self._depends = False
        self._counted = Calendar((), UTC), Counted(datetime.min.replace(tzinfo=UTC), (), UTC)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._go_on, name="queue", daemon=True)

    def page(self, wanted: Filter, now: datetime, *, after: str = "") -> QueuePage:
        """The tickets that pass a filter, from where the page before ended. Raises StoreUnavailable."""
        self._look(now)
        terms = self._priorities.terms()
        overdue = terms.overdue(now) if wanted.overdue else {}
        found = self._file.find(query_of(wanted, after, overdue, terms.calendar.zone), limit=PAGE_LENGTH + 1)
        rows = [each.row for each in found[:PAGE_LENGTH]]
        following = cursor(found[PAGE_LENGTH - 1].place) if len(found) > PAGE_LENGTH else ""
        left = self._left(rows, terms, now)
        due = Due() if self._behind else self._due(now)
        counts, quadrants = self._file.counts(), self._file.quadrants()
        return QueuePage(rows, left, following, counts, self._behind, self._seq, self._moves, quadrants, due)

    def empty_page(self, now: datetime) -> QueuePage:
        """A page with the numbers alone, for what can't be looked for."""
        self._look(now)
        counts, quadrants = self._file.counts(), self._file.quadrants()
        return QueuePage([], [], "", counts, self._behind, self._seq, self._moves, quadrants)

    def wake(self, due: Due, now: datetime) -> None:
        """Open what silence has opened, and take up again what was put off till now. Raises StoreUnavailable."""
        self._helpdesk.open_silent(due.silent, now)
        for ticket_id in due.asleep:
            self._store.change_ticket(ticket_id, lambda ticket: _awake(ticket, now), Act("system", "woke", now))

    def _left(self, rows: Sequence[Row], terms: Terms, now: datetime) -> list[timedelta | None]:
        """How much opening time is left until each must be answered; None where it is not the owner's turn."""
        waited, spans = self._waited(terms.calendar, now), terms.spans()
        turns = [row.status == "open" and not row.snoozed_until for row in rows]
        return [
            spans[row.quadrant or LEAST] - waited(row.since) if turn else None
            for row, turn in zip(rows, turns, strict=True)
        ]

    def _waited(self, calendar: Calendar, now: datetime) -> Callable[[datetime], timedelta]:
        """What tells how much opening time lies between an instant and now; what came before today is counted once."""
        known, counted = self._counted
        if known != calendar or not timedelta() <= now - counted.end < timedelta(days=1):
            counted = Counted(now, calendar.hours, calendar.zone, calendar.days)
            self._counted = calendar, counted
        lately = calendar.open_time(counted.end, now)

        def waited(since: datetime) -> timedelta:
            if since < counted.end:
                return counted.open_time(since) + lately
            return calendar.open_time(since, now)

        return waited

    def tags(self) -> list[str]:
        """The tags in use, the most used first."""
        return [tag for tag, _ in self._file.tags()]

    def start(self) -> None:
        """Follow the store from now on, on a thread of its own."""
        self._thread.start()

    def close(self) -> None:
        """Stop following, and close the file."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join(10)
        self._file.close()

    def follow(self) -> None:
        """Bring the queue to what the store holds, and to what the clock says, by now. Raises StoreUnavailable.

        Pages get in between: nothing that takes long is done while they wait.
        """
        with self._turn:
            self._follow(self._clock())
        if not self._depends:
            self._weigh()
        more = True
        while more and not self._ending.is_set():
            with self._turn:
                more = self._rank(self._clock())

    def _look(self, now: datetime) -> None:
        """Follow what happened. Nothing of it fails a page."""
        if self._behind or not self._turn.acquire(timeout=PATIENCE):
            return
        try:
            with suppress(StoreUnavailable):
                self._follow(now, AT_ONCE)
                self._rank(now)
        finally:
            self._turn.release()

    def _go_on(self) -> None:
        while not self._ending.is_set():
            try:
                self.follow()
                if self._scrub:
                    self._file.scrub()
                    self._scrub = False
            except HelpleafError as trouble:
                log.warning("The queue waits to be brought up to date: %s", trouble.__cause__ or trouble.code)
            except Exception:
                log.exception("The queue can't be brought up to date")
            self._ending.wait(PAUSE)

    def _follow(self, now: datetime, most: int | None = None) -> None:
        """Take in what happened; of more than `most` tickets or events the rest is left to the thread."""
        place = self._file.place(self._mark)
        events = self._store.events_after(max(0, place.seq - 1), limit=BATCH + 1)
        if place.seq and not (events and (events[0].seq, events[0].hash) == place):
            self._file.begin_anew()  # it has followed another store, or one that was put back
            place = self._file.place(self._mark)
        if not place.seq:
            return self._fill(now, most)
        events, done = events[1:], 0
        while events:
            ids = list(dict.fromkeys(event.ticket for event in events if event.ticket))
            place = Place(events[-1].seq, events[-1].hash)
            self._put(self._store.tickets_by_id(ids), ids, place, now)
            self._scrub = self._scrub or any(event.what == "erased" for event in events)
            self._depends = self._depends and not any(event.what in FOLLOWED for event in events)
            done += len(events)
            self._behind = most is not None and done >= most
            events = [] if self._behind else self._store.events_after(place.seq, limit=BATCH)
        self._behind = self._behind and most is not None
        self._seq = place.seq
        return None

    def _weigh(self) -> None:
        """Let all be judged anew whose priority depends on what may have changed beside them."""
        self._depends = True  # before it is read: what changes meanwhile is looked at again
        try:
            mark, known = self._priorities.refresh(), self._priorities.profiles()
            with self._turn:
                self._file.weigh_with(mark)
                self._file.judge_anew(changed(self._file.waiting(), known))
        except BaseException:
            self._depends = False
            raise

    def _rank(self, now: datetime) -> bool:
        """Put those elsewhere whose time has come, some at once; whether there may be more of them."""
        if self._ranked_at and now < self._ranked_at - CLOCK_WENT_BACK:
            self._file.rank_anew()
        self._ranked_at = now
        due = self._file.unranked(milliseconds(now), limit=BATCH)
        pressing: dict[int, Pressing | None] = dict.fromkeys(ticket_id for ticket_id, _ in due)
        pressing |= {each: self._priorities.again(facts, now) for each, facts in due if facts}
        unknown = [ticket_id for ticket_id, facts in due if not facts]
        pressing |= self._priorities.press(self._store.tickets_by_id(unknown), now) if unknown else {}
        self._moves += self._file.press(pressing) if due else 0
        return len(due) == BATCH

    def _fill(self, now: datetime, most: int | None) -> None:
        """Read all tickets; what happens to them meanwhile is followed afterwards."""
        head = self._store.events_before(0, limit=1)
        if not head:
            return
        self._behind, after = True, 0
        if most is not None and sum(self._store.count_tickets().values()) > most:
            return
        self._priorities.refresh()
        known = self._priorities.profiles()
        while not self._ending.is_set():
            tickets = self._store.tickets(STATUSES, limit=BATCH, after=after)
            if not tickets:
                self._file.follow((), (), Place(head[0].seq, head[0].hash))
                self._seq, self._behind = head[0].seq, False
                return
            after = tickets[-1].id
            self._put(tickets, (), Place(0, ""), now, known)

    def _put(
        self,
        tickets: Sequence[Ticket],
        ids: Sequence[int],
        place: Place,
        now: datetime,
        known: Mapping[str, Profile] | None = None,
    ) -> None:
        there = {ticket.id for ticket in tickets}
        pressing = self._priorities.press(tickets, now, known)
        self._file.follow(tickets, [each for each in ids if each not in there], place, pressing)

    def _due(self, now: datetime) -> Due:
        """What is due by now: it waits in no timer."""
        past, ahead = milliseconds(now - self._silence), milliseconds(now + self._silence)
        silent = self._file.due("offered", past, beyond=ahead, limit=BATCH)  # beyond: the clock went back
        return Due(silent, self._file.due("snoozed", milliseconds(now), limit=BATCH))


def _awake(ticket: Ticket, now: datetime) -> Ticket:
    due = ticket.snoozed_until and ticket.snoozed_until <= now
    return replace(ticket, snoozed_until=UNSET) if due else ticket
