"""What a ticket is about, how sure that is and why, and whether its answer is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ticket_api.knowledge.folder import category_titles
from ticket_api.knowledge.quoting import Answer
from ticket_api.knowledge.sorting import Verdict
from ticket_api.suggestion import Suggestion
from ticket_api.tickets.kind import Kind, kind_of
from ticket_api.tickets.ticket import Ticket
from ticket_api.web.context import Context

ASKING = ("offered", "open")
"""In these states a ticket waits for an answer, so that it matters whether that is known."""


@dataclass(frozen=True, slots=True)
class About:
    """`titles` are those of all categories by language; `chosen` is the ticket's one, None where nobody has said.

    `words` speak for it; `perhaps` is what it may be about where nothing is sure. `kind` is None where nothing is to be
    answered; `known` is the article that answers it, and `first` whether the keys of the first article put it in.
    """

    titles: Mapping[str, Mapping[str, str]]
    chosen: str | None
    words: tuple[str, ...]
    perhaps: Verdict | None
    kind: Kind | None
    known: Suggestion | None
    first: bool


def about(context: Context, ticket: Ticket, answers: Sequence[Answer]) -> About:
    """All of it, by what is known now."""
    category = ticket.category or None
    names = context.helpdesk.categories() | ({category.name} if category and category.name else set())
    kind = _kind(context, ticket, answers) if ticket.status in ASKING and not ticket.merged_into else None
    offered = (*(each.suggestion for each in answers), *ticket.offers)
    known = next((each for each in offered if kind and each.id == kind.article), None)
    return About(
        titles=category_titles(context.settings.articles, names, context.settings.languages),
        chosen=category.name if category else None,
        words=context.sorting.words_for(ticket, category.name) if category and category.by == "classifier" else (),
        perhaps=context.sorting.judge(ticket) if category is None else None,
        kind=kind,
        known=known,
        first=bool(known and answers and answers[0].suggestion.id == known.id),
    )


def _kind(context: Context, ticket: Ticket, answers: Sequence[Answer]) -> Kind:
    best = answers[0].suggestion if answers else None
    return kind_of(ticket, best, context.helpdesk.threshold(best.lang if best else ticket.lang))
