"""The table of settings: their names, defaults, sentences, and what each must be."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

from ticket_api.address import origin
from ticket_api.mailbox import is_mailbox
from ticket_api.network import networks

PREFIX = "HELPLEAF_"
LAST_PORT = 65535


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of the table: its name, its default (which gives the type) and its sentence in the manual."""

    name: str
    default: str | int | bool | tuple[str, ...]
    help: str
    secret: bool = False
    from_file: bool = False

    @property
    def has_file(self) -> bool:
        """Whether the value may stand in a file that the variable with _FILE behind it names."""
        return self.secret or self.from_file


TABLE = (
    Setting("company", "Larkbill", "The company's name, as customers read it on the ticket pages."),
    Setting("mail", "help@larkbill.example", "The address that the form names when tickets can't be taken."),
    Setting("acknowledge", True, "Whether who leaves an address gets a mail with the link of their question."),
    Setting("smtp_host", "", "The mail server; empty: mail is written into the folder mail of the data folder."),
    Setting("smtp_port", 0, "Its port; 0: the usual one, 587 for starttls, 465 for tls, 25 for none."),
    Setting("smtp_security", "starttls", "How the connection is encrypted: starttls, tls, or none without a password."),
    Setting("smtp_user", "", "Who signs in at the mail server; empty: nobody."),
    Setting("smtp_password", "", "The password at the mail server.", True),
    Setting("smtp_from", "", "The address that mail comes from; empty: that of mail."),
    Setting("languages", ("en", "zh"), "The languages of the articles; the first one has no prefix in addresses."),
    Setting("offer_minutes", 10, "Minutes of silence after which an offered ticket opens by itself."),
    Setting("timezone", "UTC", "The time zone that times are shown in, such as Asia/Shanghai."),
    Setting("message_limit", 10_000, "The longest message that is taken, in characters."),
    Setting("base_url", "", "The address that links in answers begin with; empty: the one that is served."),
    Setting(
        "hosts", (), "Further host names that the server answers to, beside that of base_url and this machine's own."
    ),
    Setting("desk_host", "", "A host name of the desk's own, such as desk.example.org; empty: that of the help site."),
    Setting("api", "", "The address of the server, where the help site stands on another one; empty: the same."),
    Setting(
        "origins", (), "Addresses of sites beside its own whose pages may use the API, such as https://www.example.org."
    ),
    Setting("searches", True, "Whether what visitors search for is counted, without anything about who they are."),
    Setting("host", "127.0.0.1", "The address that the server listens on."),
    Setting("port", 8000, "The port that the server listens on."),
    Setting("data", "data", "The folder of tickets and secrets."),
    Setting(
        "store",
        "",
        "Where tickets are kept: a path, or postgresql://user@host/database; empty: tickets.db in the data folder.",
        from_file=True,
    ),
    Setting("articles", "kb_articles", "The folder of articles."),
    Setting(
        "learn",
        True,
        "Whether questions that an article has answered help to find it for those who ask alike, "
        "and to tell what new ones are about.",
    ),
    Setting("attachments", False, "Whether images, texts and PDF files of up to 10 MB may be sent with messages."),
    Setting(
        "confidence",
        "",
        "How sure an article must be to be offered, from 0 to 1; empty: what the articles' own questions call for.",
    ),
    Setting(
        "personal",
        0,
        "What articles of a customer's plan, tags and earlier questions gain at the desk, in per cent; 0: nothing.",
    ),
    Setting("build", "build", "The folder that the help site and the article index are built in."),
    Setting("watch", True, "Whether the site is built anew when an article is saved while it is served."),
    Setting("retention_days", 0, "Days after which solved and deflected tickets are erased by themselves; 0: never."),
    Setting("trusted_proxies", (), "Addresses and networks of proxies that are believed about whom they forward."),
    Setting(
        "limits",
        True,
        "Whether wrong passwords are delayed, and floods of questions and searches held off; off for load tests only.",
    ),
    Setting(
        "secret", "", "The key that secret links are made with; empty: secret.key in the data folder, made once.", True
    ),
)

VARIABLES = sorted(
    f"{PREFIX}{setting.name.upper()}{ending}"
    for setting in TABLE
    for ending in (("", "_FILE") if setting.has_file else ("",))
)
"""The variables of the environment that are read."""

Rule = tuple[str, Callable[[Any], object]]


def _address(such_as: str) -> Rule:
    return f"an address without a path, such as {such_as}", lambda value: not value or _is_address(value)


RULES: Mapping[str, Rule] = {
    "base_url": _address("https://help.example.org"),
    "api": _address("https://api.example.org"),
    "origins": (
        "addresses without a path, such as https://www.example.org",
        lambda value: all(_is_address(each) for each in value),
    ),
    "desk_host": ("a host name, such as desk.example.org", lambda value: re.fullmatch(r"[A-Za-z0-9.-]*", value)),
    "confidence": ("a number from 0 to 1, such as 0.1, or empty", lambda value: not value or _is_share(value)),
    "personal": ("between 0 and 50", lambda value: 0 <= value <= 50),
    "company": ("the name of the company", lambda value: bool(value.strip())),
    "mail": ("an e-mail address", is_mailbox),
    "smtp_port": (f"between 0 and {LAST_PORT}", lambda value: 0 <= value <= LAST_PORT),
    "smtp_security": ("starttls, tls or none", lambda value: value in ("starttls", "tls", "none")),
    "smtp_from": ("an e-mail address, or empty", lambda value: not value or is_mailbox(value)),
    "languages": ("one language or more, such as en and zh", lambda value: value and len(set(value)) == len(value)),
    "message_limit": ("at least 100", lambda value: value >= 100),
    "offer_minutes": ("between 1 and 10080, a week", lambda value: 1 <= value <= 10_080),
    "retention_days": ("between 0, which is never, and 36500", lambda value: 0 <= value <= 36_500),
    "port": (f"between 0 and {LAST_PORT}", lambda value: 0 <= value <= LAST_PORT),
    "trusted_proxies": ("addresses or networks, such as 127.0.0.1 or 10.0.0.0/8", lambda value: _are_networks(value)),
    "timezone": ("a time zone such as Europe/Lisbon or Asia/Shanghai", lambda value: value in available_timezones()),
}
"""What some settings must be, in words and as a test."""

PATHS = ("data", "store", "articles", "build")
"""Settings that may hold any bytes, as the names of files do."""


def _is_address(text: str) -> bool:
    try:
        return bool(origin(text))
    except ValueError:
        return False


def _are_networks(texts: Iterable[str]) -> bool:
    try:
        return bool(networks(texts)) or not texts
    except ValueError:
        return False


def _is_share(text: str) -> bool:
    return re.fullmatch(r"\d*\.?\d+", text, re.ASCII) is not None and float(text) <= 1
