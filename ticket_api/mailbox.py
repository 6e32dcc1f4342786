"""E-mail addresses: the one rule for what is taken, kept and sent to."""

import re
import unicodedata

LONGEST = 254

_NAME = r"[A-Za-z0-9_+'&=~-]+"
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
ASCII = rf"{_NAME}(\.{_NAME})*@({_LABEL}\.)+[A-Za-z][A-Za-z0-9-]{{0,61}}[A-Za-z0-9]"
"""What is taken of addresses in ASCII. Those with letters of other languages have the same form."""

ACE = "xn--"
"""What a part of a domain begins with when the letters of its language are written in ASCII (RFC 3492)."""

_ASCII = re.compile(ASCII)
_NAMED = re.compile(r"([^<>@]*)<([^<>]*)>")
_LOWER = str.maketrans({chr(code): chr(code).lower() for code in range(ord("A"), ord("Z") + 1)})


def is_mailbox(address: str) -> bool:
    """Whether a text is one mailbox, read in the same way by every program that it passes.

    Less than RFC 5321 allows: no quotes, comments, address literals, routes (`%`, `!`) or encoded words, no letters
    that a program may take for others. A domain has two parts at least.
    """
    if len(address) > LONGEST:
        return False
    if address.isascii():
        return _ASCII.fullmatch(address) is not None
    local, _, domain = address.rpartition("@")
    try:
        return _is_plain(local) and _ASCII.fullmatch(f"{_as_letters(local)}@{_in_ascii(domain)}") is not None
    except UnicodeError:
        return False


def named_mailbox(text: str) -> tuple[str, str]:
    """The mailbox in a text such as `Bob <bob@example.org>`, and the name before it; two "" where none is sure.

    Less than RFC 5322 allows, as the parsers of email.utils guess, and fail at nested brackets: one mailbox alone, in
    angle brackets at the end, and no other @.
    """
    found = _NAMED.fullmatch(text.strip())
    if not found or not is_mailbox(found[2].strip()):
        return "", ""
    return found[2].strip(), found[1].strip().strip('"').strip()


def envelope(address: str) -> str:
    """A mailbox as servers write it: its domain in ASCII (RFC 5890). Its letters before the @ stay as they are."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{_in_ascii(domain)}"


def same_mailbox(one: str, other: str) -> bool:
    """Whether mail to both goes to one mailbox for certain: they differ in the case of ASCII letters at most."""
    return one.translate(_LOWER) == other.translate(_LOWER)


def _is_plain(text: str) -> bool:
    """Whether no program reads other letters into it: compatible, composed, and without what can't be seen."""
    return unicodedata.normalize("NFKC", text) == text


def _as_letters(local: str) -> str:
    """The local part with an x for each letter, mark or number of another language."""
    return "".join("x" if not each.isascii() and unicodedata.category(each)[0] in "LMN" else each for each in local)


def _in_ascii(domain: str) -> str:
    """A domain in ASCII. Raises UnicodeError where that isn't the same domain when it is read back."""
    if domain.isascii():
        return domain
    encoded = domain.encode("idna")
    if encoded.decode("idna") != domain.lower():
        raise UnicodeError(domain)
    return encoded.decode()


def address_key(email: str) -> str:
    """What makes all ways of writing one e-mail address the same text; the key of a key is itself.

    No spaces around it, letters of one width and composed (NFKC), no case, and a domain in the letters of its language.
    """
    if email.isascii() and ACE not in (plain := email.strip().lower()):
        return plain
    local, at, domain = folded(email).rpartition("@")
    return local + at + ".".join(map(_plain_label, domain.replace("\u3002", ".").split(".")))


def folded(text: str) -> str:
    """A text in the one way of writing it: letters of one width and composed (NFKC), no case, no spaces around it."""
    while (folded := unicodedata.normalize("NFKC", text).casefold().strip()) != text:
        text = folded
    return text


def _plain_label(label: str) -> str:
    """A part of a domain that is written in ASCII, in its own letters; left as it is where these make no such part."""
    if not label.startswith(ACE):
        return label
    try:
        plain = folded(label.removeprefix(ACE).encode("ascii").decode("punycode"))
        plain.encode()  # half of a surrogate pair couldn't be stored
    except UnicodeError:
        return label
    return label if plain.startswith(ACE) or re.search("[.\u3002@]", plain) else plain
