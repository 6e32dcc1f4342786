"""Kind: whether a question is a simple one with a known answer, or a complex one for the owner; and why."""

from typing import Literal

from msgspec import Struct

from ticket_api.suggestion import Suggestion
from ticket_api.tickets.ticket import Ticket

Why = Literal["confirmed", "sure", "offered", "unsure", "wrote_again", "none"]


class Kind(Struct, frozen=True):
    """A simple question has the `article` (an id) that answers it; a complex one has "".

    `why`: "confirmed": the owner said that the article answers it; "sure": it is sure enough to be offered, "offered":
    and the customer had been offered it; "unsure": an article comes near, "none": none does; "wrote_again": an answer
    was not enough.
    """

    article: str
    why: Why

    @property
    def simple(self) -> bool:
        """Whether its answer is known."""
        return bool(self.article)


def kind_of(ticket: Ticket, best: Suggestion | None, threshold: float) -> Kind:
    """The kind of a ticket; `best` is the nearest article today, and `threshold` the least score that is offered."""
    if ticket.answered_by:
        return Kind(ticket.answered_by, "confirmed")
    if wrote_again(ticket):
        return Kind("", "wrote_again")
    if best is None:
        return Kind("", "none")
    if best.score < threshold:
        return Kind("", "unsure")
    return Kind(best.id, "offered" if best.id in {offer.id for offer in ticket.offers} else "sure")


def wrote_again(ticket: Ticket) -> bool:
    """Whether the customer wrote after an answer."""
    authors = [message.author for message in ticket.messages]
    return "requester" in authors[authors.index("owner") :] if "owner" in authors else False
