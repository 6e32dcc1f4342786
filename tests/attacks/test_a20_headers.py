"""A20: nothing that anybody typed becomes a header: the bytes are parsed again, and their headers are a fixed set."""

import email
import email.policy
from dataclasses import replace
from itertools import islice, product

from tests.conftest import SECRET
from tests.flows.asking import UNKNOWN, ask
from tests.mail.conftest import box, settings
from tests.mail.postbox import until
from tests.store.asking import question
from ticket_api.mail.compose import as_bytes, compose
from ticket_api.outgoing import Outgoing, reply_mail

__all__ = ["box", "settings"]  # fixtures

ALWAYS = {"From", "To", "Reply-To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"}
THREAD = {"In-Reply-To", "References"}
AUTOMATIC = {"Auto-Submitted", "Precedence", "X-Auto-Response-Suppress"}

ENDS = ("\n", "\r\n", "\r", "\n ", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "=0A", "%0A", "\\n", "\t")
HEADERS = (
    "Bcc: all@evil.example",
    "To: all@evil.example",
    "Subject: Prize",
    "Reply-To: a@evil.example",
    "Content-Type: text/html",
    "X-A: b",
    "\nBody",
    ".\r\nMAIL FROM:<a@evil.example>",
)
WORDS = (
    "=?utf-8?q?Hello=0ABcc:_all@evil.example?=",
    "=?utf-8?b?SGVsbG8KQmNjOiBhbGxAZXZpbC5leGFtcGxl?=",
    "=?utf-8?q?=0D=0ATo:_all@evil.example?= =?utf-8?q?x?=",
    '"Bob" <all@evil.example>',
    "<all@evil.example>",
    "Bob <all@evil.example>, Carol",
    "(comment) all@evil.example;",
    "𝕭𝖔𝖇" * 60,
    "鲍勃" * 90,
    "a" * 199,
    "\u202eelpmaxe.live",
    "=" * 100,
    "?=" * 90,
    "Bob: all@evil.example;",
)
HOSTILE = [*WORDS, *(f"Bob{end}{header}" for end, header in product(ENDS, HEADERS))]
HOSTILE += [f"{one} {two}" for one, two in islice(product(WORDS, HEADERS), 200 - len(HOSTILE))]


def read(raw):
    """A mail as programs read it, old and new."""
    return [email.message_from_bytes(raw, policy=each) for each in (email.policy.SMTP, email.policy.compat32)]


def written(store, settings, ticket, kind):
    """The mail about a ticket, as it crosses the wire."""
    outgoing = Outgoing(store, settings, SECRET)
    mail = next(each for each in store.mails_of(ticket) if each.kind == kind)
    return as_bytes(compose(outgoing._letter(mail), outgoing.sender))


def require_plain(raw, more, address, ticket):
    """Its headers are the fixed set, and it goes to one address."""
    modern, old = read(raw)
    for message in (modern, old):
        assert sorted(message.keys()) == sorted(ALWAYS | THREAD | more)
        assert message["To"] == address
    assert [each.addr_spec for each in modern["To"].addresses] == [address]
    assert modern["Subject"].endswith(f"Your question {ticket}")
    assert b"evil" not in raw.partition(b"\r\n\r\n")[0]
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert not set(b"\r\n") & set(raw.replace(b"\r\n", b""))


def test_two_hundred_hostile_names_and_subjects_make_no_header(store, settings, clock):
    assert len(HOSTILE) == len(set(HOSTILE)) == 200
    for number, words in enumerate(HOSTILE):
        address = f"bob{number}@example.org"
        ticket = store.add_ticket(question(number, subject=words, name=words, email=address, lang="en"))
        Outgoing(store, settings, SECRET).received(ticket, clock())
        store.add_mail(reply_mail(ticket, "Yes.\n\nBcc: all@evil.example", clock()))
        clock.move(hours=6)  # no more than a hundred strangers a day
        for kind, more in (("received", AUTOMATIC), ("reply", set())):
            require_plain(written(store, settings, ticket.id, kind), more, address, ticket.id)


def test_a_mail_server_gets_the_same(bob, box):
    some = HOSTILE[::20]
    for number, words in enumerate(some):
        body = {"message": words, "subject": words[:200], "name": words[:200], "email": f"bob{number}@example.org"}
        assert bob.post("/api/tickets", json=body | {"lang": "en"}).status_code == 201
    until(lambda: len(box.got) == len(some))
    for raw, envelope in zip(box.got, box.envelopes, strict=True):
        (address,) = envelope.rcpt_tos
        ticket = int(address.partition("@")[0].removeprefix("bob")) + 1
        require_plain(raw, AUTOMATIC, address, ticket)


def test_the_owners_own_name_makes_no_header(bob, store, settings):
    ticket = ask(bob, UNKNOWN, email="bob@example.org")["id"]
    for company in ("Lark\r\nBcc: a@evil.example", "=?utf-8?q?Lark=0ABcc:_a@evil.example?=", '"Lark" <a@evil.example>'):
        modern, old = read(written(store, replace(settings, company=company), ticket, "received"))
        assert sorted(old.keys()) == sorted(ALWAYS | THREAD | AUTOMATIC)
        assert [each.addr_spec for each in modern["From"].addresses] == [settings.mail]
