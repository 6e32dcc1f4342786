"""The manifest of an archive: what is in it, and a hash of each part."""

import re
from collections.abc import Mapping
from datetime import datetime

import msgspec

from ticket_api.archive.kinds import KINDS, Kind
from ticket_api.errors import Stop

NAME = "manifest.json"
FORMAT = 3
"""Since 2, searches are in it; since 3, mails, papers and attachments."""
LONGEST = 100_000_000
"""Bytes of a manifest; an attachment takes some 150 of them."""
ATTACHMENT = re.compile("files/[0-9a-f]{32}")
"""What the parts that hold attachments are called."""
FILES = ("helpleaf.toml", "secret.key", "erased.txt")
"""The files of a desk that an archive may hold beside the records."""


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
    kind, `head` None without any event, `content` one hash for all records, `key` the mark of the desk's key, `missing`
    the ids of attachments that tickets named and that weren't there.
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
    missing: tuple[str, ...] = ()

    def member(self, name: str) -> Member | None:
        """The part with this name, or None."""
        return next((member for member in self.members if member.name == name), None)

    @property
    def attachments(self) -> list[Member]:
        """The parts that hold attachments."""
        return [member for member in self.members if ATTACHMENT.fullmatch(member.name)]

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of records that archives of its format hold."""
        return tuple(kind for kind in KINDS if kind.since <= self.format)


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
    files = {member.name for member in manifest.attachments}
    names = [member.name for member in manifest.members if member.name not in files]
    records = {kind.member for kind in manifest.kinds}
    if len({*names, *files}) != len(manifest.members) or not records <= set(names) <= {*records, *FILES}:
        raise ValueError("parts are missing or unknown")
    if set(manifest.counts) != {kind.name for kind in manifest.kinds}:
        raise ValueError("counts are missing")
    if not all(re.fullmatch(r"[0-9a-f]{64}", member.sha256) for member in manifest.members):
        raise ValueError("hashes are missing")
    return manifest
