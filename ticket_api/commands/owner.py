"""The commands for the owner's account: owner code, owner reset."""

import argparse
from datetime import UTC, datetime

from ticket_api.archive.opening import opened
from ticket_api.owner import Owner
from ticket_api.settings import Settings


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands to the command line."""
    owner = commands.add_parser("owner", help="get into the desk again: a forgotten password, a lost telephone")
    inner = owner.add_subparsers(required=True, metavar="WHAT")
    told = {
        code: ("code", "make a one-time code that sets the desk's password anew"),
        reset: ("reset", "sign out everywhere, remove password and second step, and make a one-time code"),
    }
    for command, (name, help_) in told.items():
        parser = inner.add_parser(name, help=help_)
        parser.add_argument("--data", help="the folder of tickets and secrets")
        parser.set_defaults(command=command)


def code(settings: Settings, _: argparse.Namespace) -> None:
    """Print a one-time code for a new password; the present one works until the code is used. Raises Stop."""
    with opened(settings) as store:
        made = Owner(store).new_setup_code()
    _tell(made)


def reset(settings: Settings, _: argparse.Namespace) -> None:
    """Begin the account anew and print the one-time code to set it up with. Raises Stop."""
    with opened(settings) as store:
        made = Owner(store).reset(datetime.now(UTC))
    print("Password and second step are removed, and nobody is signed in.")
    _tell(made)


def _tell(made: str) -> None:
    print(f"Code: {made}  (works once, at /desk/setup)")
