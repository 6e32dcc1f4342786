"""What a mail says, and that it says the same each time."""

from datetime import UTC, datetime

import pytest

from tests.mail.postbox import read
from ticket_api.mail.compose import as_bytes, compose
from ticket_api.mail.ids import message_id, named_by, thread_id
from ticket_api.mail.letter import Letter, Link, Sender
from ticket_api.mail.notices import Notice, Notices

SECRET = b"0123456789abcdef0123456789abcdef"
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
SENDER = Sender("Larkbill", "desk@larkbill.example", "help@larkbill.example", "https://help.example", SECRET)
LINK = Link(12, "https://help.example/t/abc", AT)


def letter(kind="reply", **given):
    given = {"uid": "ab" * 16, "to": "bob@example.org", "lang": "en", "links": (LINK,), "written_at": AT} | given
    return Letter(kind=kind, **given)


def sent(*given, **named):
    return read(as_bytes(compose(letter(*given, **named), SENDER)))


def texts(message):
    return [message.get_body((kind,)).get_content().replace("\r\n", "\n") for kind in ("plain", "html")]


def test_a_reply_holds_the_owners_words_and_the_way_to_answer():
    message = sent(text="Yes, **of course**: [see here](/billing/refunds/#fees).")
    plain, html = texts(message)
    assert plain.startswith("Yes, **of course**: [see here](https://help.example/billing/refunds/#fees).\n")
    assert "<strong>of course</strong>" in html
    assert 'href="https://help.example/billing/refunds/#fees"' in html
    assert all("https://help.example/t/abc" in each for each in (plain, html))
    assert message["Subject"] == "Re: Your question 12"
    assert message["Auto-Submitted"] is None


def test_what_solves_asks_how_it_was():
    assert "tell us" in texts(sent(text="Done.", solved=True))[0]
    assert "tell us" not in texts(sent(text="Done."))[0]


def test_in_chinese():
    message = sent("received", lang="zh")
    plain, html = texts(message)
    assert message["Subject"] == "你的问题 12"
    assert "已经收到" in plain
    assert '<html lang="zh">' in html


@pytest.mark.parametrize(("kind", "said"), [("received", "auto-replied"), ("links", "auto-generated")])
def test_what_no_person_wrote_says_so(kind, said):
    message = sent(kind)
    wanted = {"Auto-Submitted": said, "Precedence": "bulk", "X-Auto-Response-Suppress": "All"}
    assert {name: message[name] for name in wanted} == wanted


def test_the_links_of_all_questions_stand_in_one_mail():
    other = Link(14, "https://help.example/t/def", AT)
    plain, _ = texts(sent("links", links=(other, LINK)))
    assert plain.index(other.url) < plain.index(LINK.url)
    assert "Question 12, asked on 2 March 2026:\nhttps://help.example/t/abc\n" in plain


def test_a_notice_names_each_ticket_and_how_many_more_there_are():
    named = (Notice(12, "resolution", "near", AT), Notice(14, "first_response", "missed", AT))
    links = (LINK, Link(14, "https://help.example/desk/tickets/14", AT))
    message = sent("notice", links=links, notices=Notices(named, 5), lang="zh")
    assert message["Subject"] == "7 项时限承诺即将到期或已超时"
    assert message["Auto-Submitted"] == "auto-generated"
    plain, html = texts(message)
    assert "#12：解决期限即将到期。 承诺的时间是 2026 年 3 月 2 日 09:00。\nhttps://help.example/t/abc\n" in plain
    assert "#14：首次回复已超时。" in plain
    assert "另外还有 5 项" in plain
    assert 'href="https://help.example/desk/tickets/14"' in html
    assert sent("notice", notices=Notices(named[:1]))["Subject"] == "#12: it is soon to be solved."


def test_a_mail_is_the_same_however_often_it_is_sent():
    assert as_bytes(compose(letter(text="Yes."), SENDER)) == as_bytes(compose(letter(text="Yes."), SENDER))


def test_all_mails_about_a_ticket_stand_in_one_thread():
    mails = [sent("received"), sent(text="Yes.", uid="cd" * 16), sent(text="No.", uid="ef" * 16)]
    assert len({each["Message-ID"] for each in mails}) == 3
    assert {(each["References"], each["In-Reply-To"]) for each in mails} == {
        (thread_id(SECRET, 12, "larkbill.example"),) * 2
    }
    other = sent(text="Yes.", links=(Link(13, "https://help.example/t/x", AT),))
    assert other["References"] != mails[0]["References"]


def test_only_this_desk_makes_its_ids():
    made = message_id(SECRET, "ab" * 16, "larkbill.example")
    assert named_by(SECRET, made) == "ab" * 16
    assert named_by(SECRET, f" {made}\r\n") == "ab" * 16
    assert named_by(SECRET, thread_id(SECRET, 12, "other.example")) == "ticket-12"
    forged = (
        message_id(b"another key, of thirty-two bytes", "ab" * 16, "larkbill.example"),
        made.replace("ab", "cd", 1),
        made.replace("<", ""),
        made[:-20] + ">",
        f"{made} {made}",
        "<ticket-12@larkbill.example>",
        "",
    )
    assert [named_by(SECRET, each) for each in forged] == [None] * len(forged)


def test_nothing_in_the_html_runs_or_is_fetched():
    _, html = texts(sent(text="<script>alert(1)</script> ![x](https://evil.example/x.png) [y](javascript:alert(1))"))
    assert [each for each in ("<script", "<img", 'href="javascript') if each in html] == []


def test_an_address_in_other_letters_is_written_as_servers_write_it():
    assert sent(to="bob@bücher.example")["To"] == "bob@xn--bcher-kva.example"
    raw = as_bytes(compose(letter(to="王@bücher.example"), SENDER))
    assert "\r\nTo: 王@xn--bcher-kva.example\r\n".encode() in raw
