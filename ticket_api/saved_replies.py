"""The saved reply that fits a ticket: matched in memory, by an index that follows the replies."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ticket_api.knowledge.index import ArticleIndex
from ticket_api.knowledge.saved_reply import Wording, fitting, index_of
from ticket_api.knowledge.synonyms import Group
from ticket_api.preferences import VARIABLES, SavedReply, fill
from ticket_api.suggestion import Reason
from ticket_api.tickets.ticket import Ticket

NOTHING = dict.fromkeys(VARIABLES, "")


@dataclass(frozen=True, slots=True)
class Fitting:
    """The saved reply that fits a ticket, and why; `why` is never empty."""

    reply: SavedReply
    why: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class _Made:
    """An index with what it was made of."""

    replies: tuple[SavedReply, ...]
    synonyms: Sequence[Group]
    by_mark: Mapping[str, SavedReply]
    index: ArticleIndex


class SavedReplies:
    """`replies` gives the saved replies in force, `synonyms` the articles' ones."""

    def __init__(self, replies: Callable[[], tuple[SavedReply, ...]], synonyms: Callable[[], Sequence[Group]]) -> None:
        self._replies = replies
        self._synonyms = synonyms
        self._made: _Made | None = None

    def fitting(self, ticket: Ticket) -> Fitting | None:
        """The saved reply that answers what waits for an answer; None when none does surely."""
        text = waiting(ticket)
        made = self._now() if text.strip() else None
        found = fitting(made.index, text, ticket.lang) if made else None
        return Fitting(made.by_mark[found.id], found.why) if made and found else None

    def _now(self) -> _Made | None:
        """The index of the replies as they are; made by whoever needs it first after a change."""
        if not (replies := self._replies()):
            return None
        synonyms, made = self._synonyms(), self._made
        if made is None or (made.replies, made.synonyms) != (replies, synonyms):
            self._made = made = _made(replies, synonyms, made.index if made else None)
        return made


def waiting(ticket: Ticket) -> str:
    """What a customer wrote since the owner's last message: all of it, with the subject, while there is none."""
    last = max((place for place, each in enumerate(ticket.messages, 1) if each.author == "owner"), default=0)
    written = [each.text for each in ticket.messages[last:] if each.author == "requester"]
    return "\n".join(written if last else (ticket.subject, *written))


def _made(replies: tuple[SavedReply, ...], synonyms: Sequence[Group], previous: ArticleIndex | None) -> _Made:
    by_mark = {reply.mark: reply for reply in replies}
    wordings = (Wording(mark, each.lang, each.title, fill(each.text, **NOTHING)) for mark, each in by_mark.items())
    return _Made(replies, synonyms, by_mark, index_of(wordings, synonyms, previous))
