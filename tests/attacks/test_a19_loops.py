"""A19: no loop of automatic answers: the desk's mails say that no machine is to answer, and one that does gets none."""

import re
import smtplib
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest

from tests.flows.asking import UNKNOWN, ask
from tests.mail.conftest import box, settings
from tests.mail.postbox import Postbox, postbox, read, until
from ticket_api.mail.compose import as_bytes, compose
from ticket_api.mail.letter import Letter, Link, Sender

__all__ = ["box", "settings"]  # fixtures

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
SENDER = Sender("Larkbill", "help@larkbill.example", "help@larkbill.example", "https://help.example", b"k" * 32)

MACHINES = {
    "RFC 3834: any Auto-Submitted but no": lambda mail: mail.get("Auto-Submitted", "no").lower() != "no",
    "Auto-Submitted: auto-generated or auto-replied": lambda mail: mail.get("Auto-Submitted", "").startswith("auto-"),
    "Precedence of bulk, junk or list": lambda mail: mail.get("Precedence", "") in ("bulk", "junk", "list"),
    "vacation: ^Precedence:.*(bulk|junk)": lambda mail: re.search("bulk|junk", mail.get("Precedence", ""), re.I),
    "procmail's FROM_DAEMON": lambda mail: re.search("^(bulk|junk|list)", mail.get("Precedence", "")),
    "Exchange: out of office": lambda mail: _suppresses(mail, "OOF"),
    "Exchange: automatic replies": lambda mail: _suppresses(mail, "AutoReply"),
    "Exchange: read receipts": lambda mail: _suppresses(mail, "RN"),
    "Exchange: delivery receipts": lambda mail: _suppresses(mail, "DR"),
    "any X-Auto-Response-Suppress": lambda mail: "X-Auto-Response-Suppress" in mail,
    "several markers at once": lambda mail: "Auto-Submitted" in mail and "Precedence" in mail,
    "no request for a receipt": lambda mail: "Disposition-Notification-To" not in mail,
}
"""How twelve kinds of answering machines tell that they are not to answer."""


def _suppresses(mail: EmailMessage, what: str) -> bool:
    said = {each.strip() for each in mail.get("X-Auto-Response-Suppress", "").split(",")}
    return bool(said & {"All", what})


def written(kind):
    links = (Link(12, "https://help.example/t/abc", AT),)
    letter = Letter(uid="ab" * 16, kind=kind, to="bob@example.org", lang="en", links=links, text="", written_at=AT)
    return read(as_bytes(compose(letter, SENDER)))


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("kind", ["received", "automatic", "links"])
def test_no_machine_answers_what_no_person_wrote(kind, machine):
    assert MACHINES[machine](written(kind))


def test_what_the_owner_wrote_may_be_answered():
    reply = written("reply")
    assert not {"Auto-Submitted", "Precedence", "X-Auto-Response-Suppress"} & set(reply.keys())


def test_two_systems_that_answer_each_other_exchange_one_mail(bob, box, store, clock):
    """The other one heeds nothing: each mail that it gets it answers by mail, and with another question in the form."""
    with postbox() as ours:  # what the address of the desk gets

        def answer(mail: EmailMessage) -> None:
            _answer_by_mail(ours, mail)
            ask(bob, UNKNOWN, email=str(mail["To"]))
            bob.post("/find", data={"email": str(mail["To"])})

        box.heard = answer
        ask(bob, UNKNOWN, email="machine@example.org")
        until(lambda: ours.got)
        until(lambda: len(store.tickets(("open",), limit=9)) == 2)
        until(lambda: not store.mails_due(clock() + timedelta(hours=1), limit=1))
        assert len(box.got) == 1
        assert len(ours.got) == 1


def _answer_by_mail(to: Postbox, mail: EmailMessage) -> None:
    answer = EmailMessage()
    answer["From"], answer["To"] = str(mail["To"]), str(mail["Reply-To"])
    answer["Subject"], answer["In-Reply-To"] = "I am away", str(mail["Message-ID"])
    answer.set_content("Back on Monday.")
    with smtplib.SMTP("127.0.0.1", to.port) as client:
        client.send_message(answer)
