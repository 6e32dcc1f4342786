"""What is known of a customer, as the matcher takes it to prefer articles at the desk."""

from collections.abc import Sequence

from ticket_api.knowledge.asker import Asker
from ticket_api.tickets.customers import Profile
from ticket_api.tickets.ticket import Ticket

EARLIER = 10
"""The newest of a customer's other tickets that count."""


def asker_of(others: Sequence[Ticket], profile: Profile, per_cent: int) -> Asker:
    """Who asks: the profile, and what each of their other tickets, newest first, was about.

    A ticket was about the article that answered it, by the owner's word or the customer's, else the first that was
    offered.
    """
    articles = [
        each.answered_by or each.solved_by or each.offers[0].id
        for each in others[:EARLIER]
        if each.answered_by or each.solved_by or each.offers
    ]
    return Asker(weight=per_cent / 100, plan=profile.plan, tags=profile.tags, articles=tuple(articles))
