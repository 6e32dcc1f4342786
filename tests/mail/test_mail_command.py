"""`helpleaf mail`: what waits and what failed, trying again, and a test of the settings."""

from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from tests.commands.test_cli import desk, run
from tests.mail.postbox import HERE, PASSWORD, USER, postbox
from tests.serving import free_port
from tests.store.asking import question
from ticket_api.mail.outcome import failed
from ticket_api.outgoing import Outgoing, reply_mail
from ticket_api.settings import load_settings
from ticket_api.store import open_store

__all__ = ["desk"]  # fixture


@pytest.fixture
def kept(desk):
    """A desk with one mail that waits and one that was refused."""
    settings = load_settings(desk / "none.toml", {}, {"data": str(desk / "data")})
    now = datetime.now(UTC)
    with closing(open_store(settings.store_url)) as store:
        outgoing = Outgoing(store, settings, b"")
        for number in range(2):
            ticket = store.add_ticket(question(number, email=f"bob{number}@example.org"))
            store.add_mail(reply_mail(ticket, "Yes.", now + timedelta(seconds=number)))
        (letter,) = outgoing.take(now + timedelta(seconds=10), 1)
        outgoing.settle(letter, failed("recipient_refused", "550 No such user", final=True), now)
    return desk


def test_it_lists_what_waits_and_what_failed(kept):
    done = run(kept, "mail")
    assert (done.returncode, done.stderr) == (0, "")
    first, waiting, refused, why = done.stdout.splitlines()
    assert first == "1 mail waiting, 1 failed for good."
    assert waiting.startswith("  to bob1@example.org: your reply, question 2, due ")
    assert refused == "  to bob0@example.org: your reply, question 1, tried 1 time"
    assert "“550 No such user”" in why


def test_retry_makes_all_of_them_due(kept):
    assert run(kept, "mail", "retry").stdout == "2 mails will be tried now, as soon as the server runs.\n"
    assert run(kept, "mail").stdout.startswith("2 mails waiting, 0 failed for good.\n")


def test_nothing_waits(kept):
    with closing(open_store(str(kept / "data" / "tickets.db"))) as store:
        for mail in store.mails_due(datetime.now(UTC) + timedelta(days=1), limit=9) + store.mails_failed(limit=9):
            store.change_mail(mail.id, lambda _: None)
    assert run(kept, "mail").stdout == "No mail waits, and none has failed.\n"


def test_a_test_tells_each_step(desk):
    with postbox(tls="starttls", login=True) as box:
        done = run(
            desk,
            *("mail", "test", "bob@example.org"),
            SSL_CERT_FILE=str(HERE / "server.pem"),
            HELPLEAF_SMTP_HOST="localhost",
            HELPLEAF_SMTP_PORT=str(box.port),
            HELPLEAF_SMTP_USER=USER,
            HELPLEAF_SMTP_PASSWORD=PASSWORD,
        )
    assert done.stdout.splitlines() == [
        f"The mail server is localhost, port {box.port}, with smtp_security starttls.",
        "It answers.",
        "The connection is encrypted, and the certificate is that of localhost.",
        f"It lets {USER} in.",
        "It takes mail from help@larkbill.example.",
        "It takes mail for bob@example.org.",
        "It has the mail. Look into the mailbox of bob@example.org, among the unwanted mail too.",
    ]
    assert (done.returncode, done.stderr) == (0, "")
    assert PASSWORD not in done.stdout
    assert box.mails[0]["To"] == "bob@example.org"


def test_a_test_tells_what_is_wrong_and_what_to_do(desk):
    port = str(free_port())
    done = run(desk, "mail", "test", HELPLEAF_SMTP_HOST="127.0.0.1", HELPLEAF_SMTP_PORT=port)
    assert done.returncode == 1
    assert done.stderr == "helpleaf: No mail server answers there. Check smtp_host and smtp_port.\n"


def test_without_a_mail_server_a_test_is_a_file(desk):
    done = run(desk, "mail", "test")
    assert "mails become files: see data/mail/test.eml" in done.stdout
    assert b"help@larkbill.example" in (desk / "data" / "mail" / "test.eml").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("mail", "test", "bob"), "bob isn't an e-mail address. Name one such as bob@example.com."),
        (
            ("mail", "retry", "bob@example.org"),
            "An address stands only behind test: helpleaf mail test bob@example.com.",
        ),
    ],
)
def test_what_is_mistyped_is_told(kept, arguments, told):
    done = run(kept, *arguments)
    assert (done.returncode, done.stderr) == (1, f"helpleaf: {told}\n")


def test_a_password_over_a_plain_connection_stops_every_command(desk):
    done = run(desk, "mail", "test", HELPLEAF_SMTP_SECURITY="none", HELPLEAF_SMTP_PASSWORD=PASSWORD)
    assert done.returncode == 1
    assert "for all to read" in done.stderr
    assert PASSWORD not in done.stderr
