"""The manifest of an archive: what is in it, and a hash of each part."""

import re
from collections.abc import Mapping
from datetime import datetime

import msgspec

from ticket_api.archive.kinds import KINDS
from ticket_api.errors import Stop

NAME = "manifest.json"
FORMAT = 1
LONGEST = 1_000_000
FILES = ("helpleaf.toml", "secret.key", "erased.txt")
"""The files of a desk that an archive may hold beside the records."""
RECORDS = tuple(kind.member for kind in KINDS)


class Member(msgspec.Struct, frozen=True):
    """One part of an archive: its name, its size in bytes and its SHA-256 in hex."""

    name: str
    size: int
    sha256: str


class Head(msgspec.Struct, frozen=True):
    """The last event: its number, and the hash that binds it to all before it."""

    seq: int
    hash: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What an archive says of itself.

    `version` is the program's, `articles` the commit of the articles or "", `counts` the number of records of each
    kind, `head` None without any event, `content` one hash for all records, `key` the mark of the desk's key.
    """

    format: int = FORMAT
    version: str
    created_at: datetime
    articles: str
    counts: Mapping[str, int]
    head: Head | None
    content: str
    key: str
    members: tuple[Member, ...]

    def member(self, name: str) -> Member | None:
        """The part with this name, or None."""
        return next((member for member in self.members if member.name == name), None)


class _Any(msgspec.Struct):
    format: int


def read_manifest(content: bytes, where: object) -> Manifest:
    """Decode a manifest. Raises Stop for one of a newer format, and msgspec.DecodeError or ValueError."""
    found = msgspec.json.decode(content, type=_Any).format
    if found > FORMAT:
        raise Stop(
            f"{where} was written by a newer Helpleaf (format {found}; this one reads {FORMAT})."
            " Upgrade Helpleaf, then try again."
        )
    manifest = msgspec.json.decode(content, type=Manifest)
    names = [member.name for member in manifest.members]
    if len(set(names)) != len(names) or not set(RECORDS) <= set(names) <= {*RECORDS, *FILES}:
        raise ValueError("parts are missing or unknown")
    if set(manifest.counts) != {kind.name for kind in KINDS}:
        raise ValueError("counts are missing")
    if not all(re.fullmatch(r"[0-9a-f]{64}", member.sha256) for member in manifest.members):
        raise ValueError("hashes are missing")
    return manifest
