"""Text for a command: named on its line, in a file, on standard input, or written in the owner's editor."""

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from ticket_api.errors import Stop

LINE = "# ------ Nothing from here on is sent. An empty text stops the command. ------"
USUAL = "vi"
MODELINE = re.compile(r"(?i)\b(vim?|ex)(?=[<=>]?\d*:)|\b(local variables)(?=:)")
"""What editors take for their own settings when it stands in a file: strangers' words mustn't be any."""
ENCODING = "utf-8-sig"
"""UTF-8, with or without the mark that some editors put before it."""


class Written(Struct, frozen=True):
    """What the owner wrote, and the file that it stands in, if it is in one; `ours`: we made that file."""

    text: str
    file: Path | None = None
    ours: bool = False

    def keep(self, name: str) -> Path:
        """Have the text and nothing else in a file, a new one where it is in none; `name` is what that is called."""
        if self.file and not self.ours:
            return self.file
        path = self.file or _new_file(name)
        path.write_text(self.text, encoding="utf-8")
        return path

    def drop(self) -> None:
        """Take away the file that we made."""
        if self.file and self.ours:
            with suppress(OSError):
                self.file.unlink()
                self.file.parent.rmdir()


def read_text(message: str | None, file: str | None) -> Written | None:
    """The text that was named, or stands in a file ("-" is standard input), or comes in; None where it's to be typed.

    Raises Stop for what can't be read, or isn't UTF-8.
    """
    if message is not None:
        return Written(message)
    if file is None and sys.stdin.isatty():
        return None
    path = Path(file) if file not in (None, "-") else None
    content = path.read_bytes() if path else sys.stdin.buffer.read()
    return Written(_above(_decoded(content, str(path or "Standard input")))[0], path)


def write(name: str, begun: str, below: Sequence[str]) -> Written:
    """Let the owner write in their editor, from what was `begun`; the lines `below` are shown and not sent.

    `name` is the file's. Raises Stop when it can't be edited; then what was written stays in the file.
    """
    path = _new_file(name)
    shown = [MODELINE.sub(r"\1\2 ", f"# {line}".rstrip()) for line in below]
    path.write_text("\n".join([begun, "", LINE, *shown, ""]), encoding="utf-8")
    _edit(path)
    text, ended = _above(_decoded(path.read_bytes(), str(path)))
    if not ended:
        raise Stop(
            "The line that ends your text is gone, so nobody can tell what you wrote from what was there before."
            f" Nothing was sent. All of it is in {path}: leave only your words in it, and name it with --file."
        )
    return Written(text, path, ours=True)


def _edit(path: Path) -> None:
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or USUAL
    kept = f"Nothing was sent; your text is in {path}."
    try:
        ended = subprocess.run([*shlex.split(command), str(path)], check=False).returncode
    except (OSError, ValueError) as error:
        Written("", path, ours=True).drop()
        raise Stop(
            f"The editor {command!r} can't be started. Name another one in EDITOR, or give the text with -m or --file."
        ) from error
    if ended:
        raise Stop(f"The editor {command!r} ended with {ended}. {kept}")


def _new_file(name: str) -> Path:
    """A file that nobody else may read, in a new folder that nobody else may enter."""
    path = Path(tempfile.mkdtemp(prefix="helpleaf-")) / name
    path.touch(0o600)
    return path


def _decoded(content: bytes, where: str) -> str:
    try:
        return content.decode(ENCODING)
    except UnicodeDecodeError as error:
        raise Stop(f"{where}: this isn't UTF-8 text (byte {error.start + 1}). Save it as UTF-8.") from error


def _above(text: str) -> tuple[str, bool]:
    """What stands above LINE, without empty lines around it, and whether that is there."""
    above, line, _ = f"\n{text}".replace("\r\n", "\n").partition(f"\n{LINE}")
    return above.strip("\n").rstrip(), bool(line)
