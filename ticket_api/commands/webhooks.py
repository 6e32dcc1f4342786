"""The command about webhooks: how they are, and switching one on or off."""

import argparse
from datetime import UTC, datetime
from typing import Any

from ticket_api.archive.opening import opened
from ticket_api.channels import webhooks_of
from ticket_api.errors import NotFound, Stop
from ticket_api.settings import Settings
from ticket_api.terminal import counted
from ticket_api.webhooks import Look, Webhooks
from ticket_api.words import say


def add_commands(commands: Any) -> None:
    """Tell the parser of the command."""
    command = commands.add_parser("webhooks", help="tell how the webhooks are; switch one on or off")
    command.add_argument("do", nargs="?", choices=("on", "off"), help="without it, how each of them is")
    command.add_argument("name", nargs="?", help="the name of the webhook")
    command.add_argument("--from-now", action="store_true", help="with on: what it missed isn't told any more")
    command.add_argument("--data", help="the folder of tickets and secrets")
    command.set_defaults(command=webhooks)


def webhooks(settings: Settings, given: argparse.Namespace) -> None:
    """Do what was named, or list them. Raises Stop."""
    if given.do and not given.name:
        raise Stop(f"Name the webhook: helpleaf webhooks {given.do} NAME.")
    if given.from_now and given.do != "on":
        raise Stop("--from-now stands only with on: helpleaf webhooks on NAME --from-now.")
    configured = webhooks_of(settings)
    now = datetime.now(UTC)
    with opened(settings) as store:
        found = Webhooks(store, configured, b"", lambda: now)
        if given.do:
            print(_switched(found, given.name, off=given.do == "off", skip=given.from_now, now=now))
        else:
            print("\n".join(map(_line, found.all())) or f"There is no webhook in {settings.file}.")


def _switched(webhooks: Webhooks, name: str, *, off: bool, skip: bool, now: datetime) -> str:
    try:
        changed = webhooks.switch(name, now, off=off, skip=skip)
    except NotFound:
        raise Stop(say("en", "errors.unknown_webhook", webhook=name)) from None
    if off:
        return f"{name} is switched off." if changed else f"{name} was off already."
    how = "goes on from now" if skip else "goes on where it was"
    return f"{name} is switched on, and {how}." if changed else f"{name} was on already; it is tried at once."


def _line(look: Look) -> str:
    """How a webhook is."""
    state = look.state
    told = f", last at {state.delivered_at:%Y-%m-%d %H:%M} UTC" if state.delivered_at else ""
    line = f"{look.webhook.name}: {'off' if state.off else 'on'}, {counted(state.delivered, 'event')} delivered{told}"
    if not state.trouble or not state.failing_since:
        return line
    trouble = say("en", f"webhook_trouble.{state.trouble}", status=state.status)
    return f"{line}\n    failing since {state.failing_since:%Y-%m-%d %H:%M} UTC: {trouble}"
