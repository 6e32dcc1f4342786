"""Without a mail server: each mail as a file that any mail program opens."""

import os
from email.message import EmailMessage
from pathlib import Path

from ticket_api.mail.compose import as_bytes
from ticket_api.mail.outcome import SENT, Outcome, failed


def write(folder: Path, name: str, message: EmailMessage) -> Outcome:
    """Put a mail into the folder as NAME.eml, whole and on disk; the same one again takes its place."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / f"{name}.eml"
        draft = folder / f".{name}.draft"
        _write(draft, as_bytes(message))
        draft.replace(path)
        _sync(folder)
    except OSError as error:
        return failed("no_file", f"{folder}: {error.strerror}")
    return SENT


def _write(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    if os.name == "nt":  # a folder can't be opened there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
