"""Copy one store into another, event by event, so that a copy which was interrupted goes on where it stopped."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import TypeVar

from ticket_api.archive import unfinished
from ticket_api.archive.attachments import carry_over, named
from ticket_api.archive.kinds import Progress, content_hash, expected, hashes_of, silent
from ticket_api.errors import Stop
from ticket_api.keys import new_uid
from ticket_api.store import Snapshot, Store
from ticket_api.store.attachments import Attachments
from ticket_api.store.records import Batch, OwnerAccount, Paper, Session
from ticket_api.tickets.event import Event

AT_ONCE = 500

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)

T = TypeVar("T")


def same(source: Store, target: Store) -> bool:
    """Whether both are one database, under whichever names: what is put into one is seen in the other.

    What is put there is the session of nobody, which ran out long ago, so that a kill in between leaves nothing of use.
    """
    probe = new_uid()
    target.put_session(Session(probe, "", LONG_AGO, LONG_AGO))
    try:
        return source.session(probe) is not None
    finally:
        target.drop_sessions(session_id=probe)


def common(source: Snapshot, target: Snapshot) -> int:
    """The number of the last event that both have, 0 when the target is empty. Raises Stop when it holds others."""
    own = unfinished.copying(source)
    unfinished.require_whole(target.mark(), "TO", own=own)
    head = target.head()
    if head is None:
        strange = target.count_tickets() or target.owner() not in (OwnerAccount(), source.owner())
    else:
        strange = source.event(head.seq) != head
    if strange or target.mark() not in ("", source.mark(), own):
        raise Stop("TO holds other tickets. Name an empty place, or a copy that is to be finished.")
    return head.seq if head else 0


def copy(
    source: Snapshot,
    target: Store,
    progress: Progress = silent,
    files: tuple[Attachments, Attachments] | None = None,
) -> None:
    """Bring `target` to what `source` is, then compare every record. Raises Stop when it holds other tickets.

    `files` are the attachments of both, and may be in one folder.
    Nothing else may write to the target meanwhile. Killed at any instant, it can be repeated and goes on.
    """
    with target.snapshot() as there:
        done = common(source, there)
        named_before = named(there.tickets()) if done and files else []
    target.load(Batch(mark=unfinished.copying(source)))
    target.drop_searches()  # their counts grow, and old ones go, so that none of them may stay
    head = source.head()
    total = head.seq if head else 0
    for events in _parts(source.events(after=done)):
        target.load(_batch(source, events))
        progress(events[-1].seq, total)
    _remove_gone(source, target)
    if done:
        target.scrub()  # what was copied before may have been erased since
    _copy_the_rest(source, target)
    if files:
        _copy_files(*files, ids=named(source.tickets()), before=named_before)
    progress(total, total)


def differs(source: Snapshot, target: Store, progress: Progress = silent) -> bool:
    """Whether any record of the two isn't the same."""
    number = expected(source)
    here = content_hash(hashes_of(source, lambda done, _: progress(done, 2 * number)))
    with target.snapshot() as there:
        return here != content_hash(hashes_of(there, lambda done, _: progress(number + done, 2 * number)))


def _batch(source: Snapshot, events: Sequence[Event]) -> Batch:
    """Some events, with the tickets that they name as these are at the end."""
    ids = sorted({event.ticket for event in events if event.ticket})
    tickets = {each: source.ticket(each) for each in ids}
    return Batch(
        tickets=tuple(ticket for ticket in tickets.values() if ticket is not None),
        events=tuple(events),
        erased=tuple(each for each, ticket in tickets.items() if ticket is None),
    )


def _remove_gone(source: Snapshot, target: Store) -> None:
    """Take out the mails and papers that the source has no more."""
    with target.snapshot() as there:
        mails = {mail.id for mail in there.mails()} - {mail.id for mail in source.mails()}
        papers = {paper.name for paper in there.papers()} - {paper.name for paper in source.papers()}
    for ids in _parts(iter(sorted(mails))):
        target.erase_mails(ids)
    for names in _parts(iter(sorted(papers))):
        target.load(Batch(papers=tuple(Paper(name, "") for name in names)))


def _copy_files(source: Attachments, target: Attachments, *, ids: Sequence[str], before: Sequence[str]) -> None:
    if source.folder.resolve() != target.folder.resolve():
        carry_over(source, target, ids)
        target.remove(set(before) - set(ids))


def _copy_the_rest(source: Snapshot, target: Store) -> None:
    with target.snapshot() as there:
        last = max((each.id for each in there.feedback()), default=0)
    for feedback in _parts(source.feedback(after=last)):
        target.load(Batch(feedback=feedback))
    for searches in _parts(source.searches()):
        target.load(Batch(searches=searches))
    for mails in _parts(source.mails()):
        target.load(Batch(mails=mails))
    for papers in _parts(source.papers()):
        target.load(Batch(papers=papers))
    target.drop_sessions()
    target.load(Batch(sessions=tuple(source.sessions()), owner=source.owner(), mark=source.mark()))


def _parts(records: Iterator[T]) -> Iterator[tuple[T, ...]]:
    while part := tuple(islice(records, AT_ONCE)):
        yield part
