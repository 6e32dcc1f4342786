"""A21: an address is one mailbox to everybody who reads it, or it isn't taken: what is taken is stored and sent to."""

import email
import email.policy
from email.utils import getaddresses

import pytest

from tests.conftest import SECRET
from tests.flows.asking import UNKNOWN
from tests.mail.conftest import box, settings
from tests.mail.postbox import until
from ticket_api.mail.compose import as_bytes, compose
from ticket_api.mailbox import address_key, envelope, is_mailbox, same_mailbox
from ticket_api.outgoing import Outgoing, reply_mail

__all__ = ["box", "settings"]  # fixtures

REFUSED = (
    # several
    "a@b.example,c@d.example", "a@b.example;c@d.example", "a@b.example c@d.example", "a@b.example\tc@d.example",
    "a@b.example, c@d.example", "a@b.example\nc@d.example", "<a@b.example> <c@d.example>", "a@b.example%2Cc@d.example",
    "group: a@b.example;", "a@b.example:c@d.example", "a@b.example|c@d.example", "a@b.example&lt;c@d.example",
    # names, comments, quotes: CVE-2023-27043
    "Bob <a@b.example>", "<a@b.example>", '"a@evil.example" <a@b.example>', "alice@example.org )bob@example.org",
    "alice@example.org(bob@example.org", "alice@example.org<bob@example.org", "alice@example.org>bob@example.org",
    "alice@example.org@bob.example", "alice@example.org\\bob@example.org", "alice@example.org[bob@example.org",
    "alice@example.org]bob@example.org", 'alice@example.org"bob@example.org', "(comment)a@b.example", "a@(x)b.example",
    "a(x)@b.example", '"a b"@b.example', '"a"@b.example', '"a\\"b"@b.example', '""@b.example', "'a'b\"@b.example",
    # headers and commands
    "a@b.example\r\nBcc: c@d.example", "a@b.example\rTo: c@d.example", "a\n@b.example", "a@b.example\n",
    "\na@b.example",
    "a@b.example\x00", "a\x00@b.example", "a@b.example\x0bX: y", "a@b.example\x1b", "a\u2028@b.example",
    "a@b.example\x85",
    "a@b.example> SIZE=1", "a@b.example> NOTIFY=NEVER", "a@b.example\r\nDATA\r\n",
    # encoded words, which some programs read as the address within
    "=?utf-8?q?a?=@b.example", "=?utf-8?q?a=40evil.example=3E=00?=@b.example", "=?x?q?=41=42?=@b.example",
    "=?utf-7?q?&AGEAQA-?=@b.example", "=?iso-8859-1?b?YUBldmlsLmV4YW1wbGU?=@b.example", "a@=?utf-8?q?b?=.example",
    # routes
    "a%evil.example@b.example", "evil.example!a@b.example", "@evil.example:a@b.example",
    "@evil.example,@x.example:a@b.example",
    "a%40evil.example@b.example", "a@b.example%evil.example",
    # domains
    "a@localhost", "a@b", "a@[127.0.0.1]", "a@[IPv6:::1]", "a@127.0.0.1", "a@2130706433", "a@0x7f.1", "a@b.example.",
    "a@.b.example", "a@b..example", "a@-b.example", "a@b-.example", "a@b_c.example", "a@b.e", "a@b.1", "a@b.example:25",
    "a@b.example/x", "a@b.example?x", "a@b.example#x", "a@" + "b" * 64 + ".example", "a@b.-example",
    # parts that are missing or too many
    "", "@", "a@", "@b.example", "a", "a.example", "a@@b.example", "a@b@c.example", ".a@b.example", "a.@b.example",
    "a..b@b.example", "a" * 250 + "@b.example", " @b.example", "a @b.example", "a@ b.example",
    # letters that are read as others
    "ａ@b.example", "a@ｂ.example", "a＠b.example", "a@b。example", "a@b．example", "a@ⓑ.example", "ﬁ@b.example",
    "\u212a@b.example",
    "a\u200b@b.example", "a@b\u200b.example", "a\u00ad@b.example", "\ufeffa@b.example", "\u202ea@b.example",
    "a@straße.example",
    "e\u0301@b.example", "a@b\u2024example", "a@℀.example", "ℯ@b.example", "a@evil.example\uff0cb.example",
    "a\ud800@b.example",
    "a@b.ex\u0131mple\u2025x", "a\u3000b@b.example", "①@b.example", "²@b.example",
)  # fmt: skip
TAKEN = (
    "bob@example.org",
    "Bob.Hope+desk@mail.example.co",
    "o'brien@example.org",
    "a_b-c=d&e~f@x-y.example",
    "1@2.example",
    "bob@xn--bcher-kva.example",
    "bob@bücher.example",
    "bob@BÜCHER.example",
    "王小明@例子.中国",
    "müller@example.org",
    "señor@example.org",
    "अजय@डाटा.भारत",
    "a" * 242 + "@example.org",
)


def test_there_are_a_hundred_and_more():
    assert len(set(REFUSED)) == len(REFUSED) > 100


def test_hostile_ones_are_refused_and_nothing_is_stored(bob, store):
    for address in REFUSED:
        assert not is_mailbox(address), address
        if address.strip() != address or not address:
            continue  # the form takes spaces around an address off, and takes none at all
        try:
            answer = bob.post("/ask", data={"message": UNKNOWN, "email": address})
        except UnicodeEncodeError:  # no browser can send it
            continue
        assert answer.status_code in (400, 422), address
    assert not store.count_tickets()


@pytest.mark.parametrize("address", TAKEN)
def test_what_is_taken_is_stored_and_sent_to(bob, store, settings, clock, address):
    id_ = bob.post("/api/tickets", json={"message": UNKNOWN, "email": address}).json()["id"]
    stored = store.ticket(id_)
    assert stored.email == address
    outgoing = Outgoing(store, settings, SECRET)
    mail = reply_mail(stored, "Yes.", clock())
    message = compose(outgoing._letter(store.add_mail(mail)), outgoing.sender)
    raw = as_bytes(message)
    for policy in (email.policy.SMTPUTF8, email.policy.SMTP):  # of text: of bytes, Python reads ASCII alone
        (read,) = email.message_from_string(raw.decode(), policy=policy)["To"].addresses
        assert read.addr_spec == envelope(address)
    assert getaddresses([envelope(address)]) == [("", envelope(address))]
    local, _, domain = envelope(address).rpartition("@")
    assert local == address.rpartition("@")[0]
    assert domain.isascii()
    assert domain.encode().decode("idna") == address.rpartition("@")[2].encode("idna").decode("idna")


def test_the_server_is_told_that_very_mailbox(bob, box):
    for address in TAKEN:
        if address.rpartition("@")[0].isascii():
            bob.post("/api/tickets", json={"message": UNKNOWN, "email": address})
    wanted = [envelope(each) for each in TAKEN if each.rpartition("@")[0].isascii()]
    until(lambda: len(box.envelopes) == len({address_key(each) for each in wanted}))
    assert all(len(each.rcpt_tos) == 1 and each.rcpt_tos[0] in wanted for each in box.envelopes)


def test_two_that_count_as_one_person_may_be_two_mailboxes():
    one, other = "strasse@example.org", "straße@example.org"
    assert address_key(one) == address_key(other)
    assert not same_mailbox(one, other)
    assert same_mailbox("Bob@Example.org", "bob@example.org")
    assert not same_mailbox("\u212aate@example.org", "kate@example.org")
