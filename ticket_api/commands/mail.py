"""The command about mail: what waits and what failed, trying again, and a test of the settings."""

import argparse
import asyncio
from datetime import UTC, datetime
from typing import Any

from ticket_api.archive.opening import opened
from ticket_api.errors import Stop
from ticket_api.keys import new_uid
from ticket_api.mail import files, smtp
from ticket_api.mail.compose import compose
from ticket_api.mail.letter import Letter
from ticket_api.mail.outcome import Outcome, told
from ticket_api.mailbox import is_mailbox
from ticket_api.outgoing import Outgoing, sender_of, server_of
from ticket_api.settings import Settings
from ticket_api.store.records import Mail
from ticket_api.terminal import counted

SHOWN = 100
STEPS = {
    "connected": "It answers.",
    "encrypted": "The connection is encrypted, and the certificate is that of {host}.",
    "signed_in": "It lets {user} in.",
    "sender_taken": "It takes mail from {sender}.",
    "recipient_taken": "It takes mail for {to}.",
}
KINDS = {
    "reply": "your reply",
    "received": "that the question has arrived",
    "links": "the links to one's questions",
    "notice": "a notice to you",
}


def add_commands(commands: Any) -> None:
    """Tell the parser of the command."""
    command = commands.add_parser("mail", help="tell which mails wait or failed; try them again; test the mail server")
    command.add_argument("do", nargs="?", choices=("test", "retry"), help="without it, what waits and what failed")
    command.add_argument("address", nargs="?", help="whom a test goes to; by default the address in mail")
    command.add_argument("--data", help="the folder of tickets and secrets")
    command.set_defaults(command=mail)


def mail(settings: Settings, given: argparse.Namespace) -> None:
    """Do what was named, or list the mails. Raises Stop."""
    if given.do == "test":
        return test(settings, given.address or settings.mail)
    if given.address:
        raise Stop("An address stands only behind test: helpleaf mail test bob@example.com.")
    now = datetime.now(UTC)
    with opened(settings) as store:
        outgoing = Outgoing(store, settings, b"")
        found = outgoing.outstanding(now, SHOWN)
        if given.do == "retry":
            for each in found:
                outgoing.retry(each.id, now)
            print(f"{counted(len(found), 'mail')} will be tried now, as soon as the server runs.")
        else:
            print("\n".join([_summary(found), *map(_line, found)]))
    return None


def test(settings: Settings, address: str) -> None:
    """Send a test mail through the settings, and tell each step. Raises Stop with what is wrong and what to do."""
    if not is_mailbox(address):
        raise Stop(f"{address} isn't an e-mail address. Name one such as bob@example.com.")
    sender = sender_of(settings, new_uid().encode())
    letter = Letter(uid=new_uid(), kind="test", to=address, lang=settings.languages[0], written_at=datetime.now(UTC))
    message = compose(letter, sender)
    server = server_of(settings)
    if not server:
        _require_sent(files.write(settings.mail_path, "test", message))
        print(f"No mail server is set, so mails become files: see {settings.mail_path / 'test.eml'}.")
        print("To send them, set smtp_host; the manual's page about mail tells what else.")
        return
    print(
        f"The mail server is {server.host}, port {server.own_port}, with smtp_security {server.security}.", flush=True
    )
    said = {"host": server.host, "user": server.user, "sender": sender.address, "to": address}
    _require_sent(
        asyncio.run(smtp.send(server, message, lambda step: step in STEPS and print(STEPS[step].format(**said))))
    )
    print(f"It has the mail. Look into the mailbox of {address}, among the unwanted mail too.")


def _require_sent(outcome: Outcome) -> None:
    if outcome.state != "sent":
        raise Stop(told(outcome.kept, "en"))


def _summary(found: list[Mail]) -> str:
    failed = sum(each.state == "failed" for each in found)
    if not found:
        return "No mail waits, and none has failed."
    return f"{counted(len(found) - failed, 'mail')} waiting, {failed:,} failed for good."


def _line(mail: Mail) -> str:
    about = f", question {mail.ticket}" if mail.ticket else ""
    tried = f", tried {counted(mail.attempts, 'time')}" if mail.attempts else ""
    when = "" if mail.state == "failed" else f", due {mail.due_at:%Y-%m-%d %H:%M} UTC"
    trouble = f"\n    {told(mail.error, 'en')}" if mail.error else ""
    return f"  to {mail.to}: {KINDS[mail.kind]}{about}{tried}{when}{trouble}"
