"""Stores that aren't whole yet: where the mark of the key will stand, another one says what is to be ended first."""

import msgspec

from ticket_api.archive.manifest import Manifest
from ticket_api.errors import Stop
from ticket_api.keys import fingerprint
from ticket_api.store import Snapshot

RESTORING = "restoring:"
COPYING = "copying:"
TOLD = {
    RESTORING: "{} holds only a part of an archive, because a restore was interrupted. Run helpleaf restore again with"
    " the same archive, or name an empty database.",
    COPYING: "{} holds only a part of what was to be copied, because that was interrupted. Run helpleaf copy again with"
    " the same FROM and TO, or name an empty place.",
}


def restoring(manifest: Manifest) -> str:
    """The mark of a store that this archive is being restored into."""
    return RESTORING + fingerprint(msgspec.json.encode(manifest).decode())


def copying(source: Snapshot) -> str:
    """The mark of a store that this one is being copied into."""
    return COPYING + source.mark()


def require_whole(mark: str, where: str, *, own: str = "") -> None:
    """Raise Stop when a store's mark says that it isn't whole yet, unless it is one's `own`. `where` is shown."""
    for beginning, told in TOLD.items():
        if mark.startswith(beginning) and mark != own:
            raise Stop(told.format(where))
