"""What a desk keeps in files beside its store: attachments, and mails while no mail server is set."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parseaddr
from pathlib import Path
from typing import NamedTuple, Self

from ticket_api.errors import StoreUnavailable
from ticket_api.mailbox import address_key
from ticket_api.settings import Settings
from ticket_api.store.attachments import Attachments
from ticket_api.store.disk import sync_folder

TO = re.compile(rb"^to:(.*(?:\n[ \t].*)*)", re.IGNORECASE | re.MULTILINE)


class Beside(NamedTuple):
    """The attachments, and the folder of mails. Every method raises StoreUnavailable."""

    attachments: Attachments
    mails: Path

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Those of the desk that these settings name."""
        return cls(Attachments(settings.files), settings.mail_path)

    def erase_mails_to(self, address: str) -> None:
        """Remove the mails to an address, however it is written there."""
        key = address_key(address)
        self._remove(lambda path: address_key(_recipient(path)) == key)

    def erase_mails_before(self, time: datetime) -> None:
        """Remove the mails that were written before a time."""
        self._remove(lambda path: datetime.fromtimestamp(path.stat().st_mtime, UTC) < time)

    def _remove(self, wanted: Callable[[Path], bool]) -> None:
        try:
            gone = [path for path in self._mails() if wanted(path)]
            for path in gone:
                path.unlink(missing_ok=True)
            if gone:
                sync_folder(self.mails)
        except OSError as error:
            raise StoreUnavailable("store_unavailable") from error

    def _mails(self) -> Iterator[Path]:
        """The mails, and what a kill left half written."""
        for path in self.mails.iterdir() if self.mails.is_dir() else ():
            if path.suffix == ".eml" or (path.name.startswith(".") and path.suffix == ".draft"):
                yield path


def _recipient(path: Path) -> str:
    try:
        found = TO.search(path.read_bytes())  # headers come first, and a file of ours has this one
    except FileNotFoundError:
        return ""
    return parseaddr(found[1].decode(errors="replace"))[1] if found else ""
