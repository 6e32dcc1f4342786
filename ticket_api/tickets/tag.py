"""A tag in the one way that it is written."""

from ticket_api.mailbox import folded


def spelling(text: str) -> str:
    """A tag as it is kept, however it was typed: letters of one width, small, single spaces; "" of nothing."""
    return " ".join(folded(text).split())
