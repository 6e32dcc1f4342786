"""What stands beside a ticket: draft, promises, the customer's other tickets, articles to offer, saved replies."""

from dataclasses import dataclass
from datetime import datetime

from ticket_api.drafts import Draft
from ticket_api.knowledge.asker import Asker
from ticket_api.knowledge.quoting import Answer
from ticket_api.personal import asker_of
from ticket_api.preferences import SavedReply, fill
from ticket_api.tickets.customers import Profile
from ticket_api.tickets.promises import Promise
from ticket_api.tickets.ticket import Ticket
from ticket_api.web.context import Context
from ticket_api.web.desk.kinds import About, about

MOST_OTHERS = 8
"""The customer's other tickets that are listed."""


@dataclass(frozen=True, slots=True)
class Beside:
    """`others` are the newest of all `count`; `tags` are suggested; `scores` are the customer's ratings."""

    draft: Draft
    others: list[Ticket]
    count: int
    scores: list[int]
    tags: list[str]
    answers: list[Answer]
    saved: list[SavedReply]
    promises: list[Promise]
    about: About
    profile: Profile


def beside(context: Context, ticket: Ticket, now: datetime) -> Beside:
    """Read all of it; the saved replies are those in the customer's language, with their variables filled in."""
    others = context.desk.others(ticket)
    answers = context.helpdesk.answers(ticket, context.settings.served_url, _asker(context, ticket, others))
    tags = {tag for each in others for tag in each.tags or ()} | context.helpdesk.tags()
    return Beside(
        draft=context.desk.draft(ticket.id),
        others=others[:MOST_OTHERS],
        count=len(others),
        scores=[each.rating.score for each in (ticket, *others) if each.rating],
        tags=sorted(tags - set(ticket.tags or ())),
        answers=answers,
        saved=_saved(context, ticket, answers),
        promises=context.promised.of(ticket, now),
        about=about(context, ticket, answers),
        profile=context.customers.profile(ticket.requester),
    )


def _asker(context: Context, ticket: Ticket, others: list[Ticket]) -> Asker | None:
    """What is known of the customer, where the owner wishes articles to be preferred by it."""
    per_cent = context.settings.personal
    return asker_of(others, context.customers.profile(ticket.requester), per_cent) if per_cent else None


def _saved(context: Context, ticket: Ticket, answers: list[Answer]) -> list[SavedReply]:
    preferences = context.preferences.now
    article = {"article": answers[0].link} if answers else {}
    return [
        SavedReply(
            reply.title,
            reply.lang,
            fill(
                reply.text,
                name=ticket.name,
                number=str(ticket.id),
                company=preferences.name or context.settings.company,
                **article,
            ),
        )
        for reply in preferences.replies_in(ticket.lang)
    ]
