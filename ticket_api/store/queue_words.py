"""What tickets are found by: the words of all that was written, and marks for what they are."""

from ticket_api.knowledge.text import every_word, is_han, normalise, split, stem, terms
from ticket_api.tickets.filter import Filter
from ticket_api.tickets.row import view_of
from ticket_api.tickets.ticket import Ticket

VIEW, LANG, TAG, PERSON, NOTHING = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004"
"""What marks begin with. These letters are nobody's, and `normalise` leaves none of them in words of a sentence."""


def words_of(ticket: Ticket) -> set[str]:
    """The terms of all that was written in a ticket, of its tags, and of who wrote it."""
    texts = [ticket.subject, ticket.name, ticket.email, *(ticket.tags or ())]
    texts += [message.text for message in ticket.messages]
    texts += [note.text for note in ticket.notes or ()]
    texts += [ticket.rating.comment] if ticket.rating else []
    return {_plain(term) for text in texts for term in terms(every_word(normalise(text)))}


def marks_of(ticket: Ticket) -> list[str]:
    """A mark for its view, its language, each tag, and each word of who wrote it."""
    people = terms(every_word(normalise(f"{ticket.name} {ticket.email}")))
    marks = [VIEW + view_of(ticket), LANG + ticket.lang, *(TAG + _joined(tag) for tag in ticket.tags or ())]
    return [*map(_plain, marks), *(PERSON + _plain(term) for term in dict.fromkeys(people))]


def matches_of(wanted: Filter) -> tuple[str, ...]:
    """The queries of the index of words for a filter, none where it names neither words nor people.

    A second one counts where the first finds nothing: in it, the last word may be the beginning of one.
    """
    words = every_word(normalise(wanted.words))
    asked = [_exact(term) for word in words for term in split(word)]
    people = [term for person in wanted.people for word in every_word(normalise(person)) for term in split(word)]
    asked += [f'"{PERSON}{_plain(term)}"' for term in people]
    if (wanted.words and not words) or (wanted.people and not people):
        asked.append(_exact(NOTHING))
    if not asked:
        return ()
    marks = [VIEW + wanted.view] if wanted.view else []
    marks += [LANG + wanted.lang] if wanted.lang else []
    marks += [TAG + _joined(tag) for tag in wanted.tags]
    exact = " AND ".join((*asked, *map(_exact, marks)))
    if not words or is_han(words[-1]):
        return (exact,)
    return exact, exact.replace(_exact(stem(words[-1])), f'"{_plain(words[-1])}"*', 1)


def _exact(term: str) -> str:
    return f'"{_plain(term)}"'


def _joined(tag: str) -> str:
    return "".join(tag.split())


def _plain(term: str) -> str:
    """A term without what would part or end it."""
    return "".join(term.replace('"', "").split())
