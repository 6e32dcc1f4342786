"""F10: the mail server is down, slow, refuses, drops: each as a real server, at each step."""

import asyncio
import socket
from datetime import UTC, datetime

import pytest

from tests.mail.postbox import HERE, PASSWORD, USER, postbox
from tests.serving import free_port
from ticket_api.mail import smtp
from ticket_api.mail.compose import compose
from ticket_api.mail.letter import Letter, Link, Sender
from ticket_api.mail.outcome import told
from ticket_api.mail.smtp import Server

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
SENDER = Sender("Larkbill", "help@larkbill.example", "help@larkbill.example", "https://help.example", b"k" * 32)


def message(to="bob@example.org"):
    link = Link(12, "https://help.example/t/abc", AT)
    return compose(
        Letter(uid="ab" * 16, kind="reply", to=to, lang="en", links=(link,), text=".\n..\nYes", written_at=AT), SENDER
    )


def sent(server, to="bob@example.org"):
    """What became of it, and the steps that were done."""
    steps: list[str] = []

    async def send():
        outcome = await smtp.send(server, message(to), steps.append)
        async with asyncio.timeout(20):  # a loop that ends at once leaves a farewell of TLS unread, and Python warns
            while len(asyncio.get_running_loop()._selector.get_map()) > 1:  # all but its own
                await asyncio.sleep(0.005)
        return outcome

    return asyncio.run(send()), steps


def plain(box, **given):
    return Server("127.0.0.1", box.port, "none", **given)


@pytest.fixture
def trusted(monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(HERE / "server.pem"))


def test_a_mail_arrives(box):
    outcome, steps = sent(plain(box))
    assert outcome.state == "sent"
    assert steps == ["connected", "sender_taken", "recipient_taken", "message_taken"]
    (got,) = box.mails
    (envelope,) = box.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("help@larkbill.example", ["bob@example.org"])
    assert got.get_body(("plain",)).get_content().startswith(".\r\n..\r\nYes")


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_with_tls_and_a_sign_in(trusted, security):
    with postbox(tls=security, login=True) as box:
        outcome, steps = sent(Server("localhost", box.port, security, USER, PASSWORD))
        assert outcome.state == "sent", outcome
        assert steps[:3] == ["connected", "encrypted", "signed_in"]
        assert len(box.got) == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_proves_nothing_is_refused(security):
    with postbox(tls=security) as box:
        outcome, steps = sent(Server("localhost", box.port, security, USER, PASSWORD))
        assert (outcome.state, outcome.code) == ("again", "bad_certificate")
        assert "encrypted" not in steps


def test_no_password_goes_to_a_server_without_tls():
    with postbox(login=True) as box:
        outcome, _ = sent(Server("localhost", box.port, "starttls", USER, PASSWORD))
        assert (outcome.state, outcome.code) == ("again", "no_starttls")


def test_a_wrong_password_is_told(trusted):
    with postbox(tls="starttls", login=True) as box:
        outcome, _ = sent(Server("localhost", box.port, "starttls", USER, "wrong"))
        assert (outcome.state, outcome.code) == ("again", "login_refused")
        assert "smtp_password" in told(outcome.kept, "en")


def test_tls_where_there_is_none(box):
    assert sent(Server("127.0.0.1", box.port, "tls"))[0].code == "no_tls"


@pytest.mark.parametrize(
    ("step", "answer", "state", "code"),
    [
        ("mail", "451 Busy", "again", "not_now"),
        ("mail", "550 Not from you", "again", "sender_refused"),
        ("mail", "530 Sign in first", "again", "login_refused"),
        ("rcpt", "450 Greylisted", "again", "not_now"),
        ("rcpt", "550 5.1.1 No such user", "refused", "recipient_refused"),
        ("data", "451 Later", "again", "not_now"),
        ("data", "554 No", "refused", "message_refused"),
        ("after data", "452 Full", "again", "not_now"),
        ("after data", "554 Spam", "refused", "message_refused"),
        ("ehlo", "drop", "again", "hung_up"),
        ("mail", "drop", "again", "hung_up"),
        ("rcpt", "drop", "again", "hung_up"),
        ("data", "drop", "again", "dropped"),
        ("after data", "drop", "again", "dropped"),
    ],
)
def test_what_a_server_answers_decides(box, step, answer, state, code):
    box.at[step] = answer
    outcome, _ = sent(plain(box))
    assert (outcome.state, outcome.code) == (state, code)
    if answer != "drop":
        assert answer in told(outcome.kept, "en")
        assert answer in told(outcome.kept, "zh")


@pytest.mark.parametrize("step", ["ehlo", "mail", "rcpt", "data"])
def test_a_server_that_never_answers_is_left(box, step, monkeypatch):
    monkeypatch.setattr(smtp, "CONNECT_SECONDS", 0.3)
    monkeypatch.setattr(smtp, "WHOLE_SECONDS", 0.5)
    box.at[step] = "hang"
    outcome, _ = sent(plain(box))
    assert outcome.state == "again"
    assert outcome.code in ("too_slow", "dropped")


def test_a_server_that_is_down():
    assert sent(Server("127.0.0.1", free_port(), "none"))[0].code == "nobody_there"


def test_a_server_that_takes_the_connection_and_says_nothing(monkeypatch):
    monkeypatch.setattr(smtp, "CONNECT_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert sent(Server("127.0.0.1", silent.getsockname()[1], "none"))[0].code == "too_slow"


def test_a_name_that_nobody_has():
    assert sent(Server("mail.invalid", 25, "none"))[0].code == "unknown_host"


def test_what_a_server_says_is_shown_as_a_line_of_text(box):
    box.at["rcpt"] = "550 \x1b[31mred\x07\u202eback\t" + "long " * 80
    shown = told(sent(plain(box))[0].kept, "en")
    assert "550 [31mred back long long" in shown
    assert not [each for each in shown if ord(each) < 32 or each == "\u202e"]
    assert len(shown) < 320


def test_letters_of_another_language_need_a_server_that_writes_them():
    with postbox(utf8=True) as able, postbox() as unable:
        assert sent(plain(able), "王@bücher.example")[0].state == "sent"
        assert able.envelopes[0].rcpt_tos == ["王@xn--bcher-kva.example"]
        assert sent(plain(unable), "王@bücher.example")[0] == smtp.failed("no_letters", final=True)
        assert not unable.got
