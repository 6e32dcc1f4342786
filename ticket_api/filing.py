"""Files that come with messages: which are taken, where they lie, and who may read which."""

import re
from collections.abc import Iterable
from typing import BinaryIO

from ticket_api.errors import NotFound
from ticket_api.store.attachments import Attachments
from ticket_api.tickets.attachment import accepted
from ticket_api.tickets.message import Attachment
from ticket_api.tickets.ticket import Ticket

MOST_FILES = 3
"""With one message."""
LONGEST_NAME = 120
_NO_NAME = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class Filing:
    """The files of all messages. Every method may wait for the disk."""

    def __init__(self, attachments: Attachments) -> None:
        self._attachments = attachments

    def keep(self, files: Iterable[tuple[str, bytes]]) -> tuple[Attachment, ...]:
        """Keep files, each with the name that its sender gave it, which is only text.

        Raises Invalid for the first that isn't taken, and StoreUnavailable; then none is kept.
        """
        named = [(_plain(name), content) for name, content in files]
        kinds = [accepted(name, content, len(content)) for name, content in named]
        return tuple(
            Attachment(self._attachments.put(content), name, kind, len(content))
            for (name, content), kind in zip(named, kinds, strict=True)
        )

    def drop(self, files: Iterable[Attachment]) -> None:
        """Remove files again, whose message couldn't be stored."""
        self._attachments.remove(file.id for file in files)

    def open(self, ticket: Ticket, file_id: str) -> tuple[Attachment, BinaryIO]:
        """A file of this very ticket, open for reading. Raises NotFound."""
        every = (file for message in ticket.messages for file in message.attachments or ())
        found = next((file for file in every if file.id == file_id), None)
        if found is None:
            raise NotFound("not_found")
        return found, self._attachments.open(found.id)


def _plain(name: str) -> str:
    """The last part of a name, without signs that aren't seen, so long that it can be shown."""
    last = re.split(r"[/\\]", _NO_NAME.sub("", name))[-1].strip()
    return last[-LONGEST_NAME:] or "file"
