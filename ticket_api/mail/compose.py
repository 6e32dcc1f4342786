"""What a mail says. Pure: a letter and its sender become a message, always the same one.

No header holds anything that a customer wrote, but for the address it goes to.
"""

import calendar
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ticket_api import words
from ticket_api.mail.ids import message_id, thread_id
from ticket_api.mail.letter import Kind, Letter, Sender
from ticket_api.mail.notices import Notice
from ticket_api.mailbox import envelope
from ticket_api.prose import markdown, with_whole_links

SUBJECTS: dict[Kind, str] = {
    "reply": "mail.subject_reply",
    "automatic": "mail.subject_reply",
    "received": "mail.subject_received",
    "links": "mail.subject_links",
    "notice": "promises.mail_subject_many",
    "test": "mail.subject_test",
}
AUTOMATIC: dict[Kind, dict[str, str]] = {
    "automatic": {"Auto-Submitted": "auto-replied"},
    "received": {"Auto-Submitted": "auto-replied"},
    "links": {"Auto-Submitted": "auto-generated"},
    "notice": {"Auto-Submitted": "auto-generated"},
    "test": {"Auto-Submitted": "auto-generated"},
}
"""What RFC 3834 wants on mail that no person wrote. A reply has none: the owner wrote it, and waits for an answer."""
NOTICED = {
    ("first_response", "near"): "promises.first_response_near",
    ("first_response", "missed"): "promises.first_response_missed",
    ("resolution", "near"): "promises.resolution_near",
    ("resolution", "missed"): "promises.resolution_missed",
}
UNANSWERED = {"Precedence": "bulk", "X-Auto-Response-Suppress": "All"}
"""Goes with those, for programs that are older than the RFC, and for Exchange: no machine is to answer them."""

Paragraph = tuple[str, str]
"""A sentence, and the address that it leads to or ""."""

_LINE = 998
"""RFC 5322's longest line. A header is never folded: Python breaks a long address when it folds one."""
_WRITTEN = SMTP.clone(cte_type="7bit")
_SENT = _WRITTEN.clone(max_line_length=_LINE)

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def compose(letter: Letter, sender: Sender) -> EmailMessage:
    """The mail of a letter, as text and as HTML."""
    message = EmailMessage(_WRITTEN)
    for name, value in _headers(letter, sender).items():
        message[name] = value
    own = with_whole_links(letter.text, sender.base)
    paragraphs = _said(letter, sender)
    plain = [own, *(f"{said}\n{url}".strip() for said, url in paragraphs), sender.company]
    message.set_content("\n\n".join(each for each in plain if each) + "\n")
    values = {"lang": words.spoken_for(letter.lang), "own": markdown(own), "paragraphs": paragraphs}
    page = _TEMPLATES.get_template("mail.html").render(values, company=sender.company)
    message.add_alternative(page, subtype="html")
    message.set_boundary(f"={letter.uid}=")
    return message


def as_bytes(message: EmailMessage) -> bytes:
    """A message as it crosses the wire: in ASCII, but for an address that isn't."""
    return message.as_bytes(policy=_SENT.clone(utf8=not str(message["To"]).isascii()))


def _headers(letter: Letter, sender: Sender) -> dict[str, object]:
    """All headers of a mail; no other is ever added but those that say how the text is written."""
    domain = envelope(sender.address).rpartition("@")[2]
    about = letter.links[0].ticket if letter.kind in ("reply", "automatic", "received") else 0
    subject = words.say(letter.lang, SUBJECTS[letter.kind], number=about, count=len(letter.notices))
    if len(letter.notices) == 1:
        subject = _noticed(letter.lang, letter.notices.named[0])
    headers: dict[str, object] = {
        "From": Address(_plain(sender.company), addr_spec=envelope(sender.address)),
        "To": envelope(letter.to),
        "Reply-To": envelope(sender.answers),
        "Subject": subject,
        "Date": letter.written_at,
        "Message-ID": message_id(sender.secret, letter.uid, domain),
    }
    if about:
        thread = thread_id(sender.secret, about, domain)
        headers |= {"In-Reply-To": thread, "References": thread}
    if letter.kind in AUTOMATIC:
        headers |= AUTOMATIC[letter.kind] | UNANSWERED
    return headers


def _plain(company: str) -> str:
    """The company's name on one line, and nothing in it that looks like an encoded word."""
    return " ".join(company.split()).replace("=?", "= ?")


def _said(letter: Letter, sender: Sender) -> list[Paragraph]:
    """What stands in a mail, but for the owner's own words."""

    def say(key: str, **values: object) -> str:
        return words.say(letter.lang, f"mail.{key}", company=sender.company, **values)

    url = letter.links[0].url if letter.links else ""
    if letter.kind == "test":
        return [(say("test"), sender.base)]
    if letter.kind == "automatic":
        told = "automatic_asks" if letter.asks else "automatic"
        return [(say(told), url), (say("secret"), ""), (say("stranger"), "")]
    if letter.kind == "received":
        return [(say("received"), ""), (say("received_link"), url), (say("secret"), ""), (say("stranger"), "")]
    if letter.kind == "links":
        named = [
            (say("link", number=link.ticket, date=_date(letter.lang, link.asked_at)), link.url) for link in letter.links
        ]
        return [(say("links"), ""), *named, (say("secret_many"), ""), (say("links_stranger"), "")]
    if letter.kind == "notice":
        return _noticed_all(letter)
    return [(say("solved" if letter.solved else "answer"), url), (say("secret"), "")]


def _noticed_all(letter: Letter) -> list[Paragraph]:
    """A paragraph for each notice, with the time at which it is or was due."""
    told = []
    for notice, link in zip(letter.notices.named, letter.links, strict=True):
        date = _date(letter.lang, notice.due)
        due = words.say(letter.lang, "promises.mail_due", date=date, time=f"{notice.due:%H:%M}")
        told.append((f"{_noticed(letter.lang, notice)} {due}", link.url))
    more = words.say(letter.lang, "promises.mail_more", count=letter.notices.more)
    return [*told, *([(more, "")] if letter.notices.more else []), (words.say(letter.lang, "promises.mail_why"), "")]


def _noticed(lang: str, notice: Notice) -> str:
    return words.say(lang, NOTICED[notice.kind, notice.what], number=notice.ticket)


def _date(lang: str, at: datetime) -> str:
    return words.say(lang, "site.date", day=at.day, number=at.month, month=calendar.month_name[at.month], year=at.year)
