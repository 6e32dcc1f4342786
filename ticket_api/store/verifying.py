"""Whether all records of a store fit together."""

from collections import Counter
from collections.abc import Callable

from ticket_api.errors import Broken
from ticket_api.store.protocol import Snapshot
from ticket_api.tickets.event import Event, verify
from ticket_api.tickets.ticket import Status


def verify_snapshot(snapshot: Snapshot, progress: Callable[[int, int], object]) -> None:
    """Follow the chain of events, and see that they, the tickets and the counts tell the same.

    Raises Broken. `progress` is called with the number of records read and of all.
    """
    counts = snapshot.count_tickets()
    head = snapshot.head()
    total = sum(counts.values()) + (head.seq if head else 0)
    states = _states(snapshot, lambda done: progress(done, total))
    done = total - len(states)
    recounted: Counter[Status] = Counter()
    for ticket in snapshot.tickets():
        if states.pop(ticket.id, None) != (ticket.status, ticket.version):
            raise Broken("damaged", table="tickets", id=ticket.id)
        recounted[ticket.status] += 1
        done += 1
        if done % 100 == 0:
            progress(min(done, total), total)
    if states:
        raise Broken("damaged", table="tickets", id=min(states))
    if recounted != counts:
        raise Broken("damaged", detail="the counts of tickets are wrong")
    kinds = (snapshot.feedback(), snapshot.searches(), snapshot.sessions(), snapshot.mails(), snapshot.papers())
    for records in kinds:
        for _ in records:
            pass
    snapshot.owner()
    snapshot.mark()
    progress(total, total)


def _states(snapshot: Snapshot, progress: Callable[[int], object]) -> dict[int, tuple[Status, int]]:
    """The state of each ticket that isn't erased, as its last event says, and its version, as their number says."""
    states: dict[int, tuple[Status, int]] = {}
    last: Event | None = None
    for event in snapshot.events():
        last = verify([event], last)
        if event.what == "erased":
            states.pop(event.ticket, None)
        elif event.status:
            _, version = states.get(event.ticket, (event.status, -1))
            states[event.ticket] = event.status, version + 1
        if event.seq % 100 == 0:
            progress(event.seq)
    return states
