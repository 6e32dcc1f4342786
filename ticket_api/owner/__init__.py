"""The owner's account: set up once with a code from the terminal, then a password, sessions and a second factor."""

from ticket_api.owner.account import Owner
from ticket_api.owner.sessions import LONGEST_SESSION
from ticket_api.owner.tries import LONGEST_WAIT

__all__ = ["LONGEST_SESSION", "LONGEST_WAIT", "Owner"]
