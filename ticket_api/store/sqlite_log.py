"""Whether SQLite's write-ahead log is whole: SQLite ends at the first frame that isn't, and leaves out all behind it.

A commit is on the disk before the next one writes a frame (synchronous=FULL). So a bad frame that is followed by a
commit and the beginning of the next one was whole once: no power cut leaves that. A bad last commit may be one.

The format: https://sqlite.org/fileformat2.html#the_write_ahead_log
"""

import glob
import itertools
import mmap
import os
import shutil
import sqlite3
import struct
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple
from urllib.parse import quote

from ticket_api.errors import Stop
from ticket_api.store.sqlite_index import Promise, frames_in, index_of, promise_of

TRIES = 5
PAUSE_SECONDS = 0.05
"""Between two looks at a log that seems damaged; longer than a file system's clock takes to tick."""

HEADER, FRAME = 32, 24
MAGIC = {0x377F0682: "<", 0x377F0683: ">"}
PAGE_SIZES = tuple(512 << power for power in range(8))
WORD = 1 << 32

Content = bytes | mmap.mmap
Sum = tuple[int, int]


class Frame(NamedTuple):
    """A page as a commit left it. `commit`: the file's pages after that commit; 0 unless the commit ends here."""

    page: int
    commit: int
    salts: bytes
    sum: Sum
    summed: bytes


class Log(NamedTuple):
    """The frames of a log; those with other salts are of an earlier one. `order`: of the bytes in a word, for sums."""

    content: Content
    order: str
    page_size: int
    salts: bytes
    sum: Sum

    def __len__(self) -> int:
        return max(0, len(self.content) - HEADER) // (FRAME + self.page_size)

    def place(self, number: int) -> int:
        """Where a frame begins, in bytes. The first has number 0."""
        return HEADER + number * (FRAME + self.page_size)

    def ours(self, number: int) -> bool:
        """Whether a frame is of this log."""
        begin = self.place(number) + 8
        return self.content[begin : begin + 8] == self.salts

    def frame(self, number: int) -> Frame:
        """The frame at `number`."""
        begin = self.place(number)
        page, commit, salts, *found = struct.unpack(">II8sII", self.content[begin : begin + FRAME])
        data = self.content[begin + FRAME : begin + FRAME + self.page_size]
        return Frame(page, commit, salts, (found[0], found[1]), self.content[begin : begin + 8] + data)

    def data(self, number: int) -> bytes:
        """The page in the frame at `number`."""
        return self.content[self.place(number) + FRAME : self.place(number + 1)]

    def follows(self, number: int, before: Sum) -> bool:
        """Whether a frame is whole and was written behind the one that has the sum `before`."""
        frame = self.frame(number)
        return frame.salts == self.salts and _sum(self.order, frame.summed, before) == frame.sum


def headed(content: Content) -> Log | None:
    """The log as its header tells; None when SQLite takes no log from it."""
    if len(content) < HEADER:
        return None
    magic, _, page_size, _, salts, first, second = struct.unpack(">IIII8sII", content[:HEADER])
    if magic not in MAGIC or page_size not in PAGE_SIZES:
        return None
    log = Log(content, MAGIC[magic], page_size, salts, (first, second))
    return log if _sum(log.order, content[:24], (0, 0)) == log.sum else None


def is_broken(log: Log, accepted: int = 0) -> bool:
    """Whether a commit that had reached the disk stands behind a bad frame. `accepted`: so many frames are whole."""
    last = next((number for number in range(len(log) - 1, accepted - 1, -1) if log.ours(number)), accepted)
    before = log.frame(accepted - 1).sum if accepted else log.sum
    broken = False
    for number in range(accepted, last):
        frame = log.frame(number)
        found, ended = _sum(log.order, frame.summed, before), frame.commit > 0
        whole = found == frame.sum and frame.salts == log.salts
        broken = broken or not whole
        if not whole and not log.follows(number + 1, found):  # else its sum or its salts are bad, and all else is right
            ended, found = _ended_commit(log.order, frame, before), frame.sum
        if broken and ended and log.follows(number + 1, found):
            return True
        before = found
    return False


def taken(content: Content) -> int:
    """How many frames SQLite takes: those up to the end of the last whole commit."""
    log, ended = headed(content), 0
    if log is None:
        return 0
    before = log.sum
    for number in range(len(log)):
        if not log.follows(number, before):
            break
        frame = log.frame(number)
        before, ended = frame.sum, number + 1 if frame.commit else ended
    return ended


def headless(content: Content) -> Log | None:
    """The log that stands behind a header that tells nothing; None when there is none."""
    salts = content[HEADER + 8 : HEADER + 16]
    for order, page_size in itertools.product(MAGIC.values(), PAGE_SIZES):
        log = Log(content, order, page_size, salts, (0, 0))
        if len(log) > 1 and log.frame(0).page and log.follows(1, log.frame(0).sum):
            return log
    return None


def committed(log: Log) -> dict[int, int]:
    """The newest frame of each page that the commits of a log without a header leave in the file."""
    newest: dict[int, int] = {}
    pending: dict[int, int] = {}
    pages = 0
    for number in range(len(log)):
        if number and not log.follows(number, log.frame(number - 1).sum):
            break
        frame = log.frame(number)
        pending[frame.page] = number
        if frame.commit:
            newest.update(pending)
            pages = frame.commit
            pending.clear()
    return {page: number for page, number in newest.items() if page <= pages}


def _sum(order: str, content: bytes, before: Sum) -> Sum:
    first, second = before
    words = struct.unpack(f"{order}{len(content) // 4}I", content)
    for one, two in zip(words[::2], words[1::2], strict=True):
        first = (first + one + second) % WORD
        second = (second + two + first) % WORD
    return first, second


def _ended_commit(order: str, frame: Frame, before: Sum) -> bool:
    """Whether a bad frame has the mark of a commit and had it when its sum was made.

    Where the border of two sectors lies behind the mark, a power cut may leave an older mark before a new page.
    """
    return frame.commit > 0 and _mark(order, frame, before) != 0 and _one_word_is_bad(order, frame, before)


def _mark(order: str, frame: Frame, before: Sum) -> int:
    """The mark that was summed, if the frame's page is whole: its sums are taken back word by word."""
    first, second = frame.sum
    words = struct.unpack(f"{order}{len(frame.summed) // 4}I", frame.summed)
    for one, two in zip(words[-2:1:-2], words[:2:-2], strict=True):
        second = (second - two - first) % WORD
        first = (first - one - second) % WORD
    return (second - before[1] - first) % WORD


def _one_word_is_bad(order: str, frame: Frame, before: Sum) -> bool:
    """Whether one bad word explains the sums.

    A word weighs in the two sums with two neighbours of Fibonacci's numbers: (0, 1) the last one, (1, 1) the one before
    it, (1, 2), (2, 3) and so on. So the sums' differences tell which word it is.
    """
    found = _sum(order, frame.summed, before)
    off = [(right - wrong) % WORD for right, wrong in zip(frame.sum, found, strict=True)]
    low, high = 0, 1
    for _ in range(len(frame.summed) // 4):
        amount = off[1] * pow(high, -1, WORD) if high % 2 else off[0] * pow(low, -1, WORD)
        if [low * amount % WORD, high * amount % WORD] == off:
            return True
        low, high = high, (low + high) % WORD
    return False


def require_whole_log(path: Path) -> None:
    """Refuse a file whose log is lost or damaged, before SQLite opens it and throws away what it can't read.

    Raises Stop with a sentence for the owner. Nothing is changed. A log that changes while it is looked at is that of a
    living process, which has looked at it itself: it may be half old and half new here.
    """
    log = path.with_name(f"{path.name}-wal") if path.name else path
    with suppress(OSError, ValueError):  # no log; or one that SQLite can't read either, and it says so
        told = _trouble(path, log) if log != path else ""
        for _ in range(TRIES):
            if not told:
                return
            before = _state(log)
            time.sleep(PAUSE_SECONDS)
            told = _trouble(path, log)
            if told and _state(log) == before:
                raise Stop(told)


def _trouble(path: Path, log: Path) -> str:
    """The sentence about a log that lost something; "" for one that didn't."""
    promise, told = promise_of(path), ""
    lost = "missing" if not log.exists() else "empty" if log.stat().st_size < HEADER else ""
    if lost and promise is not None and promise.current:
        told = (
            f"{log} is {lost}, and tickets that were taken stood in it alone. Put it back, or move {path.name} away and"
            " put a backup in its place: helpleaf restore ARCHIVE. To start with what is left, move"
            f" {index_of(path).name} away."
        )
    elif not lost and _seems_damaged(path, log, promise):
        told = (
            f"{log} is damaged or cut off, and not all tickets that were taken can be read from it. Move it away"
            f" together with {path.name} and {index_of(path).name} and put a backup in its place:"
            " helpleaf restore ARCHIVE."
        )
    return told if told and promise_of(path) == promise else ""  # else somebody was at work meanwhile


def remove_looks(path: Path) -> None:
    """Remove the copies of the log that somebody who was killed left beside the file."""
    for folder in path.parent.glob(f"{glob.escape(path.name)}.look-*"):
        shutil.rmtree(folder, ignore_errors=True)


def _state(log: Path) -> tuple[object, ...]:
    if not log.exists():
        return ()
    found = log.stat()
    with log.open("rb") as file:
        return found.st_ino, found.st_size, found.st_mtime_ns, file.read(HEADER)


def _seems_damaged(path: Path, log: Path, promise: Promise | None) -> bool:
    try:
        remove_looks(path)
        with tempfile.TemporaryDirectory(prefix=f"{path.name}.look-", dir=path.parent) as folder:
            return _copy_is_damaged(path, log, Path(folder) / "copy", promise)
    except (OSError, sqlite3.Error):  # no room for a copy, or a folder that can only be read; this takes longer
        content = log.read_bytes()
        return _is_damaged(path, content, taken(content), promise)


def _copy_is_damaged(path: Path, log: Path, copy: Path, promise: Promise | None) -> bool:
    """Let SQLite recover a copy, beside a file with nothing in it: its sums are twenty times as fast as ours."""
    copied = copy.with_name(f"{copy.name}-wal")
    shutil.copyfile(log, copied)
    copy.write_bytes(bytes(512))
    with closing(sqlite3.connect(f"file:{quote(str(copy))}?mode=ro", uri=True)) as connection:
        with suppress(sqlite3.DatabaseError):  # when there's no page 1 in the log; the log was read before
            connection.execute("PRAGMA schema_version").fetchone()
        with copied.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return _is_damaged(path, content, frames_in(index_of(copy)), promise)


def _is_damaged(path: Path, content: Content, accepted: int, promise: Promise | None) -> bool:
    log = headed(content)
    if log is not None:
        return is_broken(log, accepted) or (
            promise is not None and promise.salts == log.salts and promise.frames > accepted
        )
    log = headless(content)
    lost = promise is not None and promise.current
    return lost or (log is not None and not _lies_in(path, log, committed(log)))


def _lies_in(path: Path, log: Log, frames: dict[int, int]) -> bool:
    """Whether the file holds all these already: a power cut while a log was started anew leaves that, and no header.

    The file is never closed: that would drop the locks which SQLite may have on it in this process.
    """
    with open(os.open(path, os.O_RDONLY), "rb", closefd=False) as file:
        return all(_page(file, page, log.page_size) == log.data(number) for page, number in frames.items())


def _page(file: BinaryIO, page: int, page_size: int) -> bytes:
    file.seek((page - 1) * page_size)
    return file.read(page_size)
