"""What stands beside a ticket: draft, promises, the customer's other tickets, articles to offer, saved replies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from ticket_api.drafts import Draft
from ticket_api.knowledge.asker import Asker
from ticket_api.knowledge.quoting import Answer
from ticket_api.personal import asker_of
from ticket_api.preferences import SavedReply, fill
from ticket_api.suggestion import Reason
from ticket_api.tickets.customers import Profile
from ticket_api.tickets.promises import Promise
from ticket_api.tickets.ticket import Ticket
from ticket_api.web.context import Context
from ticket_api.web.desk.kinds import About, about

MOST_OTHERS = 8
"""The customer's other tickets that are listed."""


@dataclass(frozen=True, slots=True)
class Fits:
    """The saved reply that fits: its place among those that are shown, and why."""

    place: int
    why: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """`others` are the newest of all `count`; `tags` are suggested; `scores` are the customer's ratings.

    `fits` is None where no saved reply surely answers what waits for an answer.
    """

    draft: Draft
    others: list[Ticket]
    count: int
    scores: list[int]
    tags: list[str]
    answers: list[Answer]
    saved: list[SavedReply]
    fits: Fits | None
    promises: list[Promise]
    about: About
    profile: Profile


def beside(context: Context, ticket: Ticket, now: datetime) -> Beside:
    """Read all of it; the saved replies are those in the customer's language, with their variables filled in."""
    others = context.desk.others(ticket)
    answers = context.helpdesk.answers(ticket, context.settings.served_url, _asker(context, ticket, others))
    saved = context.preferences.now.replies_in(ticket.lang)
    tags = {tag for each in others for tag in each.tags or ()} | context.helpdesk.tags()
    return Beside(
        draft=context.desk.draft(ticket.id),
        others=others[:MOST_OTHERS],
        count=len(others),
        scores=[each.rating.score for each in (ticket, *others) if each.rating],
        tags=sorted(tags - set(ticket.tags or ())),
        answers=answers,
        saved=_filled(context, ticket, answers, saved),
        fits=_fits(context, ticket, saved),
        promises=context.promised.of(ticket, now),
        about=about(context, ticket, answers),
        profile=context.customers.profile(ticket.requester),
    )


def _asker(context: Context, ticket: Ticket, others: list[Ticket]) -> Asker | None:
    """What is known of the customer, where the owner wishes articles to be preferred by it."""
    per_cent = context.settings.personal
    return asker_of(others, context.customers.profile(ticket.requester), per_cent) if per_cent else None


def _fits(context: Context, ticket: Ticket, saved: Sequence[SavedReply]) -> Fits | None:
    """None too for a reply that another window has changed since `saved` was taken."""
    found = context.saved_replies.fitting(ticket)
    return Fits(saved.index(found.reply), found.why) if found and found.reply in saved else None


def _filled(
    context: Context, ticket: Ticket, answers: Sequence[Answer], saved: Sequence[SavedReply]
) -> list[SavedReply]:
    article = {"article": answers[0].link} if answers else {}
    company = context.preferences.now.name or context.settings.company
    values = {"name": ticket.name, "number": str(ticket.id), "company": company, **article}
    return [replace(reply, text=fill(reply.text, **values)) for reply in saved]
