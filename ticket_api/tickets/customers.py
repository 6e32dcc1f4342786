"""What is known of a requester beside the tickets."""

from msgspec import Struct


class Profile(Struct, frozen=True, kw_only=True):
    """A customer as priorities and rules see them. `value` is in which fifth of all customers, from 1 to 5 for the most
    valuable, 0 where no orders are known; `plan` is "" where none is."""

    plan: str = ""
    value: int = 0
    tags: tuple[str, ...] = ()


NOBODY = Profile()
"""A requester of whom nothing is known."""
