"""Which files are taken with a message: known by what is in them, never by what they are called."""

import codecs
import re
from collections.abc import Mapping
from typing import Final

from ticket_api.errors import Invalid

LARGEST: Final = 10_000_000
"""Bytes of one file."""
HEAD: Final = 4096
"""So many bytes of a file's beginning are enough to know it."""
TEXT: Final = "text/plain"

ENDINGS: Mapping[str, str] = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "application/pdf": ".pdf",
    TEXT: ".txt",
}
"""The media types that are taken, and how a file of each is called where it needs a name of ours."""

MAGIC = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF....WEBPVP8[ LX]", re.DOTALL), "image/webp"),
    (re.compile(rb"%PDF-\d"), "application/pdf"),
)
MARKUP = re.compile(r"[\s\ufeff]*<[A-Za-z/!?]")
"""A text that begins so may be taken for HTML or SVG, whatever it is called."""
NO_TEXT = re.compile(r"[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def accepted(name: str, head: bytes, size: int) -> str:
    """The media type of a file, one of ENDINGS, from its first bytes: HEAD of them at least, or all when it is shorter.

    `size` is that of the whole file in bytes. That all of a text is UTF-8 is sure only when all of it is given. Raises
    Invalid for an empty file, one that is larger than LARGEST, and every other kind.
    """
    if not size:
        raise Invalid("file_empty", field="files", name=name)
    if size > LARGEST:
        raise Invalid("file_too_large", field="files", name=name, limit=LARGEST // 1_000_000)
    known = (kind for magic, kind in MAGIC if magic.match(head))
    kind = next(known, TEXT if _is_text(head, whole=size <= len(head)) else "")
    if not kind:
        raise Invalid("file_kind", field="files", name=name)
    return kind


def _is_text(head: bytes, *, whole: bool) -> bool:
    """Whether it is a text in UTF-8 that isn't markup, or the beginning of one, whose last letter may be cut."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head, whole)
    except UnicodeDecodeError:
        return False
    return not (NO_TEXT.search(text) or MARKUP.match(text))
